"""Documents that a request may name by `documentId` instead of sending them: those of graphql/operations."""

import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from talent_registry.api.parsing import keep_parsed
from talent_registry.installation import project_folder


@cache
def known_documents() -> Mapping[str, str]:
    """The text of every document by its id: "sha256:" and the digest of the text in hexadecimal digits."""
    found = sorted(project_folder("graphql/operations").rglob("*.graphql"))
    texts = [path.read_bytes() for path in found]
    known = {f"sha256:{sha256(text).hexdigest()}": text.decode() for text in texts}
    # Whatever else is asked: what is known is parsed once.
    keep_parsed(known.values())
    return MappingProxyType(known)


def documents_route() -> Route:
    """GET /documents.json: every known document by its id, as tools for persisted documents write it."""
    body = json.dumps(dict(known_documents()), ensure_ascii=False).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'

    async def answer(request: Request) -> Response:
        headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    return Route("/documents.json", answer, methods=["GET", "HEAD"], include_in_schema=False)
