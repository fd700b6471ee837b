"""Simulations asked for by an authority and carried out by a worker; what a stopped worker left is begun again."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import structlog

from talent_registry.domain.agreement_releases import read_release
from talent_registry.domain.decisions import message_as_json
from talent_registry.domain.errors import Conflict, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.simulation_jobs import SimulationJob
from talent_registry.domain.simulation_results import simulation_as_json
from talent_registry.services import simulations
from talent_registry.services.agreements import agreement_known
from talent_registry.services.permissions import Actor, ActorKind, nothing_here
from talent_registry.services.registry import Done, Registry, Work, database_is_away, perform
from talent_registry.storage import accounts, queue, simulation_jobs
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

WORKER = Actor(ActorKind.CLOCK)
MOST_ATTEMPTS = 3
# Of one province: simulations are carried out in turn, and the other province waits no longer than for these.
MOST_OPEN = 5
MOST_LISTED = 10
_BEAT_SECONDS = 5.0
_GIVEN_UP = Message(
    zh=f"试算中断了 {MOST_ATTEMPTS} 次，已放弃。请重新提交；如再次失败，请联系系统管理员。",
    en=f"The simulation was interrupted {MOST_ATTEMPTS} times and is given up. Start it again; if it fails again, tell "
    "the operator.",
)
_DEFECT = Message(
    zh="试算因程序故障而失败，没有得出任何结果。请联系系统管理员。",
    en="The simulation failed by a fault of the program and found nothing. Tell the operator.",
)
_CLOSED = Message(
    zh="提交试算的账户已停用，试算没有进行。请由现任工作人员重新提交。",
    en="The account that asked for the simulation was closed, so it was not carried out. Another officer may start it "
    "anew.",
)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AskedSimulation:
    """A draft to try: files (name to text), and the decision day (None: the later of today and its first day)."""

    files: Mapping[str, str]
    on: date | None = None


async def start(registry: Registry, actor: Actor, asked: AskedSimulation, key: str) -> Done:
    """Have a draft tried on the whole registry. Answer: `simulation_id`. A provincial authority of a party.

    A draft that cannot be read, or a day before its first, is refused at once: errors as `simulations.simulate`.
    Conflict SIMULATIONS_WAITING while `MOST_OPEN` of the province have not ended.
    """

    async def act(work: Work) -> dict[str, Any]:
        simulations.check_may(registry, actor)
        if actor.province is None:
            raise nothing_here()
        if await simulation_jobs.count_open(work.connection, actor.province) >= MOST_OPEN:
            raise _too_many()
        agreement = await agreement_known(work.connection, registry)
        release = await asyncio.to_thread(read_release, agreement, asked.files, trial=True)
        simulations.decision_day(release, asked.on, work.today)
        job = SimulationJob(
            id=new_id(),
            province=actor.province,
            account_id=actor.account_id,
            organisation_id=actor.organisation_id,
            requested_at=work.now,
            on=asked.on,
            files=asked.files,
        )
        await simulation_jobs.add_job(work.connection, job, work.command_id)
        await queue.add_simulation(work.connection)
        work.about("simulation", job.id)
        work.says(draft=release.version.id, digest=release.version.digest)
        return {"simulation_id": str(job.id)}

    return await perform(registry, actor, "startSimulation", key, asked, act)


async def get_job(registry: Registry, actor: Actor, job_id: UUID) -> SimulationJob:
    """The simulation with this id, for the authority of the province that asked; NotFound for anyone else."""
    simulations.check_may(registry, actor)
    async with registry.reading(actor) as connection:
        job = await simulation_jobs.find_job(connection, job_id)
    if job is None or job.province != actor.province:
        raise nothing_here(("id",))
    return job


async def list_jobs(registry: Registry, actor: Actor) -> list[SimulationJob]:
    """The newest simulations of the actor's province, newest first, `MOST_LISTED` at most."""
    simulations.check_may(registry, actor)
    if actor.province is None:
        return []
    async with registry.reading(actor) as connection:
        return await simulation_jobs.list_jobs(connection, actor.province, MOST_LISTED)


