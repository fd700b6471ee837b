"""The published keys of receipts: /.well-known/jwks.json."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

_METHODS: Final = ["GET", "HEAD"]
# A key that will sign is published before it does, so an hour is no gap.
_CACHED: Final = "public, max-age=3600"


def receipt_routes(keys: Callable[[], dict[str, Any]]) -> APIRouter:
    """The route /.well-known/jwks.json (with ETag); `keys` gives the JWK set once the registry is open."""
    router = APIRouter()

    async def jwks(request: Request) -> Response:
        body = json.dumps(keys(), separators=(",", ":"), sort_keys=True).encode()
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": _CACHED}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/jwk-set+json")

    router.add_api_route("/.well-known/jwks.json", jwks, methods=_METHODS, include_in_schema=False, response_model=None)
    return router
