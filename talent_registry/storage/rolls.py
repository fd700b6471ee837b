"""A roll and what is recorded: earlier imports, organisations and filings it names, people and credentials it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.organisations import CommitteeFiling, Organisation
from talent_registry.storage.tables import organisation

# Imports follow one another: each matches people and credentials against all that those before it wrote.
_ALONE = text("SELECT pg_advisory_xact_lock(7238459002), set_config('statement_timeout', '30min', true)")
_EARLIER = text("""
    SELECT command.id, command.result, entry.sequence
    FROM command JOIN ledger_entry entry ON entry.command_id = command.id
    WHERE command.name = 'importRoll' AND command.input_digest = :asked
""")

# People, by any digest of the document.
_MATCH_PEOPLE = """
    UPDATE roll_row SET person = document.researcher_id, matched = true
    FROM roll_row stated
    CROSS JOIN LATERAL unnest(stated.digests) AS known (digest)
    JOIN identity_document document ON document.number_digest = known.digest AND document.superseded_at IS NULL
    WHERE roll_row.place = stated.place
"""
# Any name recorded of the person will do, a former one too.
_CHECK_NAMES = """
    UPDATE roll_row SET refusal = 'NAME_DIFFERS'
    WHERE matched AND NOT EXISTS (
        SELECT FROM researcher_name borne
        WHERE borne.researcher_id = person AND borne.superseded_at IS NULL
            AND lower(borne.name_zh) = lower(roll_row.name_zh))
"""
_CHECK_NEW_NAMES = """
    UPDATE roll_row SET refusal = 'DOCUMENT_TWICE'
    WHERE NOT matched AND digest IN (
        SELECT digest FROM roll_row WHERE NOT matched GROUP BY digest HAVING count(DISTINCT lower(name_zh)) > 1)
"""
# Credentials, by issuer and number. Where the row does not state the day of issue, the recorded one stands.
_MATCH_CREDENTIALS = """
    UPDATE roll_row SET
        recorded = known.id,
        issued = version.valid_from,
        valid_from = said.valid_from,
        stood = (
            SELECT span.status FROM credential_status span
            WHERE span.credential_id = known.id AND span.superseded_at IS NULL
            ORDER BY span.valid_from DESC LIMIT 1),
        changed = (
            version.title_code, version.title_name, version.series, version.level, version.specialty, version.route,
            version.issuer_kind, version.issuer_division, version.filing_number, version.approval_date,
            version.valid_from, version.valid_until
        ) IS DISTINCT FROM (
            stated.title_code, stated.title_name, stated.series, stated.level, stated.specialty, stated.route,
            stated.issuer_kind, stated.issuer_division, stated.filing_number, stated.approval_date,
            said.valid_from, stated.valid_until),
        refusal = coalesce(
            roll_row.refusal,
            CASE WHEN known.researcher_id IS DISTINCT FROM stated.person THEN 'HOLDER_DIFFERS' END)
    FROM roll_row stated
    JOIN credential known
        ON known.issuer_id = stated.issuer_id AND known.kind = 'TITLE' AND known.number = stated.number
    JOIN credential_version version ON version.credential_id = known.id AND version.superseded_at IS NULL
    CROSS JOIN LATERAL (
        SELECT CASE WHEN 'valid_from' = ANY (stated.defaulted) THEN version.valid_from
            ELSE stated.valid_from END AS valid_from) AS said
    WHERE roll_row.place = stated.place
"""
_DELICATE = text("""
    SELECT place, line, recorded, issued, valid_from, stood, status
    FROM roll_row
    WHERE refusal IS NULL AND recorded IS NOT NULL
        AND (issued <> valid_from OR (status <> 'EXPIRED' AND status <> stood))
    ORDER BY place
""")
# New people are nobody else's yet. One order for all, so that two never wait for each other.
_HOLDERS = text("""
    SELECT id FROM researcher WHERE id IN (SELECT person FROM roll_row WHERE matched AND refusal IS NULL)
    ORDER BY id FOR NO KEY UPDATE
""")
_CORRECTED_AND_PLACED = text("""
    SELECT DISTINCT placement.credential_id
    FROM roll_row JOIN placement ON placement.credential_id = roll_row.recorded
    WHERE roll_row.changed AND roll_row.refusal IS NULL
        AND placement.state IN ('PROPOSED', 'AGREED', 'ACTIVE', 'SUSPENDED')
    ORDER BY placement.credential_id
