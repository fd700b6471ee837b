"""What the staged rows of a roll write: people, organisations, filings and credentials, set by set."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.organisations import CommitteeFiling, Organisation


@dataclass(frozen=True, slots=True)
class Import:
    """By which command, when, on which day, for which province and office a roll is written.

    Without a `source_id` each row's issuer is its source.
    """

    command_id: UUID
    now: datetime
    today: date
    province: str
    source_id: UUID | None

    def bound(self, statement: str) -> dict[str, Any]:
        """The values that `statement` asks for."""
        values = {
            "command": self.command_id,
            "now": self.now,
            "today": self.today,
            "province": self.province,
            "source": self.source_id,
        }
        return {name: value for name, value in values.items() if f":{name}" in statement}


SOURCE: Final = "coalesce(cast(:source AS uuid), r.issuer_id)"
_NEWCOMERS: Final = "FROM roll_number JOIN roll_row r USING (place) ORDER BY place"

_ADD_PEOPLE = f"""
    INSERT INTO researcher (id, sequence, public_number, registered_at, command_id)
    SELECT r.person_id, sequence, public_number, :now, :command {_NEWCOMERS}
"""
_NAME_ROWS = """
    UPDATE roll_row SET person = newcomer.person_id
    FROM roll_number JOIN roll_row newcomer USING (place)
    WHERE newcomer.digest = roll_row.digest AND roll_row.refusal IS NULL
"""
_ADD_NAMES = f"""
    INSERT INTO researcher_name (
        id, researcher_id, name_zh, pinyin, sort_key, search_keys, source_id, valid_from, recorded_at, command_id)
    SELECT r.name_id, r.person_id, r.name_zh, r.pinyin, r.sort_key, r.search_keys, {SOURCE}, :today, :now, :command
    {_NEWCOMERS}
"""
_ADD_DOCUMENTS = f"""
    INSERT INTO identity_document (
        id, researcher_id, kind, number_sealed, key_id, number_digest, number_masked,
        source_id, valid_from, recorded_at, command_id)
    SELECT r.document_id, r.person_id, r.document_kind, r.number_sealed, r.key_id, r.digest, r.number_masked,
        {SOURCE}, :today, :now, :command
    {_NEWCOMERS}
"""


_ADD_ORGANISATIONS = """
    INSERT INTO organisation (id, name_zh, name_en, kind, division, ror_id, registered_at, command_id)
    SELECT o.id, o.name_zh, o.name_en, o.kind, o.division, o.ror_id, :now, :command
    FROM jsonb_to_recordset(:rows) AS o (id uuid, name_zh text, name_en text, kind text, division text, ror_id text)
    WHERE EXISTS (SELECT FROM roll_row r WHERE r.refusal IS NULL AND o.id IN (r.issuer_id, r.home_unit_id))
"""
_CITED: Final = "f.filing_number IN (SELECT r.filing_number FROM roll_row r WHERE r.refusal IS NULL)"
_CLOSE_FILINGS = f"""
    UPDATE committee_filing f SET superseded_at = :now
    FROM jsonb_to_recordset(:rows) AS n (filing_number text)
    WHERE f.filing_number = n.filing_number AND f.superseded_at IS NULL AND {_CITED}
"""
_ADD_FILINGS = f"""
    INSERT INTO committee_filing (
        id, filing_number, authority_id, committee_name, filed_from, filed_to, max_level, series,
        recorded_at, command_id)
    SELECT f.id, f.filing_number, f.authority_id, f.committee_name, f.filed_from, f.filed_to, f.max_level, f.series,
        :now, :command
    FROM jsonb_to_recordset(:rows) AS f (
        id uuid, filing_number text, authority_id uuid, committee_name text, filed_from date, filed_to date,
        max_level text, series text[])
    WHERE {_CITED}
"""

_ADD_CREDENTIALS = """
    INSERT INTO credential (id, kind, number, issuer_id, researcher_id, registered_at, command_id)
    SELECT credential_id, 'TITLE', number, issuer_id, person, :now, :command
    FROM roll_row WHERE refusal IS NULL AND recorded IS NULL ORDER BY place
"""
_ADD_STATUSES = """
    INSERT INTO credential_status (id, credential_id, status, valid_from, recorded_at, command_id)
    SELECT status_id, credential_id, CASE status WHEN 'EXPIRED' THEN 'VALID' ELSE status END, valid_from,
        :now, :command
    FROM roll_row WHERE refusal IS NULL AND recorded IS NULL ORDER BY place
"""
_VERSION: Final = """
    id, credential_id, title_code, title_name, series, level, specialty, route, issuer_kind, issuer_division,
    filing_number, approval_date, certificate_medium, found_in_lookup, delegated, delegation_level, targeted_area,
    origin_division, details, defaulted, source_id, valid_from, valid_until, recorded_at, command_id
"""
_STATED: Final = """
    r.title_code, r.title_name, r.series, r.level, r.specialty, r.route, r.issuer_kind, r.issuer_division,
    r.filing_number, r.approval_date
