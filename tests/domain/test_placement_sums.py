"""Sums over placements, day by day: leave without what does not count, days of a year, headcounts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.calendars import is_working_day
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import EndReason, PlacementEventKind, PlacementState
from talent_registry.domain.placement_sums import LEAVE, Span, SpanKind, count_heads, spans_of, sum_days, sum_leave
from talent_registry.domain.placements import Placement, PlacementEvent
from tests.domain.test_placements import a_placement

AGREEMENT = shipped_agreement()
LATEST = AGREEMENT.versions[-1]
HOME, HOST = UUID(int=2), UUID(int=3)
PROVINCES = {HOME: "510000", HOST: "500000"}
NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)
SUSPENDED, RESUMED = PlacementEventKind.SUSPENDED, PlacementEventKind.RESUMED
DAY = timedelta(days=1)


def leave(since: date, until: date, *, number: int = 1, ended: date | None = None) -> Placement:
    return a_placement(
        id=UUID(int=number),
        kind=LEAVE,
        term=Period(since, until),
        state=PlacementState.ACTIVE if ended is None else PlacementState.ENDED,
        activated_on=since,
        ended_on=ended,
        end_reason=None if ended is None else EndReason.EARLY_RETURN,
        workload_percent=100,
    )


def happened(event: PlacementEventKind, on: date) -> PlacementEvent:
    return PlacementEvent(UUID(int=9), UUID(int=1), NOON, on, event, PlacementState.ACTIVE, "AUTHORITY", None)


def days_of(spans: tuple[Span, ...]) -> list[tuple[str, str, str]]:
    return [(span.since.isoformat(), span.until.isoformat(), span.kind.value) for span in spans]


def test_what_never_began_has_no_days() -> None:
    assert spans_of(a_placement(), (), date(2030, 1, 1)) == ()


def test_days_run_from_the_beginning_to_the_first_end_both_included() -> None:
    on_leave = leave(date(2021, 3, 1), date(2024, 2, 29))
    assert days_of(spans_of(on_leave, (), date(2030, 1, 1))) == [("2021-03-01", "2024-02-29", "WORKED")]
    assert days_of(spans_of(on_leave, (), date(2021, 3, 1))) == [("2021-03-01", "2021-03-01", "WORKED")]
    assert spans_of(on_leave, (), date(2021, 2, 28)) == ()
    back = replace(on_leave, ended_on=date(2022, 1, 1))
    assert days_of(spans_of(back, (), date(2030, 1, 1))) == [("2021-03-01", "2022-01-01", "WORKED")]
    late = replace(on_leave, activated_on=date(2021, 3, 5))
    assert days_of(spans_of(late, (), date(2021, 3, 6))) == [("2021-03-05", "2021-03-06", "WORKED")]


def test_days_of_a_suspension_stand_apart() -> None:
    on_leave = leave(date(2021, 3, 1), date(2024, 2, 29))
    events = [happened(PlacementEventKind.ACTIVATED, date(2021, 3, 1)), happened(SUSPENDED, date(2021, 4, 1))]
    assert days_of(spans_of(on_leave, events, date(2021, 4, 30))) == [
        ("2021-03-01", "2021-03-31", "WORKED"),
        ("2021-04-01", "2021-04-30", "SUSPENDED"),
    ]
    events.append(happened(RESUMED, date(2021, 4, 11)))
    assert days_of(spans_of(on_leave, events, date(2021, 4, 30))) == [
        ("2021-03-01", "2021-03-31", "WORKED"),
        ("2021-04-01", "2021-04-10", "SUSPENDED"),
        ("2021-04-11", "2021-04-30", "WORKED"),
    ]
    # What happened after the day that is asked about changes nothing before it.
    assert days_of(spans_of(on_leave, events, date(2021, 3, 31))) == [("2021-03-01", "2021-03-31", "WORKED")]
    # Gone on the same day: no day is lost.
    same = [happened(SUSPENDED, date(2021, 3, 1)), happened(RESUMED, date(2021, 3, 1))]
    assert days_of(spans_of(on_leave, same, date(2021, 3, 2))) == [("2021-03-01", "2021-03-02", "WORKED")]


def test_each_day_takes_the_share_that_was_agreed_for_it() -> None:
    one = replace(leave(date(2024, 1, 2), date(2024, 1, 31)), kind="CONSULTANCY", workload_percent=60)
    events = [
        happened(PlacementEventKind.EXTENSION_PROPOSED, date(2024, 1, 3)),
        happened(PlacementEventKind.EXTENDED, date(2024, 1, 4)),
        happened(SUSPENDED, date(2024, 1, 5)),
        happened(RESUMED, date(2024, 1, 8)),
        happened(PlacementEventKind.EXTENDED, date(2024, 1, 9)),
    ]
    spans = spans_of(one, events, date(2024, 1, 10), [40, 40, 60])
    # The first extension left the share as it was.
    assert [(span.since.day, span.until.day, span.kind.value, span.percent) for span in spans] == [
        (2, 4, "WORKED", 40),
        (5, 7, "SUSPENDED", 40),
        (8, 8, "WORKED", 40),
        (9, 10, "WORKED", 60),
    ]
    (found,) = sum_days(LATEST, spans, 2024, PROVINCES, date(2024, 1, 10))
    assert found.sum_shown() == "3 × 40 % + 1 × 40 % + 2 × 60 % = 2.80"


def test_three_years_and_three_years_are_six_and_a_day_more_is_too_much() -> None:
    first = leave(date(2021, 3, 1), date(2024, 2, 29), number=1)
    second = leave(date(2024, 3, 1), date(2027, 2, 28), number=2)
    spans = [*spans_of(first, (), date.max), *spans_of(second, (), date.max)]

    found = sum_leave(LATEST, spans)

    assert (found.days, found.years, found.days_over) == (1096 + 1095, 6, 0)
    assert found.sum_shown() == "1096 + 1095 = 2191"
    assert (found.most_years, found.is_within) == (6, True)
    longer = spans_of(replace(second, term=Period(date(2024, 3, 1), date(2027, 3, 1))), (), date.max)
    found = sum_leave(LATEST, [*spans_of(first, (), date.max), *longer])
    assert (found.years, found.days_over, found.is_within) == (6, 1, False)


def test_suspended_days_and_days_of_other_kinds_are_no_leave() -> None:
    on_leave = leave(date(2021, 3, 1), date(2021, 12, 31))
    events = [happened(SUSPENDED, date(2021, 3, 11)), happened(RESUMED, date(2021, 3, 21))]
    other = a_placement(state=PlacementState.ACTIVE, activated_on=date(2026, 11, 1))

    found = sum_leave(LATEST, [*spans_of(on_leave, events, date(2021, 3, 31)), *spans_of(other, (), date.max)])

    assert [(term.days, term.kind) for term in found.terms] == [
        (10, SpanKind.WORKED),
        (10, SpanKind.SUSPENDED),
        (11, SpanKind.WORKED),
    ]
    assert (found.days, found.years, found.days_over, found.sum_shown()) == (21, 0, 21, "10 + 11 = 21")


def test_no_leave_is_a_sum_of_nothing() -> None:
    found = sum_leave(LATEST, [])
    assert (found.days, found.years, found.is_within, found.sum_shown()) == (0, 0, True, "0 = 0")


def test_without_the_rules_there_is_no_limit() -> None:
    for missing in ("PL4a", "PL4b"):
        rules = tuple(rule for rule in LATEST.placement_rules if rule.id != missing)
        spans = spans_of(leave(date(2000, 1, 1), date(2020, 1, 1)), (), date.max)
        found = sum_leave(replace(LATEST, placement_rules=rules), spans)
        assert (found.most_years, found.is_within) == (None, True)


def test_a_day_of_two_leaves_counts_once_however_they_overlap() -> None:
    """Against counting days one by one."""
    draw = Random(41)  # noqa: S311 - cases, not secrets
    for _ in range(200):
        spans: list[Span] = []
        days: set[date] = set()
        for number in range(draw.randrange(1, 5)):
            since = date(2021, 1, 1) + draw.randrange(60) * DAY
            until = since + draw.randrange(40) * DAY
            spans += spans_of(leave(since, until, number=number + 1), (), date.max)
            days |= {since + step * DAY for step in range((until - since).days + 1)}
        found = sum_leave(LATEST, spans)
        assert found.days == len(days)
        assert sum(term.days for term in found.terms) == len(days)


def worked(kind: str, since: date, until: date, percent: int, number: int = 1) -> tuple[Span, ...]:
    one = a_placement(
        id=UUID(int=number),
        kind=kind,
        term=Period(since, until),
        state=PlacementState.ACTIVE,
        activated_on=since,
        workload_percent=percent,
    )
    return spans_of(one, (), date.max)


def test_working_days_are_counted_by_the_share_and_held_against_the_minimum() -> None:
    on = date(2024, 12, 31)
    days = [day for day in (date(2024, 1, 1) + n * DAY for n in range(366)) if is_working_day(day)]
    exactly = worked("SHORT_TERM", days[0], days[62], 100)

    (found,) = sum_days(LATEST, exactly, 2024, PROVINCES, on)

    assert (found.hundredths, found.minimum, found.scheme) == (6300, 63, "SHORT_TERM_THREE_MONTHS")
    assert found.sum_shown() == "63 × 100 % = 63.00"
    assert (found.evaluation.result, found.provisional) == ("ALLOWED", False)
    (fewer,) = sum_days(LATEST, worked("SHORT_TERM", days[0], days[62], 99), 2024, PROVINCES, on)
    assert (fewer.sum_shown(), fewer.evaluation.result) == ("63 × 99 % = 62.37", "BENEFIT_NOT_MET")
    assert fewer.evaluation.reason_code == "DAYS_BELOW_THRESHOLD"


def test_a_year_takes_its_own_days_up_to_the_day_asked_about() -> None:
    spans = worked("CONSULTANCY", date(2023, 12, 25), date(2024, 1, 5), 40)
    suspended = tuple(replace(span, kind=SpanKind.SUSPENDED) for span in spans)

    # 2024-01-01 is a holiday: of that week four days are left.
    (found,) = sum_days(LATEST, [*spans, *suspended], 2024, PROVINCES, date(2024, 6, 1))
    assert [(term.span.since, term.working_days) for term in found.terms] == [(date(2024, 1, 1), 4)]
    assert (found.hundredths, found.minimum, found.evaluation.result) == (160, None, "ALLOWED")
    (found,) = sum_days(LATEST, spans, 2024, PROVINCES, date(2024, 1, 3))
    assert found.sum_shown() == "2 × 40 % = 0.80"
    assert sum_days(LATEST, spans, 2025, PROVINCES, date(2025, 6, 1)) == ()


def test_kinds_are_summed_apart_and_a_year_without_notice_is_provisional() -> None:
    spans = [
        *worked("SHORT_TERM", date(2031, 1, 6), date(2031, 1, 10), 50, 1),
        *worked("SHORT_TERM", date(2031, 2, 3), date(2031, 2, 4), 100, 2),
        *worked("CONSULTANCY", date(2031, 1, 6), date(2031, 1, 6), 10, 3),
    ]
    consultancy, short = sum_days(LATEST, spans, 2031, PROVINCES, date(2031, 12, 31))
    assert (consultancy.kind, short.kind) == ("CONSULTANCY", "SHORT_TERM")
    assert short.sum_shown() == "5 × 50 % + 2 × 100 % = 4.50"
    assert short.provisional


def test_a_kind_that_the_agreement_no_longer_has_is_summed_too() -> None:
    (found,) = sum_days(
        LATEST, worked("OLD_KIND", date(2024, 1, 2), date(2024, 1, 2), 10), 2024, PROVINCES, date(2024, 2, 1)
    )
    assert (found.hundredths, found.minimum) == (10, None)


def test_a_placed_person_is_counted_at_home_alone() -> None:
    spans = worked("PART_TIME", date(2024, 1, 2), date(2024, 1, 5), 40)
    day = date(2024, 1, 5)
    heads = count_heads(HOME, spans, day)
    assert [(post.unit_id, post.counted) for post in heads.posts] == [(HOME, True), (HOST, False)]
    assert (heads.counted, heads.is_counted_twice) == (1, False)
    assert len(count_heads(HOME, spans, date(2024, 1, 6)).posts) == 1
    assert count_heads(None, spans, day).counted == 0
    double = replace(heads, posts=tuple(replace(post, counted=True) for post in heads.posts))
    assert (double.counted, double.is_counted_twice) == (2, True)
