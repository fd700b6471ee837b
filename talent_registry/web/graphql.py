"""The route /graphql: strict reading, who asks, execution under guard and deadline, the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import strawberry
import structlog
from starlette.requests import Request
from starlette.responses import Response

from talent_registry.api.context import Context
from talent_registry.api.guarding import execute_guarded
from talent_registry.domain.messages import Message
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings
from talent_registry.web.identity import identify, origin_of
from talent_registry.web.requests import BodyLimits, GraphQLRequest, RefusedRequest, read_graphql_request
from talent_registry.web.responses import refusal_response, result_response

# All of them reach the route, which itself says 405 and what is allowed.
METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_RETRY_SECONDS: Final = "2"
_log = structlog.get_logger(__name__)


def graphql_route(schema: strawberry.Schema, settings: Settings) -> Callable[[Request], Awaitable[Response]]:
    """The handler of /graphql; the registry is the one in `app.state`, the request id the one in `request.state`."""
    limits = BodyLimits(body_bytes=settings.max_body_bytes)

    async def answer(request: Request) -> Response:
        request_id: str = request.state.request_id
        try:
            asked = await read_graphql_request(request, limits)
            context = await _context(request, settings)
            return await _executed(request, schema, asked, context, settings.request_seconds)
        except RefusedRequest as refused:
            return refusal_response(request, refused, request_id)

    return answer


async def _context(request: Request, settings: Settings) -> Context:
    registry: Registry = request.app.state.registry
    actor = await identify(request, registry)
    structlog.contextvars.bind_contextvars(
        actor=actor.kind.value, account=str(actor.account_id) if actor.account_id else None
    )
    return Context(
        registry,
        actor,
        request.state.request_id,
        origin_of(request),
        token_seconds=settings.access_token_seconds,
        public_introspection=settings.public_introspection,
    )


async def _executed(
    request: Request, schema: strawberry.Schema, asked: GraphQLRequest, context: Context, seconds: float
) -> Response:
    try:
        async with asyncio.timeout(seconds):
            result = await execute_guarded(schema, asked.query, asked.variables, asked.operation_name, context)
    except TimeoutError:
        # Whatever was being written is rolled back with its transaction; the key tells a repeat from a second act.
        _log.warning("deadline passed", seconds=seconds)
        raise RefusedRequest(
            503,
            "DEADLINE",
            Message(
                zh="未能在限时内完成。请稍后以同一幂等键重试，或缩小查询。",
                en="It could not be done in time. Try again later under the same idempotency key, or ask for less.",
            ),
            {"Retry-After": _RETRY_SECONDS},
        ) from None
    result.extensions = {**(result.extensions or {}), "requestId": context.request_id}
    return result_response(request, result, context.request_id)
