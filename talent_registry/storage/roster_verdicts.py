"""The plain rows of a roster, answered by the database as a set, each as a single verification would be.

Plain is a number nobody has, or one that a single certificate has whose holder bears just the name given and whom all
else fits. Whatever else may be the case of a number, every row that gives it is left to the rules themselves.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.credentials import RecordStatus, Standing
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.rosters import Roster
from talent_registry.domain.verification import NOT_RECORDED, VERDICT_OF, Sought, Verdict
from talent_registry.storage.ids import new_id

# No character of a name or a number, so that a list of them travels as one text.
_BETWEEN: Final = "\x1f"
_LIST: Final = "string_to_array(:{0}, E'\\x1f')"
_VERDICT: Final = f"""
    CASE WHEN status.status = '{RecordStatus.REVOKED}' THEN '{VERDICT_OF[Standing.REVOKED]}'
        WHEN version.valid_from > :today THEN '{VERDICT_OF[Standing.NOT_YET_ISSUED]}'
        WHEN status.status = '{RecordStatus.SUSPENDED}' THEN '{VERDICT_OF[Standing.SUSPENDED]}'
        WHEN version.valid_until < :today THEN '{VERDICT_OF[Standing.EXPIRED]}'
        WHEN status.status = '{RecordStatus.PUBLICITY}' THEN '{VERDICT_OF[Standing.PENDING]}'
        ELSE '{VERDICT_OF[Standing.VALID]}' END
"""
# Each table is asked once, by a sorted list of keys through its index, and what it gives is joined by hashing: the
# planner does not know how long the lists are, and would loop over them.
_PLANS: Final = text("""
    SELECT set_config('enable_nestloop', :on, true), set_config('enable_bitmapscan', :on, true)
""")
# As `verification.hold_holders`, of a list that travels as one text.
_HOLD: Final = text(f"""
    SELECT count(*) FROM (
        SELECT id FROM researcher
        WHERE id = ANY (ARRAY(SELECT researcher_id FROM credential WHERE number = ANY ({_LIST.format("numbers")})))
        ORDER BY id FOR SHARE
    ) held
""")
_SOUGHT: Final = f"""
    sought AS MATERIALIZED (
        SELECT written::int AS line, number, name, decode(nullif(document, ''), 'hex') AS document,
            nullif(day, '')::date AS day, string_to_array(nullif(levels, ''), ',') AS levels
        FROM unnest({", ".join(_LIST.format(each) for each in ("lines", "numbers", "names"))},
            {", ".join(_LIST.format(each) for each in ("documents", "days", "levels"))})
            AS given(written, number, name, document, day, levels)),
    found AS MATERIALIZED (
        SELECT id, number, researcher_id, count(*) OVER (PARTITION BY number) AS times
        FROM credential WHERE number = ANY ({_LIST.format("numbers")})),
    version AS MATERIALIZED (
        SELECT credential_id, level, approval_date, valid_from, valid_until FROM credential_version
        WHERE credential_id = ANY (ARRAY(SELECT id FROM found)) AND superseded_at IS NULL),
    status AS MATERIALIZED (
        SELECT credential_id, status FROM credential_status
        WHERE credential_id = ANY (ARRAY(SELECT id FROM found)) AND superseded_at IS NULL AND valid_from <= :today
            AND (valid_until IS NULL OR valid_until >= :today)),
    named AS MATERIALIZED (
        SELECT researcher_id, name_zh, name_en FROM researcher_name
        WHERE researcher_id = ANY (ARRAY(SELECT researcher_id FROM found)) AND superseded_at IS NULL),
    bearer AS MATERIALIZED (
        SELECT researcher_id, name_zh AS name FROM named
        UNION SELECT researcher_id, name_en FROM named WHERE name_en IS NOT NULL),
    owner AS MATERIALIZED (
        SELECT DISTINCT researcher_id, number_digest FROM identity_document
        WHERE :has_documents AND researcher_id = ANY (ARRAY(SELECT researcher_id FROM found))
            AND superseded_at IS NULL)
