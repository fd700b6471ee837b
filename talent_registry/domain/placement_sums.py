"""Sums over one person's placements: leave, days worked in a year, headcounts; whole days and percents alone.

Every sum keeps its terms, so that whoever reads the answer can add it up again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.calendars import is_provisional_year, is_working_day
from talent_registry.domain.periods import Period, last_day_of_years, within_years
from talent_registry.domain.placement_rules import (
    Evaluation,
    PlacementQuestion,
    PlacementRequest,
    evaluate,
)
from talent_registry.domain.placement_states import PlacementEventKind
from talent_registry.domain.placements import Placement, PlacementEvent

LEAVE = "LEAVE_TO_START_UP"
HUNDRED = 100
_ONE_DAY = timedelta(days=1)
_STOPS = frozenset({PlacementEventKind.SUSPENDED, PlacementEventKind.SUSPENDED_WITH_CREDENTIAL})


class SpanKind(StrEnum):
    """Whether the days of a span count as worked."""

    WORKED = "WORKED"
    SUSPENDED = "SUSPENDED"


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one placement, both ends inclusive, that count or do not; `percent` of a full post on each of them."""

    placement: Placement
    since: date
    until: date
    kind: SpanKind
    percent: int

    @property
    def days(self) -> int:
        """The days of the span."""
        return (self.until - self.since).days + 1

    def within(self, period: Period) -> "Span | None":
        """The days of the span that lie in a period."""
        shared = Period(self.since, self.until).intersection(period)
        return None if shared is None else replace(self, since=shared.start, until=shared.until or self.until)


@dataclass(frozen=True, slots=True)
class LeaveSum:
    """The leave that a person had up to a day: `days` worked, which are `years` whole years and `days_over` days.

    `most_years`: how many all periods together may have by the agreement; None: it sets no limit.
    """

    terms: tuple[Span, ...]
    days: int
    years: int
    days_over: int
    most_years: int | None
    is_within: bool

    def sum_shown(self) -> str:
        """The sum as it is written: `366 + 365 = 731 days`; spans that do not count are left out."""
        counted = [str(term.days) for term in self.terms if term.kind is SpanKind.WORKED]
        return " + ".join(counted or ["0"]) + f" = {self.days}"


@dataclass(frozen=True, slots=True)
class DaysTerm:
    """What a span adds to the days of a year: its working days by the share, in hundredths of a day."""

    span: Span
    working_days: int

    @property
    def hundredths(self) -> int:
        """Working days times whole percents."""
        return self.working_days * self.span.percent


@dataclass(frozen=True, slots=True)
class DaysSum:
    """The days worked in one year in placements of one kind, and what the rules say of a benefit claimed on them.

    `minimum`: the days that the scheme asks for; None: there is none for the kind. `provisional`: holidays of the year
    are not announced.
    """

    kind: str
    year: int
    terms: tuple[DaysTerm, ...]
    minimum: int | None
    scheme: str | None
    evaluation: Evaluation
    provisional: bool

    @property
    def hundredths(self) -> int:
        """All terms together, in hundredths of a day."""
        return sum(term.hundredths for term in self.terms)

    def sum_shown(self) -> str:
        """The sum as it is written: `100 × 40 % + 10 × 100 % = 50.00`."""
        shown = [f"{term.working_days} × {term.span.percent} %" for term in self.terms]
        whole, rest = divmod(self.hundredths, HUNDRED)
        return " + ".join(shown or ["0"]) + f" = {whole}.{rest:02}"


@dataclass(frozen=True, slots=True)
class Post:
    """A post that a person holds on a day, and whether the unit counts the person in its headcount.

    `placement_id` None: the post of the personnel relation.
    """

    unit_id: UUID
    placement_id: UUID | None
    counted: bool


@dataclass(frozen=True, slots=True)
class Headcount:
    """In which headcounts a person is counted on a day: in that of the personnel relation, and in no other."""

    posts: tuple[Post, ...]

    @property
    def counted(self) -> int:
        """How many units count the person."""
        return len({post.unit_id for post in self.posts if post.counted})

    @property
    def is_counted_twice(self) -> bool:
        """Whether two units count the person: one body in two headcounts."""
        return self.counted > 1


def spans_of(
    placement: Placement, events: Sequence[PlacementEvent], until: date, shares: Sequence[int] = ()
) -> tuple[Span, ...]:
    """The days of a placement from its beginning to a day, in order: worked, or suspended and so not counted.

    `shares` are the percents of the agreed terms in order: an extension may have changed them on its day.
    """
    begun = placement.activated_on
    if begun is None:
        return ()
    ends = [day for day in (placement.ended_on, placement.term.until, until) if day is not None]
    since, last = max(begun, placement.term.start), min(ends)
    spans, kind, percent = list[Span](), SpanKind.WORKED, shares[0] if shares else placement.workload_percent
    for day, next_kind, next_percent in _turns(events, kind, percent, shares):
        if (next_kind, next_percent) == (kind, percent):
            continue
        before = min(day - _ONE_DAY, last)
        if since <= before:
            spans.append(Span(placement, since, before, kind, percent))
        since, kind, percent = max(since, day), next_kind, next_percent
    if since <= last:
        spans.append(Span(placement, since, last, kind, percent))
    return tuple(spans)


