"""What is told of changes: each receiver reads its own events in the order in which they were recorded."""

from collections.abc import Sequence
from uuid import UUID

from talent_registry.domain.events import Event
from talent_registry.domain.notices import Receiver
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.services.notices import receivers_of, subject_of_receiver
from talent_registry.services.permissions import Actor, ActorKind, Permission, nothing_here
from talent_registry.services.registry import Registry
from talent_registry.storage import events


async def page_events(registry: Registry, actor: Actor, request: PageRequest) -> Page[Event]:
    """A page of the events told to the actor (the person; the office's organisation; the authority's province)."""
    to = told_to(actor)
    if not to:
        return Page((), (), has_next=False)
    async with registry.reading(actor) as connection:
        return await events.page_events(connection, request, to)


async def list_events(registry: Registry, actor: Actor, after: int, limit: int = 100) -> list[Event]:
    """The next events told to the actor beyond a position, oldest first; nothing is left out, nothing comes twice."""
    to = told_to(actor)
    if not to:
        return []
    async with registry.reading(actor) as connection:
        return await events.list_events(connection, to, after=after, limit=limit)


async def position_after(registry: Registry, actor: Actor, event_id: UUID | None) -> int:
    """The position of an event told to the actor, from which to go on; None: after the newest. NotFound for others."""
    to = told_to(actor)
    async with registry.reading(actor) as connection:
        if event_id is None:
            return await events.last_position(connection, to) if to else 0
        found = await events.find_position(connection, event_id)
    if found is None:
        raise nothing_here(("after",))
    return found


def told_to(actor: Actor) -> Sequence[Receiver]:
    """As whom the actor is told of events; NotPermitted for a caller who did not sign in."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_EVENT)
    return [one for one in receivers_of(actor) if actor.may(Permission.READ_EVENT, subject_of_receiver(one))]
