"""Refusals for programs: problem details (RFC 9457) instead of a page, for whoever asks for them and for no page."""

import json
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from talent_registry.domain.messages import Message

_MEDIA: Final = "application/problem+json"
_ASKED: Final = (_MEDIA, "application/json")


def reads_problems(request: Request) -> bool:
    """Whether the caller accepts JSON and no page, as a program does and a browser never."""
    accepted = request.headers.get("accept", "").lower()
    return "text/html" not in accepted and any(one in accepted for one in _ASKED)


def problem(message: Message, status: int, reason: str, request_id: str) -> Response:
    """Why there is nothing else, in both languages; `reason` is one of those listed at /developers/errors."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message.en,
        "reason": reason,
        "message": {"zh": message.zh, "en": message.en},
        "requestId": request_id,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    return Response(body, status, media_type=_MEDIA, headers={"Cache-Control": "no-store"})
