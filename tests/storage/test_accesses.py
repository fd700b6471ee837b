"""Looks in the database: whatever one names is recorded, in a set of thousands as in one, and stays."""

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.verification import Typed
from talent_registry.services import verification
from talent_registry.services.registry import caller_of
from talent_registry.services.verification import Asked
from tests.conftest import DatabaseUrls, as_superuser
from tests.postings import Postings, open_postings
from tests.registries import open_world
from tests.titles import NAME, NUMBER

NAMED = ("researcher_id", "account_id", "organisation_id", "command_id", "share_code_id")
# As many looks as there are lines, all like one that stands; in the last one id is another's.
_ADD = """
    INSERT INTO access (id, researcher_id, account_id, organisation_id, at, purpose, basis, fields, command_id,
        share_code_id)
    SELECT gen_random_uuid(), {}, '2026-11-24', 'x', 'VERIFICATION', '{{CREDENTIALS}}', {}
    FROM generate_series(1, :lines) line
"""


@pytest.fixture
async def posts(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Postings]:
    """A registry in which one verification was noted."""
    world = open_world(database_urls.app_url, tmp_path / "keys")
    posts = await open_postings(world)
    await verification.verify(posts.registry, posts.host_hr, Asked(Typed(NUMBER, NAME), "聘用核验"), None, "192.0.2.1")
    yield posts
    await world.registry.database.close()


async def add(posts: Postings, lines: int, wrong: str = "") -> None:
    """Note looks as the host unit's officer; in the last of them `wrong` names nothing."""
    given = {
        "researcher_id": posts.person.id,
        "account_id": posts.host_hr.account_id,
        "organisation_id": posts.host,
        "command_id": None,
        "share_code_id": None,
    }
    told = {name: f"CAST(:{name} AS uuid)" for name in NAMED}
    if wrong:
        told[wrong] = f"CASE WHEN line = :lines THEN gen_random_uuid() ELSE {told[wrong]} END"
    statement = _ADD.format(", ".join(told[name] for name in NAMED[:3]), ", ".join(told[name] for name in NAMED[3:]))
    async with posts.registry.database.writing(caller_of(posts.host_hr), posts.registry.today(), "") as connection:
        await connection.execute(text(statement), {**given, "lines": lines})


@pytest.mark.parametrize("wrong", NAMED)
async def test_a_look_names_nothing_that_is_not_recorded(
    posts: Postings, database_urls: DatabaseUrls, wrong: str
) -> None:
    for lines in (1, 3_000):
        with pytest.raises(DBAPIError, match="is not recorded") as refusal:
            await add(posts, lines, wrong)
        assert getattr(refusal.value.orig, "sqlstate", None) == "23503"
        await add(posts, lines)
    with as_superuser(database_urls) as connection:
        assert connection.execute("SELECT count(*) FROM access WHERE purpose = 'x'").fetchone() == (3_001,)


@pytest.mark.parametrize("table", ["researcher", "account", "organisation"])
async def test_what_a_look_names_is_never_erased_nor_named_anew(
    posts: Postings, database_urls: DatabaseUrls, table: str
) -> None:
    with as_superuser(database_urls) as connection:
        for statement in (
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
            f"UPDATE {table} SET id = gen_random_uuid()",
        ):
            with pytest.raises(psycopg.Error, match=f"rows of {table} are final"):
                connection.execute(statement.encode())


async def test_thousands_of_looks_are_checked_without_reading_every_person(database_urls: DatabaseUrls) -> None:
    with as_superuser(database_urls) as connection:
        row = connection.execute(
            "SELECT proconfig, prosecdef FROM pg_proc WHERE proname = 'looks_name_what_is_recorded'"
        ).fetchone()
        row_triggers = connection.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'access'::regclass AND tgtype & 1 = 1 AND tgtype & 4 = 4"
        ).fetchall()
    assert row is not None
    assert row[1] is True
    assert "enable_seqscan=off" in row[0]
    # Nothing is asked look by look any more.
    assert row_triggers == []
