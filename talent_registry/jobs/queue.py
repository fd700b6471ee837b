"""What a worker does for each kind of job: a thin call into services, which look at the records and not at the job.

So a job that is delivered twice changes nothing, and one that is lost is made up for by the next round.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

import structlog
from procrastinate import App, JobContext

from talent_registry.domain.queue import ROUND, Task
from talent_registry.services import roster_clearing, roster_jobs, sandbox_keys, simulation_jobs, webhook_delivery
from talent_registry.services.flows import publish_due
from talent_registry.services.placement_clocks import end_due
from talent_registry.services.placement_lapses import lapse_due
from talent_registry.services.placement_reminders import CLOCK, run_reminders
from talent_registry.services.proceeding_clocks import run_clocks
from talent_registry.services.queue import connector_of
from talent_registry.services.registry import Registry

Process = Callable[[], Awaitable[object]]
# What is taken away when its time is over.
_OVER: Final = {
    Task.END_SANDBOX_KEYS: sandbox_keys.end_expired,
    Task.CLEAR_ROSTERS: roster_clearing.clear_due,
}
log = structlog.get_logger()


def queue_of(registry: Registry) -> App:
    """The queue with everything that a worker does for it; to be opened."""
    app = App(connector=connector_of(registry))

    async def deliver(webhook_id: str) -> None:
        await webhook_delivery.deliver_one(registry, webhook_id=UUID(webhook_id))

    async def deliver_again(webhook_id: str) -> None:
        await webhook_delivery.deliver_again(registry, UUID(webhook_id))

    async def simulate() -> None:
        await simulation_jobs.work_one(registry)

    for task, act in ((Task.DELIVER, deliver), (Task.DELIVER_AGAIN, deliver_again), (Task.SIMULATE, simulate)):
        app.task(name=task.value, queue=task.value)(act)
    for task in ROUND:
        app.task(name=task.value, queue=task.value)(_once_at_a_time(registry, task))
    return app


async def look(registry: Registry, task: Task) -> None:
    """Look at one thing of the round, and bring about what is due."""
    done: object
    match task:
        case Task.END_TERMS:
            done = len(await end_due(registry, CLOCK))
        case Task.REMIND:
            done = await run_reminders(registry)
        case Task.RUN_CLOCKS:
            done = len(await run_clocks(registry, CLOCK))
        case Task.CLOSE_SILENT:
            done = len(await lapse_due(registry, CLOCK))
        case Task.PUBLISH_FLOWS:
            done = len(await publish_due(registry, CLOCK))
        case Task.END_SANDBOX_KEYS | Task.CLEAR_ROSTERS:
            done = await _OVER[task](registry)
        case Task.VERIFY_ROSTERS:
            done = await _verify_rosters(registry)
        case Task.SEEK_DELIVERIES:
            done = await webhook_delivery.seek_waiting(registry)
        case _:
            done = await simulation_jobs.seek_waiting(registry)
    if done:
        log.info("clock", task=task.value, done=done)


async def _verify_rosters(registry: Registry) -> int:
    done = 0
    while await roster_jobs.work_one(registry):
        done += 1
    return done


def _once_at_a_time(registry: Registry, task: Task) -> Callable[[], Awaitable[None]]:
    """A look that this process is at already is not begun again: a long one would take every place of the worker."""
    at_it = False

    async def act() -> None:
        nonlocal at_it
        if at_it:
            return
        at_it = True
        try:
            await look(registry, task)
        finally:
            at_it = False

    return act


async def told_of_trouble(process: Process, context: JobContext, _: object) -> object:
    """Do what a job asks; what goes wrong is told by its kind alone, and the next round makes up for it."""
    try:
        return await process()
    except Exception as trouble:
        log.warning("job", task=context.job.task_name, trouble=type(trouble).__name__)
        raise
