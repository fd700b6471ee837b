"""Share codes of a person: making one, revoking it, seeing one's own and who tried them.

The code is made of a keyed digest of the record's id: it is kept nowhere, a repeat of the command gives the same one,
and the person can be shown it again for as long as the key that made it is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access, check_purpose
from talent_registry.domain.divisions import is_in_force
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.shares import (
    MOST_OPEN,
    Share,
    ShareState,
    ShareTerms,
    check_credentials,
    check_days,
    check_opened,
    code_of,
    read_pin,
)
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.signing import passwords
from talent_registry.signing.keys import KeySet
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import accesses, credentials, shares
from talent_registry.storage.ids import new_id

CODE: Final = "share-code"
_SECRET: Final = "share-code-of"  # noqa: S105 - the kind of a digest
_PIN: Final = "share-pin"
_MOST_TRIES: Final = 100


@dataclass(frozen=True, slots=True)
class NewShare:
    """What is asked of a new share code; `pin` None or blank leaves it out."""

    terms: ShareTerms
    days: int
    pin: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Issued:
    """A share code as its person is given it: the code, and the address that opens it."""

    share_id: UUID
    code: str = field(repr=False)
    link: str = field(repr=False)
    done: Done


@dataclass(frozen=True, slots=True)
class OwnShare:
    """A share code of one's own: the code where it can still be shown, and the latest hundred tries at it."""

    share: Share
    state: ShareState
    code: str | None = field(repr=False)
    link: str | None = field(repr=False)
    tries: Sequence[Access]


async def issue(registry: Registry, actor: Actor, asked: NewShare, key: str) -> Issued:
    """Open chosen fields of one's own record to whoever holds the code. Answer: `share_id`.

    InvalidInput by field; NotFound where a credential is not the person's; Conflict with twenty codes open.
    """
    researcher_id = must_be_own(actor)
    terms, lasts = check_terms(registry, asked.terms), check_days(asked.days)
    pin = read_pin(asked.pin) if asked.pin and asked.pin.strip() else None
    pin_hash = await passwords.hashed(digest(registry.keys, _PIN, pin).hex()) if pin else None

    async def act(work: Work) -> dict[str, Any]:
        await lock_person(work, researcher_id)
        await must_hold(work.connection, researcher_id, terms)
        if await shares.count_open(work.connection, researcher_id, work.now) >= MOST_OPEN:
            raise _too_many()
        given = Share(new_id(), researcher_id, terms, pin is not None, work.now, work.now + lasts)
        known = digest(registry.keys, CODE, code_for(registry.keys, given.id))
        await shares.add_share(work.connection, given, known, pin_hash, work.command_id)
        work.about("researcher", researcher_id)
        work.about("shareCode", given.id)
        fields = [one.value for one in terms.fields]
        work.says(fields=fields, until=given.expires_at.isoformat(), pin=given.has_pin)
        return {"share_id": str(given.id)}

    done = await perform(registry, actor, "issueShareCode", key, replace(asked, terms=terms, pin=pin), act)
    share_id = UUID(done.result["share_id"])
    # A repeat after the keys changed finds the code that was given first.
    code = await _own_code(registry, actor, share_id) or code_for(registry.keys, share_id)
    return Issued(share_id, code, link_of(registry, code), done)


async def revoke(registry: Registry, actor: Actor, share_id: UUID, key: str) -> Done:
    """Close a share code of one's own: it opens nothing from the next request on. Answer: `share_id`."""

    async def act(work: Work) -> dict[str, Any]:
        given = await shares.lock_own(work.connection, share_id)
        actor.must(Permission.ISSUE_SHARE_CODE, Subject(researcher_id=given.researcher_id if given else None))
        if given is None or given.revoked_at is not None:
            raise _revoked_before()
        await work.settle_moment()
        await shares.revoke(work.connection, share_id, work.now)
        work.about("researcher", given.researcher_id)
        work.about("shareCode", share_id)
        return {"share_id": str(share_id)}

    return await perform(registry, actor, "revokeShareCode", key, {"share": share_id}, act)


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[Share | None]:
    """The caller's own share codes with these ids, in their order."""
    async with registry.reading(actor) as connection:
        found = await shares.list_by_ids(connection, ids)
    return [one if one is not None and _is_own(actor, one) else None for one in found]


