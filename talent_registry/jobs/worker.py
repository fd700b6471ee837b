"""The worker: does what commands asked to be looked at as soon as they are through, and looks round every half minute.

The rounds are ours and not procrastinate's periodic tasks: those count by the machine's clock, make up for every round
that a clock skipped by jumping ahead, and stand still for as long as it jumped back.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.worker import Worker

from talent_registry.domain.queue import ROUND
from talent_registry.jobs.queue import look, queue_of, told_of_trouble
from talent_registry.services.registry import Registry

_AT_ONCE = 4
_PAUSE_SECONDS = 30.0
# A notification begins a job at once. None comes when the job before it under the same lock has ended, and one that
# comes while procrastinate (3.10) asks for jobs is overlooked: so much later it is found all the same.
_LONGEST_OVERSIGHT_SECONDS = 0.5
_PAUSE_AFTER_TROUBLE_SECONDS = 10.0
# A worker says so every ten seconds; one that is silent for longer than this was killed, and its jobs are others'.
_LONGEST_SILENCE_SECONDS = 30.0
# What was begun may end within this; then it is put back, for which the database may take its time.
_FAREWELL_SECONDS = 5.0
_PUTTING_BACK_SECONDS = 10.0
log = structlog.get_logger()


@asynccontextmanager
async def at_work(registry: Registry) -> AsyncIterator[None]:
    """While the block lasts, jobs are done and the rounds made; what was begun is finished or put back at its end."""
    over = asyncio.Event()
    task = asyncio.create_task(_work_on(registry, over))
    try:
        yield
    finally:
        over.set()
        await _leave(task)


async def work_once(registry: Registry) -> None:
    """Make one round and do every job that waits."""
    for task in ROUND:
        await look(registry, task)
    app = queue_of(registry)
    async with app.open_async():
        await worker_of(app, wait=False).run()


def worker_of(app: App, *, wait: bool) -> Worker:
    """Who does the jobs of an open queue until told to stop or, without `wait`, those that wait now."""
    return Worker(
        app,
        wait=wait,
        concurrency=_AT_ONCE,
        fetch_job_polling_interval=_LONGEST_OVERSIGHT_SECONDS,
        # A job that was done says nothing any more; what came of it stands in the ledger.
        delete_jobs="always",
        install_signal_handlers=False,
        shutdown_graceful_timeout=_FAREWELL_SECONDS,
        stalled_worker_timeout=_LONGEST_SILENCE_SECONDS,
        task_middleware=[told_of_trouble],
    )


async def _work_on(registry: Registry, over: asyncio.Event) -> None:
    """Nothing here is cancelled to make it end: waiting in Python 3.11 overlooks that where both come at once."""
    while not over.is_set():
        try:
            await _work(queue_of(registry), over)
        except Exception as trouble:  # noqa: BLE001 - the database may be away; the program goes on and so does this
            log.warning("no worker for now", trouble=type(trouble).__name__)
        await _pause(over, _PAUSE_AFTER_TROUBLE_SECONDS)


async def _work(app: App, over: asyncio.Event) -> None:
    ended = asyncio.Event()
    try:
        await app.open_async()
        worker = worker_of(app, wait=True)
        working = asyncio.create_task(worker.run())
        rounds = asyncio.create_task(_round_and_round(app, ended))
        told = asyncio.create_task(over.wait())
        try:
            await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
            worker.stop()
            await working
        finally:
            ended.set()
            told.cancel()
            await rounds
    finally:
        await app.close_async()


async def _round_and_round(app: App, ended: asyncio.Event) -> None:
    """By a clock that only goes forward, whatever the clock on the wall does."""
    while not ended.is_set():
        try:
            await make_round(app)
        except Exception as trouble:  # noqa: BLE001 - as of the worker
            log.warning("no round for now", trouble=type(trouble).__name__)
        await _pause(ended, _PAUSE_SECONDS)


async def _pause(over: asyncio.Event, seconds: float) -> None:
    told = asyncio.create_task(over.wait())
    await asyncio.wait({told}, timeout=seconds)
    told.cancel()


async def make_round(app: App) -> None:
    """Ask that everything be looked at, unless that is asked already, and put back what killed workers had begun."""
    for task in ROUND:
        with suppress(AlreadyEnqueued):
            await app.configure_task(task.value, queue=task.value, queueing_lock=task.value).defer_async()
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_LONGEST_SILENCE_SECONDS):
        # Another worker may be doing the same.
        with suppress(ConnectorException):
            if job.queueing_lock is None:
                await app.job_manager.retry_job(job)
            else:
                # Asked for again by each round; one that waits already must not be met by another.
                await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


async def _leave(task: "asyncio.Task[None]") -> None:
    done, _ = await asyncio.wait({task}, timeout=_FAREWELL_SECONDS + _PUTTING_BACK_SECONDS)
    for _ in range(2):
        if done:
            break
        # It waits for a database that does not answer.
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=_FAREWELL_SECONDS)
    if not done:
        log.warning("the worker hangs")
