"""A subscription as server-sent events (GraphQL over SSE, distinct connections): `next` for each result, `complete`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from typing import Any, Final

import strawberry
from starlette.responses import StreamingResponse

from talent_registry.api.context import Context
from talent_registry.api.guarding import subscribe_guarded
from talent_registry.web.requests import EVENT_STREAM, GraphQLRequest
from talent_registry.web.responses import Executed, is_request_error

# A line without meaning keeps proxies from closing what is silent.
_QUIET_SECONDS: Final = 15.0
_SILENCE: Final = b":\n\n"
_COMPLETE: Final = b"event: complete\ndata:\n\n"


def stream_response(schema: strawberry.Schema, asked: GraphQLRequest, context: Context) -> StreamingResponse:
    """The results of a subscription as they come, until it ends or the caller goes away."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept", "X-Accel-Buffering": "no"}
    return StreamingResponse(_frames(schema, asked, context), headers=headers, media_type=EVENT_STREAM)


async def _frames(schema: strawberry.Schema, asked: GraphQLRequest, context: Context) -> AsyncIterator[bytes]:
    results = subscribe_guarded(schema, asked.query, asked.variables, asked.operation_name, context)
    async with aclosing(results):  # type: ignore[type-var]  # an async generator, which can be closed
        waiting: asyncio.Future[Any] | None = None
        try:
            while True:
                waiting = waiting or asyncio.ensure_future(anext(results))
                done, _ = await asyncio.wait({waiting}, timeout=_QUIET_SECONDS)
                if not done:
                    yield _SILENCE
                    continue
                try:
                    result = waiting.result()
                except StopAsyncIteration:
                    break
                waiting = None
                yield _next(result)
        finally:
            if waiting is not None and not waiting.done():
                waiting.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration):
                    await waiting
    yield _COMPLETE


def _next(result: Executed) -> bytes:
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    if not is_request_error(result):
        body["data"] = result.data
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return b"event: next\ndata: " + text.encode("utf-8", "replace") + b"\n\n"