""")
_REFUSE = text("UPDATE roll_row SET refusal = 'STATUS_NOT_CHANGED' WHERE place = ANY (:places)")
_FILINGS = text("""
    SELECT filing.*, organisation.province, command.name = 'importRoll' AS from_roll
    FROM committee_filing filing
    JOIN organisation ON organisation.id = filing.authority_id
    JOIN command ON command.id = filing.command_id
    WHERE filing.superseded_at IS NULL AND filing.filing_number = ANY (:numbers)
""")
_REFUSED = text("SELECT line, refusal FROM roll_row WHERE refusal IS NOT NULL ORDER BY place")


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """An import carried out before: its command, its place in the ledger and its answer."""

    command_id: UUID
    sequence: int
    result: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedFiling:
    """A filing as recorded, the province of its authority, and whether a roll was its source."""

    filing: CommitteeFiling
    province: str
    from_roll: bool


@dataclass(frozen=True, slots=True)
class Delicate:
    """A row that moves the day of issue or changes the status of a recorded credential; `status` as the roll has it."""

    place: int
    line: int
    credential_id: UUID
    issued: date
    issued_on: date
    stood: str
    status: str


async def lock_holders(connection: AsyncConnection) -> None:
    """Whoever changes or decides on anything of the people of the roll waits until this transaction ends."""
    await connection.execute(_HOLDERS)


async def import_alone(connection: AsyncConnection) -> None:
    """Wait for other imports to end, and let this one's statements take their time."""
    await connection.execute(_ALONE)


async def find_import(connection: AsyncConnection, asked: bytes) -> EarlierImport | None:
    """The import that was asked for by this digest, by whichever account and under whichever key."""
    row = (await connection.execute(_EARLIER, {"asked": asked})).first()
    return None if row is None else EarlierImport(row.id, row.sequence, row.result or {})


async def list_organisations_named(connection: AsyncConnection, names: Sequence[str]) -> list[Organisation]:
    """The organisations of these names, the oldest record first."""
    statement = select(organisation).where(organisation.c.name_zh.in_(names)).order_by(organisation.c.id)
    return [
        Organisation(row.id, row.name_zh, row.name_en, row.kind, row.division, row.social_credit_code, row.ror_id)
        for row in await connection.execute(statement)
    ]


async def list_filings_numbered(connection: AsyncConnection, numbers: Sequence[str]) -> dict[str, RecordedFiling]:
    """The filings now recorded under these numbers."""
    return {
        row.filing_number: RecordedFiling(
            CommitteeFiling(
                row.id,
                row.filing_number,
                row.authority_id,
                row.committee_name,
                row.filed_from,
                row.filed_to,
                row.max_level,
                tuple(row.series),
                row.recorded_at,
            ),
            row.province,
            row.from_roll,
        )
        for row in await connection.execute(_FILINGS, {"numbers": list(numbers)})
    }


async def match(connection: AsyncConnection) -> None:
    """Find the people and credentials of the staged rows; mark the rows that contradict the record (duty `import`)."""
    for statement in (_MATCH_PEOPLE, _CHECK_NAMES, _CHECK_NEW_NAMES, _MATCH_CREDENTIALS):
        await connection.execute(text(statement))
    # What the rows were matched with is new to the planner, too.
    await connection.execute(text("ANALYZE roll_row"))


async def list_delicate(connection: AsyncConnection) -> list[Delicate]:
    """The rows that ask the law about a recorded credential, in the roll's order."""
    rows = await connection.execute(_DELICATE)
    return [
        Delicate(row.place, row.line, row.recorded, row.issued, row.valid_from, row.stood, row.status) for row in rows
    ]


async def list_corrected_and_placed(connection: AsyncConnection) -> list[UUID]:
    """Each credential that a row corrects and a placement not yet over rests on (`consequences`)."""
    return list((await connection.execute(_CORRECTED_AND_PLACED)).scalars())


async def refuse(connection: AsyncConnection, places: Sequence[int]) -> None:
    """Mark rows whose change of status is not possible."""
    await connection.execute(_REFUSE, {"places": list(places)})


async def list_refused(connection: AsyncConnection) -> list[tuple[int, str]]:
    """Line and reason of every staged row that contradicts the record, in the roll's order."""
    return [(row.line, row.refusal) for row in await connection.execute(_REFUSED)]
