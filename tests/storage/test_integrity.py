"""Who may see and write integrity records by SQL alone, and that none is changed or erased."""

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

SICHUAN, CHONGQING = "510000", "500000"
FOUND = {"found_on": TODAY, "ground": "x", "legal_basis": "x", "valid_from": TODAY}


def office_in(database_urls: DatabaseUrls, division: str) -> UUID:
    office = new_id()
    with as_superuser(database_urls) as connection:
        connection.execute(
            "INSERT INTO organisation (id, name_zh, kind, division, registered_at, command_id) "
            "SELECT %s, %s, 'HRSS_BUREAU', %s, now(), id FROM command LIMIT 1",
            (office, f"样例{office}", division),
        )
    return office


async def write(database: Database, caller: Caller, person: UUID, duty_name: str = "", **stated: Any) -> UUID:
    """Record against the person on behalf of a caller; the id of the record."""
    row = {"record_id": new_id(), "act": "RECORDED", "source_id": caller.organisation_id, **FOUND, **stated}
    async with database.writing(caller, TODAY, "recordIntegrityFinding") as connection, duty(connection, duty_name):
        command_id = await begin(connection, "recordIntegrityFinding")
        values = {"researcher_id": person, "recorded_at": NOW, "command_id": command_id}
        await insert(connection, "integrity_record", **values, **row)
        await finish(connection, command_id, "recordIntegrityFinding")
    return UUID(str(row["record_id"]))


@pytest.mark.parametrize("duty_name", ["", "match", "consequences"])
async def test_only_an_authority_tied_to_the_person_records_in_its_own_name(
    database: Database, database_urls: DatabaseUrls, duty_name: str
) -> None:
    person, _ = await registered(database)
    here, there = office_in(database_urls, SICHUAN), office_in(database_urls, CHONGQING)
    ours = Caller("AUTHORITY", organisation_id=here, province=SICHUAN)
    for caller, stated in (
        (Caller("AUTHORITY", organisation_id=there, province=CHONGQING), {}),
        (ours, {"source_id": there}),
        (Caller("HR", organisation_id=here), {}),
        (Caller("ISSUER", organisation_id=here), {}),
        (Caller("RESEARCHER", researcher_id=person), {"source_id": here}),
    ):
        with pytest.raises(DBAPIError) as failure:
            await write(database, caller, person, duty_name, **stated)
        assert getattr(failure.value.orig, "sqlstate", None) == "42501"
    await write(database, ours, person, duty_name)


async def test_a_record_is_changed_by_the_province_that_recorded_it_and_about_the_same_person(
    database: Database, database_urls: DatabaseUrls
) -> None:
    person, _ = await registered(database)
    here, there = office_in(database_urls, SICHUAN), office_in(database_urls, CHONGQING)
    ours = Caller("AUTHORITY", organisation_id=here, province=SICHUAN)
    beyond = Caller("AUTHORITY", organisation_id=there, province=CHONGQING)
    record = await write(database, ours, person)
    change: dict[str, Any] = {"record_id": record, "act": "LIFTED", "because": "x"}
    for caller, whom in ((beyond, person), (ours, new_id())):
        with pytest.raises(DBAPIError) as failure:
            await write(database, caller, whom, "consequences", **change)
        assert getattr(failure.value.orig, "sqlstate", None) == "42501"
    close = text("UPDATE integrity_record SET superseded_at = recorded_at")
    for caller, closed in ((beyond, 0), (Caller("HR", organisation_id=here), 0), (ours, 1)):
        writing = database.writing(caller, TODAY, "liftIntegrityRecord")
        async with writing as connection, duty(connection, "consequences"):
            assert (await connection.execute(close)).rowcount == closed
    await write(database, ours, person, **change)


async def test_a_record_is_seen_by_those_whom_decisions_about_the_person_concern(
    database: Database, database_urls: DatabaseUrls
) -> None:
    person, _ = await registered(database)
    here, there = office_in(database_urls, SICHUAN), office_in(database_urls, CHONGQING)
    await write(database, Caller("AUTHORITY", organisation_id=here, province=SICHUAN), person)
    for caller, seen in (
        (Caller("RESEARCHER", researcher_id=person), 1),
        (Caller("AUTHORITY", organisation_id=here, province=SICHUAN), 1),
        (Caller("AUTHORITY", organisation_id=there, province=CHONGQING), 0),
        (Caller("RESEARCHER", researcher_id=new_id()), 0),
        (Caller("HR", organisation_id=there), 0),
        (Caller("AGENCY", organisation_id=there), 0),
        (Caller("ANONYMOUS"), 0),
    ):
        async with database.reading(caller, TODAY) as connection:
            for rows in ("integrity_record", "simulated_integrity"):
                found = (await connection.execute(text(f"SELECT 1 FROM {rows}"))).all()
                assert len(found) == (seen if rows == "integrity_record" else 0)


async def test_a_record_is_never_changed_or_erased(database: Database, database_urls: DatabaseUrls) -> None:
    person, _ = await registered(database)
    here = office_in(database_urls, SICHUAN)
    caller = Caller("AUTHORITY", organisation_id=here, province=SICHUAN)
    await write(database, caller, person)
    for statement in ("UPDATE integrity_record SET ground = 'y'", "DELETE FROM integrity_record"):
        with pytest.raises(DBAPIError) as failure:
            async with database.writing(caller, TODAY, "liftIntegrityRecord") as connection:
                await connection.execute(text(statement))
        assert getattr(failure.value.orig, "sqlstate", None) == "42501"
        # Not by the owner of the tables either.
        with as_superuser(database_urls) as owner, pytest.raises(Exception, match=r"may only be closed|never erased"):
            owner.execute(statement.encode())