async def work_one(registry: Registry) -> bool:
    """Carry out the next simulation that waits; False where none does."""
    async with registry.noting(WORKER) as connection, duty(connection, "simulate"):
        job = await simulation_jobs.claim_job(connection, registry.clock())
    if job is None:
        return False
    if job.attempts > MOST_ATTEMPTS:
        await _end(registry, job, failure=_why("INTERRUPTED", _GIVEN_UP))
        return True
    if await _has_no_right_any_more(registry, job):
        await _end(registry, job, failure=_why("ACCOUNT_CLOSED", _CLOSED))
        return True
    told = _Told()
    beat = asyncio.create_task(_hold(registry, job, told))
    try:
        await _carry_out(registry, job, told)
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError):
            await beat
    return True


async def seek_waiting(registry: Registry) -> bool:
    """Have a simulation carried out that no job asks for, as after a crash; False where none waits."""
    async with registry.noting(WORKER) as connection, duty(connection, "simulate"):
        waits = await simulation_jobs.is_any_waiting(connection, registry.clock())
        if waits:
            await queue.add_simulation(connection, once=True)
    return waits


def _asker(job: SimulationJob) -> Actor:
    return Actor(ActorKind.AUTHORITY, job.account_id, job.organisation_id, None, job.province)


async def _has_no_right_any_more(registry: Registry, job: SimulationJob) -> bool:
    """Whether the account that asked was closed while the job waited; who acts without an account has none to close."""
    if job.account_id is None:
        return False
    async with registry.reading(_asker(job)) as connection:
        asked_by = await accounts.find_account(connection, job.account_id)
    return asked_by is None or asked_by.closed_at is not None


@dataclass(slots=True)
class _Told:
    """How far the simulation says that it is."""

    percent: int = 0

    def __call__(self, percent: int) -> None:
        self.percent = percent


async def _carry_out(registry: Registry, job: SimulationJob, told: _Told) -> None:
    try:
        found = await simulations.simulate(registry, _asker(job), job.files, job.on, told)
    except RegistryError as refusal:
        await _end(registry, job, failure=_why(refusal.reason or refusal.code.value, refusal.message))
    except asyncio.CancelledError:
        # The program stops: whoever comes next begins anew, without waiting for the lease to run out.
        await asyncio.shield(_let_go(registry, job))
        raise
    except Exception as fault:
        if database_is_away(fault):
            # An interruption, not a fault: once its lease has run out the job is begun again.
            raise
        # Whoever waits for the result must hear that there will be none.
        log.warning("simulation failed", simulation=str(job.id), fault=type(fault).__name__)
        await _end(registry, job, failure=_why("DEFECT", _DEFECT))
    else:
        await _end(registry, job, result=simulation_as_json(found))


async def _hold(registry: Registry, job: SimulationJob, told: _Told) -> None:
    """Say every few seconds that the job is in hand, and how far it is."""
    while True:
        await asyncio.sleep(_BEAT_SECONDS)
        async with registry.noting(WORKER) as connection, duty(connection, "simulate"):
            await simulation_jobs.hold_job(connection, job, told.percent, registry.clock())


async def _end(registry: Registry, job: SimulationJob, **outcome: Any) -> None:  # noqa: ANN401 - result or failure
    async with registry.noting(WORKER) as connection, duty(connection, "simulate"):
        ended = await simulation_jobs.end_job(connection, job, registry.clock(), **outcome)
    log.info("simulation", simulation=str(job.id), ended=ended, failed="failure" in outcome)


async def _let_go(registry: Registry, job: SimulationJob) -> None:
    async with registry.noting(WORKER) as connection, duty(connection, "simulate"):
        await simulation_jobs.let_go(connection, job, registry.clock())
        await queue.add_simulation(connection)


def _too_many() -> Conflict:
    return Conflict(
        Message(
            zh=f"本省已有 {MOST_OPEN} 项试算尚未结束。请等其中一项结束后再提交。",
            en=f"The province has {MOST_OPEN} simulations that have not ended. Start another once one of them has.",
        ),
        reason="SIMULATIONS_WAITING",
    )


def _why(reason: str, message: Message) -> dict[str, Any]:
    return {"reason": reason, "message": message_as_json(message)}
