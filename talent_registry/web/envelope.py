"""What surrounds every request: its id, one log line, headers that browsers heed, and a masked answer to a defect."""

import time
from typing import Any, Final
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from talent_registry.domain.messages import Message as Words

_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Only these, and the patterns of pages, stand in the log: an address somebody typed may hold anything.
_KNOWN_PATHS: Final = frozenset(
    {"/graphql", "/oauth/token", "/livez", "/readyz", "/version", "/schema.graphql", "/documents.json"}
)
PAGE_PATTERN: Final = "page_pattern"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BROKEN: Final = Words(
    zh="服务器内部出错，请稍后重试；如仍出错，请将请求编号告知管理员。",
    en="Something went wrong on our side. Try again later; if it persists, give the operator the request id.",
)
_log = structlog.get_logger(__name__)


def coded_error(code: str, words: Words, request_id: str) -> dict[str, Any]:
    """The JSON body of an error outside GraphQL."""
    message = {"zh": words.zh, "en": words.en}
    return {"error": {"code": code, "message": message, "requestId": request_id}}


class Envelope:
    """Middleware around all routes. The log line says method, known path, status, milliseconds, who by id: no more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on; anything else untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Ours, never the caller's: a header could bring anything into the log.
        request_id = str(uuid4())
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status = time.perf_counter(), 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(message, request_id)
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the caller learns only that it was ours
            # The class and nothing it says: its words may hold personal data.
            _log.error("unexpected failure", error=type(failure).__name__)
            if status == 0:
                body = coded_error("INTERNAL", BROKEN, request_id)
                await JSONResponse(body, 500, headers={"Cache-Control": "no-store"})(scope, receive, dressed)
        finally:
            _note(scope, status, time.perf_counter() - started)


def _dress(message: Message, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-Id"] = request_id
    for name, value in _HEADERS.items():
        # A page says itself what its own styles and forms may do; everything else may do nothing.
        headers.setdefault(name, value)


def _note(scope: Scope, status: int, seconds: float) -> None:
    _log.info(
        "request",
        method=scope["method"] if scope["method"] in _METHODS else "other",
        path=_named(scope),
        status=status,
        ms=round(seconds * 1000, 1),
    )


def _named(scope: Scope) -> str:
    """The known path or the pattern of the page that was asked for."""
    pattern: str = scope.get("state", {}).get(PAGE_PATTERN, "other")
    return scope["path"] if scope["path"] in _KNOWN_PATHS else pattern
