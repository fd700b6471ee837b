"""Receipts over HTTP: the published keys, and a receipt as a letter."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from talent_registry.domain.errors import Limited, NotFound, NotPermitted
from talent_registry.services.letters import make_letter
from talent_registry.services.permissions import nothing_here
from talent_registry.web.envelope import coded_error
from talent_registry.web.identity import identify
from talent_registry.web.requests import RefusedRequest

_METHODS: Final = ["GET", "HEAD"]
# A key that will sign is published before it does, so an hour is no gap.
_CACHED: Final = "public, max-age=3600"
_PRIVATE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def receipt_routes(keys: Callable[[], dict[str, Any]]) -> APIRouter:
    """The routes /.well-known/jwks.json (with ETag) and /letters/<id of the receipt>.pdf (by bearer token).

    `keys` gives the JWK set once the registry is open.
    """
    router = APIRouter()

    async def jwks(request: Request) -> Response:
        body = json.dumps(keys(), separators=(",", ":"), sort_keys=True).encode()
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": _CACHED}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/jwk-set+json")

    for path, route in (("/.well-known/jwks.json", jwks), ("/letters/{name}.pdf", _letter)):
        router.add_api_route(path, route, methods=_METHODS, include_in_schema=False, response_model=None)
    return router


async def _letter(request: Request, name: str) -> Response:
    registry, request_id = request.app.state.registry, request.state.request_id
    try:
        actor = await identify(request, registry)
        try:
            receipt_id = UUID(name)
        except ValueError:
            raise nothing_here() from None
        content = await make_letter(registry, actor, receipt_id)
    except RefusedRequest as refused:
        body = coded_error(refused.code, refused.message, request_id)
        return JSONResponse(body, refused.status, headers={**_PRIVATE, **refused.headers})
    except NotPermitted as refused:
        body = coded_error(refused.reason, refused.message, request_id)
        return JSONResponse(body, 401, headers={**_PRIVATE, "WWW-Authenticate": "Bearer"})
    except Limited as refused:
        body = coded_error("LIMITED", refused.message, request_id)
        return JSONResponse(body, 429, headers={**_PRIVATE, "Retry-After": str(refused.retry_after or 60)})
    except NotFound as refused:
        return JSONResponse(coded_error("NOT_FOUND", refused.message, request_id), 404, headers=_PRIVATE)
    headers = {**_PRIVATE, "Content-Disposition": f'attachment; filename="{receipt_id}.pdf"'}
    return Response(content, headers=headers, media_type="application/pdf")
