"""What the ledger holds about people, for the person and the authority of the province."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.ledger import Entry
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.registry import Registry
from talent_registry.services.relations import subjects_of_people
from talent_registry.storage import ledger


@dataclass(frozen=True, slots=True)
class EntriesOf:
    """A page of the ledger entries about one person."""

    person_id: UUID
    request: PageRequest


async def list_entries(registry: Registry, actor: Actor, asked: Sequence[EntriesOf]) -> list[Page[Entry] | None]:
    """The ledger entries about each person, oldest first; None where they are not the actor's to see."""
    async with registry.reading(actor) as connection:
        ids = list(dict.fromkeys(one.person_id for one in asked))
        subjects = await subjects_of_people(connection, ids, registry.today(), actor)
        pages: dict[EntriesOf, Page[Entry]] = {}
        for request in dict.fromkeys(one.request for one in asked):
            mine = [
                one
                for one in asked
                if one.request == request and actor.may(Permission.READ_HISTORY, subjects[one.person_id])
            ]
            pages |= await _entries(connection, mine, request)
    return [pages.get(one) for one in asked]


async def _entries(
    connection: AsyncConnection, asked: list[EntriesOf], request: PageRequest
) -> dict[EntriesOf, Page[Entry]]:
    named = {f"researcher:{one.person_id}": one for one in asked}
    after = request.after[0] if request.after else "0"
    found = await ledger.list_entries_about_each(
        connection, list(named), after=int(after) if after.isdecimal() else 0, limit=request.first + 1
    )
    pages = {}
    for name, sealed in found.items():
        entries = tuple(one.entry for one in sealed[: request.first])
        places = tuple((str(entry.sequence),) for entry in entries)
        pages[named[name]] = Page(entries, places, len(sealed) > request.first)
    return pages
