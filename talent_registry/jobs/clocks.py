"""The clock: what the passing of days brings about, found again and again for as long as the program runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from talent_registry.services.permissions import OPERATOR
from talent_registry.services.placement_clocks import end_due
from talent_registry.services.placement_lapses import lapse_due
from talent_registry.services.placement_reminders import CLOCK, run_reminders
from talent_registry.services.proceeding_clocks import run_clocks
from talent_registry.services.registry import Registry

_PAUSE_SECONDS = 30.0
_PAUSE_AFTER_TROUBLE_SECONDS = 10.0
log = structlog.get_logger()


@asynccontextmanager
async def ticking(registry: Registry) -> AsyncIterator[None]:
    """While the block lasts, terms end, their parties are told before, and the clocks of cases run."""
    task = asyncio.create_task(tick_on(registry))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def tick_on(registry: Registry) -> None:
    """Run every clock now and every half minute, for ever."""
    while True:
        pause = _PAUSE_SECONDS
        try:
            await tick(registry)
        except Exception as trouble:  # noqa: BLE001 - the database may be away; the program goes on and so does this
            log.warning("no clocks for now", trouble=type(trouble).__name__)
            pause = _PAUSE_AFTER_TROUBLE_SECONDS
        await asyncio.sleep(pause)


async def tick(registry: Registry) -> None:
    """Run every clock once."""
    ended = await end_due(registry, CLOCK)
    reminded = await run_reminders(registry)
    lapsed = await run_clocks(registry, OPERATOR)
    lapsed += await lapse_due(registry, CLOCK)
    if ended or reminded or lapsed:
        log.info("clocks", ended=len(ended), reminded=reminded, lapsed=len(lapsed))
