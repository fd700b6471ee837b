"""Who may be seen as a whole is remembered from one row to the next of a question, and opens nobody else."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.ids import new_id
from talent_registry.storage.session import Caller, Database
from tests.conftest import DatabaseUrls, as_superuser
from tests.storage.test_guards import TODAY, database, registered

__all__ = ["database"]
SICHUAN, CHONGQING = "510000", "500000"
OFFICER = Caller("AUTHORITY", province=SICHUAN)
_BY = "(SELECT id FROM command LIMIT 1)"


@pytest.fixture
async def people(database: Database, database_urls: DatabaseUrls) -> dict[str, UUID]:
    """One who lives in Sichuan, one who lives in Chongqing, and one there whose certificate Sichuan issued."""
    await registered(database)
    with as_superuser(database_urls) as connection:
        connection.execute("SET session_replication_role = replica")
        office = _added(connection, "organisation", name_zh="样例", kind="HRSS_BUREAU", division=SICHUAN)
        found = {name: _person(connection, name) for name in ("at home", "elsewhere", "certified")}
        for name, division in (("at home", "510104"), ("elsewhere", "500103"), ("certified", "500103")):
            facts = {"researcher_id": found[name], "valid_from": "2020-01-01", "recorded_at": "2026-01-01"}
            _added(connection, "household_registration", division=division, **facts)
            keys = {"name_zh": name, "pinyin": name, "sort_key": name, "search_keys": "{}"}
            _added(connection, "researcher_name", **keys, **facts)
        holder = {"researcher_id": found["certified"], "issuer_id": office}
        _added(connection, "credential", kind="TITLE", number="1", registered_at="2026-01-01", **holder)
    return found


def _person(connection: psycopg.Connection, name: str) -> UUID:
    return _added(connection, "researcher", public_number=name, registered_at="2026-01-01")


def _added(connection: psycopg.Connection, table: str, **values: object) -> UUID:
    stated = {"id": new_id(), **values}
    if table == "organisation":
        stated["registered_at"] = "2026-01-01"
    marks = ", ".join(["%s"] * len(stated))
    statement = f"INSERT INTO {table} ({', '.join(stated)}, command_id) VALUES ({marks}, {_BY})"
    connection.execute(statement.encode(), list(stated.values()))
    identity = stated["id"]
    assert isinstance(identity, UUID)
    return identity


async def _seen(connection: AsyncConnection, table: str, person: UUID) -> int:
    found = await connection.execute(text(f"SELECT 1 FROM {table} WHERE researcher_id = :person"), {"person": person})
    return len(found.all())


async def test_one_person_seen_opens_no_other_in_the_same_snapshot(database: Database, people: dict[str, UUID]) -> None:
    async with database.reading(OFFICER, TODAY) as connection:
        for name, seen in (("at home", 1), ("elsewhere", 0), ("at home", 1), ("elsewhere", 0)):
            for table in ("researcher_name", "household_registration"):
                assert await _seen(connection, table, people[name]) == seen, (name, table)
        everybody = text("SELECT name_zh FROM researcher_name WHERE name_zh <> '甲' ORDER BY sort_key DESC")
        assert set((await connection.execute(everybody)).scalars()) >= {"at home", "certified"}
        assert "elsewhere" not in set((await connection.execute(everybody)).scalars())
        assert (await connection.execute(text("SELECT current_setting('registry.seen')"))).scalar_one() != ""


async def test_a_relation_that_opens_some_fields_is_not_remembered_as_one_that_opens_all(
    database: Database, people: dict[str, UUID]
) -> None:
    async with database.reading(OFFICER, TODAY) as connection:
        for _ in range(2):
            assert await _seen(connection, "credential", people["certified"]) == 1
            assert await _seen(connection, "researcher_name", people["certified"]) == 1
            assert await _seen(connection, "household_registration", people["certified"]) == 0
        assert (await connection.execute(text("SELECT current_setting('registry.seen')"))).scalar_one() == ""


async def test_whoever_may_write_is_asked_about_anew_at_every_row(
    database: Database, database_urls: DatabaseUrls, people: dict[str, UUID]
) -> None:
    async with database.writing(OFFICER, TODAY, "") as connection:
        assert await _seen(connection, "researcher_name", people["at home"]) == 1
        assert (await connection.execute(text("SELECT current_setting('registry.seen')"))).scalar_one() == ""
        with as_superuser(database_urls) as other:
            other.execute("SET session_replication_role = replica")
            other.execute("UPDATE household_registration SET superseded_at = now() WHERE division = '510104'")
        # Committed by somebody else meanwhile: the person is not the officer's any more.
        assert await _seen(connection, "researcher_name", people["at home"]) == 0


async def test_what_was_remembered_ends_with_the_transaction(database: Database, people: dict[str, UUID]) -> None:
    statement = "SELECT count(*) FROM researcher_name WHERE researcher_id = $1"
    for province, seen in ((SICHUAN, 1), (CHONGQING, 0), (SICHUAN, 1)):
        caller = Caller("AUTHORITY", province=province)
        assert await database.at_once(caller, TODAY, statement, [people["at home"]]) == [(seen,)]
