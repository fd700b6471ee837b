"""Recognition decisions as JSON: of the one read, of a page, or of a person."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    case,
    cast,
    func,
    select,
)

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.shapes import BESIDE, CELL, ITEM, OPEN, Asked, NotPlanned, nodes_of
from talent_registry.storage.reads.slots import Part, plain
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
from talent_registry.storage.tables import recognition_decision

LIMIT = "_limit"
PLACE = "_place"


def decision_parts(
    asked: Sequence[Asked], row: FromClause, researcher: Callable[[Asked], Sequence[Part]] | None
) -> list[Part]:
    """One decision. Without `researcher` the person cannot be taken along."""
    parts: list[Part] = []
    for number, one in enumerate(asked):
        parts.append(f'{"," if number else "{"}"{one.key}":')
        if one.constant is not None:
            parts.append(one.constant)
        elif one.name == "researcher" and researcher is not None:
            parts += researcher(one)
        elif one.name in _VALUES:
            parts.append(_VALUES[one.name](one, row))
        else:
            raise NotPlanned
    return [*parts, "}" if asked else "{}"]


def decisions_of(one: Asked, person: ColumnElement[Any], kind: str) -> ColumnElement[str]:
    """A page of the decisions about a person that row security shows, and one more where more follow.

    For each whether it is of the caller's own province, its id, its text.
    """
    table = recognition_decision.alias()
    page = select(table).where(table.c.researcher_id == person)
    if one.value("after") is not None:
        place = named(f"{one.value('after')}{PLACE}", Uuid)
        page = page.where(place.is_(None) | (table.c.id > place))
    rows = page.order_by(table.c.id).limit(named(f"{one.value('first') or 'default'}{LIMIT}", Integer))
    row = rows.correlate_except(table).lateral()
    text = joined(plain(decision_parts(nodes_of(one.below), row, None)))
    own = func.to_json(is_own(kind, row.c.id, row.c.target_province))
    items = listed([joined([own, CELL, row.c.id, CELL, text])], row, [row.c.id], ITEM)
    return func.coalesce(items.correlate_except(row).scalar_subquery(), constant(""))


def _both(one: Asked, message: ColumnElement[Any]) -> ColumnElement[str]:
    return joined(record(one.below, lambda field: [string(message.op("->>")(constant(field.name)))]))


def _target(one: Asked, row: FromClause) -> ColumnElement[str]:
    values: dict[str, Piece] = {
        "division": string(row.c.target_division),
        "employerKind": or_null(string(row.c.employer_kind)),
        "postSeries": or_null(string(row.c.post_series)),
        "zone": or_null(string(row.c.target_zone)),
    }
    return joined(record(one.below, lambda field: [values[field.name]]))


def _findings(one: Asked, row: FromClause) -> ColumnElement[str]:
    found = func.jsonb_array_elements(row.c.findings).table_valued("value", with_ordinality="number").render_derived()
    item: ColumnElement[Any] = found.c.value

    def value(field: Asked) -> list[Piece]:
        if field.name == "message":
            return [_both(field, item.op("->")(constant("message")))]
        if field.name in ("rule", "result"):
            return [string(item.op("->>")(constant(field.name)))]
        # Facts are values of any kind, which the database writes with other blanks.
        raise NotPlanned

    return in_brackets(listed(record(one.below, value), found, [found.c.number]), found)


def _is_recognised(_: Asked, row: FromClause) -> ColumnElement[str]:
    """True as of right; else left open, with the credential whose cases tell, and the decision."""
    left_open = joined([OPEN, cast(row.c.credential_id, Text), BESIDE, cast(row.c.id, Text), OPEN])
    return case((row.c.outcome == Outcome.AUTO.value, constant("true")), else_=left_open)


_VALUES: dict[str, Callable[[Asked, FromClause], Piece]] = {
    "id": lambda _, row: node_id("RecognitionDecision", row.c.id),
    "target": _target,
    "decidedFor": lambda _, row: day(row.c.decided_for),
    "knownAt": lambda _, row: instant(row.c.known_at),
    "outcome": lambda _, row: string(row.c.outcome),
    "rule": lambda _, row: string(row.c.rule),
    "reasonCode": lambda _, row: string(row.c.reason_code),
    "message": lambda one, row: _both(one, row.c.message),
    "agreementVersion": lambda _, row: string(row.c.agreement_version),
    "agreementDigest": lambda _, row: string(row.c.agreement_digest),
    "findings": _findings,
    "isRecognised": _is_recognised,
}
