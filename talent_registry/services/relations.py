"""How an actor stands to people, and what of a person that relation opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.messages import Message
from talent_registry.domain.profiles import PROFILE_FIELDS, Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject
from talent_registry.services.relation_kinds import Relation
from talent_registry.storage.relations import Tie, TieKind, list_ties


async def subject_of_person(connection: AsyncConnection, researcher_id: UUID, today: date, actor: Actor) -> Subject:
    """The person as permission asks about them; see `subjects_of_people`."""
    return (await subjects_of_people(connection, [researcher_id], today, actor))[researcher_id]


async def subjects_of_people(
    connection: AsyncConnection, ids: Sequence[UUID], today: date, actor: Actor
) -> dict[UUID, Subject]:
    """These people as permission asks about them, in one statement.

    Home unit and household as they hold on `today`, and their provinces; host units of live placements; the
    provinces of issuers and of agreed placements, each apart; `consented` where a consent to the actor's
    organisation is active, with its fields. A person unknown to the actor gets a subject to which the actor has no
    relation.
    """
    ties = await list_ties(connection, ids, today, actor.organisation_id) if ids else []
    return {person: _subject(person, [tie for tie in ties if tie.researcher_id == person]) for person in ids}


def _subject(person: UUID, ties: list[Tie]) -> Subject:
    def units(kind: TieKind) -> frozenset[UUID]:
        return frozenset(tie.organisation_id for tie in ties if tie.kind is kind and tie.organisation_id is not None)

    def provinces(*kinds: TieKind) -> frozenset[str]:
        return frozenset(tie.province for tie in ties if tie.kind in kinds and tie.province is not None)

    consented = frozenset(field for tie in ties for field in tie.fields)
    return Subject(
        researcher_id=person,
        home_unit_id=next(iter(units(TieKind.HOME_UNIT)), None),
        host_unit_ids=units(TieKind.HOST_UNIT),
        issuer_ids=units(TieKind.ISSUER),
        provinces=provinces(TieKind.HOUSEHOLD, TieKind.HOME_UNIT),
        issuer_provinces=provinces(TieKind.ISSUER),
        placement_provinces=provinces(TieKind.PLACEMENT),
        consented=bool(consented),
        consented_fields=consented,
    )


@dataclass(frozen=True, slots=True)
class Withheld:
    """A field the actor asked for and may not see: which, why (a stable code), and how to obtain it."""

    field: PersonField
    reason: str
    message: Message


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What of a person is shown to an actor, what is withheld, and on which relations (joined by "+") it rests."""

    basis: str
    shown: frozenset[PersonField]
    withheld: tuple[Withheld, ...]


_OF_A_HOST = frozenset(
    {
        PersonField.NAME,
        PersonField.PERSONNEL_RELATION,
        PersonField.CREDENTIALS,
        PersonField.DECISIONS,
        PersonField.PLACEMENTS,
    }
)
_OF_AN_ISSUER = frozenset({PersonField.NAME, PersonField.DOCUMENTS, PersonField.CREDENTIALS})
# The recorded facts that each relation opens. What a consent opens, and what is shown of a profile, varies by person.
OPENED_BY: dict[Relation, frozenset[PersonField]] = {
    Relation.SELF: frozenset(PersonField) - set(PROFILE_FIELDS),
    Relation.HOME_UNIT: frozenset(PersonField) - set(PROFILE_FIELDS),
    Relation.AUTHORITY: frozenset(PersonField) - set(PROFILE_FIELDS),
    Relation.HOST_UNIT: _OF_A_HOST,
    Relation.AUTHORITY_OF_PLACEMENT: _OF_A_HOST,
    Relation.ISSUER: _OF_AN_ISSUER,
    Relation.AUTHORITY_OF_ISSUER: _OF_AN_ISSUER,
}
# Strongest first: the order in which a look names what it rests on.
_ORDER = (
    Relation.SELF,
    Relation.HOME_UNIT,
    Relation.AUTHORITY,
    Relation.HOST_UNIT,
    Relation.AUTHORITY_OF_PLACEMENT,
    Relation.ISSUER,
    Relation.AUTHORITY_OF_ISSUER,
    Relation.CONSENTED,
    Relation.ANYONE,
)
_RECOGNISED_PARTIES = frozenset(
    {Relation.HOME_UNIT, Relation.AUTHORITY, Relation.HOST_UNIT, Relation.AUTHORITY_OF_PLACEMENT}
)


def disclose(
    actor: Actor, subject: Subject, asked: frozenset[PersonField], visibilities: dict[PersonField, Visibility]
) -> Disclosure | None:
    """What of the asked fields the actor sees of a person; None where the person is not the actor's to know of.

    `visibilities` are those of the profile items the person has. Whoever signed in sees public items, and no more.
    """
    relations = [relation for relation in _ORDER if relation in actor.relations(subject)]

    def opened(relation: Relation) -> frozenset[PersonField]:
        return frozenset(f for f in asked if _opens(relation, f, visibilities.get(f), subject.consented_fields))

    shown: frozenset[PersonField] = frozenset()
    basis: list[str] = []
    for relation in relations:
        if opened(relation) - shown:
            basis.append(relation.value)
            shown |= opened(relation)
    if not actor.may(Permission.READ_PERSON, subject) and (not shown or actor.kind is ActorKind.ANONYMOUS):
        return None
    withheld = tuple(_withheld(actor, f, visibilities.get(f)) for f in PersonField if f in asked - shown)
    return Disclosure("+".join(basis) or relations[0].value, shown, withheld)


def _opens(relation: Relation, field: PersonField, visibility: Visibility | None, consented: frozenset[str]) -> bool:
    if relation is Relation.CONSENTED:
        return field.value in consented
    if field not in PROFILE_FIELDS:
        return field in OPENED_BY.get(relation, frozenset())
    if relation is Relation.SELF or visibility is Visibility.PUBLIC:
        return True
    return relation in _RECOGNISED_PARTIES and visibility is not Visibility.PRIVATE


def _withheld(actor: Actor, field: PersonField, visibility: Visibility | None) -> Withheld:
    if field in PROFILE_FIELDS and visibility is Visibility.PRIVATE:
        return Withheld(
            field,
            "PRIVATE",
            Message(
                zh="本人未公开此项。可请本人在同意书中列明此项。",
                en="The person keeps this item private. Ask the person for a consent that names it.",
            ),
        )
    if actor.kind in (ActorKind.HR, ActorKind.AGENCY):
        return Withheld(
            field,
            "CONSENT_REQUIRED",
            Message(
                zh="查看此项须经本人同意。可请本人向贵单位授予列明此项的同意。",
                en="This needs the person's consent. Ask the person to grant your organisation one that names it.",
            ),
        )
    return not_yours(field)


def not_yours(field: PersonField) -> Withheld:
    """A field that no consent opens to this kind of actor."""
    return Withheld(
        field,
        "NOT_YOURS",
        Message(
            zh="此项不在您的账户可查看的范围内。可请本人出示，或由有权的单位查询。",
            en="This is not among what your account may see. Ask the person, or the office that may look it up.",
        ),
    )
