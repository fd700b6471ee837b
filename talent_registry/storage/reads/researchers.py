"""Researchers as JSON: of the one read, of a page, or taken along with a record about them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, and_, func, select

from talent_registry.domain.frames import Frame
from talent_registry.domain.profiles import PROFILE_FIELDS
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import CELL, DISCLOSES, ITEM, Asked, NotPlanned, disclosed_by, nodes_of
from talent_registry.storage.reads.credentials import TODAY, Source, credential_parts
from talent_registry.storage.reads.decisions import decisions_of
from talent_registry.storage.reads.entries import entries_about
from talent_registry.storage.reads.organisations import unit
from talent_registry.storage.reads.profiles import kept_items
from talent_registry.storage.reads.slots import (
    Basis,
    Entries,
    Fact,
    Held,
    Item,
    Kept,
    Part,
    Person,
    Records,
    Refusals,
    plain,
    text_of,
)
from talent_registry.storage.reads.texts import (
    Piece,
    constant,
    day,
    in_brackets,
    instant,
    joined,
    listed,
    named,
    node_id,
    or_null,
    record,
    string,
)
from talent_registry.storage.reads.ties import is_own
from talent_registry.storage.researcher_facts import holds
from talent_registry.storage.tables import (
    household_registration,
    identity_document,
    personnel_relation,
    researcher,
    researcher_name,
)


@dataclass(frozen=True, slots=True)
class OnePerson:
    """A person as the columns to write text from; `kind` is that of the caller."""

    id: ColumnElement[Any]
    public_number: ColumnElement[Any]
    registered_at: ColumnElement[Any]
    kind: str


def person_parts(asked: Sequence[Asked], person: OnePerson) -> list[Part]:
    """One researcher. What may be withheld stands in slots; what of a profile is needed to decide, in front."""
    items = [field for field in PROFILE_FIELDS if field in disclosed_by(asked)]
    parts: list[Part] = [Held(Kept(), kept_items(person.id, items))] if items else []
    for number, one in enumerate(asked):
        parts.append(f'{"," if number else "{"}"{one.key}":')
        parts.append(one.constant if one.constant is not None else _value(one, person))
    return [*parts, "}" if asked else "{}"]


def person_along(one: Asked, person_id: ColumnElement[Any], kind: str) -> list[Part]:
    """The person whom a record is about, shown as a whole or not."""
    table = researcher.alias()
    text, slots = text_of(
        person_parts(one.below, OnePerson(table.c.id, table.c.public_number, table.c.registered_at, kind))
    )
    found = select(text).where(table.c.id == person_id).correlate_except(table).scalar_subquery()
    return [Held(Person(disclosed_by(one.below), slots), found)]


def _value(one: Asked, person: OnePerson) -> Part:
    if one.name in _PLAIN:
        return _PLAIN[one.name](person)
    if one.name in _SLOTS:
        return _SLOTS[one.name](one, person)
    if DISCLOSES.get(one.name) in PROFILE_FIELDS:
        return Held(Item(DISCLOSES[one.name], one.below), None)
    if one.name not in _FACTS:
        raise NotPlanned
    field, write = _FACTS[one.name]
    return Held(Fact(field), write(one, person.id))


def _credentials_held(one: Asked, person: OnePerson) -> Held:
    return Held(Records(PersonField.CREDENTIALS, one, Frame.of(one.below), of_all=True), _credentials(one, person))


def _decisions_held(one: Asked, person: OnePerson) -> Held:
    slot = Records(PersonField.DECISIONS, one, Frame.of(one.below), of_all=False)
    return Held(slot, decisions_of(one, person.id, person.kind))


def _entries_held(one: Asked, person: OnePerson) -> Held:
    slot = Entries(one, Frame.of(one.below), of_record=False)
    return Held(slot, entries_about(one, "researcher", person.id))


_SLOTS: dict[str, Callable[[Asked, OnePerson], Held]] = {
    "basis": lambda _, __: Held(Basis(), None),
    "withheld": lambda one, _: Held(Refusals(one.below), None),
    "credentials": _credentials_held,
    "decisions": _decisions_held,
    "ledgerEntries": _entries_held,
}
_PLAIN: dict[str, Callable[[OnePerson], Piece]] = {
    "id": lambda person: node_id("Researcher", person.id),
    "publicNumber": lambda person: string(person.public_number),
    "registeredAt": lambda person: instant(person.registered_at),
}


def _today() -> Any:  # noqa: ANN401 - stands for a day
    return named(TODAY, Date)


def _provenance(one: Asked, fact: FromClause) -> Piece:
    def value(field: Asked) -> list[Piece]:
        if field.name == "source":
            return [unit(field.below, fact.c.source_id)]
        values = {
            "validFrom": day(fact.c.valid_from),
            "validUntil": or_null(day(fact.c.valid_until)),
            "recordedAt": instant(fact.c.recorded_at),
            "supersededAt": or_null(instant(fact.c.superseded_at)),
        }
        return [values[field.name]]

    return joined(record(one.below, value))


def _fact(one: Asked, fact: FromClause, values: dict[str, Piece]) -> list[Piece]:
    return record(
        one.below, lambda field: [_provenance(field, fact) if field.name == "provenance" else values[field.name]]
    )


def _present(pieces: Sequence[Piece], fact: FromClause, person: ColumnElement[Any]) -> ColumnElement[str]:
    """The fact of today."""
    found = (
        select(joined(pieces))
        .where(fact.c.researcher_id == person, holds(fact, _today()))
        .order_by(fact.c.valid_from, fact.c.id)
        .limit(1)
    )
    return or_null(found.correlate_except(fact).scalar_subquery())


def _name_values(name: FromClause) -> dict[str, Piece]:
    return {
        "nameZh": string(name.c.name_zh),
        "nameEn": or_null(string(name.c.name_en)),
        "pinyin": string(name.c.pinyin),
    }


def _name(one: Asked, person: ColumnElement[Any]) -> ColumnElement[str]:
    name = researcher_name.alias()
    return _present(_fact(one, name, _name_values(name)), name, person)


def _former_names(one: Asked, person: ColumnElement[Any]) -> ColumnElement[str]:
    name, borne = researcher_name.alias(), researcher_name.alias()
    present = (
        select(borne.c.id)
        .where(borne.c.researcher_id == person, holds(borne, _today()))
        .order_by(borne.c.valid_from, borne.c.id)
        .limit(1)
        .correlate_except(borne)
        .scalar_subquery()
    )
    rows = listed(_fact(one, name, _name_values(name)), name, [name.c.valid_from, name.c.id]).where(
        and_(name.c.researcher_id == person, name.c.superseded_at.is_(None), name.c.id.is_distinct_from(present))
    )
    return in_brackets(rows, name)


def _documents(one: Asked, person: ColumnElement[Any]) -> ColumnElement[str]:
    document = identity_document.alias()
    values: dict[str, Piece] = {
        "id": node_id("IdentityDocument", document.c.id),
        "kind": string(document.c.kind),
        "numberMasked": string(document.c.number_masked),
    }
    rows = listed(_fact(one, document, values), document, [document.c.valid_from, document.c.id]).where(
        document.c.researcher_id == person, holds(document, _today())
    )
    return in_brackets(rows, document)


def _household(one: Asked, person: ColumnElement[Any]) -> ColumnElement[str]:
    household = household_registration.alias()
    values: dict[str, Piece] = {
        "division": string(household.c.division),
        "province": string(func.left(household.c.division, 2).concat("0000")),
    }
    return _present(_fact(one, household, values), household, person)


def _relation(one: Asked, person: ColumnElement[Any]) -> ColumnElement[str]:
    relation = personnel_relation.alias()

    def value(field: Asked) -> list[Piece]:
        values: dict[str, Callable[[], Piece]] = {
            "insuranceDivision": lambda: or_null(string(relation.c.insurance_division)),
            "provenance": lambda: _provenance(field, relation),
            "homeUnit": lambda: unit(field.below, relation.c.home_unit_id),
            "fileUnit": lambda: unit(field.below, relation.c.file_unit_id),
        }
        return [values[field.name]()]

    return _present(record(one.below, value), relation, person)


_FACTS: dict[str, tuple[PersonField, Callable[[Asked, ColumnElement[Any]], ColumnElement[str]]]] = {
    "name": (PersonField.NAME, _name),
    "formerNames": (PersonField.NAME, _former_names),
    "documents": (PersonField.DOCUMENTS, _documents),
    "household": (PersonField.HOUSEHOLD, _household),
    "personnelRelation": (PersonField.PERSONNEL_RELATION, _relation),
}


def _credentials(one: Asked, person: OnePerson) -> ColumnElement[str]:
    """All credentials of a person that row security shows: whether each is the caller's own, its id, its text."""
    row = Source()
    text = joined(plain(credential_parts(nodes_of(one.below), row, None)))
    own = func.to_json(is_own(person.kind, row["issuer_id"]))
    item = joined([own, CELL, row["id"], CELL, text])
    rows = listed([item], row.rows, [row["id"]], ITEM).where(row["researcher_id"] == person.id, row.holds)
    return func.coalesce(rows.correlate_except(*row.own()).scalar_subquery(), constant(""))
