"""People of both provinces whose days are contended for, and one server process that contends with others for them."""

import asyncio
import multiprocessing
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.services import credentials, placement_life, placement_signing, placements
from talent_registry.services.permissions import Actor
from talent_registry.services.placement_life import Grounded
from talent_registry.storage.session import Database
from tests.machine.stage import Side, account_of_person, open_side, register_person
from tests.registries import World, open_world
from tests.rolls import resident
from tests.titles import PROFESSOR

PROCESSES, TASKS = 2, 8
# Every day of everybody's active placements, whichever province the work is in, on which they add up to too much.
OVERFULL = """
SELECT count(*) AS days, count(*) FILTER (WHERE total > 100) AS violations FROM (
    SELECT p.researcher_id, day, sum(p.workload_percent) AS total
    FROM placement p, generate_series(p.term_from, least(p.term_until, p.ends_on), interval '1 day') AS day
    WHERE p.state = 'ACTIVE' GROUP BY p.researcher_id, day) AS loads
"""


@dataclass(frozen=True, slots=True)
class Contest:
    """A person whose suspended placement and agreed placement do not fit into one post together."""

    me: Actor
    officer: Actor
    suspended: UUID
    agreed: UUID


async def open_contests(world: World, people: int) -> list[Contest]:
    """So many people, from either province in turn, each with work across the border."""
    sides = (
        await open_side(world, "510000", ("510107", "510104"), "四川", 1, "单雄信"),
        await open_side(world, "500000", ("500106", "500103"), "重庆", 2, "单雄信"),
    )
    together = asyncio.Semaphore(4)

    async def one(which: int) -> Contest:
        async with together:
            return await _a_contest(world, sides[which % 2], sides[1 - which % 2], 3 + which)

    return list(await asyncio.gather(*(one(which) for which in range(people))))


async def _a_contest(world: World, home: Side, beyond: Side, serial: int) -> Contest:
    """A placement of 60 % that an authority suspended, and one of 60 % that was agreed meanwhile."""
    registry, number = world.registry, resident(serial)
    person, _ = await register_person(world, home.units[0], home.division, number, "单雄信")
    me = await account_of_person(world, person)
    stated = replace(PROFESSOR, filing_number=home.filing)
    holder = credentials.Holder(number)
    title = credentials.NewCredential(home.bureau, "TITLE", f"{home.province[:2]}2020{serial:06}", holder, stated)
    recorded = await credentials.record(registry, home.officer, title, world.key())
    made = []
    for host, hr in zip(beyond.units, beyond.hrs, strict=True):
        asked = placements.NewPlacement(
            researcher=person, host_unit_id=host, credential_id=UUID(recorded.result["credential_id"]),
            kind="PART_TIME", post="讲座教授", post_series="01", term_from=registry.today() - timedelta(days=1),
            term_until=registry.today() + timedelta(days=364), workload_percent=60,
        )  # fmt: skip
        proposed = await placements.propose(registry, me, asked, world.key())
        made.append(UUID(proposed.result["placement_id"]))
        for signer in (me, home.hrs[0], hr):
            await placement_signing.sign(registry, signer, placement_signing.Signing(made[-1]), world.key())
        if len(made) == 1:
            await placement_life.activate(registry, me, made[0], world.key())
            await placement_life.suspend(registry, home.officer, Grounded(made[0], "核查"), world.key())
    return Contest(me, home.officer, *made)


async def contend_together(app_url: str, keys: Path, contests: list[Contest]) -> Counter[str]:
    """All processes at once, sixteen tries at a time; what came of all tries."""
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        asked = app_url, str(keys), contests
        counts = await asyncio.gather(*(loop.run_in_executor(pool, contend, *asked, seed) for seed in range(PROCESSES)))
    return sum((Counter(one) for one in counts), Counter())


def contend(app_url: str, keys_folder: str, contests: list[Contest], seed: int) -> dict[str, int]:
    """Every task of this process tries every contest both ways, in an order of its own; what came of it."""
    return asyncio.run(_contend(app_url, Path(keys_folder), contests, seed))


async def _contend(app_url: str, keys_folder: Path, contests: list[Contest], seed: int) -> dict[str, int]:
    world = open_world(app_url, keys_folder)
    # A connection for each task, so that they meet in the database and not before it.
    world.registry = replace(world.registry, database=Database(app_url, pool_size=TASKS, statement_ms=60_000))
    try:
        counts = await asyncio.gather(*(_task(world, contests, seed * TASKS + task) for task in range(TASKS)))
    finally:
        await world.registry.database.close()
    return {name: sum(one[name] for one in counts) for name in ("begun", "full", "late")}


async def _task(world: World, contests: list[Contest], seed: int) -> dict[str, int]:
    chance = random.Random(seed)  # noqa: S311  # an order of tries, no secret
    tries = [(contest, resume) for contest in contests for resume in (True, False)]
    # People in one order, so that the processes meet; what is tried first is left to chance.
    tries.sort(key=lambda one: (one[0].suspended, chance.random()))
    counts = {"begun": 0, "full": 0, "late": 0}
    for contest, resume in tries:
        counts[await _try(world, contest, resume=resume)] += 1
    return counts


async def _try(world: World, contest: Contest, *, resume: bool) -> str:
    registry, key = world.registry, world.key()
    try:
        if resume:
            await placement_life.resume(registry, contest.officer, Grounded(contest.suspended, "核查完毕"), key)
        else:
            await placement_life.activate(registry, contest.me, contest.agreed, key)
    except Conflict as refused:
        return "full" if refused.reason == "WORKLOAD_OVER_100" else "late"
    return "begun"
