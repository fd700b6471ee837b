"""Statements sent in one go: one transaction, the driver's errors, a connection that is whole afterwards or gone."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg import OperationalError, errors

from talent_registry.storage import exchange, session
from talent_registry.storage.session import Caller, Database
from tests.conftest import DatabaseUrls, as_superuser
from tests.storage.test_guards import TODAY, database

__all__ = ["database"]
CALLER = Caller("AUTHORITY", province="510000")


async def _ask(database: Database, statement: str, *values: Any, writes: bool = False) -> list[tuple[Any, ...]]:
    return await database.at_once(CALLER, TODAY, statement, values, writes=writes)


async def test_values_of_every_kind_go_and_come_back_as_they_are(database: Database) -> None:
    values = (
        UUID(int=5),
        date(2026, 11, 24),
        datetime(2026, 11, 24, 4, tzinfo=UTC),
        7,
        True,
        None,
        '两"地\\',
        ["a,b", '"', ""],
    )
    kinds = ("uuid", "date", "timestamptz", "int", "boolean", "text", "text", "text[]")
    marks = ", ".join(f"${place}::{kind}" for place, kind in enumerate(kinds, 1))
    assert await _ask(database, f"SELECT {marks}", *values) == [values]
    assert await _ask(database, "SELECT 1 WHERE $1::int = 2", 1) == []


async def test_all_is_one_transaction_that_leaves_nothing_behind(database: Database) -> None:
    (told,) = await _ask(database, "SELECT current_setting('registry.kind'), current_setting('transaction_read_only')")
    assert told == ("AUTHORITY", "on")
    for writes, text in ((False, "on"), (True, "off")):
        asked = "SELECT current_setting('transaction_read_only')"
        assert await _ask(database, asked, writes=writes) == [(text,)]
    async with database.engine.connect() as connection:
        found = await connection.exec_driver_sql("SELECT current_setting('registry.kind', true)")
        assert found.scalar_one() in (None, "")


async def test_whoever_reads_can_write_nothing(database: Database) -> None:
    with pytest.raises(errors.ReadOnlySqlTransaction):
        await _ask(database, "CREATE TEMPORARY TABLE x ()")


async def test_a_failure_is_the_drivers_own_and_the_connection_goes_on(database: Database) -> None:
    for _ in range(12):
        with pytest.raises(errors.DivisionByZero):
            await _ask(database, "SELECT 1 / $1::int", 0)
        with pytest.raises(errors.UndefinedTable):
            await _ask(database, "SELECT 1 FROM nothing_of_the_kind")
        assert await _ask(database, "SELECT 6 / $1::int", 3) == [(2,)]


async def test_what_fails_only_at_the_end_of_the_transaction_is_no_success(
    database: Database, database_urls: DatabaseUrls
) -> None:
    with as_superuser(database_urls) as connection:
        connection.execute(
            "CREATE TABLE late (id int PRIMARY KEY, other int REFERENCES late DEFERRABLE INITIALLY DEFERRED)"
        )
        connection.execute("GRANT SELECT, INSERT ON late TO talent_registry_app")
    with pytest.raises(errors.ForeignKeyViolation):
        await _ask(database, "INSERT INTO late VALUES ($1::int, $2::int)", 1, 2, writes=True)
    assert await _ask(database, "INSERT INTO late VALUES ($1::int, $2::int)", 3, 3, writes=True) == []
    assert await _ask(database, "SELECT id FROM late") == [(3,)]


async def test_more_statements_than_are_kept_prepared_are_answered(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "_MOST_PREPARED", 5)
    for _ in range(2):
        for number in range(20):
            assert await _ask(database, f"SELECT {number}, $1::int", number) == [(number, number)]
    (kept,) = await _ask(database, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'at_once_%'")
    assert kept[0] <= 5 + 1


async def test_what_the_driver_let_go_of_is_prepared_anew(database: Database) -> None:
    for _ in range(3):
        assert await _ask(database, "SELECT 9, $1::int", 1) == [(9, 1)]
        # As it does by itself after a transaction that was undone.
        async with database.engine.connect() as connection:
            await connection.exec_driver_sql("DEALLOCATE ALL")
            await connection.commit()
        written = await _ask(database, "SELECT 9, $1::int", 2, writes=True)
        assert written == [(9, 2)]


async def test_an_answer_longer_than_a_packet_arrives_whole(database: Database) -> None:
    sent = "长" * 400_000
    rows = await _ask(database, "SELECT $1::text FROM generate_series(1, 20)", sent)
    assert rows == [(sent,)] * 20


async def test_whoever_stops_waiting_leaves_no_half_read_answer_to_the_next(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await _ask(database, "SELECT pg_sleep(30)")
        assert await asyncio.wait_for(_ask(database, "SELECT 7"), 10) == [(7,)]


async def test_what_could_not_be_prepared_because_nobody_waited_is_prepared_the_next_time(
    database: Database, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The statement before it holds up everything, so that it is never prepared.
    monkeypatch.setattr(session, "_AT_ONCE", dict.fromkeys((False, True), b"SELECT pg_sleep($1::text::float)"))
    monkeypatch.setattr(session, "_introduction", lambda *_: ["30"])
    for _ in range(2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await _ask(database, "SELECT 8")
    monkeypatch.setattr(session, "_introduction", lambda *_: ["0"])
    for _ in range(6):
        assert await asyncio.wait_for(_ask(database, "SELECT 8"), 10) == [(8,)]


async def test_a_question_that_lost_its_connection_is_asked_again_and_a_command_is_not(
    database: Database, database_urls: DatabaseUrls
) -> None:
    def cut() -> None:
        with as_superuser(database_urls) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    assert await _ask(database, "SELECT 1") == [(1,)]
    cut()
    assert await _ask(database, "SELECT 1") == [(1,)]
    cut()
    with pytest.raises(OperationalError):
        await _ask(database, "SELECT 1", writes=True)
    assert await _ask(database, "SELECT 1") == [(1,)]
