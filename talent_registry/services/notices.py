"""Notices to whoever relied on a fact that turned out wrong: reading and acknowledging them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.messages import Message
from talent_registry.domain.notices import Notice, Receiver, acknowledged_before, notice_text
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import notices
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """A notice with the number of the certificate it is about, and what it says."""

    notice: Notice
    number: str
    message: Message


async def list_notices(
    registry: Registry, actor: Actor, request: PageRequest, *, unread: bool = False
) -> Page[ReadNotice]:
    """The notices to the actor (the person; the office's organisation; the authority's province), oldest first."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_NOTICE)
    to = receivers_of(actor)
    if not to:
        return Page((), (), has_next=False)
    async with registry.reading(actor) as connection:
        page = await notices.list_notices(connection, request, to, unread=unread)
        page = page.only(lambda one: actor.may(Permission.READ_NOTICE, subject_of_receiver(one.receiver)))
        numbers = await _numbers(connection, page.items)
    return page.of(lambda one: _read(one, numbers))


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[ReadNotice | None]:
    """The notices with these ids, in their order; None where one is absent or not for the actor."""
    async with registry.reading(actor) as connection:
        found = await notices.list_by_ids(connection, ids)
        mine = [
            one
            for one in found
            if one is not None and actor.may(Permission.READ_NOTICE, subject_of_receiver(one.receiver))
        ]
        numbers = await _numbers(connection, mine)
    shown = {one.id: _read(one, numbers) for one in mine}
    return [shown.get(one) for one in ids]


async def acknowledge(registry: Registry, actor: Actor, notice_id: UUID, key: str) -> Done:
    """Acknowledge a notice for its receiver. Answer: `notice_id`. Conflict (ACKNOWLEDGED_BEFORE) the second time."""

    async def act(work: Work) -> dict[str, Any]:
        found = await notices.find_notice(work.connection, notice_id)
        if found is None:
            actor.must(Permission.ACKNOWLEDGE_NOTICE)
            raise nothing_here()
        actor.must(Permission.ACKNOWLEDGE_NOTICE, subject_of_receiver(found.receiver))
        if not await notices.add_receipt(work.connection, notice_id, work.now, work.command_id):
            again = await notices.find_notice(work.connection, notice_id)
            raise acknowledged_before(again or found)
        work.about("notice", notice_id)
        return {"notice_id": str(notice_id)}

    return await perform(registry, actor, "acknowledgeNotice", key, {"notice": notice_id}, act)


def receivers_of(actor: Actor) -> list[Receiver]:
    """As whom the actor is told: the person, the office's organisation, the authority of the province."""
    if actor.kind is ActorKind.RESEARCHER:
        return [] if actor.researcher_id is None else [Receiver(researcher_id=actor.researcher_id)]
    office = [] if actor.organisation_id is None else [Receiver(organisation_id=actor.organisation_id)]
    if actor.kind is ActorKind.AUTHORITY and actor.province is not None:
        return [*office, Receiver(province=actor.province)]
    return office


def subject_of_receiver(to: Receiver) -> Subject:
    """Whatever is told to this receiver, as far as permission asks."""
    return Subject(
        researcher_id=to.researcher_id,
        receiver_ids=frozenset[UUID]() if to.organisation_id is None else frozenset({to.organisation_id}),
        provinces=frozenset[str]() if to.province is None else frozenset({to.province}),
    )


async def _numbers(connection: AsyncConnection, found: Sequence[Notice]) -> dict[UUID, str]:
    if not found:
        return {}
    async with duty(connection, "verify"):
        return await notices.list_numbers(connection, [one.recall.credential_id for one in found])


def _read(notice: Notice, numbers: dict[UUID, str]) -> ReadNotice:
    number = numbers[notice.recall.credential_id]
    return ReadNotice(notice, number, notice_text(notice, number))
