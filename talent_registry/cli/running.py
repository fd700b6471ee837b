"""Running one piece of work on an open registry."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from talent_registry.services.registry import Registry

T = TypeVar("T")


def on_registry(
    work: Callable[["Registry"], Awaitable[T]], *, statement_seconds: int | None = None, as_owner: bool = False
) -> T:
    """Open the registry of the settings, do the work, close it. The log speaks of trouble only.

    `as_owner`: with the rights of the role that owns the tables.
    """
    from talent_registry.composition import open_registry, write_logs
    from talent_registry.settings import load_settings

    write_logs(as_json=False, level=logging.WARNING)
    settings = load_settings()

    async def whole() -> T:
        async with open_registry(settings, statement_seconds=statement_seconds, as_owner=as_owner) as registry:
            return await work(registry)

    return asyncio.run(whole())