"""
_ANSWER: Final = text(f"""
    WITH {_SOUGHT},
    judged AS MATERIALIZED (
        SELECT sought.line, sought.number, found.id, found.researcher_id,
            CASE WHEN found.id IS NULL THEN '{Verdict.NOT_FOUND}'
                WHEN found.times = 1 AND version.valid_from IS NOT NULL AND bearer.name IS NOT NULL
                    AND (sought.document IS NULL OR owner.number_digest IS NOT NULL)
                    AND (sought.day IS NULL OR sought.day IN (version.approval_date, version.valid_from))
                    AND (sought.levels IS NULL OR version.level = ANY (sought.levels))
                THEN {_VERDICT} END AS verdict
        FROM sought
        LEFT JOIN found ON found.number = sought.number
        LEFT JOIN version ON version.credential_id = found.id
        LEFT JOIN status ON status.credential_id = found.id
        LEFT JOIN bearer ON bearer.researcher_id = found.researcher_id AND bearer.name = sought.name
        LEFT JOIN owner ON owner.researcher_id = found.researcher_id AND owner.number_digest = sought.document),
    open AS MATERIALIZED (
        SELECT number FROM judged WHERE verdict IS NULL UNION SELECT unnest({_LIST.format("spent")})),
    plain AS MATERIALIZED (
        SELECT * FROM judged WHERE NOT EXISTS (SELECT FROM open WHERE open.number = judged.number)),
    looks AS (
        INSERT INTO access
            (id, researcher_id, account_id, organisation_id, at, purpose, basis, fields, command_id)
        SELECT (:stamp || lpad(to_hex(row_number() OVER (ORDER BY researcher_id)), 8, '0'))::uuid, researcher_id,
            CAST(:account AS uuid), CAST(:organisation AS uuid), :now, :purpose, :basis,
            ARRAY['{PersonField.CREDENTIALS}'], CAST(:command AS uuid)
        FROM plain WHERE id IS NOT NULL),
    answers AS (
        INSERT INTO roster_answer (roster_id, first_line, at, lines, verdicts, reasons, credential_ids)
        SELECT CAST(:roster AS uuid), min(line), :now, array_agg(line), array_agg(verdict),
            array_agg(CASE WHEN id IS NULL THEN '{NOT_RECORDED}' ELSE '' END), array_agg(id)
        FROM plain HAVING count(*) > 0)
    SELECT
        (SELECT json_object_agg(verdict, times) FROM (SELECT verdict, count(*) AS times FROM plain GROUP BY 1) AS each)
            AS counts,
        (SELECT string_agg(DISTINCT line::text, ',') FROM judged
            WHERE EXISTS (SELECT FROM open WHERE open.number = judged.number)) AS others
""")


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of a roster by line, and the same written for the database: a text for each column of them."""

    rows: Sequence[tuple[int, Sought]] = field(repr=False)
    written: Mapping[str, str] = field(repr=False)
    has_documents: bool


def written(rows: Sequence[tuple[int, Sought]], digests: Mapping[str, bytes]) -> Asked:
    """The rows as they are asked; `digests` of the documents given."""
    listed = {
        "lines": [str(line) for line, _ in rows],
        "numbers": [row.number for _, row in rows],
        "names": [row.name for _, row in rows],
        "documents": [digests[row.document].hex() if row.document else "" for _, row in rows],
        "days": [row.obtained_on.isoformat() if row.obtained_on else "" for _, row in rows],
        "levels": [",".join(row.levels) if row.levels else "" for _, row in rows],
    }
    return Asked(rows, {name: _BETWEEN.join(texts) for name, texts in listed.items()}, bool(digests))


async def hold_holders(connection: AsyncConnection, asked: Asked) -> None:
    """Let nothing of the certificates sought change until this transaction ends; others may verify meanwhile."""
    await connection.execute(_HOLD, {"numbers": asked.written["numbers"]})


async def answer_plain(
    connection: AsyncConnection,
    one: Roster,
    asked: Asked,
    spent: Collection[str],
    basis: str,
    today: date,
    now: datetime,
) -> tuple[dict[str, int], set[int]]:
    """Answer the plain rows and note the looks: how many of each verdict, and the lines that are left to the rules.

    `spent`: numbers that were guessed at too often.
    """
    values = {
        **asked.written,
        "spent": _BETWEEN.join(spent),
        "has_documents": asked.has_documents,
        "roster": one.id,
        "account": one.account_id,
        "organisation": one.organisation_id,
        "purpose": one.purpose,
        "command": one.command_id,
        # Ids of version 7 made now, told apart by their last 32 bits: written in the order of their index.
        "stamp": new_id().hex[:24],
        "basis": basis,
        "today": today,
        "now": now,
    }
    await connection.execute(_PLANS, {"on": "off"})
    found = (await connection.execute(_ANSWER, values)).one()
    await connection.execute(_PLANS, {"on": "on"})
    return found.counts or {}, {int(line) for line in (found.others or "").split(",") if line}
