"""How the one who asks stands to a person, as columns beside the person's text: only what can count for that caller."""

from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Date, Select, Text, Uuid, and_, false, func, null, or_, select
from sqlalchemy import cast as sql_cast

from talent_registry.storage.reads.texts import named
from talent_registry.storage.relations import is_live, was_agreed
from talent_registry.storage.researcher_facts import holds
from talent_registry.storage.tables import (
    consent,
    credential,
    household_registration,
    organisation,
    personnel_relation,
    placement,
)

ORGANISATION: Final = "organisation"
PROVINCE: Final = "province"
HOME: Final = "home"
HOST: Final = "host"
ISSUER: Final = "issuer"
AUTHORITY: Final = "authority"
AUTHORITY_OF_ISSUER: Final = "authority_of_issuer"
AUTHORITY_OF_PLACEMENT: Final = "authority_of_placement"
CONSENTED: Final = "consented"
_COUNT = {
    "HR": (HOME, HOST, CONSENTED),
    "ISSUER": (ISSUER,),
    "AUTHORITY": (AUTHORITY, AUTHORITY_OF_ISSUER, AUTHORITY_OF_PLACEMENT),
    "AGENCY": (CONSENTED,),
}
_ALL = (HOME, HOST, ISSUER, AUTHORITY, AUTHORITY_OF_ISSUER, AUTHORITY_OF_PLACEMENT)


def tie_columns(kind: str, person: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The ties of the person to a caller of this kind on the day `today`, a named value of the request."""
    counting = _COUNT.get(kind, ())
    made = {
        HOME: _at_home,
        HOST: _placed,
        ISSUER: _issued_here,
        AUTHORITY: _of_province,
        AUTHORITY_OF_ISSUER: _issued_in_province,
        AUTHORITY_OF_PLACEMENT: _placed_in_province,
    }
    ties = [(made[name](person) if name in counting else false()).label(name) for name in _ALL]
    opened = _opened(person) if CONSENTED in counting else sql_cast(null(), Text)
    return [*ties, opened.label(CONSENTED)]


def _today() -> Any:  # noqa: ANN401 - stands for a day
    return named("today", Date)


def _unit() -> Any:  # noqa: ANN401 - stands for an id
    return named(ORGANISATION, Uuid)


def _province() -> Any:  # noqa: ANN401 - stands for a code
    return named(PROVINCE, Text)


def _any(rows: Select[Any]) -> ColumnElement[bool]:
    """Whether there is any; asked for one person at a time, never beforehand for all (hence the offset)."""
    return cast("ColumnElement[bool]", rows.offset(0).exists())


def _at_home(person: ColumnElement[Any]) -> ColumnElement[bool]:
    table = personnel_relation.alias()
    return _any(
        select(table.c.id)
        .where(table.c.researcher_id == person, table.c.home_unit_id == _unit(), holds(table, _today()))
        .correlate_except(table)
    )


def _placed(person: ColumnElement[Any]) -> ColumnElement[bool]:
    rows = select(placement.c.id).where(
        placement.c.researcher_id == person, placement.c.host_unit_id == _unit(), is_live()
    )
    return _any(rows.correlate_except(placement))


def _issued_here(person: ColumnElement[Any]) -> ColumnElement[bool]:
    table = credential.alias()
    rows = select(table.c.id).where(table.c.researcher_id == person, table.c.issuer_id == _unit())
    return _any(rows.correlate_except(table))


def _of_province(person: ColumnElement[Any]) -> ColumnElement[bool]:
    household, relation = household_registration.alias(), personnel_relation.alias()
    home = organisation.alias()
    lives = select(household.c.id).where(
        household.c.researcher_id == person,
        holds(household, _today()),
        func.left(household.c.division, 2).concat("0000") == _province(),
    )
    works = (
        select(relation.c.id)
        .join(home, home.c.id == relation.c.home_unit_id)
        .where(relation.c.researcher_id == person, holds(relation, _today()), home.c.province == _province())
    )
    return or_(_any(lives.correlate_except(household)), _any(works.correlate_except(relation, home)))


def _issued_in_province(person: ColumnElement[Any]) -> ColumnElement[bool]:
    table, issuer = credential.alias(), organisation.alias()
    rows = (
        select(table.c.id)
        .join(issuer, issuer.c.id == table.c.issuer_id)
        .where(table.c.researcher_id == person, issuer.c.province == _province())
    )
    return _any(rows.correlate_except(table, issuer))


def _placed_in_province(person: ColumnElement[Any]) -> ColumnElement[bool]:
    side = organisation.alias()
    here = or_(side.c.id == placement.c.home_unit_id, side.c.id == placement.c.host_unit_id)
    rows = (
        select(placement.c.id)
        .join(side, here)
        .where(placement.c.researcher_id == person, side.c.province == _province(), was_agreed())
    )
    return _any(rows.correlate_except(placement, side))


def _opened(person: ColumnElement[Any]) -> ColumnElement[Any]:
    table = consent.alias()
    fields = func.string_agg(func.array_to_string(table.c.fields, ","), ",")
    active = and_(
        table.c.recipient_id == _unit(),
        table.c.withdrawn_at.is_(None),
        table.c.valid_from <= _today(),
        table.c.valid_until >= _today(),
    )
    return select(fields).where(table.c.researcher_id == person, active).correlate_except(table).scalar_subquery()


def is_own(kind: str, issuer_id: ColumnElement[Any], province: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Whether what an organisation issued, or what concerns a `province`, is of a caller of this kind by that alone."""
    if kind == "ISSUER" and province is None:
        return cast("ColumnElement[bool]", issuer_id == _unit())
    if kind != "AUTHORITY":
        return false()
    if province is not None:
        return cast("ColumnElement[bool]", province == _province())
    table = organisation.alias()
    rows = select(table.c.id).where(table.c.id == issuer_id, table.c.province == _province())
    return _any(rows.correlate_except(table))
