"""Rosters of 500 to 100,000 rows: the whole way, beside single verifications and beside COPY in the same run."""

import gc
import resource
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

from sqlalchemy import text

from talent_registry.domain.verification import Typed
from talent_registry.services import roster_previews, roster_results, rosters, verification
from talent_registry.services.permissions import Actor
from talent_registry.services.roster_jobs import work_one
from talent_registry.services.rosters import AskedRoster
from talent_registry.services.verification import Asked, Limits
from tests.bench import goals
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority, open_world
from tests.whole_registry import write_credentials

CREDENTIALS = 100_000
COUNTS = (500, 10_000, CREDENTIALS)
ROUNDS = 3
SINGLE = 200
OFFICER = authority("510000")
BOUNDLESS = Limits(account_a_minute=10**9, account_a_day=10**9, target_by_accounts_an_hour=10**9)


async def test_a_roster_is_verified_in_sets(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys", statement_seconds=120)
    rows, copied = _write_certificates(database_urls)
    gc.freeze()
    began = perf_counter()
    for name, number in rows[:SINGLE]:
        asked = Asked(Typed(number, name), "名册核验")
        await verification.verify(world.registry, OFFICER, asked, None, "192.0.2.1", BOUNDLESS)
    single = SINGLE / (perf_counter() - began)
    per_row: dict[int, float] = {}
    for count in COUNTS:
        data = "\n".join(["姓名,证书编号", *(f"{name},{number}" for name, number in rows[:count])]).encode()
        began = perf_counter()
        found = await roster_previews.preview(world.registry, OFFICER, data)
        seen = perf_counter() - began
        assert (found.rows, found.failing) == (count, 0)
        rounds = [await _whole(world, OFFICER, data, count) for _ in range(ROUNDS)]
        whole, looked = (median(each) for each in zip(*rounds, strict=True))
        per_row[count] = looked / count
        print(f"\n{count} rows: preview {seen:.2f} s, whole file {whole:.2f} s, {count / looked:,.0f} rows/s looked up")
    speed, grown = 1 / per_row[CREDENTIALS], per_row[CREDENTIALS] / per_row[10_000]
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    goals.reached("roster: times row-by-row ORM", speed / single, "beside single verifications")
    goals.reached("roster: of COPY", speed / copied)
    goals.reached("roster: whole file", whole)
    goals.reached("growth: bulk, per row", grown, "10,000 to 100,000 rows")
    goals.reached("memory: roster of 100,000 rows", resident, "with the bench itself")
    await world.registry.database.close()


def _write_certificates(urls: DatabaseUrls) -> tuple[list[tuple[str, str]], float]:
    """Certificates and the names of their holders, as rows of a roster; how many rows a second COPY takes in."""
    write_credentials(urls, CREDENTIALS)
    with as_superuser(urls) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "INSERT INTO researcher_name (id, researcher_id, name_zh, pinyin, sort_key, search_keys, valid_from, "
            "recorded_at, command_id) SELECT gen_random_uuid(), id, '王' || chr(19968 + (sequence % 20000)::int), 'x', "
            "'x', '{}', '2000-01-01', '2026-11-01', command_id FROM researcher"
        )
        connection.execute("VACUUM ANALYZE")
        rows = connection.execute(
            "SELECT name_zh, number FROM credential JOIN researcher_name USING (researcher_id) ORDER BY md5(number)"
        ).fetchall()
        seconds = []
        for turn in range(ROUNDS):
            began = perf_counter()
            connection.execute(f"CREATE TEMP TABLE bare_{turn} (line int, name text, number text)".encode())
            with connection.cursor().copy(f"COPY bare_{turn} FROM STDIN".encode()) as copy:
                for line, row in enumerate(rows):
                    copy.write_row((line, *row))
            seconds.append(perf_counter() - began)
    return rows, len(rows) / median(seconds)


async def _whole(world: World, actor: Actor, data: bytes, count: int) -> tuple[float, float]:
    # The rows of a day are counted.
    world.clock.go_on(days=1)
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
