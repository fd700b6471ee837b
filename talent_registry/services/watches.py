"""Watches: an office is told of what becomes of credentials that it verified, by the command that changes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.consents import Access, check_purpose
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.watches import Watch, check_until, ended_before
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.verification import must_hold_purpose
from talent_registry.storage import accesses, credentials, notices, watches
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

# On what the look rests that each holder sees.
BASIS: Final = "WATCH"


@dataclass(frozen=True, slots=True)
class NewWatch:
    """Which credential to be told of, for what purpose, until which day (inclusive)."""

    credential_id: UUID
    purpose: str
    until: date


@dataclass(frozen=True, slots=True)
class SeenWatch:
    """A watch with the number of the certificate that is watched."""

    watch: Watch
    number: str


async def watch(registry: Registry, actor: Actor, asked: NewWatch, key: str) -> Done:
    """Have the caller's office told of what becomes of a credential. Answer: `watch_id`.

    Watching again ends the watch before. NotFound for what the office never verified; InvalidInput (PURPOSE, TERM).
    """

    async def act(work: Work) -> dict[str, Any]:
        (made,) = await watch_in(work, [asked.credential_id], asked.purpose, asked.until)
        work.about("credential", made.credential_id)
        return {"watch_id": str(made.id)}

    return await perform(registry, actor, "watchCredential", key, asked, act)


async def watch_in(work: Work, credential_ids: Sequence[UUID], purpose: str, until: date) -> list[Watch]:
    """Begin a watch on each of these credentials, within a command of the subscribing office; each holder sees it.

    NotFound where the office never verified one of them; NotPermitted for a purpose that the agency was not granted.
    """
    office, actor = office_of(work.actor), work.actor
    purpose, until = check_purpose(purpose, "input", "purpose"), check_until(until, work.today)
    must_hold_purpose(actor, purpose)
    ids = list(dict.fromkeys(credential_ids))
    async with duty(work.connection, "verify"):
        found = await credentials.list_by_ids(work.connection, ids)
    verified = await watches.list_verified(work.connection, ids)
    holders = {one.credential.id: one.credential.researcher_id for one in found if one is not None}
    if any(one not in holders or one not in verified for one in ids):
        raise nothing_here(("input", "credential"))
    await work.settle_moment()
    made = [Watch(new_id(), one, office, actor.account_id, purpose, until, work.now) for one in ids]
    await watches.end_open(work.connection, office, ids, work.now)
    await watches.add_watches(work.connection, made, work.command_id)
    await accesses.note(work.connection, *[_look(work, holders[one.credential_id], purpose) for one in made])
    work.says(until=until.isoformat(), watches=len(made))
    return made


async def end(registry: Registry, actor: Actor, watch_id: UUID, key: str) -> Done:
    """Have the caller's office told no more. Answer: `watch_id`. Conflict (ENDED_BEFORE)."""

    async def act(work: Work) -> dict[str, Any]:
        found = await watches.lock_watch(work.connection, watch_id)
        receivers = frozenset[UUID]() if found is None else frozenset({found.organisation_id})
        actor.must(Permission.WATCH_CREDENTIAL, Subject(receiver_ids=receivers))
        if found is None or found.ended_at is not None:
            raise ended_before()
        await watches.end_watch(work.connection, watch_id, work.now)
        work.about("credential", found.credential_id)
        return {"watch_id": str(watch_id)}

    return await perform(registry, actor, "endCredentialWatch", key, {"watch": watch_id}, act)


async def list_watches(
    registry: Registry, actor: Actor, request: PageRequest, credential_id: UUID | None = None
) -> Page[SeenWatch]:
    """The watches of the caller's office (on one credential), ended ones included, oldest first."""
    office = office_of(actor)
    async with registry.reading(actor) as connection:
        page = await watches.list_watches(connection, office, request, credential_id)
        async with duty(connection, "verify"):
            numbers = await notices.list_numbers(connection, [one.credential_id for one in page.items])
    return page.of(lambda one: SeenWatch(one, numbers[one.credential_id]))


def office_of(actor: Actor) -> UUID:
    """The office that is told; NotPermitted or NotFound where the caller is none."""
    own = frozenset[UUID]() if actor.organisation_id is None else frozenset({actor.organisation_id})
    actor.must(Permission.WATCH_CREDENTIAL, Subject(receiver_ids=own), hidden=False)
    if actor.organisation_id is None:
        raise nothing_here()
    return actor.organisation_id


def _look(work: Work, person: UUID, purpose: str) -> Access:
    """What the holder sees of it among the looks at the own record."""
    actor, fields = work.actor, (PersonField.CREDENTIALS,)
    return Access(
        new_id(), person, actor.account_id, actor.organisation_id, work.now, purpose, BASIS, fields, work.command_id
    )
