"""Keys of a sandbox: given at once for a mail address, limited, changed, deleted and ended."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.accounts import Account
from talent_registry.domain.errors import Conflict, Limited, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.sandbox import OFFICES, PURPOSE, SandboxTerms, check_mail
from talent_registry.services import accounts, identities, organisations, webhooks
from talent_registry.services.attempts import DAY, HOUR, Allowance, count_attempts, is_repeat
from talent_registry.services.permissions import OPERATOR, nothing_here
from talent_registry.services.registry import Registry, Work, new_key, perform
from talent_registry.services.sandbox_people import Own, furnish, get_own
from talent_registry.signing import passwords
from talent_registry.signing.sealing import digest
from talent_registry.storage import accounts as stored_accounts
from talent_registry.storage import sandbox_keys
from talent_registry.storage.sandbox_keys import SandboxKey

# Nobody proves that a mail address is theirs: what strangers ask for from elsewhere leaves its owner's few untouched.
OF_MAIL: Final = Allowance("sandbox-key-mail-origin", limit=3, seconds=DAY)
OF_MAIL_ANYWHERE: Final = Allowance("sandbox-key-mail", limit=30, seconds=DAY)
OF_ORIGIN: Final = Allowance("sandbox-key-origin", limit=10, seconds=DAY)
OF_KEY: Final = Allowance("sandbox-act", limit=100, seconds=DAY)
_DIGEST: Final = "sandbox-mail"


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A key as its developer sees it; `secret` is there once, when it was made, and None in every repeat."""

    client_id: str
    secret: str | None = field(repr=False)
    expires_at: datetime
    own: Own


async def open_key(registry: Registry, mail: str, origin: str, key: str) -> GivenKey:
    """Give a key to whoever names a mail address; with it an invented person of the developer's own.

    `Limited` (NO_MORE_KEYS_TODAY) after too many keys for the address, from the origin, or to all in a day; a repeat
    is not counted. InvalidInput (MAIL_MALFORMED).
    """
    terms = _terms(registry)
    address = check_mail(mail)
    if not await is_repeat(registry, OPERATOR, f"{key}:key"):
        await _count(registry, address, origin, terms)
    tag, secret = digest(registry.keys, "sandbox-tag", key).hex()[:12], secrets.token_urlsafe(32)
    unit = organisations.NewOrganisation(f"沙箱开发者 {tag}", "AGENCY", OFFICES[0].local[0], f"Sandbox developer {tag}")
    registered = await organisations.register(registry, OPERATOR, unit, f"{key}:unit")
    asked = accounts.NewAgencyClient(UUID(registered.result["organisation_id"]), (PURPOSE,))

    async def act(work: Work) -> dict[str, Any]:
        opened = await accounts.open_client_in(work, asked, secret)
        until = work.now + timedelta(days=terms.key_days)
        mail_digest = digest(registry.keys, _DIGEST, address)
        await sandbox_keys.add_key(work.connection, SandboxKey(opened.id, mail_digest, work.now, until))
        return {"account_id": str(opened.id), "client_id": opened.login, "expires_at": until.isoformat()}

    done = await perform(registry, OPERATOR, "openSandboxKey", f"{key}:key", asked, act)
    account_id = UUID(done.result["account_id"])
    own = await furnish(registry, account_id, f"{key}:own")
    shown = None if done.replayed else secret
    return GivenKey(done.result["client_id"], shown, datetime.fromisoformat(done.result["expires_at"]), own)


Change = Callable[[Registry, UUID, str], Awaitable[Own]]


async def use_key(
    registry: Registry, client_id: str, secret: str, origin: str, key: str = "", change: Change | None = None
) -> GivenKey:
    """The key of whoever has its secret, once `change` (under the idempotency `key`) has been made to its certificate.

    Errors: those of `identities.authenticate` and of the change; NotFound where the key has ended.
    """
    account, held = await _held(registry, client_id, secret, origin)
    own = await get_own(registry, account.id) if change is None else await change(registry, account.id, key)
    return GivenKey(account.login, secret, held.expires_at, own)


