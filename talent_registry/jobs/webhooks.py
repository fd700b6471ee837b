"""The worker that delivers events to webhooks, in each server process and in `talent-registry worker`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from talent_registry.services.registry import Registry
from talent_registry.services.webhook_delivery import deliver_one

_PAUSE_SECONDS = 0.5
_PAUSE_AFTER_TROUBLE_SECONDS = 10.0
# One slow receiver keeps the others waiting no longer than for its turn in one of these.
_AT_ONCE = 2
log = structlog.get_logger()


@asynccontextmanager
async def delivering(registry: Registry) -> AsyncIterator[None]:
    """While the block lasts, what waits for webhooks is sent."""
    tasks = [asyncio.create_task(_deliver(registry)) for _ in range(_AT_ONCE)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _deliver(registry: Registry) -> None:
    while True:
        pause = _PAUSE_SECONDS
        try:
            if await deliver_one(registry):
                continue
        except Exception as trouble:  # noqa: BLE001 - the database may be away; the program goes on and so does this
            log.warning("no deliveries for now", trouble=type(trouble).__name__)
            pause = _PAUSE_AFTER_TROUBLE_SECONDS
        await asyncio.sleep(pause)
