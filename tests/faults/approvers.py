"""One server process in which officers of both provinces approve rival releases as fast as they can."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.services.agreement_releases import AskedApproval, approve
from talent_registry.services.permissions import Actor
from tests.registries import World, open_world


@dataclass(frozen=True, slots=True)
class Rival:
    """A proposed release and its digest."""

    release: UUID
    digest: str


def approve_all(
    app_url: str, keys_folder: str, rivals: list[Rival], officers: list[Actor], seed: int
) -> dict[str, int]:
    """Every officer of this process approves every rival, in an order of their own; how often what came of it."""
    return asyncio.run(_approve_all(app_url, Path(keys_folder), rivals, officers, seed))


async def _approve_all(
    app_url: str, keys_folder: Path, rivals: list[Rival], officers: list[Actor], seed: int
) -> dict[str, int]:
    world = open_world(app_url, keys_folder)
    try:
        answers = await asyncio.gather(
            *(_officer(world, rivals, officer, seed + place) for place, officer in enumerate(officers))
        )
    finally:
        await world.registry.database.close()
    return dict(sum(answers, Counter()))


async def _officer(world: World, rivals: list[Rival], officer: Actor, seed: int) -> Counter[str]:
    order = list(rivals)
    random.Random(seed).shuffle(order)  # noqa: S311  # an order of tries, no secret
    counts: Counter[str] = Counter()
    for rival in order:
        asked = AskedApproval(rival.release, rival.digest)
        try:
            done = await approve(world.registry, officer, asked, world.key())
            counts["enacted" if done.result["enacted"] else "approved"] += 1
        except Conflict as refused:
            counts[refused.reason] += 1
    return counts
