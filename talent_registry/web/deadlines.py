"""The time a request has, and what is said when the database is away or does not answer in it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

import structlog

from talent_registry.domain.messages import Message
from talent_registry.services.registry import database_is_away
from talent_registry.web.requests import RefusedRequest

UNAVAILABLE: Final = "UNAVAILABLE"
_RETRY: Final = {"Retry-After": "2"}
_log = structlog.get_logger(__name__)
_given_up: set["asyncio.Task[Any]"] = set()
T = TypeVar("T")


async def in_time(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """What the work gives within so many seconds; else `RefusedRequest` (503): DEADLINE, or UNAVAILABLE at once.

    Whatever was being written is rolled back with its transaction; the key tells a repeat from a second act.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            # Not awaited: what hangs at a database that does not answer hangs in its cancellation, too.
            _given_up.add(task)
            task.add_done_callback(_forget)
            task.cancel()
    if task not in _given_up:
        try:
            return task.result()
        except Exception as failure:
            if database_is_away(failure):
                _log.warning("database away", error=type(failure).__name__)
                raise unavailable() from None
            raise
    _log.warning("deadline passed", seconds=seconds)
    raise RefusedRequest(
        503,
        "DEADLINE",
        Message(
            zh="未能在限时内完成。请稍后以同一幂等键重试，或缩小查询。",
            en="It could not be done in time. Try again later under the same idempotency key, or ask for less.",
        ),
        _RETRY,
    )


def unavailable() -> RefusedRequest:
    """What is said while the database is away: nothing is known of the command, its key makes a repeat safe."""
    words = Message(
        zh="数据库暂时不可用。请稍后以同一幂等键重试。",
        en="The database is out of reach for the moment. Try again later under the same idempotency key.",
    )
    return RefusedRequest(503, UNAVAILABLE, words, _RETRY)


def _forget(task: "asyncio.Task[Any]") -> None:
    """Its outcome is of no use any more; taken, so that nothing is said about it."""
    _given_up.discard(task)
    if not task.cancelled():
        task.exception()
