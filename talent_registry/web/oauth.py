"""The token endpoint: client credentials of agencies (RFC 6749, sections 2.3.1, 4.4, 5)."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.errors import Limited, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.services import identities, sandbox_keys
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings
from talent_registry.web.deadlines import in_time
from talent_registry.web.identity import REALM, origin_of
from talent_registry.web.requests import BodyLimits, RefusedRequest, read_body

_FORM: Final = "application/x-www-form-urlencoded"
_LIMITS: Final = BodyLimits(body_bytes=8 * 1024)
_MOST_FIELDS: Final = 20
_AWAY: Final = 503
_LONGEST_BASIC: Final = 4096
# RFC 6749, 5.1: no cache keeps what the endpoint says.
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenRefusal(Exception):
    """No token: `error` is a code of RFC 6749, 5.2; `status`, `message` in both languages, extra `headers`."""

    def __init__(self, status: int, error: str, message: Message, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.message = message
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class _Client:
    client_id: str
    secret: str = field(repr=False)


def token_route(settings: Settings) -> Callable[[Request], Awaitable[Response]]:
    """The handler of POST /oauth/token; the registry is the one in `app.state`."""

    async def answer(request: Request) -> Response:
        try:
            return await in_time(_granted(request, settings.access_token_seconds), settings.request_seconds)
        except TokenRefusal as refusal:
            return _refused(refusal)
        except RefusedRequest as refused:
            error = "temporarily_unavailable" if refused.status == _AWAY else "invalid_request"
            return _refused(TokenRefusal(refused.status, error, refused.message, refused.headers))

    return answer


async def _granted(request: Request, seconds: int) -> Response:
    registry: Registry = request.app.state.registry
    given = await _form(request)
    client = _client(request, given)
    if "grant_type" not in given:
        raise _invalid("缺少 grant_type。", "The parameter grant_type is missing.")
    if given["grant_type"] != "client_credentials":
        raise TokenRefusal(
            400,
            "unsupported_grant_type",
            Message(zh="只支持 client_credentials。", en="Only client_credentials is supported."),
        )
    account = await _authenticated(registry, client, origin_of(request))
    scope = _scope(account, given.get("scope"))
    issued = identities.issue(registry, account, scope, seconds=seconds)
    body = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(scope),
    }
    return JSONResponse(body, headers=_NO_STORE)


async def _form(request: Request) -> dict[str, str]:
    """The parameters of the body; empty ones count as absent (RFC 6749, 3.2), none may stand twice."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _FORM:
        raise _invalid(f"请求正文须为 {_FORM}。", f"Send the parameters as {_FORM}.")
    body = await read_body(request, _LIMITS)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict",
            max_num_fields=_MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise _invalid("请求正文不是合格的表单。", "The body is not a well-formed form.") from None
    given = dict(pairs)
    if len(given) != len(pairs) or any("\0" in value for value in given.values()):
        raise _invalid("同一参数不得出现两次。", "No parameter may stand twice.")
    return {name: value for name, value in given.items() if value}


def _client(request: Request, given: dict[str, str]) -> _Client:
    """The client by HTTP Basic or by the body, never by both (RFC 6749, 2.3)."""
    headers = request.headers.getlist("authorization")
    if headers and "client_secret" in given:
        raise _invalid(
            "客户端凭据只能以一种方式提供。", "Give the client's credentials in the header or in the body, not in both."
        )
    if not headers:
        if "client_id" not in given or "client_secret" not in given:
            raise _unknown_client()
        return _Client(given["client_id"], given["client_secret"])
    client = _basic(headers[0]) if len(headers) == 1 else None
    if client is None:
        raise _unknown_client()
    if given.get("client_id", client.client_id) != client.client_id:
        raise _invalid("client_id 与标头不一致。", "The client_id is not that of the header.")
    return client


def _basic(header: str) -> _Client | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _LONGEST_BASIC:
        return None
    try:
        login, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        # Both parts are form-encoded before they are joined (RFC 6749, 2.3.1).
        client = _Client(unquote_plus(login, errors="strict"), unquote_plus(secret, errors="strict"))
    except (binascii.Error, ValueError):
        return None
    return client if colon and client.client_id and client.secret else None


async def _authenticated(registry: Registry, client: _Client, origin: str) -> Account:
    try:
        account = await identities.authenticate(registry, client.client_id, client.secret, origin)
    except NotPermitted:
        raise _unknown_client() from None
    except Limited as limited:
        headers = {"Retry-After": str(limited.retry_after or identities.BY_LOGIN.seconds)}
        raise TokenRefusal(429, "temporarily_unavailable", limited.message, headers) from None
    if account.kind is not AccountKind.AGENCY:
        # People and offices sign in; the answer is the one for a wrong secret.
        raise _unknown_client()
    if await sandbox_keys.has_ended(registry, account.id):
        raise _unknown_client()
    return account


def _scope(account: Account, asked: str | None) -> tuple[str, ...]:
    """The purposes asked for, all of the client's own if none is named."""
    if asked is None:
        return tuple(sorted(account.purposes))
    scope = tuple(dict.fromkeys(asked.split(" ")))
    if not account.purposes.issuperset(scope):
        raise TokenRefusal(
            400,
            "invalid_scope",
            Message(
                zh="请求的用途超出该客户端获准的用途。",
                en="The scope asks for a purpose that was not granted to the client.",
            ),
        )
    return scope


def _refused(refusal: TokenRefusal) -> Response:
    body: dict[str, Any] = {
        "error": refusal.error,
        # ASCII by the standard; `message` beside it says the same in both languages.
        "error_description": refusal.message.en.replace('"', "'"),
        "message": {"zh": refusal.message.zh, "en": refusal.message.en},
    }
    return JSONResponse(body, refusal.status, headers={**_NO_STORE, **refusal.headers})


def _invalid(zh: str, en: str) -> TokenRefusal:
    return TokenRefusal(400, "invalid_request", Message(zh=zh, en=en))


def _unknown_client() -> TokenRefusal:
    message = Message(zh="客户端编号或密钥不正确，或未提供。", en="The client's id or secret is wrong or missing.")
    return TokenRefusal(401, "invalid_client", message, {"WWW-Authenticate": f'Basic realm="{REALM}"'})
