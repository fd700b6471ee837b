"""The worker that carries out rosters, one at a time in each server process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from talent_registry.services.registry import Registry
from talent_registry.services.roster_jobs import work_one

_PAUSE_SECONDS = 1.0
_PAUSE_AFTER_TROUBLE_SECONDS = 10.0
log = structlog.get_logger()


@asynccontextmanager
async def verifying(registry: Registry) -> AsyncIterator[None]:
    """While the block lasts, rosters that wait are verified."""
    task = asyncio.create_task(_work(registry))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _work(registry: Registry) -> None:
    while True:
        pause = _PAUSE_SECONDS
        try:
            if await work_one(registry):
                continue
        except Exception as trouble:  # noqa: BLE001 - the database may be away; the server goes on and so does this
            log.warning("no rosters for now", trouble=type(trouble).__name__)
            pause = _PAUSE_AFTER_TROUBLE_SECONDS
        await asyncio.sleep(pause)
