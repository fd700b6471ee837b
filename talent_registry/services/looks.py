"""Looks at what concerns a person: for which purposes, on which relation, and noted for the person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access, Looker, check_purpose
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonField
from talent_registry.services.permissions import (
    CARRIED_BY,
    Actor,
    ActorKind,
    Permission,
    Subject,
    nothing_here,
    sign_in_first,
)
from talent_registry.services.registry import Registry
from talent_registry.storage import accesses
from talent_registry.storage.ids import new_id

_MOST_LOOKERS: Final = 1_000
_OF_RECOGNITION: Final = (PersonField.CREDENTIALS, PersonField.DECISIONS)


def check_stated_purpose(actor: Actor, purpose: str, *path: str) -> str:
    """The purpose of a look without blanks around it, an agency's one of its own; InvalidInput at `path` otherwise.

    Whatever a person opened to an agency, the agency reads it for what its authority granted and for nothing else.
    """
    stated = check_purpose(purpose, *path)
    if actor.kind is ActorKind.AGENCY and stated not in actor.purposes:
        raise InvalidInput(
            Message(
                zh="该用途不在贵机构登记的用途之内。请使用已登记的用途，或向主管部门申请增加。",
                en="This is none of the purposes registered for your agency. Use one of them, or ask the authority to "
                "register it.",
            ),
            reason="PURPOSE_NOT_GRANTED",
            path=path,
        )
    return stated


def own_record(actor: Actor) -> UUID:
    """The person whose record is the actor's own; NotFound for whoever is not a registered person."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    if actor.researcher_id is None:
        raise nothing_here()
    return actor.researcher_id


async def list_lookers(registry: Registry, actor: Actor) -> list[Looker]:
    """Which organisations looked at the caller's own record, and for which purposes; the first thousand pairs."""
    person_id = own_record(actor)
    async with registry.reading(actor) as connection:
        return await accesses.list_lookers(connection, person_id, _MOST_LOOKERS)


async def get_own_look(registry: Registry, actor: Actor, look_id: UUID) -> Access:
    """One look at the caller's own record; NotFound where it is none."""
    person_id = own_record(actor)
    async with registry.reading(actor) as connection:
        (found,) = await accesses.list_by_ids(connection, [look_id])
    if found is None or found.researcher_id != person_id:
        raise nothing_here()
    return found


def basis_of(actor: Actor, permission: Permission, subject: Subject) -> str | None:
    """The relations, joined by "+", on which the actor may look; None where none carries the permission."""
    relations = actor.relations(subject) & CARRIED_BY[permission]
    return "+".join(sorted(one.value for one in relations)) or None


async def note_looks(
    registry: Registry, actor: Actor, people: Mapping[UUID, str], field: PersonField, purpose: str
) -> None:
    """Note one look for each person (id to basis) but the actor; if that fails, nothing is shown."""
    stated = check_stated_purpose(actor, purpose)
    looks = [
        Access(new_id(), person, actor.account_id, actor.organisation_id, registry.clock(), stated, basis, (field,))
        for person, basis in people.items()
        if person != actor.researcher_id
    ]
    if looks:
        async with registry.noting(actor) as connection:
            await accesses.note(connection, *looks)


async def note_shown(
    registry: Registry, actor: Actor, shown: Mapping[UUID, tuple[PersonField, ...]], basis: str, purpose: str
) -> None:
    """Note one look for each person with exactly the fields that were shown; if that fails, nothing is shown."""
    stated = check_stated_purpose(actor, purpose)
    looks = [
        Access(new_id(), person, actor.account_id, actor.organisation_id, registry.clock(), stated, basis, fields)
        for person, fields in shown.items()
    ]
    if looks:
        async with registry.noting(actor) as connection:
            await accesses.note(connection, *looks)


async def note_look(
    connection: AsyncConnection, actor: Actor, person: UUID, at: datetime, purpose: str, command_id: UUID | None
) -> None:
    """Note that somebody was told of a person's recognition; a look at one's own record is no look."""
    if actor.kind is ActorKind.RESEARCHER:
        return
    basis = "AUTHORITY" if actor.kind is ActorKind.AUTHORITY else "CONSENTED"
    unit, account = actor.organisation_id, actor.account_id
    look = Access(new_id(), person, account, unit, at, purpose.strip(), basis, _OF_RECOGNITION, command_id)
    await accesses.note(connection, look)
