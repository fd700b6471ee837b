"""The worker carries out simulations as they are asked for, and puts back what it cannot finish as it stops."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.simulation_jobs import SimulationState
from talent_registry.jobs.worker import at_work
from talent_registry.services import simulations
from talent_registry.services.simulation_jobs import get_job
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World
from tests.services.test_simulation_jobs import OFFICER, start


async def done(world: World, job_id: UUID) -> None:
    """Wait a minute at most until the simulation is done."""
    for _ in range(600):
        if (await get_job(world.registry, OFFICER, job_id)).state is SimulationState.DONE:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("waited in vain for the simulation")


async def test_a_worker_beside_the_server_carries_it_out(world: World) -> None:
    job_id = await start(world)

    async with at_work(world.registry):
        await done(world, job_id)


async def test_a_worker_that_stops_puts_back_what_takes_longer_than_its_farewell(
    world: World, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await start(world)
    begun = asyncio.Event()

    async def endless(*_: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(simulations, "simulate", endless)
        patch.setattr("talent_registry.jobs.worker._FAREWELL_SECONDS", 0.2)
        async with at_work(world.registry):
            await begun.wait()
    with as_superuser(database_urls) as connection:
        left = connection.execute("SELECT task_name, status::text FROM queue.procrastinate_jobs").fetchall()
    assert ("simulate", "todo") in left
    assert {status for _, status in left} == {"todo"}
    async with at_work(world.registry):
        await done(world, job_id)
