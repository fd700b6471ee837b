"""Noting, for the person, that someone else read a decision about them or a placement of theirs."""

from collections.abc import Mapping
from uuid import UUID

from talent_registry.domain.consents import Access, check_purpose
from talent_registry.domain.researchers import PersonField
from talent_registry.services.permissions import CARRIED_BY, Actor, Permission, Subject
from talent_registry.services.registry import Registry
from talent_registry.storage import accesses
from talent_registry.storage.ids import new_id


def basis_of(actor: Actor, permission: Permission, subject: Subject) -> str | None:
    """The relations, joined by "+", on which the actor may look; None where none carries the permission."""
    relations = actor.relations(subject) & CARRIED_BY[permission]
    return "+".join(sorted(one.value for one in relations)) or None


async def note_looks(
    registry: Registry, actor: Actor, people: Mapping[UUID, str], field: PersonField, purpose: str
) -> None:
    """Note one look for each person (id to basis) but the actor; if that fails, nothing is shown."""
    stated = check_purpose(purpose)
    looks = [
        Access(new_id(), person, actor.account_id, actor.organisation_id, registry.clock(), stated, basis, (field,))
        for person, basis in people.items()
        if person != actor.researcher_id
    ]
    if looks:
        async with registry.noting(actor) as connection:
            await accesses.note(connection, *looks)
