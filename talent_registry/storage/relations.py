"""How organisations stand to people: home unit, placements, issuers, provinces, consents; one statement for many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.researcher_facts import holds
from talent_registry.storage.tables import (
    consent,
    credential,
    household_registration,
    organisation,
    personnel_relation,
    placement,
    placement_round,
    placement_signature,
)

_LIVE_STATES = ("AGREED", "ACTIVE", "SUSPENDED")


class TieKind(StrEnum):
    """What ties an organisation or a province to a person."""

    HOUSEHOLD = "HOUSEHOLD"
    HOME_UNIT = "HOME_UNIT"
    ISSUER = "ISSUER"
    HOST_UNIT = "HOST_UNIT"
    PLACEMENT = "PLACEMENT"
    CONSENT = "CONSENT"


@dataclass(frozen=True, slots=True)
class Tie:
    """One tie of a person: to an organisation, to a province, or to a recipient of consented `fields`."""

    researcher_id: UUID
    kind: TieKind
    organisation_id: UUID | None
    province: str | None
    fields: tuple[str, ...]


async def list_ties(
    connection: AsyncConnection, ids: Sequence[UUID], today: date, recipient_id: UUID | None
) -> list[Tie]:
    """The ties of these people on `today` that the caller may see, in one statement; consents to `recipient_id` only.

    A `PLACEMENT` tie is that of a placement that all three agreed to, even if it is over; a `HOST_UNIT` tie that of a
    live one: agreed, or proposed and the person proposed or signed it.
    """
    statement = union_all(
        _household(ids, today),
        _home_unit(ids, today),
        _issuers(ids),
        *_placements(ids),
        _consents(ids, today, recipient_id),
    )
    rows = await connection.execute(statement)
    return [Tie(row.person, TieKind(row.kind), row.unit, row.province, tuple(row.fields or ())) for row in rows]


def _tie(
    kind: TieKind,
    person: ColumnElement[Any],
    unit: ColumnElement[Any] | None = None,
    province: ColumnElement[Any] | None = None,
    fields: ColumnElement[Any] | None = None,
) -> Select[Any]:
    return select(
        person.label("person"),
        literal(kind.value).label("kind"),
        (cast(null(), Uuid) if unit is None else unit).label("unit"),
        (cast(null(), Text) if province is None else province).label("province"),
        (cast(null(), ARRAY(Text)) if fields is None else fields).label("fields"),
    )


def _household(ids: Sequence[UUID], today: date) -> Select[Any]:
    table = household_registration
    province = func.left(table.c.division, 2).concat("0000")
    return _tie(TieKind.HOUSEHOLD, table.c.researcher_id, None, province).where(
        table.c.researcher_id.in_(ids), holds(table, today)
    )


def _home_unit(ids: Sequence[UUID], today: date) -> Select[Any]:
    table = personnel_relation
    return (
        _tie(TieKind.HOME_UNIT, table.c.researcher_id, table.c.home_unit_id, organisation.c.province)
        .join_from(table, organisation, organisation.c.id == table.c.home_unit_id)
        .where(table.c.researcher_id.in_(ids), holds(table, today))
    )


def _issuers(ids: Sequence[UUID]) -> Select[Any]:
    return (
        _tie(TieKind.ISSUER, credential.c.researcher_id, credential.c.issuer_id, organisation.c.province)
        .join_from(credential, organisation, organisation.c.id == credential.c.issuer_id)
        .where(credential.c.researcher_id.in_(ids))
        .distinct()
    )


def _placements(ids: Sequence[UUID]) -> list[Select[Any]]:
    mine = placement.c.researcher_id.in_(ids)
    units = or_(organisation.c.id == placement.c.home_unit_id, organisation.c.id == placement.c.host_unit_id)
    provinces = (
        _tie(TieKind.PLACEMENT, placement.c.researcher_id, None, organisation.c.province)
        .join_from(placement, organisation, units)
        .where(mine, was_agreed())
        .distinct()
    )
    hosts = _tie(TieKind.HOST_UNIT, placement.c.researcher_id, placement.c.host_unit_id).where(mine, is_live())
    return [provinces, hosts.distinct()]


def is_live() -> ColumnElement[bool]:
    """Agreed and not over, or proposed where the person took part: a proposal alone gives its author no part."""
    rounds, signatures = placement_round, placement_signature
    proposed = select(rounds.c.placement_id).where(
        rounds.c.placement_id == placement.c.id, rounds.c.proposed_by == "RESEARCHER"
    )
    signed = select(signatures.c.placement_id).where(
        signatures.c.placement_id == placement.c.id, signatures.c.party == "RESEARCHER"
    )
    # The offset keeps each question to the one placement, as in `within`.
    took_part = or_(*(one.correlate_except(one.get_final_froms()[0]).offset(0).exists() for one in (proposed, signed)))
    return or_(placement.c.state.in_(_LIVE_STATES), and_(placement.c.state == "PROPOSED", took_part))


def was_agreed() -> ColumnElement[bool]:
    """A placement that all three agreed to, even if it is over."""
    over = and_(placement.c.state == "ENDED", placement.c.activated_on.isnot(None))
    return or_(placement.c.state.in_(_LIVE_STATES), over)


def _consents(ids: Sequence[UUID], today: date, recipient_id: UUID | None) -> Select[Any]:
    return _tie(
        TieKind.CONSENT, consent.c.researcher_id, consent.c.recipient_id, None, cast(consent.c.fields, ARRAY(Text))
    ).where(
        consent.c.researcher_id.in_(ids),
        consent.c.recipient_id == recipient_id,
        consent.c.withdrawn_at.is_(None),
        consent.c.valid_from <= today,
        consent.c.valid_until >= today,
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose people a list shows: those of an organisation by some of its ties, or of a province, or one person.

    `ties` are those that count: HOME_UNIT, HOST_UNIT, ISSUER, CONSENT of `organisation_id`; of `province` those by
    household and home unit always, ISSUER and PLACEMENT if named. A consent counts where it opens all of `fields`.
    """

    today: date
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    province: str | None = None
    ties: frozenset[TieKind] = frozenset()
    fields: tuple[str, ...] = ()


