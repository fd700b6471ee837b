"""Who may write and see which rows by SQL alone, whatever the program asks of the database."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.storage.ids import new_id
from talent_registry.storage.session import Caller, Database, duty
from tests.conftest import DatabaseUrls, as_superuser
from tests.storage.test_guards import NOW, TODAY, begin, database, finish, insert, registered

__all__ = ["database"]


@pytest.mark.parametrize("table", ["researcher_name", "identity_document", "household_registration"])
async def test_an_officer_writes_no_identity_of_the_other_provinces_people_by_sql(
    database: Database, table: str
) -> None:
    person, _ = await registered(database)
    columns: dict[str, dict[str, Any]] = {
        "researcher_name": {"name_zh": "李雷", "pinyin": "x", "sort_key": "x", "search_keys": []},
        "identity_document": {
            "kind": "X",
            "number_sealed": b"x",
            "key_id": "x",
            "number_digest": b"x",
            "number_masked": "x",
        },
        "household_registration": {"division": "500106"},
    }
    stated = columns[table]
    # Not under a duty either, and not in the name of the command that registered the person.
    for duty_name in ("", "match", "account"):
        for province, allowed in (("500000", False), ("510000", duty_name == "")):
            officer = Caller("AUTHORITY", province=province)
            written = write_fact(database, officer, duty_name, table, person, stated)
            if allowed and table != "household_registration":
                await written
                continue
            with pytest.raises(DBAPIError) as failure:
                await written
            state = getattr(failure.value.orig, "sqlstate", None)
            assert state in (("42501",) if province == "500000" else ("23P01", "23505"))


async def write_fact(
    database: Database, caller: Caller, duty_name: str, table: str, person: UUID, stated: dict[str, Any]
) -> None:
    async with database.writing(caller, TODAY, "correctHousehold") as connection, duty(connection, duty_name):
        command_id = await begin(connection, "correctHousehold")
        values = {"researcher_id": person, "valid_from": TODAY, "recorded_at": NOW, "command_id": command_id}
        await insert(connection, table, **values, **stated)
        await finish(connection, command_id, "correctHousehold")


@pytest.mark.parametrize("table", ["placement_round", "placement_event"])
async def test_rounds_and_events_are_seen_by_those_who_see_the_placement(
    database: Database, database_urls: DatabaseUrls, table: str
) -> None:
    person, host = await placed(database, database_urls)
    statement = text(f"SELECT 1 FROM {table}")
    for caller, seen in (
        (Caller("RESEARCHER", researcher_id=person), 1),
        (Caller("HR", organisation_id=host), 1),
        (Caller("HR", organisation_id=new_id()), 0),
        (Caller("AUTHORITY", province="500000"), 1),
        (Caller("AUTHORITY", province="520000"), 0),
        (Caller("ANONYMOUS"), 0),
    ):
        async with database.reading(caller, TODAY) as connection:
            assert len((await connection.execute(statement)).all()) == seen


async def test_a_reader_by_consent_moves_no_placement_by_sql(database: Database, database_urls: DatabaseUrls) -> None:
    person, host = await placed(database, database_urls)
    with as_superuser(database_urls) as connection:
        row = connection.execute("SELECT home_unit_id FROM placement").fetchone()
        assert row is not None
        reader = new_id()
        connection.execute(
            "INSERT INTO organisation (id, name_zh, kind, division, registered_at, command_id) "
            "SELECT %s, '读者', 'AGENCY', '500103', now(), id FROM command LIMIT 1",
            (reader,),
        )
        connection.execute(
            "INSERT INTO consent (id, researcher_id, recipient_id, purpose, fields, valid_from, valid_until, "
            "granted_at, command_id) SELECT gen_random_uuid(), %s, %s, 'x', '{PLACEMENTS}', '2020-01-01', "
            "'2030-01-01', now(), id FROM command LIMIT 1",
            (person, reader),
        )
    for caller, duty_name, moved in (
        (Caller("AGENCY", organisation_id=reader), "", 0),
        (Caller("HR", organisation_id=reader), "workload", 0),
        (Caller("AUTHORITY", province="520000"), "account", 0),
        (Caller("HR", organisation_id=host), "", 1),
    ):
        async with database.writing(caller, TODAY, "declinePlacement") as session, duty(session, duty_name):
            assert len((await session.execute(text("SELECT 1 FROM placement"))).all()) == 1
            done = await session.execute(text("UPDATE placement SET state = 'DECLINED'"))
            assert done.rowcount == moved


async def placed(database: Database, database_urls: DatabaseUrls) -> tuple[UUID, UUID]:
    """A proposal by a host across the border, with its round and event: the person and the host."""
    person, _ = await registered(database)
    home, host, placement = new_id(), new_id(), new_id()
    with as_superuser(database_urls) as connection:
        for unit, division in ((home, "510107"), (host, "500106")):
            connection.execute(
                "INSERT INTO organisation (id, name_zh, kind, division, registered_at, command_id) "
                "SELECT %s, %s, 'UNIVERSITY', %s, now(), id FROM command LIMIT 1",
                (unit, f"样例{division}", division),
            )
        connection.execute(
            "INSERT INTO placement (id, researcher_id, home_unit_id, host_unit_id, kind, post, term_from, term_until, "
            "workload_percent, state, round, proposed_at, command_id) SELECT %s, %s, %s, %s, 'PART_TIME', 'x', "
            "'2026-12-01', '2027-11-30', 40, 'PROPOSED', 1, now(), id FROM command LIMIT 1",
            (placement, person, home, host),
        )
        connection.execute(
            "INSERT INTO placement_round (placement_id, round, term_from, term_until, workload_percent, terms, "
            "terms_digest, proposed_by, proposed_at, command_id) SELECT id, 1, term_from, term_until, "
            "workload_percent, '{}', '', 'HOST_UNIT', now(), command_id FROM placement"
        )
        connection.execute(
            "INSERT INTO placement_event (id, placement_id, at, on_day, event, state, party, command_id) SELECT "
            "gen_random_uuid(), id, now(), '2026-11-24', 'PROPOSED', 'PROPOSED', 'HOST_UNIT', command_id FROM placement"
        )
    return person, host


async def test_nobody_but_the_application_runs_the_registrys_functions(
    database: Database, database_urls: DatabaseUrls
) -> None:
    with as_superuser(database_urls) as connection:
        rows = connection.execute(
            "SELECT proname, has_function_privilege('public', oid, 'EXECUTE'),"
            " has_function_privilege('talent_registry_app', oid, 'EXECUTE') FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend"
            " WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')"
        ).fetchall()
    assert len(rows) > 15
    assert [row for row in rows if row[1] or not row[2]] == []
