"""Who asks: signing in, the tokens that prove it, and the account behind a token, looked up at each request."""

import contextlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from talent_registry.domain.accounts import Account, AccountKind, normalise_login
from talent_registry.domain.errors import InvalidInput, Limited, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.services.attempts import Allowance, count_attempts, give_back
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.registry import Registry, caller_of
from talent_registry.signing import passwords, tokens
from talent_registry.storage import accounts
from talent_registry.storage.accounts import StoredAccount

# Within a quarter of an hour: wrong tries for one login from one place, so that a stranger's do not keep its owner out;
# for one login from everywhere; and all tries from one place (an office behind one address signs in by the dozen).
BY_LOGIN: Final = Allowance("sign-in-login-origin", limit=10, seconds=900)
BY_LOGIN_ANYWHERE: Final = Allowance("sign-in-login", limit=100, seconds=900)
BY_ORIGIN: Final = Allowance("sign-in-origin", limit=200, seconds=900)

WRONG_SIGN_IN: Final = "WRONG_SIGN_IN"
TOKEN_EXPIRED: Final = "TOKEN_EXPIRED"  # noqa: S105 - a reason code
TOKEN_REFUSED: Final = "TOKEN_REFUSED"  # noqa: S105 - a reason code
ACCOUNT_CLOSED: Final = "ACCOUNT_CLOSED"


@dataclass(frozen=True, slots=True)
class Issued:
    """An access token for an account; `scope` are the purposes it is good for."""

    access_token: str = field(repr=False)
    expires_in: int
    expires_at: datetime
    account: Account
    scope: tuple[str, ...]


async def authenticate(registry: Registry, login: str, password: str, origin: str) -> Account:
    """The open account of this login and password.

    Unknown login, closed account and wrong password cost the same and read the same (`NotPermitted`, WRONG_SIGN_IN).
    `origin` is where the caller comes from. Raises `Limited` after too many wrong tries for the login, from this
    origin or from all of them, and after too many tries from the origin.
    """
    sought, counted_at = _sought(login), registry.clock()
    await count_attempts(registry, origin, BY_ORIGIN)
    # A place that has used up its own tries uses up nobody else's.
    await count_attempts(registry, f"{sought} {origin}", BY_LOGIN)
    await count_attempts(registry, sought, BY_LOGIN_ANYWHERE)
    async with registry.reading(ANONYMOUS) as connection:
        found = await accounts.find_by_login(connection, sought)
    stored = found.password_hash if found is not None and found.account.is_open else None
    fits = await passwords.verified(stored, password)
    if found is None or not fits:
        raise _wrong_sign_in()
    await give_back(registry, f"{sought} {origin}", BY_LOGIN, counted_at)
    await give_back(registry, sought, BY_LOGIN_ANYWHERE, counted_at)
    await _renew_hash(registry, found, password)
    return found.account


async def sign_in(registry: Registry, login: str, password: str, origin: str, *, seconds: int) -> Issued:
    """A token for a person or office. An agency's client is sent to the token endpoint."""
    account = await authenticate(registry, login, password, origin)
    if account.kind is AccountKind.AGENCY:
        raise NotPermitted(
            Message(
                zh="机构客户端请通过 /oauth/token 以客户端凭据获取令牌。",
                en="A client of an agency gets its token at /oauth/token with client credentials.",
            ),
            reason="USE_CLIENT_CREDENTIALS",
        )
    return issue(registry, account, (), seconds=seconds)


def issue(registry: Registry, account: Account, scope: tuple[str, ...], *, seconds: int) -> Issued:
    """A token for an authenticated account, good for `seconds` (at most 900) and the purposes of `scope`."""
    now = registry.clock()
    token = tokens.issue(registry.keys, str(account.id), now=now, seconds=seconds, scope=scope)
    # As the token says it: whole seconds.
    expires_at = now.replace(microsecond=0) + timedelta(seconds=seconds)
    return Issued(token, seconds, expires_at, account, scope)


async def actor_of_token(registry: Registry, token: str) -> Actor:
    """Who shows this token. Raises `NotPermitted`: TOKEN_EXPIRED, TOKEN_REFUSED, ACCOUNT_CLOSED."""
    try:
        read = tokens.read(registry.keys, token, now=registry.clock())
        account_id = UUID(read.subject)
    except tokens.TokenRefused as refused:
        raise _refused(TOKEN_EXPIRED if refused.reason == "EXPIRED" else TOKEN_REFUSED) from None
    except ValueError:
        raise _refused(TOKEN_REFUSED) from None
    return await actor_of(registry, account_id, frozenset(read.scope))


async def actor_of(registry: Registry, account_id: UUID, scope: frozenset[str] | None = None) -> Actor:
    """The account as it stands now: a change or closing holds from the next request on.

    An agency acts for those of its purposes that `scope` names (all if None). Raises `NotPermitted` (ACCOUNT_CLOSED).
    """
    account = await accounts.find_at_once(registry.database, caller_of(ANONYMOUS), registry.today(), account_id)
    if account is None or not account.is_open:
        raise _refused(ACCOUNT_CLOSED)
    return Actor(
        ActorKind(account.kind.value),
        account.id,
        account.organisation_id,
        account.researcher_id,
        account.province,
        account.purposes if scope is None else account.purposes & scope,
    )


def _sought(login: str) -> str:
    try:
        return normalise_login(login)
    except InvalidInput:
        # No account has such a login: it is looked for in vain, at the same cost, and counted like any other.
        return "\N{REPLACEMENT CHARACTER}"


async def _renew_hash(registry: Registry, found: StoredAccount, password: str) -> None:
    if not passwords.needs_rehash(found.password_hash):
        return
    # A password set under older rules, or a crowd at the door, keeps its hash for now.
    with contextlib.suppress(InvalidInput, Limited):
        renewed = await passwords.hashed(password)
        async with registry.noting(ANONYMOUS) as connection:
            await accounts.replace_hash(connection, found.account.id, found.password_hash, renewed)


def _wrong_sign_in() -> NotPermitted:
    return NotPermitted(
        Message(zh="登录名或密码不正确。请核对后重试。", en="Login or password is wrong. Check both and try again."),
        reason=WRONG_SIGN_IN,
    )


def _refused(reason: str) -> NotPermitted:
    words = {
        TOKEN_EXPIRED: Message(zh="令牌已过期。请重新登录。", en="The token has expired. Sign in again."),
        ACCOUNT_CLOSED: Message(
            zh="该账户已注销。如仍需办理，请联系开立账户的单位。",
            en="This account is closed. If you still need it, ask the office that opened it.",
        ),
    }
    unreadable = Message(zh="令牌无法识别。请重新登录。", en="The token is not one of ours. Sign in again.")
    return NotPermitted(words.get(reason, unreadable), reason=reason)
