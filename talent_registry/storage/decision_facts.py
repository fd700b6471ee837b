"""The facts of a decision as columns of SQL: one name for each, whatever row they are read from."""

from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Column,
    ColumnElement,
    Date,
    False_,
    Integer,
    MetaData,
    Table,
    Text,
    True_,
    Uuid,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.selectable import NamedFromClause

Fact = ColumnElement[Any]
# The offset of a subquery that is to stay one, so that what it computes is not written out again for each place that
# names it. Only this text is a constant from the start: of any other the planner believes that it counts rows, and it
# lets no worker help.
BARRIER = literal_column("'0'", Integer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What `domain.questions.Question` holds, each fact as an expression; SQL's NULL is what is not stated.

    `filed`: whether a committee's filing is known; the `filed_…` are its own. `target_chain` holds the target's
    division, its prefecture and its province: an area or a listing covers the target where they overlap.
    """

    kind: Fact
    status: Fact
    series: Fact
    level: Fact
    issuer_kind: Fact
    issuer_division: Fact
    overseas: Fact
    issuing_province: Fact
    approval_date: Fact
    route: Fact
    found_in_query: Fact
    revoked_on: Fact
    issued_on: Fact
    valid_to: Fact
    filed: Fact
    filed_from: Fact
    filed_to: Fact
    filed_level: Fact
    filed_series: Fact
    delegated: Fact
    delegation_letter: Fact
    targeted_area: Fact
    military_status: Fact
    qualification: Fact
    grade: Fact
    registered_to: Fact
    unit_division: Fact
    permit_class: Fact
    card: Fact
    target_province: Fact
    target_chain: Fact
    zone: Fact
    post_series: Fact
    name_matches: Fact
    document_matches: Fact
    retired: Fact
    civil_servant: Fact
    request: Fact
    integrity_since: Fact
    integrity_until: Fact
    exam_certificates: Fact


# What the registry records of no holder, as `HolderFacts` has it by default; and a post tied to nothing.
UNRECORDED: dict[str, Fact] = {
    "name_matches": true(),
    "document_matches": true(),
    "retired": false(),
    "civil_servant": false(),
    "request": cast(null(), Text),
    "integrity_since": cast(null(), Date),
    "integrity_until": cast(null(), Date),
    "zone": cast(null(), Text),
}
NO_POST: dict[str, Fact] = {"post_series": cast(null(), Text), "exam_certificates": cast(array([]), ARRAY(Text))}
_DAYS = {
    "approval_date",
    "revoked_on",
    "issued_on",
    "valid_to",
    "filed_from",
    "filed_to",
    "registered_to",
    "integrity_since",
    "integrity_until",
}
_FLAGS = {
    "overseas",
    "found_in_query",
    "filed",
    "delegated",
    "name_matches",
    "document_matches",
    "retired",
    "civil_servant",
}
_LISTS = {"filed_series", "targeted_area", "target_chain", "exam_certificates"}
FACT_NAMES = tuple(item.name for item in fields(Facts))


_FEW = 5


def flat_table(name: str) -> Table:
    """A temporary table with one column for each fact and an `id`, for rows of facts that are prepared elsewhere."""
    columns = (Column(fact, _type_of(fact)) for fact in FACT_NAMES)
    return Table(name, MetaData(), Column("id", Uuid), *columns, prefixes=["TEMPORARY"])


def facts_in(row: NamedFromClause, **given: Fact) -> Facts:
    """The facts of a row that has a column for each, apart from those given."""
    return Facts(**{name: given[name] if name in given else row.c[name] for name in FACT_NAMES})


def with_facts(facts: Facts, **given: Fact) -> Facts:
    """The same facts with some given anew."""
    return replace(facts, **given)


def province_in(division: Fact) -> Fact:
    """As `domain.divisions.province_of`."""
    return func.left(division, 2).op("||")("0000")


def chain_of(division: Fact) -> Fact:
    """The division, its prefecture and its province: what `domain.divisions.covers` compares."""
    return cast(array([division, func.left(division, 4).op("||")("00"), province_in(division)]), ARRAY(Text))


def listed_in(fact: Fact, codes: frozenset[str]) -> Fact:
    """Whether the fact is one of the codes; NULL or false where it is not, or not stated."""
    written = writable(codes)
    if not written:
        return false()
    if len(written) > _FEW:
        return fact.in_(written)
    # A list is taken apart for each row; few codes are compared sooner one by one.
    return or_(*(fact == code for code in written))


def overlaps(chain: Fact, codes: frozenset[str]) -> Fact:
    """Whether a list holds one of the codes; said at once where the list is known beforehand."""
    written = writable(codes)
    if isinstance(chain, BindParameter):
        return true() if chain.value and not codes.isdisjoint(chain.value) else false()
    return chain.bool_op("&&")(literal(written, ARRAY(Text)))


def writable(codes: frozenset[str]) -> list[str]:
    """The codes that a text of PostgreSQL can equal: none with a NUL."""
    return sorted(code for code in codes if "\0" not in code)


def is_true(test: Fact) -> Fact:
    """The test in two values: what is NULL is not satisfied."""
    if isinstance(test, True_ | False_):
        return test
    return func.coalesce(test, false())


def on_or_after(last: Fact, on: Any) -> Fact:  # noqa: ANN401 - a day, or an expression of one
    """As `conditions.still_valid`: without a last day there is no end."""
    return or_(last.is_(None), last >= literal(on, Date))


def within(since: Fact, until: Fact, on: Any) -> Fact:  # noqa: ANN401 - as above
    """Whether a day lies in days that are known to begin."""
    return and_(since <= literal(on, Date), on_or_after(until, on))


def _type_of(fact: str) -> Any:  # noqa: ANN401 - whatever stands for a column's type
    if fact in _DAYS:
        return Date
    if fact in _FLAGS:
        return Boolean
    return ARRAY(Text) if fact in _LISTS else Text
