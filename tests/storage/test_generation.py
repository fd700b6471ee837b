"""What a sample may write and what no sample ever may, whoever asks the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage import generation
from talent_registry.storage.ids import new_id
from talent_registry.storage.ledger import append_entry, claim_key
from talent_registry.storage.session import Caller, Database
from tests.conftest import DatabaseUrls

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ADD_PERSON = "INSERT INTO researcher (id, public_number, registered_at, command_id) VALUES (:id, :id, :now, :command)"
ADD_UNIT = (
    "INSERT INTO organisation (id, name_zh, kind, division, registered_at, command_id) "
    "VALUES (:id, :name, 'SCHOOL', :division, :now, :command)"
)
ADD_HOUSEHOLD = (
    "INSERT INTO household_registration (id, researcher_id, division, valid_from, recorded_at, command_id) "
    "VALUES (gen_random_uuid(), :person, '510107', '2020-01-01', :now, :command)"
)
END_HOUSEHOLD = "UPDATE household_registration SET superseded_at = now() WHERE researcher_id = :person"
ADD_RELATION = (
    "INSERT INTO personnel_relation (id, researcher_id, home_unit_id, valid_from, recorded_at, command_id) "
    "VALUES (gen_random_uuid(), :person, :home, '2020-01-01', :now, :command)"
)
PLACE = (
    "INSERT INTO placement (id, researcher_id, home_unit_id, host_unit_id, kind, post, term_from, term_until, "
    "workload_percent, state, round, proposed_at, command_id) VALUES (gen_random_uuid(), :person, :home, :host, "
    "'PART_TIME', '研究员', '2026-12-01', '2027-11-30', 40, :state, 1, :now, :command)"
)
WITHDRAW = "UPDATE placement SET state = 'WITHDRAWN' WHERE researcher_id = :person"


class Writing:
    """One command on a connection, with two units of the two provinces and a person of its own."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.command = new_id()
        self.person, self.home, self.host = new_id(), new_id(), new_id()

    async def begin(self, name: str) -> None:
        await claim_key(
            self.connection,
            command_id=self.command,
            caller="t",
            key=str(self.command),
            name=name,
            input_digest=b"",
            at=NOW,
        )
        for unit, division in ((self.home, "510107"), (self.host, "500106")):
            await self.run(ADD_UNIT, id=unit, name=str(unit), division=division)
        await self.run(ADD_PERSON, id=self.person)

    async def run(self, statement: str, **more: object) -> None:
        values = {"person": self.person, "home": self.home, "host": self.host, "state": "PROPOSED"}
        values |= {"now": NOW, "command": self.command, **more}
        prepared = text(statement)
        await self.connection.execute(prepared, {name: values[name] for name in prepared.compile().params})

    async def finish(self, name: str) -> None:
        await append_entry(
            self.connection,
            command_id=self.command,
            at=NOW,
            actor_kind="OPERATOR",
            account_id=None,
            organisation_id=None,
            name=name,
            subjects=(),
            body={},
        )


@pytest.fixture
async def owner(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.migrator_url, pool_size=2)
    yield database
    await database.close()


@asynccontextmanager
async def writing(database: Database, name: str = "generateSample") -> AsyncIterator[Writing]:
    async with database.writing(Caller("OPERATOR"), TODAY, name) as connection:
        work = Writing(connection)
        await work.begin(name)
        yield work
        await work.finish(name)


async def registered(database: Database) -> UUID:
    """A person with a household, registered by the command for that."""
    async with writing(database, "registerResearcher") as work:
        await work.run(ADD_HOUSEHOLD)
        return work.person


def state_of(failure: pytest.ExceptionInfo[DBAPIError]) -> str:
    return str(getattr(failure.value.orig, "sqlstate", ""))


async def test_a_sample_states_household_and_relation_and_then_places_its_own_people(owner: Database) -> None:
    async with writing(owner) as work:
        for statement in (ADD_HOUSEHOLD, ADD_RELATION, PLACE):
            await work.run(statement)


@pytest.mark.parametrize("statement", [ADD_HOUSEHOLD, END_HOUSEHOLD, ADD_RELATION, PLACE])
async def test_a_sample_touches_nobody_who_was_there_before(owner: Database, statement: str) -> None:
    other = await registered(owner)
    with pytest.raises(DBAPIError) as refused:
        async with writing(owner) as work:
            await work.run(statement, person=other)
    assert state_of(refused) == "TR003"


@pytest.mark.parametrize("statement", [END_HOUSEHOLD, WITHDRAW])
async def test_a_sample_adds_and_changes_nothing(owner: Database, statement: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with writing(owner) as work:
            await work.run(ADD_HOUSEHOLD)
            await work.run(PLACE)
            await work.run(statement)
    assert state_of(refused) == "TR003"


async def test_a_sample_states_no_household_once_it_has_placed_somebody(owner: Database) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with writing(owner) as work:
            await work.run(PLACE)
            await work.run(ADD_HOUSEHOLD)
    assert state_of(refused) == "TR003"


async def test_an_active_placement_of_a_sample_needs_its_signatures_too(owner: Database) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with writing(owner) as work:
            await work.run(ADD_HOUSEHOLD)
            await work.run(PLACE, state="ACTIVE")
    assert getattr(refused.value.orig, "diag").constraint_name == "three_signatures"  # noqa: B009 - any driver's error


async def test_the_application_cannot_pass_for_a_sample(database_urls: DatabaseUrls) -> None:
    database = Database(database_urls.app_url, pool_size=2)
    with pytest.raises(DBAPIError) as refused:
        async with writing(database) as work:
            await work.run(ADD_HOUSEHOLD)
    assert state_of(refused) == "TR003"
    async with database.reading(Caller("OPERATOR"), TODAY) as connection:
        assert not await generation.owns_tables(connection)
    await database.close()


async def test_no_other_command_both_registers_and_places(owner: Database) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with writing(owner, "registerResearcher") as work:
            await work.run(ADD_HOUSEHOLD)
            await work.run(PLACE)
    assert state_of(refused) == "TR003"
