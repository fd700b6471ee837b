"""The inbox of a person, an office or an authority: everything it is told, newest first, and what of it was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from talent_registry.domain.events import record_of
from talent_registry.domain.inbox import InboxFilter, InboxItem, InboxKind, either_items_or_all, item_text, kind_of
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.services import notices
from talent_registry.services.events import told_to
from talent_registry.services.notices import ReadNotice
from talent_registry.services.permissions import Actor, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import inbox


@dataclass(frozen=True, slots=True)
class ReadItem:
    """An item with what it says; of a recall also its notice."""

    item: InboxItem
    kind: InboxKind
    message: Message
    notice: ReadNotice | None


@dataclass(frozen=True, slots=True)
class Marking:
    """Which items were read: some by the ids of their events, or all up to one."""

    items: tuple[UUID, ...] = ()
    up_to: UUID | None = None


async def page_inbox(registry: Registry, actor: Actor, request: PageRequest, asked: InboxFilter) -> Page[ReadItem]:
    """What the actor is told (as the person, for the office's organisation, for the province), newest first."""
    to = told_to(actor)
    if not to:
        return Page((), (), has_next=False)
    async with registry.reading(actor) as connection:
        page = await inbox.page_inbox(connection, request, to, asked)
    recalled = [record_of(one.event) for one in page.items if kind_of(one.event) is InboxKind.RECALL]
    found = await notices.list_by_ids(registry, actor, recalled) if recalled else []
    told = dict(zip(recalled, found, strict=True))
    return page.of(lambda one: _read(one, told))


async def count_unread(registry: Registry, actor: Actor) -> int:
    """How many items the actor has not read, counted up to 1,000."""
    to = told_to(actor)
    if not to:
        return 0
    async with registry.reading(actor) as connection:
        return await inbox.count_unread(connection, to)


async def mark_read(registry: Registry, actor: Actor, marking: Marking, key: str) -> Done:
    """Mark items as read for all as whom the actor is told of them. Answer: `unread`, how many are left.

    What was read before stays read since then. NotFound for an item of somebody else; InvalidInput (ITEMS_OR_UP_TO).
    """

    async def act(work: Work) -> dict[str, Any]:
        to = told_to(actor)
        either_items_or_all(len(marking.items), up_to=marking.up_to is not None)
        asked: Sequence[UUID] = marking.items if marking.up_to is None else (marking.up_to,)
        places = await inbox.find_positions(work.connection, asked)
        if not to or any(one not in places for one in asked):
            raise nothing_here(("input", "items" if marking.up_to is None else "upTo"))
        if marking.up_to is None:
            await inbox.mark_items(work.connection, to, list(places.values()), work.now, work.command_id)
        else:
            await inbox.mark_up_to(work.connection, to, places[marking.up_to], work.now, work.command_id)
        for one in asked:
            work.about("event", one)
        work.says(upTo=marking.up_to is not None)
        return {"unread": await inbox.count_unread(work.connection, to)}

    return await perform(registry, actor, "markRead", key, marking, act)


def _read(item: InboxItem, told: dict[UUID, ReadNotice | None]) -> ReadItem:
    kind = kind_of(item.event)
    notice = told.get(record_of(item.event)) if kind is InboxKind.RECALL else None
    return ReadItem(item, kind, item_text(item.event) if notice is None else notice.message, notice)