def within(reach: Reach, person: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the person is within reach.

    A unit has few people: they are found first. A province has most of those in the registry: each is asked about, in
    whatever order they are read, so that a page costs the same however many there are.
    """
    if reach.province is None:
        return person.in_(_people_within(reach))
    arms = _arms_of_province(reach.province, reach) + _arms_of_unit(reach)
    # The offset keeps each question to the one person; the planner would else answer it for everybody beforehand.
    return or_(*(arm.where(arm.selected_columns.person == person).offset(0).exists() for arm in arms))


def _people_within(reach: Reach) -> Select[Any]:
    arms = _arms_of_unit(reach)
    if reach.person_id is not None:
        arms.append(select(literal(reach.person_id, Uuid).label("person")))
    if not arms:
        arms.append(select(cast(null(), Uuid).label("person")).where(false()))
    return select(union(*arms).subquery("reach").c.person)


def _arms_of_unit(reach: Reach) -> list[Select[Any]]:
    unit, arms = reach.organisation_id, []
    if TieKind.HOME_UNIT in reach.ties:
        table = personnel_relation
        arms.append(_person(table).where(table.c.home_unit_id == unit, holds(table, reach.today)))
    if TieKind.HOST_UNIT in reach.ties:
        arms.append(_person(placement).where(placement.c.host_unit_id == unit, is_live()))
    if TieKind.ISSUER in reach.ties:
        arms.append(_person(credential).where(credential.c.issuer_id == unit))
    if TieKind.CONSENT in reach.ties:
        arms.append(
            _person(consent).where(
                consent.c.recipient_id == unit,
                consent.c.withdrawn_at.is_(None),
                consent.c.valid_from <= reach.today,
                consent.c.valid_until >= reach.today,
                consent.c.fields.contains(list(reach.fields)),
            )
        )
    return arms


def _arms_of_province(province: str, reach: Reach) -> list[Select[Any]]:
    household, relation = household_registration, personnel_relation
    here = select(organisation.c.id).where(organisation.c.province == province)
    arms = [
        _person(household).where(
            func.left(household.c.division, 2).concat("0000") == province, holds(household, reach.today)
        ),
        _person(relation).where(relation.c.home_unit_id.in_(here), holds(relation, reach.today)),
    ]
    if TieKind.ISSUER in reach.ties:
        arms.append(_person(credential).where(credential.c.issuer_id.in_(here)))
    if TieKind.PLACEMENT in reach.ties:
        sides = or_(placement.c.home_unit_id.in_(here), placement.c.host_unit_id.in_(here))
        arms.append(_person(placement).where(sides, was_agreed()))
    return arms


def _person(table: FromClause) -> Select[Any]:
    return select(table.c.researcher_id.label("person"))
