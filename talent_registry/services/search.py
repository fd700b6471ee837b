"""Seeking people by name, home unit, household or title series, among those the caller may see by them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.documents.pinyin import sort_key
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.names import has_han, normalise_name
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.reference.catalogue import catalogue
from talent_registry.services.accesses import SeenPerson, list_people
from talent_registry.services.permissions import Actor, ActorKind, sign_in_first
from talent_registry.services.registry import Registry
from talent_registry.services.relation_kinds import Relation
from talent_registry.services.relations import OPENED_BY
from talent_registry.storage import researcher_facts
from talent_registry.storage.relations import Reach, TieKind, within

_TIES = {
    Relation.HOME_UNIT: TieKind.HOME_UNIT,
    Relation.HOST_UNIT: TieKind.HOST_UNIT,
    Relation.ISSUER: TieKind.ISSUER,
    Relation.AUTHORITY_OF_ISSUER: TieKind.ISSUER,
    Relation.AUTHORITY_OF_PLACEMENT: TieKind.PLACEMENT,
}


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """What people are sought by, as typed; None leaves it open. A division stands for those within it."""

    name: str | None = field(default=None, repr=False)
    home_unit_id: UUID | None = None
    division: str | None = None
    series: str | None = None


async def search(
    registry: Registry,
    actor: Actor,
    asked: PersonFilter,
    fields: frozenset[PersonField],
    purpose: str,
    request: PageRequest,
    *,
    history: bool = False,
) -> Page[SeenPerson]:
    """People by pinyin. Nobody is found by a fact that the caller may not see of them; each look is noted."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    today = registry.today()
    planned = plan(actor, asked, today)

    async def people(connection: AsyncConnection) -> Page[UUID]:
        reached = partial(within, planned.reach)
        return await researcher_facts.list_people(connection, reached, planned.sought, today, request)

    return await list_people(registry, actor, people, fields, purpose, history=history)


@dataclass(frozen=True, slots=True)
class Planned:
    """Who is sought, among whom."""

    sought: researcher_facts.Sought
    reach: Reach


def plan(actor: Actor, asked: PersonFilter, today: date) -> Planned:
    """The people whom the actor may find by what is asked. InvalidInput where it cannot be read."""
    return Planned(_sought(asked, actor), _reach(actor, _needed(asked), today))


def _needed(asked: PersonFilter) -> frozenset[PersonField]:
    """What one must be allowed to see of a person to find them so: the order alone tells something of the name."""
    needed = {PersonField.NAME}
    if asked.home_unit_id is not None:
        needed.add(PersonField.PERSONNEL_RELATION)
    if asked.division is not None:
        needed.add(PersonField.HOUSEHOLD)
    if asked.series is not None:
        needed.add(PersonField.CREDENTIALS)
    return frozenset(needed)


def _reach(actor: Actor, needed: frozenset[PersonField], today: date) -> Reach:
    relations = {
        ActorKind.HR: (Relation.HOME_UNIT, Relation.HOST_UNIT),
        ActorKind.ISSUER: (Relation.ISSUER,),
        ActorKind.AUTHORITY: (Relation.AUTHORITY_OF_ISSUER, Relation.AUTHORITY_OF_PLACEMENT),
    }.get(actor.kind, ())
    ties = {_TIES[relation] for relation in relations if needed <= OPENED_BY[relation]}
    if actor.kind in (ActorKind.HR, ActorKind.AGENCY):
        ties.add(TieKind.CONSENT)
    return Reach(
        today,
        actor.researcher_id if actor.kind is ActorKind.RESEARCHER else None,
        actor.organisation_id,
        actor.province if actor.kind is ActorKind.AUTHORITY else None,
        frozenset(ties),
        tuple(one.value for one in PersonField if one in needed),
    )


def _sought(asked: PersonFilter, actor: Actor) -> researcher_facts.Sought:
    if asked.division is not None:
        _at("division", province_of, asked.division)
    if asked.series is not None and asked.series not in catalogue().series:
        raise InvalidInput(
            Message(
                zh="未知的职称系列。请使用目录中的代码。",
                en="This title series is not known. Use a code of the catalogue.",
            ),
            reason="SERIES",
            path=("filter", "series"),
        )
    name = None if asked.name is None else _at("name", normalise_name, asked.name)
    chinese = name is not None and has_han(name)
    return researcher_facts.Sought(
        name_zh=name if chinese else None,
        pinyin=sort_key(name) if name is not None and not chinese else None,
        home_unit_id=asked.home_unit_id,
        division=asked.division,
        series=asked.series,
        series_issuer_id=actor.organisation_id if actor.kind is ActorKind.ISSUER else None,
    )


def _at(part: str, read: Callable[[str], str], value: str) -> str:
    """A value of the filter as `read` gives it; its refusal names the part of the filter."""
    try:
        return read(value)
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("filter", part)) from None
