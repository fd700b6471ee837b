"""Simulations as jobs in the database: added once, claimed by one worker at a time, ended once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.simulation_jobs import SimulationJob, SimulationState
from talent_registry.storage.tables import simulation

# Whoever works on a job says so more often than this; one that is silent for longer is taken over.
LEASE = timedelta(seconds=60)


async def add_job(connection: AsyncConnection, job: SimulationJob, command_id: UUID) -> None:
    """Record a job that waits."""
    await connection.execute(
        insert(simulation).values(
            id=job.id,
            state=SimulationState.QUEUED.value,
            province=job.province,
            account_id=job.account_id,
            organisation_id=job.organisation_id,
            requested_at=job.requested_at,
            on_day=job.on,
            files=dict(job.files),
            command_id=command_id,
        )
    )


async def find_job(connection: AsyncConnection, job_id: UUID) -> SimulationJob | None:
    """The job with this id, if the caller's transaction may see it."""
    row = (await connection.execute(select(simulation).where(simulation.c.id == job_id))).first()
    return None if row is None else _job(row)


async def list_jobs(connection: AsyncConnection, province: str, most: int) -> list[SimulationJob]:
    """The newest jobs of the province that the caller's transaction may see, newest first."""
    newest = select(simulation).where(simulation.c.province == province).order_by(simulation.c.id.desc()).limit(most)
    return [_job(row) for row in await connection.execute(newest)]


async def count_open(connection: AsyncConnection, province: str) -> int:
    """How many simulations of the province have not ended."""
    ended = (SimulationState.DONE.value, SimulationState.FAILED.value)
    open_ones = select(func.count()).where(simulation.c.province == province, simulation.c.state.not_in(ended))
    return (await connection.execute(open_ones)).scalar_one()


async def claim_job(connection: AsyncConnection, now: datetime) -> SimulationJob | None:
    """The oldest job that waits, or whose worker is silent, held from now on for `LEASE`."""
    next_one = (
        select(simulation.c.id)
        .where(_waits(now))
        .order_by(simulation.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = (
        update(simulation)
        .where(simulation.c.id == next_one)
        .values(
            state=SimulationState.RUNNING.value,
            attempts=simulation.c.attempts + 1,
            progress_percent=0,
            claimed_until=now + LEASE,
        )
        .returning(simulation)
    )
    row = (await connection.execute(claim)).first()
    return None if row is None else _job(row)


async def is_any_waiting(connection: AsyncConnection, now: datetime) -> bool:
    """Whether a job waits, or its worker is silent."""
    return bool((await connection.execute(select(exists().where(_waits(now))))).scalar_one())


async def hold_job(connection: AsyncConnection, job: SimulationJob, percent: int, now: datetime) -> bool:
    """Tell how far it is and hold it further; False where another worker has taken it over."""
    held = update(simulation).where(*_still(job)).values(progress_percent=percent, claimed_until=now + LEASE)
    return bool((await connection.execute(held)).rowcount)


async def end_job(
    connection: AsyncConnection,
    job: SimulationJob,
    now: datetime,
    *,
    result: Mapping[str, Any] | None = None,
    failure: Mapping[str, Any] | None = None,
) -> bool:
    """End it with what it found, or with why it failed; False where another worker has taken it over."""
    state = SimulationState.FAILED if result is None else SimulationState.DONE
    values: dict[str, Any] = {"state": state.value, "finished_at": now, "claimed_until": None}
    values |= {"failure": failure} if result is None else {"result": result, "progress_percent": 100}
    return bool((await connection.execute(update(simulation).where(*_still(job)).values(**values))).rowcount)


async def let_go(connection: AsyncConnection, job: SimulationJob, now: datetime) -> None:
    """Leave a job to whoever comes next."""
    await connection.execute(update(simulation).where(*_still(job)).values(claimed_until=now - LEASE))


def _waits(now: datetime) -> ColumnElement[bool]:
    silent = and_(simulation.c.state == SimulationState.RUNNING.value, simulation.c.claimed_until < now)
    return or_(simulation.c.state == SimulationState.QUEUED.value, silent)


def _still(job: SimulationJob) -> tuple[Any, ...]:
    running = simulation.c.state == SimulationState.RUNNING.value
    return (simulation.c.id == job.id, running, simulation.c.attempts == job.attempts)


def _job(row: Row[Any]) -> SimulationJob:
    return SimulationJob(
        id=row.id,
        state=SimulationState(row.state),
        province=row.province,
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        requested_at=row.requested_at,
        on=row.on_day,
        files=row.files,
        progress_percent=row.progress_percent,
        attempts=row.attempts,
        finished_at=row.finished_at,
        result=row.result,
        failure=row.failure,
    )
