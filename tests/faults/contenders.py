"""One server process that contends with others for people's days."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.services import placement_life
from talent_registry.services.permissions import Actor
from talent_registry.services.placement_life import Grounded
from tests.registries import World, open_world

TASKS = 4


@dataclass(frozen=True, slots=True)
class Contest:
    """A person whose suspended placement and agreed placement do not fit into one post together."""

    me: Actor
    officer: Actor
    suspended: UUID
    agreed: UUID


def contend(app_url: str, keys_folder: str, contests: list[Contest], seed: int) -> dict[str, int]:
    """Every task of this process tries every contest both ways, in an order of its own; what came of it."""
    return asyncio.run(_contend(app_url, Path(keys_folder), contests, seed))


async def _contend(app_url: str, keys_folder: Path, contests: list[Contest], seed: int) -> dict[str, int]:
    world = open_world(app_url, keys_folder)
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
