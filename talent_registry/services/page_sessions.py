"""Being signed in at a browser: a session the registry can end at once, beside the short tokens of the API."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.services.identities import actor_of, authenticate
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Registry
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import page_sessions
from talent_registry.storage.ids import new_id

# Long enough for a clerk's forenoon with a roster, short enough for a desk that was left.
IDLE: Final = timedelta(hours=2)
TERM: Final = timedelta(hours=12)
_TOUCHED_EVERY: Final = timedelta(minutes=1)
_DIGEST: Final = "page-session"
_FORM_DIGEST: Final = "page-form"
_LONGEST_TOKEN: Final = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that began: what the browser keeps, and for how long (seconds)."""

    token: str = field(repr=False)
    seconds: int


async def open_session(registry: Registry, login: str, password: str, origin: str) -> Opened:
    """Sign a person or office in. Refuses as `identities.authenticate` does, and clients of agencies."""
    account = await authenticate(registry, login, password, origin)
    if account.kind is AccountKind.AGENCY:
        raise NotPermitted(
            Message(
                zh="机构客户端通过接口使用登记库，不在页面登录。请见“开发者”页。",
                en="A client of an agency uses the API and does not sign in here. See the page for developers.",
            ),
            reason="USE_CLIENT_CREDENTIALS",
        )
    token, now = secrets.token_urlsafe(32), registry.clock()
    async with registry.noting(ANONYMOUS) as connection:
        await page_sessions.forget_before(connection, now)
        await page_sessions.add_session(
            connection,
            session_id=new_id(),
            account_id=account.id,
            token=digest(registry.keys, _DIGEST, token),
            at=now,
            ends_at=now + TERM,
        )
    return Opened(token, int(TERM.total_seconds()))


async def find_actor(registry: Registry, token: str) -> Actor | None:
    """Who is signed in with this token, as the account stands now; None when the session has ended."""
    if not 0 < len(token) <= _LONGEST_TOKEN or not token.isascii():
        return None
    digests, now = list_digests(registry.keys, _DIGEST, token), registry.clock()
    async with registry.reading(ANONYMOUS) as connection:
        found = await page_sessions.find_account_id(connection, digests, now, now - IDLE)
    if found is None:
        return None
    account_id, used_at = found
    if now - used_at > _TOUCHED_EVERY:
        async with registry.noting(ANONYMOUS) as connection:
            await page_sessions.touch(connection, digests, now)
    try:
        return await actor_of(registry, account_id)
    except NotPermitted:
        return None


async def close_session(registry: Registry, token: str) -> None:
    """Sign out: the token is nobody's from now on."""
    async with registry.noting(ANONYMOUS) as connection:
        await page_sessions.close(connection, list_digests(registry.keys, _DIGEST, token), registry.clock())


def form_token(registry: Registry, token: str) -> str:
    """What a form of this session carries, so that no other site can send it in the person's name."""
    return digest(registry.keys, _FORM_DIGEST, token).hex()
