"""One server process that contends with others: for the last word on terms, and for recording what is due."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.services import placement_clocks, placement_counters, placement_signing
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.services.placement_counters import CounterProposal
from talent_registry.services.placement_signing import Signing
from tests.registries import World, open_world

TASKS = 4


@dataclass(frozen=True, slots=True)
class Bargain:
    """Terms that one signature would make agreed, and which another party would rather answer."""

    placement_id: UUID
    digest: str
    signs: Actor
    answers: Actor


def bargain(app_url: str, keys_folder: str, bargains: list[Bargain], seed: int) -> dict[str, int]:
    """Every task of this process signs and answers every bargain, in an order of its own; what came of it."""
    return asyncio.run(_bargain(app_url, Path(keys_folder), bargains, seed))


def keep_time(app_url: str, keys_folder: str, days: int) -> list[UUID]:
    """Every task of this process runs the clock of placements some days on; what it recorded."""
    return asyncio.run(_keep_time(app_url, Path(keys_folder), days))


async def _bargain(app_url: str, keys_folder: Path, bargains: list[Bargain], seed: int) -> dict[str, int]:
    world = open_world(app_url, keys_folder)
    try:
        counts = await asyncio.gather(*(_task(world, bargains, seed * TASKS + task) for task in range(TASKS)))
    finally:
        await world.registry.database.close()
    return {name: sum(one[name] for one in counts) for name in ("signed", "answered", "late")}


async def _task(world: World, bargains: list[Bargain], seed: int) -> dict[str, int]:
    chance = random.Random(seed)  # noqa: S311  # an order of tries, no secret
    tries = [(one, signs) for one in bargains for signs in (True, False)]
    tries.sort(key=lambda one: (one[0].placement_id, chance.random()))
    counts = {"signed": 0, "answered": 0, "late": 0}
    for one, signs in tries:
        counts[await _try(world, one, signs=signs)] += 1
    return counts


async def _try(world: World, one: Bargain, *, signs: bool) -> str:
    registry, key = world.registry, world.key()
    try:
        if signs:
            await placement_signing.sign(registry, one.signs, Signing(one.placement_id, one.digest), key)
            return "signed"
        asked = CounterProposal(one.placement_id, workload_percent=30, digest=one.digest)
        await placement_counters.counter(registry, one.answers, asked, key)
    except Conflict:
        return "late"
    return "answered"


async def _keep_time(app_url: str, keys_folder: Path, days: int) -> list[UUID]:
    world = open_world(app_url, keys_folder)
    world.clock.go_on(days=days)
    try:
        found = await asyncio.gather(*(placement_clocks.end_due(world.registry, OPERATOR) for _ in range(TASKS)))
    finally:
        await world.registry.database.close()
    return [placement_id for recorded in found for placement_id in recorded]
