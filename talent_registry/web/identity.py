"""Who sends an HTTP request: the bearer token read into an actor, and where the request comes from."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Final

from starlette.requests import HTTPConnection, Request

from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.services import identities
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Registry
from talent_registry.web.requests import RefusedRequest

REALM: Final = "talent-registry"
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE | re.ASCII)
_SITE_BITS: Final = 64


async def identify(request: Request, registry: Registry) -> Actor:
    """Who asks: nobody known without an Authorization header; else the account behind the token, as it stands now.

    A header that is there but no good is refused (`RefusedRequest`, 401) and never read as "nobody".
    """
    headers = request.headers.getlist("authorization")
    return await identify_by(headers, registry) if headers else ANONYMOUS


async def identify_by(headers: Sequence[str], registry: Registry) -> Actor:
    """The account behind the one bearer token in these values of Authorization; anything else is refused."""
    token = _BEARER.fullmatch(headers[0].strip()) if len(headers) == 1 else None
    if token is None:
        message = Message(
            zh="Authorization 须为一个 Bearer 令牌。请重新登录，或不带该标头访问公开内容。",
            en="Authorization must be one Bearer token. Sign in again, or leave the header out for what is public.",
        )
        raise _unauthorised("TOKEN_MALFORMED", message, "invalid_request")
    try:
        return await identities.actor_of_token(registry, token[1])
    except NotPermitted as refused:
        raise _unauthorised(refused.reason, refused.message, "invalid_token") from None


def origin_of(request: HTTPConnection) -> str:
    """Where the request comes from: an IPv4 address, or the /64 of an IPv6 address, since one site has all of it."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, _SITE_BITS), strict=False))
    return str(address)


def _unauthorised(code: str, message: Message, error: str) -> RefusedRequest:
    return RefusedRequest(401, code, message, {"WWW-Authenticate": f'Bearer realm="{REALM}", error="{error}"'})
