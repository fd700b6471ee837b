"""The staging of rolls: what stays of it, what it shows, and what row security lets an import write."""

from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.documents.rolls import read_roll
from talent_registry.services.registry import caller_of
from talent_registry.services.roll_rows import make_ready
from talent_registry.services.rolls import import_roll
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls
from tests.registries import authority, open_world
from tests.rolls import name, resident, roll, row

SC, CQ = authority("510000"), authority("500000")


async def test_the_stage_is_gone_with_its_transaction(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    await import_roll(world.registry, SC, roll([row(1)]))
    async with world.registry.reading(SC) as connection:
        assert (await connection.execute(text("SELECT to_regclass('pg_temp.roll_row')"))).scalar_one() is None
        assert (await connection.execute(text("SHOW statement_timeout"))).scalar_one() == "15s"
    await world.registry.database.close()


def test_a_staged_row_shows_nothing_personal(tmp_path: Path) -> None:
    world = open_world("postgresql+psycopg://nowhere/none", tmp_path / "keys")
    read = read_roll(roll([row(1)]), province="510000", today=date(2026, 11, 24), allow_test_identities=True)
    told: list[int] = []
    (staged,) = make_ready(world.registry.keys, read.entries, told.append)
    assert told == [1]
    shown = repr(staged)
    for secret in (name(1), resident(1), row(1)["证书编号"], "Wang", "510503"):
        assert secret not in shown


@pytest.mark.parametrize("issuer_province", ["500000", "510000"])
async def test_an_import_writes_no_credential_of_the_other_province(
    database_urls: DatabaseUrls, tmp_path: Path, issuer_province: str
) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    await import_roll(world.registry, SC, roll([row(1)]))
    issuer = await world.organisation("发证机关", "HRSS_BUREAU", issuer_province)
    statement = text(
        "INSERT INTO credential (id, kind, number, issuer_id, researcher_id, registered_at, command_id) "
        "SELECT :id, 'TITLE', 'X1', :issuer, researcher.id, now(), command.id FROM researcher, command LIMIT 1"
    )
    allowed = nullcontext() if issuer_province == "510000" else pytest.raises(DBAPIError, match="row-level security")
    with allowed:
        async with (
            world.registry.database.writing(caller_of(SC), world.registry.today(), "importRoll") as connection,
            duty(connection, "import"),
        ):
            await connection.execute(statement, {"id": new_id(), "issuer": issuer})
    await world.registry.database.close()