async def list_own(registry: Registry, actor: Actor, request: PageRequest) -> Page[Share]:
    """The share codes that the caller made, past ones included, oldest first; NotFound for whoever is no person."""
    researcher_id = must_be_own(actor)
    async with registry.reading(actor) as connection:
        return await shares.list_own(connection, researcher_id, request)


async def get_own(registry: Registry, actor: Actor, share_id: UUID) -> OwnShare:
    """A share code of the caller's own with the code itself and who tried it. NotFound for anybody else's."""
    must_be_own(actor)
    async with registry.reading(actor) as connection:
        (found,) = await shares.list_by_ids(connection, [share_id])
        if found is None or not _is_own(actor, found):
            raise nothing_here(("id",))
        tries = await accesses.list_of_share_code(connection, share_id, _MOST_TRIES)
        now = await registry.instant(connection)
    code = await _own_code(registry, actor, share_id)
    return OwnShare(found, found.state(now), code, link_of(registry, code) if code else None, tries)


def must_be_own(actor: Actor) -> UUID:
    """Whose codes these are; whoever is nobody signs in first, whoever is no registered person finds nothing."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    if actor.researcher_id is None:
        raise nothing_here()
    actor.must(Permission.ISSUE_SHARE_CODE, Subject(researcher_id=actor.researcher_id))
    return actor.researcher_id


def check_terms(registry: Registry, terms: ShareTerms) -> ShareTerms:
    """The terms in normal form. InvalidInput by field."""
    division = terms.division or None
    fields = check_opened(terms.fields, division)
    if division is not None and not is_in_force(division, registry.today()):
        raise _unknown_place()
    chosen = check_credentials(terms.credential_ids)
    return ShareTerms(check_purpose(terms.purpose, "input", "purpose"), chosen, fields, division)


async def must_hold(connection: AsyncConnection, researcher_id: UUID, terms: ShareTerms) -> None:
    """Refuse terms that name a credential which is not the person's, in the words of "not found"."""
    (held,) = await credentials.list_by_researchers(connection, [researcher_id])
    if not set(terms.credential_ids) <= {record.credential.id for record in held}:
        raise nothing_here(("input", "credentials"))


def link_of(registry: Registry, code: str) -> str:
    """The address that opens a code. It stands behind #, which no browser sends: no log and no other site learns it."""
    return f"{registry.public_url}/s#{code}"


async def pin_fits(keys: KeySet, pin_hash: str, pin: str) -> bool:
    """Whether this is the PIN, under whichever key its digest was made; blocks nobody."""
    return any([await passwords.verified(pin_hash, one.hex()) for one in list_digests(keys, _PIN, pin)])


async def _own_code(registry: Registry, actor: Actor, share_id: UUID) -> str | None:
    """The code of a record of the actor's own; None once the key that made it is gone."""
    async with registry.reading(actor) as connection:
        kept = await shares.find_digest(connection, share_id)
    codes = [code_of(secret) for secret in list_digests(registry.keys, _SECRET, str(share_id))]
    return next((code for code in codes if kept in list_digests(registry.keys, CODE, code)), None)


def code_for(keys: KeySet, share_id: UUID) -> str:
    """The code that a record made today is given."""
    return code_of(digest(keys, _SECRET, str(share_id)))


def _is_own(actor: Actor, share: Share) -> bool:
    return actor.may(Permission.ISSUE_SHARE_CODE, Subject(researcher_id=share.researcher_id))


def _unknown_place() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="认定所在地不在区划代码表内，请从列表中选择。",
            en="The place of recognition is no division of today. Choose one of the list.",
        ),
        reason="DIVISION",
        path=("input", "division"),
    )


def _too_many() -> Conflict:
    return Conflict(
        Message(
            zh=f"您已有 {MOST_OPEN} 个有效的分享码。请先停用不再需要的。",
            en=f"{MOST_OPEN} of your share codes are open. Revoke those no longer needed first.",
        ),
        reason="TOO_MANY_OPEN",
    )


def _revoked_before() -> Conflict:
    return Conflict(
        Message(
            zh="该分享码此前已停用，无须再次停用。",
            en="This share code was revoked before. There is nothing left to revoke.",
        ),
        reason="REVOKED_BEFORE",
    )
