"""The history of the tables: one line, from nothing to what the program expects, and back a step."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from talent_registry.storage import migrate
from tests.conftest import DatabaseUrls, as_superuser

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "alembic" / "versions").glob("*.py"))


def tables_of(url: str) -> set[str]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_the_history_has_one_head_and_no_branch() -> None:
    script = ScriptDirectory.from_config(migrate.alembic_config())
    assert len(script.get_heads()) == 1
    assert all(not revision.is_branch_point for revision in script.walk_revisions())


def test_migrations_are_numbered_without_gap_or_double() -> None:
    numbers = [re.fullmatch(r"(\d{4})_[a-z]+(_[a-z0-9]+)+", path.stem) for path in FILES]
    assert all(numbers), [path.name for path, number in zip(FILES, numbers, strict=True) if not number]
    assert [int(number[1]) for number in numbers if number] == list(range(1, len(FILES) + 1))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_migration_stands_alone_and_waits_for_no_lock(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*(from|import) talent_registry", text, re.MULTILINE), "migrations outlive the code"
    assert "lock_timeout" in text + (ROOT / "alembic" / "env.py").read_text(encoding="utf-8")
    number = path.stem[:4]
    assert re.search(rf"^revision(: str)? = .{number}.$", text, re.MULTILINE), "the file's number is its revision"


def test_tables_are_what_the_program_expects(database_urls: object) -> None:
    url = database_urls.migrator_url  # type: ignore[attr-defined]  # DatabaseUrls lives in a conftest, not a module
    command.check(migrate.alembic_config(url))
    assert migrate.is_current(url)


def test_the_application_can_ask_which_migration_ran(database_urls: object) -> None:
    assert migrate.is_current(database_urls.app_url)  # type: ignore[attr-defined]  # as above


def test_the_newest_migration_can_be_undone_and_done_again(database_urls: object) -> None:
    url = database_urls.migrator_url  # type: ignore[attr-defined]  # as above
    before = tables_of(url)
    migrate.downgrade(url, "-1")
    assert not migrate.is_current(url)
    migrate.upgrade(url)
    assert migrate.is_current(url)
    assert tables_of(url) == before


def test_all_of_history_can_be_undone(fresh_database: Callable[[], object]) -> None:
    url = fresh_database().migrator_url  # type: ignore[attr-defined]  # as above
    migrate.downgrade(url, "base")
    assert tables_of(url) <= {"alembic_version"}
    migrate.upgrade(url)
    assert migrate.is_current(url)


def test_what_an_older_version_cannot_hold_is_not_lost_by_going_back(
    fresh_database: Callable[[], DatabaseUrls],
) -> None:
    urls = fresh_database()
    with as_superuser(urls) as connection:
        connection.execute(
            "SET session_replication_role = replica; INSERT INTO number_walk (id, province, misses, tried, raised_at) "
            "VALUES (gen_random_uuid(), '510000', 50, 60, now())"
        )
    with pytest.raises(DBAPIError, match="stay at this version"):
        migrate.downgrade(urls.migrator_url, "0052")
    with as_superuser(urls) as connection:
        assert connection.execute("SELECT count(*) FROM number_walk").fetchone() == (1,)
    migrate.upgrade(urls.migrator_url)