async def rotate_secret(registry: Registry, client_id: str, secret: str, origin: str, key: str) -> GivenKey:
    """Another secret for the same key; the one before is refused from now on. Errors as `use_key`."""
    account, held = await _held(registry, client_id, secret, origin)
    renewed = secrets.token_urlsafe(32)

    async def act(work: Work) -> dict[str, Any]:
        found = await stored_accounts.find_by_login(work.connection, account.login)
        if found is None or not await passwords.verified(found.password_hash, secret):
            raise _changed_meanwhile()
        hashed = await passwords.hashed(renewed)
        await stored_accounts.replace_hash(work.connection, account.id, found.password_hash, hashed)
        work.about("account", account.id)
        return {"account_id": str(account.id)}

    done = await perform(registry, OPERATOR, "rotateSandboxSecret", key, {"account": account.id}, act)
    shown = None if done.replayed else renewed
    return GivenKey(account.login, shown, held.expires_at, await get_own(registry, account.id))


async def delete_key(registry: Registry, client_id: str, secret: str, origin: str) -> None:
    """End a key now: its tokens are refused from the next request on, nothing is kept of the mail address."""
    account, _ = await _held(registry, client_id, secret, origin)
    await _end(registry, account.id)


async def end_expired(registry: Registry) -> int:
    """End every key whose term is over; how many there were."""
    if registry.sandbox is None:
        return 0
    async with registry.reading(OPERATOR) as connection:
        ended = await sandbox_keys.list_expired(connection, registry.clock())
    for account_id in ended:
        await _end(registry, account_id)
    return len(ended)


async def has_ended(registry: Registry, account_id: UUID) -> bool:
    """Whether this client's key is over, though nobody has closed its account yet; outside a sandbox every key is."""
    async with registry.reading(OPERATOR) as connection:
        held = await sandbox_keys.find_key(connection, account_id)
    return held is not None and (registry.sandbox is None or held.expires_at <= registry.clock())


async def _held(registry: Registry, client_id: str, secret: str, origin: str) -> tuple[Account, SandboxKey]:
    """The account and key of whoever has the secret, once counted. Errors as `use_key`."""
    _terms(registry)
    account = await identities.authenticate(registry, client_id, secret, origin)
    await count_attempts(registry, str(account.id), OF_KEY)
    async with registry.reading(OPERATOR) as connection:
        held = await sandbox_keys.find_key(connection, account.id)
    if held is None or held.expires_at <= registry.clock():
        raise nothing_here()
    return account, held


async def _end(registry: Registry, account_id: UUID) -> None:
    try:
        actor = await identities.actor_of(registry, account_id)
    except NotPermitted:
        # Closed already, by another process or by the authority.
        pass
    else:
        for each in await webhooks.list_webhooks(registry, actor):
            await webhooks.close(registry, actor, each.id, new_key())
        await accounts.close_account(registry, OPERATOR, account_id, new_key())
    async with registry.noting(OPERATOR) as connection:
        await sandbox_keys.remove_key(connection, account_id)


async def _count(registry: Registry, address: str, origin: str, terms: SandboxTerms) -> None:
    """Count a key against whoever asks first, so that those who had enough use up nothing of what others may have."""
    for subject, allowance in (
        (origin, OF_ORIGIN),
        (f"{address} {origin}", OF_MAIL),
        (address, OF_MAIL_ANYWHERE),
        ("", Allowance("sandbox-key-all", terms.keys_a_day, DAY)),
    ):
        try:
            await count_attempts(registry, subject, allowance)
        except Limited as refused:
            raise _no_more_today(refused.retry_after or DAY) from None


def _terms(registry: Registry) -> SandboxTerms:
    """The terms of this sandbox; outside one there is nothing here."""
    if registry.sandbox is None:
        raise nothing_here()
    return registry.sandbox


def _no_more_today(seconds: int) -> Limited:
    hours = -(-seconds // HOUR)
    return Limited(
        Message(
            zh=f"今天可领取的沙箱密钥已领完。请继续使用已有的密钥，或在 {hours} 小时后再来。",
            en=f"No more sandbox keys are to be had today. Use the one you have, or come back in {hours} h.",
        ),
        reason="NO_MORE_KEYS_TODAY",
        retry_after=seconds,
    )


def _changed_meanwhile() -> Conflict:
    return Conflict(
        Message(zh="密钥刚刚已更换。请使用新的密钥。", en="The secret was changed a moment ago. Use the new one."),
        reason="CHANGED_MEANWHILE",
    )
