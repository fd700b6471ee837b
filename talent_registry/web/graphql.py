"""The route /graphql: strict reading, who asks, execution under guard and deadline, the answer."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

import strawberry
import structlog
from starlette.requests import Request
from starlette.responses import Response

from talent_registry.api.context import Context
from talent_registry.api.guarding import GuardedSchema, execute_guarded
from talent_registry.api.plans.guarded import answer_by_plan
from talent_registry.domain.errors import NotPermitted
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings
from talent_registry.web.deadlines import UNAVAILABLE, in_time, unavailable
from talent_registry.web.identity import identify, origin_of
from talent_registry.web.requests import BodyLimits, GraphQLRequest, RefusedRequest, read_graphql_request, wants_stream
from talent_registry.web.responses import planned_response, refusal_response, result_response
from talent_registry.web.streams import stream_response

# All of them reach the route, which itself says 405 and what is allowed.
METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def graphql_route(schema: GuardedSchema, settings: Settings) -> Callable[[Request], Awaitable[Response]]:
    """The handler of /graphql; the registry is the one in `app.state`, the request id the one in `request.state`."""
    limits = BodyLimits(body_bytes=settings.max_body_bytes)

    async def answer(request: Request) -> Response:
        request_id: str = request.state.request_id
        try:
            asked = await read_graphql_request(request, limits)
            until = time.monotonic() + settings.request_seconds
            context = await in_time(_context(request, settings), settings.request_seconds)
            _name_caller(context)
            if wants_stream(request):
                return stream_response(schema, asked, context)
            if settings.planned_reads:
                work = answer_by_plan(schema, asked.query, asked.variables, asked.operation_name, context)
                planned = await in_time(work, until - time.monotonic())
                if planned is not None:
                    return planned_response(request, planned, context.request_id)
            return await _executed(request, schema, asked, context, until)
        except RefusedRequest as refused:
            return refusal_response(request, refused, request_id)

    return answer


async def _context(request: Request, settings: Settings) -> Context:
    registry: Registry = request.app.state.registry
    actor = await identify(request, registry)
    return Context(
        registry,
        actor,
        request.state.request_id,
        origin_of(request),
        token_seconds=settings.access_token_seconds,
        public_introspection=settings.public_introspection,
        following=request.app.state.following,
        still=lambda: _still(request, registry),
    )


async def _still(request: Request, registry: Registry) -> Actor:
    """Who asked, as it stands now; NotPermitted once the token has expired or the account is closed."""
    try:
        return await identify(request, registry)
    except RefusedRequest as refused:
        raise NotPermitted(refused.message, reason=refused.code) from None


def _name_caller(context: Context) -> None:
    """For the log line of this request."""
    actor = context.actor
    structlog.contextvars.bind_contextvars(
        actor=actor.kind.value, account=str(actor.account_id) if actor.account_id else None
    )


async def _executed(
    request: Request, schema: strawberry.Schema, asked: GraphQLRequest, context: Context, until: float
) -> Response:
    work = execute_guarded(schema, asked.query, asked.variables, asked.operation_name, context)
    result = await in_time(work, until - time.monotonic())
    if any((error.extensions or {}).get("code") == UNAVAILABLE for error in result.errors or ()):
        raise unavailable()
    result.extensions = {**(result.extensions or {}), "requestId": context.request_id}
    return result_response(request, result, context.request_id)
