"""The page /placements/calendar: each person's shares month by month, with the sum of each stretch of days."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.errors import NotFound, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.placements import Placement, PlacementFilter
from talent_registry.domain.workload import Load, Share, ShareState, loads
from talent_registry.services import placement_histories
from talent_registry.web.pages.placements import names_of_people
from talent_registry.web.pages.visits import Visit

_MONTHS: Final = 12
_MOST_PEOPLE: Final = 20
_MOST: Final = 100
_PURPOSE: Final = "with: placement"
_COUNTED: Final = {PlacementState.AGREED: ShareState.AGREED, PlacementState.ACTIVE: ShareState.ACTIVE}
_WAITING: Final = frozenset({PlacementState.PROPOSED})


@dataclass(frozen=True, slots=True)
class Row:
    """A placement with its percents in each month, None where it takes none; `address` None: not the visitor's."""

    name: Message
    address: str | None
    percents: tuple[int | None, ...]
    is_counted: bool


@dataclass(frozen=True, slots=True)
class PersonsYear:
    """The months of one person: rows, the greatest sum of each month, and the stretches of days with their sums.

    `whole`: whether what other units have is in it, too.
    """

    name: str
    rows: tuple[Row, ...]
    sums: tuple[int, ...]
    stretches: tuple[Load, ...]
    whole: bool


async def show_calendar(visit: Visit) -> Response:
    """GET /placements/calendar."""
    page = await placement_histories.list_placements(visit.registry, visit.actor, PageRequest(_MOST), PlacementFilter())
    of: dict[UUID, list[Placement]] = {}
    for one in page.items:
        if one.state in _COUNTED or one.state in _WAITING:
            of.setdefault(one.researcher_id, []).append(one)
    people = list(of)[:_MOST_PEOPLE]
    months = _months(visit.registry.today())
    names = await names_of_people(visit, [of[person][0] for person in people])
    years = [await _year(visit, name, person, of[person], months) for name, person in zip(names, people, strict=True)]
    return visit.page(
        "placement_calendar.html",
        years=years,
        months=[one.start for one in months],
        has_more=len(of) > _MOST_PEOPLE or page.has_next,
        as_of=visit.registry.clock(),
    )


async def _year(
    visit: Visit, name: str, person: UUID, records: Sequence[Placement], months: Sequence[Period]
) -> PersonsYear:
    whole = Period(months[0].start, months[-1].until)
    known = await _known(visit, person, whole)
    stretches = known if known is not None else loads(_shares(records, _COUNTED), whole)
    rows = [_row(one, stretches, months) for one in records]
    seen = {one.id for one in records}
    # What lies elsewhere is counted; where it is, is not shown.
    others = {part.placement_id for load in stretches for part in load.parts} - seen
    if others:
        name_of_others = Message(zh="其他柔性流动（不列单位）", en="Other placements (units not shown)")
        rows.append(Row(name_of_others, None, _percents(stretches, months, others), is_counted=True))
    sums = tuple(max((one.total for one in stretches if _meet(one, month)), default=0) for month in months)
    return PersonsYear(name, tuple(rows), sums, tuple(stretches), known is not None)


async def _known(visit: Visit, person: UUID, whole: Period) -> tuple[Load, ...] | None:
    """The sums over all units, for whoever shares the person's time; None for others."""
    until = whole.until or whole.start
    try:
        return await placement_histories.workload(visit.registry, visit.actor, person, whole.start, until, _PURPOSE)
    except (NotFound, NotPermitted):
        return None


def _row(record: Placement, stretches: Iterable[Load], months: Sequence[Period]) -> Row:
    counted = record.state not in _WAITING
    own = stretches if counted else loads(_shares([record], dict.fromkeys(_WAITING, ShareState.AGREED)))
    name, address = Message(zh=record.post, en=record.post), f"/placements/{record.id}"
    return Row(name, address, _percents(own, months, {record.id}), is_counted=counted)


def _percents(stretches: Iterable[Load], months: Sequence[Period], ids: set[UUID]) -> tuple[int | None, ...]:
    """The most that these placements together take on a day of each month; None where they take nothing."""
    each = [(one, sum(part.percent for part in one.parts if part.placement_id in ids)) for one in stretches]
    return tuple(max((percent for one, percent in each if _meet(one, month)), default=0) or None for month in months)


def _shares(records: Iterable[Placement], states: dict[PlacementState, ShareState]) -> list[Share]:
    return [
        Share(one.id, one.workload_percent, one.term.start, one.last_day or date.max, states[one.state])
        for one in records
        if one.state in states
    ]


def _meet(one: Load, month: Period) -> bool:
    return one.since <= (month.until or one.since) and month.start <= one.until


def _months(today: date) -> list[Period]:
    """This month and those after it."""
    firsts = [
        date(today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1, 1) for n in range(_MONTHS + 1)
    ]
    return [Period(first, after - timedelta(days=1)) for first, after in pairwise(firsts)]
