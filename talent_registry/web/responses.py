"""Answers of the GraphQL endpoint: media type, status and body of results and refusals."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response

from talent_registry.api.plans.guarded import Answered
from talent_registry.web.requests import GRAPHQL_JSON, RefusedRequest, response_type

SYNTAX: Final = "SYNTAX"
INTERNAL: Final = "INTERNAL"


class Executed(Protocol):
    """What an execution leaves: Strawberry's and graphql-core's results both do."""

    @property
    def data(self) -> Any: ...  # noqa: ANN401, D102 - any JSON value

    @property
    def errors(self) -> Sequence[GraphQLError] | None: ...  # noqa: D102 - as named

    @property
    def extensions(self) -> Mapping[str, Any] | None: ...  # noqa: D102 - as named


def refusal_response(request: Request, refused: RefusedRequest, request_id: str) -> Response:
    """The answer to a request that was not executed: one error with `code` and `requestId`, nothing of the input."""
    try:
        media_type = response_type(request)
    except RefusedRequest:
        media_type = GRAPHQL_JSON
    error = {
        "message": f"{refused.message.zh} {refused.message.en}",
        "extensions": {"code": refused.code, "requestId": request_id},
    }
    return _response({"errors": [error]}, refused.status, media_type, request_id, refused.headers)


def result_response(request: Request, result: Executed, request_id: str) -> Response:
    """The answer to an executed or invalid operation, in the media type the caller accepts."""
    media_type = response_type(request)
    errors = list(result.errors or ())
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = [error.formatted for error in errors]
    if not is_request_error(result):
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = dict(result.extensions)
    return _response(body, status_of(result, media_type), media_type, request_id, {})


def planned_response(request: Request, answered: Answered, request_id: str) -> Response:
    """The answer to a planned read: the bytes that `result_response` would give, without reading the data."""
    cost = f'"cost":{{"estimated":{answered.cost},"budget":{answered.budget}}}'
    body = f'{{"data":{answered.data},"extensions":{{{cost},"requestId":"{request_id}"}}}}'
    return _sent(body, 200, response_type(request), request_id, {})


def is_request_error(result: Executed) -> bool:
    """Whether the operation was never executed: no data, and no error that arose at a field."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def status_of(result: Executed, media_type: str) -> int:
    """The HTTP status of a result (GraphQL over HTTP, 6.4): 200 when executed, even with errors at fields.

    Otherwise 400 for bad syntax, 500 for our defect, 422 for what does not validate or exceeds a limit. For
    `application/json` it is 200 for every well-formed request, since old clients read the body of a 200 only.
    """
    if media_type != GRAPHQL_JSON or not is_request_error(result):
        return 200
    codes = {(error.extensions or {}).get("code") for error in result.errors or ()}
    if INTERNAL in codes:
        return 500
    return 400 if SYNTAX in codes else 422


def _response(
    body: dict[str, Any], status: int, media_type: str, request_id: str, headers: Mapping[str, str]
) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _sent(content, status, media_type, request_id, headers)


def _sent(content: str, status: int, media_type: str, request_id: str, headers: Mapping[str, str]) -> Response:
    fixed = {
        "Cache-Control": "no-store",
        "Vary": "Accept",
        "X-Content-Type-Options": "nosniff",
        "X-Request-Id": request_id,
    }
    # A database gives no lone surrogates; should one slip in, it becomes "?" and not a failure.
    return Response(
        content.encode("utf-8", "replace"), status, {**fixed, **headers}, media_type=f"{media_type}; charset=utf-8"
    )
