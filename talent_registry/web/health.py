"""Routes for those who run the registry: alive, ready, which version, which schema."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final

import structlog
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

READY_SECONDS: Final = 2.0
_METHODS: Final = ["GET", "HEAD"]
_NO_STORE: Final = {"Cache-Control": "no-store"}
_log = structlog.get_logger(__name__)


def health_routes(
    ready: Callable[[], Awaitable[str | None]], version: str, sdl: str, *, sandbox: bool = False
) -> APIRouter:
    """The routes /livez, /readyz, /version and /schema.graphql (with ETag).

    `ready` gives None when the database answers and its migrations are current, else a reason code; it is given two
    seconds, and never asked twice at a time.
    """
    router = APIRouter()
    readiness = _Readiness(ready)
    schema = sdl.encode()
    tag = f'"{sha256(schema).hexdigest()[:32]}"'

    async def livez() -> Response:
        # Never touches the database: a half-open connection must not have a healthy process killed.
        return JSONResponse({"status": "alive"}, headers=_NO_STORE)

    async def readyz() -> Response:
        reason = await readiness.reason()
        if reason is None:
            return JSONResponse({"status": "ready"}, headers=_NO_STORE)
        return JSONResponse({"status": "unready", "reason": reason}, 503, headers={**_NO_STORE, "Retry-After": "5"})

    async def version_() -> Response:
        return JSONResponse({"name": "talent-registry", "version": version, "sandbox": sandbox}, headers=_NO_STORE)

    async def schema_(request: Request) -> Response:
        headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
        if _holds(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        return Response(schema, headers=headers, media_type="text/plain; charset=utf-8")

    for path, route in (("/livez", livez), ("/readyz", readyz), ("/version", version_), ("/schema.graphql", schema_)):
        router.add_api_route(path, route, methods=_METHODS, include_in_schema=False, response_model=None)
    return router


class _Readiness:
    """One check at a time, with a deadline that holds even when the check cannot be cancelled."""

    def __init__(self, ready: Callable[[], Awaitable[str | None]]) -> None:
        self._ready = ready
        self._running: asyncio.Task[str | None] | None = None

    async def reason(self) -> str | None:
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._checked())
        task = self._running
        await asyncio.wait({task}, timeout=READY_SECONDS)
        if task.done() and not task.cancelled():
            return task.result()
        # Not awaited: a connection that hangs may hang in its cancellation, too.
        task.cancel()
        return "DATABASE_SLOW"

    async def _checked(self) -> str | None:
        try:
            return await self._ready()
        except Exception as error:  # noqa: BLE001 - whatever fails, the answer is: not ready
            with contextlib.suppress(Exception):
                _log.warning("readiness check failed", error=type(error).__name__)
            return "DATABASE_UNREACHABLE"


def _holds(if_none_match: str, tag: str) -> bool:
    offered = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag in offered or offered == ["*"]
