"""Rosters of 500 and of 100,000 rows: the whole way, beside single verifications and beside COPY in the same run."""

import resource
from pathlib import Path
from time import perf_counter
from uuid import UUID

from sqlalchemy import text

from talent_registry.domain.verification import Typed
from talent_registry.services import roster_previews, roster_results, rosters, verification
from talent_registry.services.permissions import Actor
from talent_registry.services.roster_jobs import work_one
from talent_registry.services.rosters import AskedRoster
from talent_registry.services.verification import Asked, Limits
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority, open_world
from tests.whole_registry import write_credentials

CREDENTIALS = 100_000
SINGLE = 200
OFFICER = authority("510000")
BOUNDLESS = Limits(account_a_minute=10**9, account_a_day=10**9, target_by_accounts_an_hour=10**9)


async def test_a_roster_is_verified_in_sets(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys", statement_seconds=120)
    write_credentials(database_urls, CREDENTIALS)
    with as_superuser(database_urls) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO researcher_name (id, researcher_id, name_zh, pinyin, sort_key, search_keys, valid_from, "
            "recorded_at, command_id) SELECT gen_random_uuid(), id, '王' || chr(19968 + (sequence % 20000)::int), 'x', "
            "'x', '{}', '2000-01-01', '2026-11-01', command_id FROM researcher"
        )
        connection.execute("ANALYZE")
        rows = connection.execute(
            "SELECT name_zh, number FROM credential JOIN researcher_name USING (researcher_id) ORDER BY md5(number)"
        ).fetchall()
        began = perf_counter()
        connection.execute("CREATE TEMP TABLE bare (line int, name text, number text)")
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for line, row in enumerate(rows):
                copy.write_row((line, *row))
        copied = len(rows) / (perf_counter() - began)
    began = perf_counter()
    for name, number in rows[:SINGLE]:
        asked = Asked(Typed(number, name), "名册核验")
        await verification.verify(world.registry, OFFICER, asked, None, "192.0.2.1", BOUNDLESS)
    single = SINGLE / (perf_counter() - began)
    for count in (500, len(rows)):
        data = "\n".join(["姓名,证书编号", *(f"{name},{number}" for name, number in rows[:count])]).encode()
        began = perf_counter()
        found = await roster_previews.preview(world.registry, OFFICER, data)
        seen = perf_counter() - began
        assert (found.rows, found.failing) == (count, 0)
        whole, looked = await _whole(world, OFFICER, data, count)
        print(
            f"{count} rows: preview {seen:.2f} s (goal 2 s), whole file {whole:.2f} s (goal 5 s), looked up "
            f"{count / looked:,.0f} rows/s = {count / looked / single:.0f} x single verification, "
            f"{100 * count / looked / copied:.1f} % of COPY; at most "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB resident"
        )
    await world.registry.database.close()


async def _whole(world: World, actor: Actor, data: bytes, count: int) -> tuple[float, float]:
    began = perf_counter()
    asked = AskedRoster("名册核验", "履行法定职责")
    done = await rosters.start(world.registry, actor, data, asked, world.key())
    started = perf_counter()
    assert await work_one(world.registry)
    looked = perf_counter() - started
    roster_id = UUID(done.result["roster_id"])
    one = await rosters.get_roster(world.registry, actor, roster_id)
    assert one.done == count, one.failure
    assert len(await roster_results.result_as_csv(world.registry, actor, roster_id)) > len(data)
    whole = perf_counter() - began
    async with world.registry.reading(actor) as connection:
        counted = text("SELECT sum(cardinality(lines)) FROM roster_answer WHERE roster_id = :id")
        answered = await connection.execute(counted, {"id": roster_id})
        assert answered.scalar_one() == count
    return whole, looked
