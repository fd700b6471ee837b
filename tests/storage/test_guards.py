"""What the database refuses by itself, whoever asks and however it is asked."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.ids import new_id
from talent_registry.storage.ledger import append_entry, claim_key
from talent_registry.storage.session import Caller, Database, duty
from tests.conftest import DatabaseUrls

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
OPERATOR = Caller("OPERATOR")


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[Database]:
    database = Database(database_urls.app_url, pool_size=4)
    yield database
    await database.close()


async def begin(connection: AsyncConnection, name: str) -> UUID:
    command_id = new_id()
    await claim_key(
        connection, command_id=command_id, caller="t", key=str(command_id), name=name, input_digest=b"", at=NOW
    )
    return command_id


async def finish(connection: AsyncConnection, command_id: UUID, name: str) -> None:
    await append_entry(
        connection,
        command_id=command_id,
        at=NOW,
        actor_kind="OPERATOR",
        account_id=None,
        organisation_id=None,
        name=name,
        subjects=(),
        body={},
    )


async def insert(connection: AsyncConnection, table: str, **values: Any) -> UUID:
    values = {"id": new_id(), **values}
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    await connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)
    identity: UUID = values["id"]
    return identity


async def a_person(connection: AsyncConnection, command_id: UUID) -> tuple[UUID, UUID]:
    person = await insert(
        connection, "researcher", public_number=str(new_id()), registered_at=NOW, command_id=command_id
    )
    async with duty(connection, "match"):
        household = await insert(
            connection,
            "household_registration",
            researcher_id=person,
            division="510107",
            valid_from=date(2020, 1, 1),
            recorded_at=NOW,
            command_id=command_id,
        )
    return person, household


async def registered(database: Database) -> tuple[UUID, UUID]:
    async with database.writing(OPERATOR, TODAY, "registerResearcher") as connection:
        command_id = await begin(connection, "registerResearcher")
        found = await a_person(connection, command_id)
        await finish(connection, command_id, "registerResearcher")
    return found


async def refused(database: Database, statement: str, state: str, command: str = "", **values: Any) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(OPERATOR, TODAY, command) as connection, duty(connection, "match"):
            await connection.execute(text(statement), values)
    assert getattr(failure.value.orig, "sqlstate", None) == state


async def test_a_command_without_its_entry_cannot_be_committed(database: Database) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(OPERATOR, TODAY, "x") as connection:
            await begin(connection, "x")
    assert getattr(failure.value.orig, "sqlstate", None) == "TR002"


async def test_an_entry_out_of_order_is_refused(database: Database) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(OPERATOR, TODAY, "x") as connection:
            command_id = await begin(connection, "x")
            await connection.execute(
                text(
                    "INSERT INTO ledger_entry (sequence, command_id, recorded_at, actor_kind, name, subjects, body,"
                    " previous_hash, hash) VALUES (2, :command, now(), 'X', 'x', '[]', '{}', :zero, :zero)"
                ),
                {"command": command_id, "zero": bytes(32)},
            )
    assert getattr(failure.value.orig, "sqlstate", None) == "TR002"


@pytest.mark.parametrize("command", ["proposePlacement", "activatePlacement", "extendPlacement", ""])
async def test_no_placement_command_can_write_a_household(database: Database, command: str) -> None:
    person, household = await registered(database)
    await refused(
        database,
        "UPDATE household_registration SET superseded_at = now() WHERE id = :household",
        "TR003",
        command,
        household=household,
    )
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(OPERATOR, TODAY, command) as connection, duty(connection, "match"):
            command_id = await begin(connection, command or "x")
            await insert(
                connection,
                "household_registration",
                researcher_id=person,
                division="500106",
                valid_from=TODAY,
                recorded_at=NOW,
                command_id=command_id,
            )
    assert getattr(failure.value.orig, "sqlstate", None) == "TR003"


async def test_a_transaction_that_only_claims_to_be_another_command_is_refused(database: Database) -> None:
    person, _ = await registered(database)
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(OPERATOR, TODAY, "correctHousehold") as connection, duty(connection, "match"):
            command_id = await begin(connection, "extendPlacement")
            await insert(
                connection,
                "household_registration",
                researcher_id=person,
                division="500106",
                valid_from=TODAY,
                recorded_at=NOW,
                command_id=command_id,
            )
    assert getattr(failure.value.orig, "sqlstate", None) == "TR003"


async def test_a_recorded_fact_is_never_changed_or_erased(database: Database) -> None:
    _, household = await registered(database)
    # The application's role may not even try; what it may do (close a fact) happens once.
    await refused(
        database, "UPDATE household_registration SET division = '500106' WHERE id = :id", "42501", id=household
    )
    await refused(database, "DELETE FROM household_registration WHERE id = :id", "42501", id=household)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TABLE placement",
        "CREATE TABLE anything (id int)",
        "TRUNCATE access",
        "UPDATE ledger_entry SET name = 'x'",
        "DELETE FROM command",
        "SET ROLE talent_registry_migrator",
    ],
)
async def test_the_applications_role_may_not_alter_and_does_not_own(database: Database, statement: str) -> None:
    await refused(database, statement, "42501")


async def test_not_even_the_owner_rewrites_the_ledger(database: Database, database_urls: DatabaseUrls) -> None:
    await registered(database)
    owner = Database(database_urls.migrator_url, pool_size=1)
    try:
        await refused(owner, "UPDATE ledger_entry SET name = 'x'", "TR001")
        await refused(owner, "DELETE FROM ledger_entry", "TR001")
        await refused(owner, "TRUNCATE ledger_entry CASCADE", "TR001")
    finally:
        await owner.close()


async def test_one_day_has_one_household(database: Database) -> None:
    person, _ = await registered(database)
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(OPERATOR, TODAY, "correctHousehold") as connection, duty(connection, "match"):
            command_id = await begin(connection, "correctHousehold")
            await insert(
                connection,
                "household_registration",
                researcher_id=person,
                division="500106",
                valid_from=TODAY,
                recorded_at=NOW,
                command_id=command_id,
            )
    assert getattr(failure.value.orig, "sqlstate", None) == "23P01"


@pytest.mark.parametrize(
    "caller",
    [
        Caller("ANONYMOUS"),
        Caller("AUTHORITY", province="500000"),
        Caller("HR", organisation_id=new_id()),
        Caller("AGENCY", organisation_id=new_id()),
        Caller("RESEARCHER", researcher_id=new_id()),
        Caller(""),
    ],
    ids=lambda caller: caller.kind or "nobody",
)
async def test_row_security_shows_a_stranger_nothing_of_a_person(database: Database, caller: Caller) -> None:
    person, _ = await registered(database)
    async with database.reading(caller, TODAY) as connection:
        rows = await connection.execute(
            text("SELECT 1 FROM household_registration WHERE researcher_id = :person"), {"person": person}
        )
        assert rows.all() == []


@pytest.mark.parametrize(
    "caller", [Caller("AUTHORITY", province="510000"), Caller("RESEARCHER")], ids=["authority", "self"]
)
async def test_row_security_shows_the_person_to_whom_it_concerns(database: Database, caller: Caller) -> None:
    person, _ = await registered(database)
    if caller.kind == "RESEARCHER":
        caller = Caller("RESEARCHER", researcher_id=person)
    async with database.reading(caller, TODAY) as connection:
        rows = await connection.execute(
            text("SELECT 1 FROM household_registration WHERE researcher_id = :person"), {"person": person}
        )
        assert len(rows.all()) == 1


async def test_an_officer_cannot_register_an_organisation_in_the_other_province_by_sql(database: Database) -> None:
    officer = Caller("AUTHORITY", province="510000")
    with pytest.raises(DBAPIError) as failure:
        async with database.writing(officer, TODAY, "registerOrganisation") as connection:
            command_id = await begin(connection, "registerOrganisation")
            await insert(
                connection,
                "organisation",
                name_zh="某单位",
                kind="ENTERPRISE",
                division="500106",
                registered_at=NOW,
                command_id=command_id,
            )
    assert getattr(failure.value.orig, "sqlstate", None) == "42501"


async def test_a_duty_ends_with_its_block_even_where_the_block_fails(database: Database) -> None:
    async def duty_now(connection: AsyncConnection) -> object:
        return (await connection.execute(text("SELECT current_setting('registry.duty', true)"))).scalar_one()

    async with database.reading(OPERATOR, TODAY) as connection:
        async with duty(connection, "verify"):
            with pytest.raises(LookupError):
                async with duty(connection, "match"):
                    raise LookupError
            assert await duty_now(connection) == "verify"
        assert await duty_now(connection) == ""
    # What failed in the database itself ends the transaction: nothing is restored, nothing is hidden.
    with pytest.raises(DBAPIError) as failure:
        async with database.reading(OPERATOR, TODAY) as connection, duty(connection, "match"):
            await connection.execute(text("SELECT 1 / 0"))
    assert getattr(failure.value.orig, "sqlstate", None) == "22012"


async def test_a_closed_account_is_not_opened_again_by_sql(database: Database) -> None:
    person, _ = await registered(database)
    async with database.writing(OPERATOR, TODAY, "openAccount") as connection:
        command_id = await begin(connection, "openAccount")
        account = await insert(
            connection,
            "account",
            login="o",
            password_hash="!",
            kind="RESEARCHER",
            researcher_id=person,
            purposes=[],
            opened_at=NOW,
            command_id=command_id,
        )
        await finish(connection, command_id, "openAccount")
    async with database.writing(OPERATOR, TODAY, "closeAccount") as connection:
        await connection.execute(text("UPDATE account SET closed_at = now() WHERE id = :id"), {"id": account})
    for change in ("closed_at = NULL", "closed_at = now() + interval '1 day'", "password_hash = 'x'"):
        await refused(database, f"UPDATE account SET {change} WHERE id = :id", "TR001", id=account)
