"""How credentials and days meet a need: every criterion with its reason, the nearest credential, what is near."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.matches import Bearing, Match, MatchCriterion, MatchResult, find_match
from talent_registry.domain.messages import Message
from talent_registry.domain.opportunities import Opportunity, levels_that_fit
from talent_registry.domain.periods import Period
from talent_registry.domain.questions import CredentialFacts, Question, Target
from talent_registry.domain.recognition import Decision
from talent_registry.domain.workload import Share
from tests.domain.test_opportunities import NEED, OPPORTUNITY, TODAY

QUESTION = Question(
    credential=CredentialFacts(kind="TITLE"), target=Target(division="500106"), source_province="510000", on=TODAY
)
LEVELS = levels_that_fit("ENTRY")


def a_bearing(number: int = 1, outcome: Outcome = Outcome.AUTO, **changes: Any) -> Bearing:
    made = Decision(outcome, "R70", "SENIOR", (), "v1", "0" * 64, Message(zh="正高级互认。", en="Recognised."))
    bearing = Bearing(UUID(int=number), "01", "SENIOR_DEPUTY", "副教授", QUESTION, made)
    return replace(bearing, **changes)


def weighed(*bearings: Bearing, shares: tuple[Share, ...] = (), need: Opportunity = OPPORTUNITY) -> Match | None:
    return find_match(need, bearings, shares, TODAY, shows_sum=True)


def a_share(percent: int, since: date, until: date) -> Share:
    return Share(UUID(int=9), percent, since, until)


def unmet(match: Match | None) -> list[MatchCriterion]:
    assert match is not None
    return [one.criterion for one in match.reasons if not one.met]


def test_a_credential_that_meets_everything_is_a_match() -> None:
    match = weighed(a_bearing())
    assert match is not None
    assert (match.result, unmet(match)) == (MatchResult.MATCH, [])
    said = {one.criterion: one.message for one in match.reasons}
    assert "高等学校教师（01）" in said[MatchCriterion.SERIES].zh
    assert "deputy senior" in said[MatchCriterion.LEVEL].en
    assert said[MatchCriterion.RECOGNITION].en == "R70: Recognised."
    assert "40 % = 40 %" in said[MatchCriterion.WORKLOAD].zh


def test_nobody_without_a_credential_is_near() -> None:
    assert weighed() is None


@pytest.mark.parametrize(
    ("changes", "near"),
    [
        ({"series": "02"}, None),
        ({"series": None}, None),
        ({"level": "INTERMEDIATE"}, MatchCriterion.LEVEL),
        ({"level": "ASSISTANT"}, None),
        ({"level": None}, None),
        ({"outcome": Outcome.VERIFY}, MatchCriterion.RECOGNITION),
        ({"outcome": Outcome.CONFIRM}, MatchCriterion.RECOGNITION),
        ({"outcome": Outcome.RE_REVIEW}, MatchCriterion.RECOGNITION),
        ({"outcome": Outcome.PENDING}, MatchCriterion.RECOGNITION),
        ({"outcome": Outcome.NOT_RECOGNISED}, None),
        ({"outcome": Outcome.NOT_APPLICABLE}, None),
        ({"outcome": Outcome.VERIFY, "level": "INTERMEDIATE"}, None),
    ],
)
def test_near_is_who_lacks_one_thing_that_may_still_come(changes: dict[str, Any], near: MatchCriterion | None) -> None:
    match = weighed(a_bearing(**changes))
    if near is None:
        assert match is None
    else:
        assert match is not None
        assert (match.result, unmet(match)) == (MatchResult.NEAR, [near])


def test_what_a_case_confirmed_is_recognised() -> None:
    match = weighed(a_bearing(outcome=Outcome.CONFIRM, confirmed=True))
    assert match is not None
    assert match.result is MatchResult.MATCH
    assert "R70" in match.reasons[2].message.zh


def test_a_need_of_any_series_takes_every_series() -> None:
    need = replace(OPPORTUNITY, need=replace(NEED, series=None))
    for series in ("02", None):
        match = weighed(a_bearing(series=series), need=need)
        assert match is not None
        assert match.result is MatchResult.MATCH


def test_the_share_must_fit_on_every_day_of_the_term_that_is_yet_to_come() -> None:
    last = NEED.term.until
    assert last is not None
    for since, until, met in (
        (last, last, False),
        (last + timedelta(days=1), last + timedelta(days=9), True),
        (TODAY, TODAY, False),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), True),
    ):
        match = weighed(a_bearing(), shares=(a_share(61, since, until),))
        assert match is not None
        assert (match.result is MatchResult.MATCH) is met
        assert weighed(a_bearing(), shares=(a_share(60, since, until),)) is not None
    early = replace(OPPORTUNITY, need=replace(NEED, term=Period(date(2026, 1, 1), last)))
    match = weighed(a_bearing(), shares=(a_share(100, date(2026, 1, 1), TODAY - timedelta(days=1)),), need=early)
    assert match is not None
    assert match.result is MatchResult.MATCH


def test_a_term_that_is_over_leaves_no_days() -> None:
    past = replace(OPPORTUNITY, need=replace(NEED, term=Period(date(2026, 1, 1), date(2026, 2, 1))))
    assert unmet(weighed(a_bearing(), need=past)) == [MatchCriterion.WORKLOAD]
    endless = replace(OPPORTUNITY, need=replace(NEED, term=Period(TODAY)))
    assert unmet(weighed(a_bearing(), need=endless)) == []


def test_the_sum_is_told_only_to_whoever_may_see_it() -> None:
    shares = [a_share(70, TODAY, TODAY)]
    for shows in (True, False):
        match = find_match(OPPORTUNITY, [a_bearing()], shares, TODAY, shows_sum=shows)
        assert match is not None
        said = match.reasons[-1].message
        assert ("70 % + 40 % = 110 %" in said.zh, "70 % + 40 % = 110 %" in said.en) == (shows, shows)


def test_the_nearest_credential_speaks_and_of_equal_ones_the_higher() -> None:
    lower, plain, high = a_bearing(1, level="INTERMEDIATE"), a_bearing(2), a_bearing(3, level="SENIOR_FULL")
    for order in ((lower, plain, high), (high, plain, lower)):
        match = weighed(*order)
        assert match is not None
        assert match.bearing == high
    match = weighed(a_bearing(5), a_bearing(4))
    assert match is not None
    assert match.bearing.credential_id == UUID(int=4)
    untitled = replace(OPPORTUNITY, need=replace(NEED, series=None))
    assert weighed(a_bearing(1, level=None), a_bearing(2), need=untitled) is not None


@given(
    bearings=st.lists(
        st.builds(
            lambda number, series, level, outcome, confirmed: a_bearing(
                number, outcome, series=series, level=level, confirmed=confirmed
            ),
            st.integers(1, 5),
            st.sampled_from(["01", "02", None]),
            st.sampled_from([*LEVELS, None]),
            st.sampled_from(Outcome),
            st.booleans(),
        ),
        max_size=4,
    ),
    percents=st.lists(st.integers(1, 60), max_size=3),
)
def test_every_match_is_recognised_high_enough_and_fits(bearings: list[Bearing], percents: list[int]) -> None:
    """Whatever is held: a match meets all four criteria, near lacks exactly one, and their order changes nothing."""
    shares = tuple(a_share(one, TODAY, TODAY) for one in percents)
    match = weighed(*bearings, shares=shares)
    assert match == weighed(*reversed(bearings), shares=shares) or len({one.credential_id for one in bearings}) < len(
        bearings
    )
    if match is None:
        return
    one = match.bearing
    facts = {
        MatchCriterion.SERIES: one.series == "01",
        MatchCriterion.LEVEL: one.level in ("SENIOR_DEPUTY", "SENIOR_FULL"),
        MatchCriterion.RECOGNITION: one.is_recognised,
        MatchCriterion.WORKLOAD: sum(percents) + NEED.workload_percent <= 100,
    }
    assert {reason.criterion: reason.met for reason in match.reasons} == facts
    assert sum(not met for met in facts.values()) == (0 if match.result is MatchResult.MATCH else 1)
