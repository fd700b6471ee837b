"""What can be meant by a need, until when it is open, and what opting in and an answer hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import InvalidInput, NotInForce
from talent_registry.domain.matching_consents import SHOWABLE, MatchingConsent, check_shown
from talent_registry.domain.opportunities import (
    Need,
    Opportunity,
    check_need,
    levels_that_fit,
    levels_that_take,
)
from talent_registry.domain.opportunity_answers import OpportunityAnswer, purpose_of
from talent_registry.domain.periods import Period
from talent_registry.domain.researchers import PersonField
from tests.people import sample_number

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
LAST = TODAY + timedelta(days=30)
NEED = Need(
    kind="PART_TIME",
    post="讲座教授",
    post_series="01",
    series="01",
    level="SENIOR_DEPUTY",
    term=Period(TODAY, date(2027, 11, 23)),
    workload_percent=40,
    text="每月讲学两次。\n请附简历。",
    open_until=LAST,
)
ID = UUID(int=1)
OPPORTUNITY = Opportunity(ID, ID, NOW, None, ID, NOW, NEED)


def test_a_sound_need_is_taken_with_its_words_trimmed() -> None:
    assert check_need(replace(NEED, post=" 讲座教授 ", text=f"{NEED.text} "), TODAY) == NEED
    assert check_need(replace(NEED, series=None, post_series=None), TODAY).series is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"post": " "}, "post"),
        ({"post": "字" * 201}, "post"),
        ({"post": "讲座\u200b教授"}, "post"),
        ({"text": ""}, "text"),
        ({"text": "字" * 4001}, "text"),
        ({"text": "薪酬\u202e面议"}, "text"),
        ({"series": "99"}, "series"),
        ({"post_series": "99"}, "postSeries"),
        ({"level": "KING"}, "level"),
        ({"workload_percent": 0}, "workloadPercent"),
        ({"workload_percent": 101}, "workloadPercent"),
        ({"term": Period(date(1999, 12, 31), date(2027, 1, 1))}, "term"),
        ({"open_until": TODAY - timedelta(days=1)}, "openUntil"),
        ({"open_until": date(2027, 11, 25), "term": Period(TODAY, date(2030, 1, 1))}, "openUntil"),
        ({"open_until": LAST, "term": Period(TODAY, LAST - timedelta(days=1))}, "openUntil"),
        ({"text": f"电话后附 {sample_number(1)}"}, "text"),
        ({"post": f"{sample_number(1)}"}, "post"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_need(replace(NEED, **changes), TODAY)
    assert refused.value.path == ("input", field)


@pytest.mark.parametrize("until", [TODAY, date(2027, 11, 24)])
def test_it_may_be_open_for_today_alone_or_for_a_year(until: date) -> None:
    long = replace(NEED, open_until=until, term=Period(TODAY, date(2028, 1, 1)))
    assert check_need(long, TODAY) == long


def test_it_is_open_through_its_last_day_unless_closed() -> None:
    after = LAST + timedelta(days=1)
    assert [OPPORTUNITY.is_open(day) for day in (TODAY, LAST, after)] == [True, True, False]
    closed = replace(OPPORTUNITY, closed_at=NOW)
    OPPORTUNITY.must_be_open(LAST)
    for one, day in ((OPPORTUNITY, after), (closed, TODAY)):
        with pytest.raises(NotInForce) as refused:
            one.must_be_open(day)
        assert refused.value.reason == "OPPORTUNITY_CLOSED"


def test_levels_go_by_rank() -> None:
    assert levels_that_fit("SENIOR_DEPUTY") == ("SENIOR_DEPUTY", "SENIOR_FULL")
    assert levels_that_fit("SENIOR_DEPUTY", 1) == ("INTERMEDIATE", "SENIOR_DEPUTY", "SENIOR_FULL")
    assert levels_that_take("ASSISTANT") == ("ENTRY", "ASSISTANT")
    assert levels_that_take("ASSISTANT", 1) == ("ENTRY", "ASSISTANT", "INTERMEDIATE")


def test_a_level_takes_exactly_those_it_fits() -> None:
    levels = levels_that_fit("ENTRY")
    for near in (0, 1, 2):
        pairs = {(mine, need) for need in levels for mine in levels_that_fit(need, near)}
        assert pairs == {(mine, need) for mine in levels for need in levels_that_take(mine, near)}


def test_matching_shows_the_credential_and_what_else_may_be_shown() -> None:
    given = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.NAME)
    assert check_shown(given) == (PersonField.NAME, PersonField.CREDENTIALS)
    assert set(check_shown(tuple(SHOWABLE))) == SHOWABLE
    for fields in ((), (PersonField.NAME,), *((PersonField.CREDENTIALS, one) for one in set(PersonField) - SHOWABLE)):
        with pytest.raises(InvalidInput) as refused:
            check_shown(fields)
        assert refused.value.reason == "FIELDS"


def test_a_consent_to_matching_holds_on_its_days_until_withdrawn() -> None:
    given = MatchingConsent(ID, ID, (PersonField.CREDENTIALS,), TODAY, LAST, NOW)
    days = (TODAY - timedelta(days=1), TODAY, LAST, LAST + timedelta(days=1))
    assert [given.is_active(day) for day in days] == [False, True, True, False]
    assert not any(replace(given, withdrawn_at=NOW).is_active(day) for day in days)


def test_an_answer_holds_while_it_and_its_consent_do() -> None:
    given = OpportunityAnswer(ID, ID, ID, ID, ID, ID, NOW, None, LAST, None)
    assert [given.holds_on(day) for day in (TODAY, LAST, LAST + timedelta(days=1))] == [True, True, False]
    assert not replace(given, withdrawn_at=NOW).holds_on(TODAY)
    assert not replace(given, consent_withdrawn_at=NOW).holds_on(TODAY)


def test_the_purpose_of_an_answer_names_the_post_and_is_no_longer_than_a_purpose_may_be() -> None:
    assert purpose_of(OPPORTUNITY) == "应聘岗位：讲座教授"
    assert len(purpose_of(replace(OPPORTUNITY, need=replace(NEED, post="字" * 200)))) == 200
