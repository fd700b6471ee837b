"""What a roll states of people's households and personnel relations: recorded, corrected, or kept and noted."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.roll_writing import SOURCE, Import, run


@dataclass(frozen=True, slots=True)
class _Fact:
    """A dated fact about a person that a roll may state: its table and column, the row's value and new id.

    `province` is the province of a value, as SQL with a place for the value.
    """

    table: str
    column: str
    stated: str
    new_id: str
    province: str

    @property
    def said(self) -> str:
        """What the roll's first row that states the fact says of each person."""
        return f"""
            said AS (
                SELECT DISTINCT ON (r.person) r.person, r.{self.stated} AS stated, r.{self.new_id} AS new_id,
                    {SOURCE} AS source_id
                FROM roll_row r WHERE r.refusal IS NULL AND r.{self.stated} IS NOT NULL
                ORDER BY r.person, r.place)
        """

    @property
    def add(self) -> str:
        """Record it where nothing is recorded for today or later."""
        return f"""
            WITH {self.said}
            INSERT INTO {self.table} (
                id, researcher_id, {self.column}, source_id, valid_from, recorded_at, command_id)
            SELECT new_id, person, stated, source_id, :today, :now, :command
            FROM said
            WHERE NOT EXISTS (
                SELECT FROM {self.table} fact
                WHERE fact.researcher_id = said.person AND fact.superseded_at IS NULL
                    AND coalesce(fact.valid_until, 'infinity') >= :today)
            ORDER BY new_id
        """

    @property
    def correct(self) -> str:
        """Correct what an earlier roll of the same source stated otherwise; what anyone else stated is left alone."""
        return f"""
            WITH {self.said},
            closed AS (
                UPDATE {self.table} fact SET superseded_at = :now
                FROM said, command
                WHERE fact.researcher_id = said.person AND fact.superseded_at IS NULL
                    AND :today BETWEEN fact.valid_from AND coalesce(fact.valid_until, 'infinity')
                    AND fact.{self.column} <> said.stated AND fact.source_id = said.source_id
                    AND command.id = fact.command_id AND command.name = 'importRoll'
                RETURNING said.new_id, said.stated, fact.*)
            INSERT INTO {self.table} (
                id, researcher_id, {self.column}, source_id, valid_from, valid_until, recorded_at, command_id)
            SELECT new_id, researcher_id, stated, source_id, valid_from, valid_until, :now, :command FROM closed
        """

    @property
    def differing(self) -> str:
        """The rows that say something else than the record, of what was said or is recorded in the roll's province.

        Of what neither is, the province has no word, and would learn from one where somebody of another is not.
        """
        places = (self.province.format(f"r.{self.stated}"), self.province.format(f"fact.{self.column}"))
        return f"""
            SELECT r.line FROM roll_row r
            JOIN {self.table} fact ON fact.researcher_id = r.person AND fact.superseded_at IS NULL
                AND :today BETWEEN fact.valid_from AND coalesce(fact.valid_until, 'infinity')
            WHERE r.refusal IS NULL AND r.{self.stated} <> fact.{self.column}
                AND :province IN ({", ".join(places)})
            ORDER BY r.place
        """


_FACTS: Final = {
    "HOUSEHOLD_KEPT": _Fact("household_registration", "division", "household", "household_id", "left({}, 2) || '0000'"),
    "PERSONNEL_RELATION_KEPT": _Fact(
        "personnel_relation",
        "home_unit_id",
        "home_unit_id",
        "relation_id",
        "(SELECT unit.province FROM organisation unit WHERE unit.id = {})",
    ),
}


async def state_facts(connection: AsyncConnection, of: Import) -> int:
    """Record households and personnel relations where there are none, correct the source's own; how many corrected."""
    corrected = 0
    for fact in _FACTS.values():
        corrected += await run(connection, fact.correct, of)
        await run(connection, fact.add, of)
    return corrected


async def list_differing(connection: AsyncConnection, of: Import) -> list[tuple[int, str]]:
    """Line and reason of each row whose household or home unit differs from the record, which was kept."""
    found: list[tuple[int, str]] = []
    for reason, fact in _FACTS.items():
        rows = await connection.execute(text(fact.differing), of.bound(fact.differing))
        found += [(row.line, reason) for row in rows]
    return sorted(found)
