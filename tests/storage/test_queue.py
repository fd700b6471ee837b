"""The queue in the database: the migrator's, used by the application, as the installed procrastinate expects it."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import make_url

from tests.conftest import DatabaseUrls, as_superuser

# The newest of procrastinate's own migrations that stands in ours. Where this fails, procrastinate was raised and
# brings newer tables: write a migration that runs the newer files of its folder (see 0031), and name the last here.
NEWEST = "03.04.00_50_post_add_retry_failed_job_procedure.sql"


@pytest.fixture
def application(database_urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    url = make_url(database_urls.app_url)
    with psycopg.connect(user=url.username, dbname=url.database, autocommit=True, **url.query) as connection:  # type: ignore[arg-type]  # as in conftest
        yield connection


def test_the_tables_are_those_of_the_installed_procrastinate(application: psycopg.Connection) -> None:
    assert max(one.name for one in Path(SchemaManager.get_migrations_path()).glob("*.sql")) == NEWEST
    (said,) = application.execute("SELECT obj_description('queue'::regnamespace)").fetchone() or ("",)
    assert said == f"procrastinate {version('procrastinate')}"


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TABLE queue.mine ()",
        "ALTER TABLE queue.procrastinate_jobs ADD COLUMN mine text",
        "TRUNCATE queue.procrastinate_jobs CASCADE",
        "DROP TABLE queue.procrastinate_events",
        "ALTER FUNCTION queue.procrastinate_register_worker_v1() RESET search_path",
        "DROP TRIGGER procrastinate_trigger_delete_jobs_v1 ON queue.procrastinate_jobs",
        "DROP SCHEMA queue CASCADE",
    ],
)
def test_the_application_uses_the_queue_and_alters_nothing_of_it(application: psycopg.Connection, attempt: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(attempt)


def test_nobody_but_the_application_runs_the_queues_functions_and_each_keeps_its_own_path(
    database_urls: DatabaseUrls,
) -> None:
    with as_superuser(database_urls) as connection:
        rows = connection.execute(
            "SELECT proname, has_function_privilege('public', oid, 'EXECUTE'), "
            "has_function_privilege('talent_registry_app', oid, 'EXECUTE'), proconfig, proowner::regrole::text "
            "FROM pg_proc WHERE pronamespace = 'queue'::regnamespace"
        ).fetchall()
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'queue'::regnamespace AND relkind = 'r' "
            "AND (relowner::regrole::text <> 'talent_registry_migrator' "
            "OR has_table_privilege('public', oid, 'SELECT, INSERT, UPDATE, DELETE'))"
        ).fetchall()
    assert len(rows) > 10
    expected = (False, True, ["search_path=queue, pg_temp"], "talent_registry_migrator")
    assert [row for row in rows if tuple(row[1:]) != expected] == []
    assert tables == []


def test_a_terms_last_day_is_found_by_its_index(database_urls: DatabaseUrls) -> None:
    with as_superuser(database_urls) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO placement (id, researcher_id, home_unit_id, host_unit_id, kind, post, term_from, term_until, "
            "workload_percent, state, round, activated_on, ended_on, end_reason, ends_on, ends_reason, proposed_at, "
            "command_id) SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), "
            "'PART_TIME', 'x', '2026-01-01', '2027-01-01'::date + number % 500, 40, "
            "CASE WHEN number % 3 = 0 THEN 'ENDED' ELSE 'ACTIVE' END, 1, '2026-01-01', "
            "CASE WHEN number % 3 = 0 THEN '2026-06-01'::date END, CASE WHEN number % 3 = 0 THEN 'TERM' END, "
            "CASE WHEN number % 50 = 0 THEN '2026-12-01'::date END, CASE WHEN number % 50 = 0 THEN 'EARLY_RETURN' END, "
            "now(), gen_random_uuid() FROM generate_series(1, 6000) number"
        )
        connection.execute("ANALYZE placement")
        row = connection.execute("SELECT prosrc FROM pg_proc WHERE proname = 'placements_due'").fetchone()
        assert row is not None
        for place, name in enumerate(("today", "after", "number"), 1):
            row = (re.sub(rf"\b{name}\b", f"${place}", row[0]),)
        connection.execute(f"PREPARE due (date, uuid, integer) AS {row[0]}")
        plan = "\n".join(
            line for (line,) in connection.execute("EXPLAIN EXECUTE due ('2026-11-24', NULL, 100)").fetchall()
        )
    assert "ix_placement_term_until" in plan
    assert "ix_placement_ends_on" in plan