"""
_ADD_VERSIONS = f"""
    INSERT INTO credential_version ({_VERSION})
    SELECT r.version_id, r.credential_id, {_STATED}, :medium, :found, :delegated, NULL, NULL, NULL, '{{}}',
        r.defaulted, {SOURCE}, r.valid_from, r.valid_until, :now, :command
    FROM roll_row r WHERE r.refusal IS NULL AND r.recorded IS NULL ORDER BY r.place
"""
# What a roll does not say stays as it was recorded.
_CORRECT_VERSIONS = f"""
    WITH closed AS (
        UPDATE credential_version version SET superseded_at = :now
        FROM roll_row r
        WHERE version.credential_id = r.recorded AND version.superseded_at IS NULL AND r.changed AND r.refusal IS NULL
        RETURNING version.*, r.place)
    INSERT INTO credential_version ({_VERSION})
    SELECT r.version_id, r.recorded, {_STATED}, closed.certificate_medium, closed.found_in_lookup, closed.delegated,
        closed.delegation_level, closed.targeted_area, closed.origin_division, closed.details,
        CASE WHEN 'valid_from' = ANY (r.defaulted) THEN closed.defaulted
            ELSE array_remove(closed.defaulted, 'valid_from') END,
        {SOURCE}, r.valid_from, r.valid_until, :now, :command
    FROM closed JOIN roll_row r USING (place) ORDER BY place
"""
_COUNT = text("""
    SELECT
        count(*) FILTER (WHERE recorded IS NOT NULL AND NOT changed AND status IN ('EXPIRED', stood)) AS unchanged,
        count(*) FILTER (WHERE changed) AS changed,
        count(DISTINCT person) FILTER (WHERE matched) AS matched
    FROM roll_row WHERE refusal IS NULL
""")


async def add_people(connection: AsyncConnection, of: Import) -> None:
    """Record the newcomers with name and document, and say of each row whose it is."""
    for statement in (_ADD_PEOPLE, _NAME_ROWS, "ANALYZE roll_row", _ADD_NAMES, _ADD_DOCUMENTS):
        await run(connection, statement, of)


async def add_organisations(connection: AsyncConnection, of: Import, units: Sequence[Organisation]) -> int:
    """Record those of the organisations that a row kept names; how many."""
    rows = [{**asdict(unit), "id": str(unit.id)} for unit in units]
    return await _run_rows(connection, _ADD_ORGANISATIONS, of, rows)


async def file_committees(
    connection: AsyncConnection, of: Import, filings: Sequence[CommitteeFiling]
) -> tuple[int, int]:
    """Record those of the filings that a row kept cites; how many, and how many superseded an earlier record."""
    rows: list[dict[str, Any]] = [
        {
            "id": str(filing.id),
            "filing_number": filing.filing_number,
            "authority_id": str(filing.authority_id),
            "committee_name": filing.committee_name,
            "filed_from": filing.filed_from.isoformat(),
            "filed_to": filing.filed_to.isoformat(),
            "max_level": filing.max_level,
            "series": list(filing.series),
        }
        for filing in filings
    ]
    superseded = await _run_rows(connection, _CLOSE_FILINGS, of, rows)
    return await _run_rows(connection, _ADD_FILINGS, of, rows), superseded


async def add_credentials(
    connection: AsyncConnection, of: Import, *, medium: str, found_in_lookup: bool, delegated: bool
) -> int:
    """Record the new credentials, with these defaults for what a roll does not say; how many."""
    new = await run(connection, _ADD_CREDENTIALS, of)
    await run(connection, _ADD_STATUSES, of)
    defaults = {"medium": medium, "found": found_in_lookup, "delegated": delegated}
    await connection.execute(text(_ADD_VERSIONS), of.bound(_ADD_VERSIONS) | defaults)
    return new


async def correct_credentials(connection: AsyncConnection, of: Import) -> int:
    """Supersede the versions that the roll contradicts and record what it says; how many."""
    return await run(connection, _CORRECT_VERSIONS, of)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the rows kept: credentials that stay as recorded, those that differ, and people who were known before."""

    unchanged: int
    changed: int
    matched: int


async def count_kept(connection: AsyncConnection) -> Kept:
    """How the rows kept stand to the record."""
    row = (await connection.execute(_COUNT)).one()
    return Kept(row.unchanged, row.changed, row.matched)


async def run(connection: AsyncConnection, statement: str, of: Import) -> int:
    """Carry out one statement with the values it asks for; how many rows it wrote."""
    return (await connection.execute(text(statement), of.bound(statement))).rowcount


async def _run_rows(connection: AsyncConnection, statement: str, of: Import, rows: list[dict[str, Any]]) -> int:
    prepared = text(statement).bindparams(bindparam("rows", type_=JSONB))
    return (await connection.execute(prepared, of.bound(statement) | {"rows": rows})).rowcount
