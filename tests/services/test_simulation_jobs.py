"""Simulations as jobs: one worker at a time, begun again after an interruption, ended once, read by who asked."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.simulation_jobs import SimulationState
from talent_registry.services import accounts, simulation_jobs, simulations
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry, caller_of
from talent_registry.services.simulation_jobs import (
    MOST_ATTEMPTS,
    MOST_OPEN,
    WORKER,
    AskedSimulation,
    get_job,
    work_one,
)
from talent_registry.storage.session import duty
from talent_registry.storage.simulation_jobs import claim_job
from tests.chambers import open_chamber
from tests.conftest import DatabaseUrls
from tests.registries import World, authority
from tests.tried_drafts import edited_draft
from tests.whole_registry import write_credentials

OFFICER = authority("510000")


async def start(world: World, actor: Actor = OFFICER, **asked: Any) -> UUID:
    asked = {"files": edited_draft(('id = "R3"', 'id = "R3n"')), **asked}
    done = await simulation_jobs.start(world.registry, actor, AskedSimulation(**asked), world.key())
    return UUID(done.result["simulation_id"])


async def test_a_simulation_waits_is_carried_out_and_shows_what_it_found(
    world: World, database_urls: DatabaseUrls
) -> None:
    write_credentials(database_urls, 200)
    job_id = await start(world)
    waiting = await get_job(world.registry, OFFICER, job_id)

    assert await work_one(world.registry)
    assert not await work_one(world.registry)

    done = await get_job(world.registry, OFFICER, job_id)
    assert (waiting.state, done.state) == (SimulationState.QUEUED, SimulationState.DONE)
    assert (waiting.result, done.progress_percent) == (None, 100)
    assert done.result is not None
    assert done.result["credentials"] == 200
    assert {one["change"] for one in done.result["changes"]} == {"BASIS"}


async def test_a_job_in_hand_is_taken_by_nobody_else_until_its_worker_is_silent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await start(world)
    begun, go_on = asyncio.Event(), asyncio.Event()
    real = simulations.simulate

    async def slow(*arguments: Any) -> Any:
        begun.set()
        await go_on.wait()
        return await real(*arguments)

    monkeypatch.setattr(simulations, "simulate", slow)
    first = asyncio.create_task(work_one(world.registry))
    await begun.wait()

    assert not await work_one(world.registry)
    world.clock.go_on(seconds=61)
    go_on.set()
    monkeypatch.setattr(simulations, "simulate", real)
    assert await work_one(world.registry)
    await first

    done = await get_job(world.registry, OFFICER, job_id)
    assert (done.state, done.attempts) == (SimulationState.DONE, 2)


async def test_a_job_of_a_server_that_stops_is_begun_again_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await start(world)
    begun = asyncio.Event()

    async def endless(*_: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(simulations, "simulate", endless)
        stopped = asyncio.create_task(work_one(world.registry))
        await begun.wait()
        stopped.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopped

    assert await work_one(world.registry)
    assert (await get_job(world.registry, OFFICER, job_id)).state is SimulationState.DONE


async def test_a_job_interrupted_too_often_fails_with_its_reason(world: World) -> None:
    job_id = await start(world)
    for _ in range(MOST_ATTEMPTS):
        async with world.registry.noting(WORKER) as connection, duty(connection, "simulate"):
            assert await claim_job(connection, world.registry.clock()) is not None
        world.clock.go_on(seconds=61)

    assert await work_one(world.registry)

    failed = await get_job(world.registry, OFFICER, job_id)
    assert failed.state is SimulationState.FAILED
    assert failed.failure is not None
    assert failed.failure["reason"] == "INTERRUPTED"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (RuntimeError("x"), "DEFECT"),
        (InvalidInput(simulation_jobs._GIVEN_UP, reason="DRAFT_NOT_IN_FORCE"), "DRAFT_NOT_IN_FORCE"),
    ],
    ids=["defect", "refusal"],
)
async def test_a_simulation_that_cannot_be_done_says_why(
    world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception, reason: str
) -> None:
    job_id = await start(world)

    async def broken(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(simulations, "simulate", broken)
    assert await work_one(world.registry)

    failed = await get_job(world.registry, OFFICER, job_id)
    assert (failed.state, failed.result) == (SimulationState.FAILED, None)
    assert failed.failure is not None
    assert failed.failure["reason"] == reason


async def test_what_a_closed_account_asked_for_is_not_carried_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chamber = await open_chamber(world)
    closed, still_open = await start(world, chamber.author), await start(world, chamber.sichuan)
    assert chamber.author.account_id is not None
    await accounts.close_account(world.registry, OPERATOR, chamber.author.account_id, world.key())

    with monkeypatch.context() as patch:
        patch.setattr(simulations, "simulate", None)
        assert await work_one(world.registry)

    failed = await get_job(world.registry, chamber.sichuan, closed)
    assert (failed.state, failed.result) == (SimulationState.FAILED, None)
    assert failed.failure is not None
    assert failed.failure["reason"] == "ACCOUNT_CLOSED"
    assert await work_one(world.registry)
    assert (await get_job(world.registry, chamber.sichuan, still_open)).state is SimulationState.DONE


async def test_a_simulation_whose_database_goes_away_is_begun_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await start(world)

    async def lost(registry: Registry, *_: Any) -> None:
        async with registry.reading(OFFICER) as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with monkeypatch.context() as patch:
        patch.setattr(simulations, "simulate", lost)
        with pytest.raises(DBAPIError):
            await work_one(world.registry)
    assert (await get_job(world.registry, OFFICER, job_id)).state is SimulationState.RUNNING

    world.clock.go_on(seconds=61)
    assert await work_one(world.registry)
    assert (await get_job(world.registry, OFFICER, job_id)).state is SimulationState.DONE


async def test_a_province_has_only_so_many_simulations_waiting_and_the_other_its_own(world: World) -> None:
    for _ in range(MOST_OPEN):
        await start(world)
    with pytest.raises(Conflict) as refused:
        await start(world)
    assert refused.value.reason == "SIMULATIONS_WAITING"
    await start(world, authority("500000"))

    assert await work_one(world.registry)
    await start(world)


async def test_a_worker_says_that_it_is_at_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = await start(world)
    seen: list[int] = []
    monkeypatch.setattr(simulation_jobs, "_BEAT_SECONDS", 0.01)

    async def told(*arguments: Any) -> None:
        arguments[-1](simulations.COMPARED)
        while not seen or seen[-1] < simulations.COMPARED:
            await asyncio.sleep(0.02)
            seen.append((await get_job(world.registry, OFFICER, job_id)).progress_percent)
        raise RuntimeError

    monkeypatch.setattr(simulations, "simulate", told)
    assert await work_one(world.registry)
    assert seen[-1] == simulations.COMPARED


async def test_a_draft_with_a_fault_or_an_early_day_is_no_job(world: World) -> None:
    with pytest.raises(InvalidInput) as fault:
        await start(world, files={"draft.toml": "nonsense"})
    with pytest.raises(InvalidInput) as early:
        await start(world, on=date(2020, 1, 1))

    assert (fault.value.reason, early.value.reason) == ("AGREEMENT_FAULT", "DRAFT_NOT_IN_FORCE")
    assert not await work_one(world.registry)


async def test_the_result_is_for_the_authority_that_asked(world: World) -> None:
    job_id = await start(world)

    with pytest.raises(NotFound):
        await get_job(world.registry, authority("500000"), job_id)
    with pytest.raises(NotFound):
        await get_job(world.registry, Actor(ActorKind.OPERATOR), job_id)
    for kind in (ActorKind.HR, ActorKind.ANONYMOUS, ActorKind.RESEARCHER):
        with pytest.raises(NotPermitted):
            await get_job(world.registry, Actor(kind), job_id)
        with pytest.raises(NotPermitted):
            await start(world, Actor(kind))
    with pytest.raises(NotFound):
        await start(world, Actor(ActorKind.OPERATOR))


@pytest.mark.parametrize(
    ("actor", "duty_name", "seen"),
    [
        (OFFICER, "", 1),
        (authority("500000"), "simulate", 0),
        (Actor(ActorKind.HR, province="510000"), "simulate", 0),
        (Actor(ActorKind.OPERATOR), "simulate", 0),
        (WORKER, "simulate", 1),
        (WORKER, "", 0),
    ],
    ids=["own", "other province", "hr", "operator", "worker", "worker without duty"],
)
async def test_the_database_shows_a_job_to_its_authority_and_to_the_worker(
    world: World, actor: Actor, duty_name: str, seen: int
) -> None:
    await start(world)
    async with world.registry.reading(actor) as connection, duty(connection, duty_name):
        assert (await connection.execute(text("SELECT count(*) FROM simulation"))).scalar_one() == seen


async def test_an_ended_simulation_is_never_changed_nor_any_by_its_authority(world: World) -> None:
    await start(world)
    change = text("UPDATE simulation SET progress_percent = 1")
    async with world.registry.noting(OFFICER) as connection:
        assert (await connection.execute(change)).rowcount == 0
    assert await work_one(world.registry)

    database, today = world.registry.database, world.registry.today()
    with pytest.raises(DBAPIError, match="never changed"):
        async with database.writing(caller_of(WORKER), today, "") as connection, duty(connection, "simulate"):
            await connection.execute(change)