def _turns(
    events: Iterable[PlacementEvent], kind: SpanKind, percent: int, shares: Sequence[int]
) -> Iterator[tuple[date, SpanKind, int]]:
    """The days on which something changed, with what holds from them on."""
    later = iter(shares[1:])
    for event in events:
        if event.event in _STOPS:
            kind = SpanKind.SUSPENDED
        elif event.event is PlacementEventKind.RESUMED:
            kind = SpanKind.WORKED
        elif event.event is PlacementEventKind.EXTENDED:
            percent = next(later, percent)
        else:
            continue
        yield event.on_day, kind, percent


def sum_leave(version: AgreementVersion, spans: Iterable[Span]) -> LeaveSum:
    """The leave of a person by the spans of all placements; days on which two leaves ran count once."""
    terms = _once([span for span in spans if span.placement.kind == LEAVE])
    counted = [term for term in terms if term.kind is SpanKind.WORKED]
    days = sum(term.days for term in counted)
    most = _most_years(version)
    if not counted:
        return LeaveSum(terms, 0, 0, 0, most, is_within=True)
    # As if all of it ran without a gap from the first day on.
    first = counted[0].since
    last = first + timedelta(days=days - 1)
    years = 0
    while last_day_of_years(first, years + 1) <= last < date.max:
        years += 1
    over = days if years == 0 else (last - last_day_of_years(first, years)).days
    return LeaveSum(terms, days, years, over, most, most is None or within_years(Period(first, last), most))


def _once(spans: list[Span]) -> tuple[Span, ...]:
    """The spans in order of days, each day of work in one of them alone."""
    found, after = list[Span](), date.min
    for span in sorted(spans, key=lambda one: (one.since, one.until, str(one.placement.id))):
        if span.kind is SpanKind.SUSPENDED:
            found.append(span)
            continue
        since = max(span.since, after)
        if since <= span.until:
            found.append(replace(span, since=since))
            after = span.until + _ONE_DAY
    return tuple(found)


def _most_years(version: AgreementVersion) -> int | None:
    """One period and each extension of it, all of the longest."""
    rules = {rule.id: rule.numbers for rule in version.placement_rules if LEAVE in rule.applies_to}
    if "PL4a" not in rules or "PL4b" not in rules:
        return None
    return rules["PL4a"]["longest_years"] * (1 + rules["PL4b"]["extensions"])


def sum_days(
    version: AgreementVersion, spans: Iterable[Span], year: int, provinces: Mapping[UUID, str], on: date
) -> tuple[DaysSum, ...]:
    """The days worked in a year, up to `on`, by kind of placement in order of its code; `provinces` by unit."""
    whole = Period(date(year, 1, 1), min(date(year, 12, 31), max(on, date(year, 1, 1))))
    by_kind: dict[str, list[DaysTerm]] = {}
    for span in spans:
        part = span.within(whole) if span.kind is SpanKind.WORKED else None
        if part is not None:
            by_kind.setdefault(part.placement.kind, []).append(DaysTerm(part, count_working_days(part)))
    return tuple(_days_of(version, kind, terms, year, provinces, on) for kind, terms in sorted(by_kind.items()))


def count_working_days(span: Span) -> int:
    """The working days of a span, by the notices of holidays."""
    return sum(is_working_day(span.since + timedelta(days=number)) for number in range(span.days))


def _days_of(
    version: AgreementVersion,
    kind: str,
    terms: list[DaysTerm],
    year: int,
    provinces: Mapping[UUID, str],
    on: date,
) -> DaysSum:
    scheme, one = version.find_minimum_days(kind), terms[0].span.placement
    minimum = None if scheme is None else scheme.days
    known = version.find_placement_kind(kind)
    question = PlacementQuestion(
        kind=kind,
        request=PlacementRequest.CLAIM_BENEFIT,
        on=on,
        term=one.term,
        flexible=known is not None and known.flexible,
        home_province=provinces[one.home_unit_id],
        host_province=provinces[one.host_unit_id],
        host_kind="",
        # A day that is not full is not worked: 62.99 days are fewer than 63.
        days_worked_in_year=sum(term.hundredths for term in terms) // HUNDRED,
        minimum_days_in_year=minimum,
    )
    return DaysSum(
        kind=kind,
        year=year,
        terms=tuple(terms),
        minimum=minimum,
        scheme=None if scheme is None else scheme.id,
        evaluation=evaluate(version, question),
        provisional=is_provisional_year(year),
    )


def count_heads(home_unit_id: UUID | None, spans: Iterable[Span], on: date) -> Headcount:
    """The posts of a person on a day: that at home counts, those of placements do not, wherever they are.

    A placement moves no personnel relation, so it adds nobody to the host's headcount.
    """
    at_home = [] if home_unit_id is None else [Post(home_unit_id, None, counted=True)]
    placed = [
        Post(span.placement.host_unit_id, span.placement.id, counted=False)
        for span in spans
        if span.kind is SpanKind.WORKED and span.since <= on <= span.until
    ]
    return Headcount((*at_home, *placed))
