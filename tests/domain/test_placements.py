"""Placements without a database: states, terms, days, and the rules with their worked cases."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_checks import check_draft, check_ground
from talent_registry.domain.placement_ends import check_end, day_of_loss
from talent_registry.domain.placement_rules import (
    PlacementQuestion,
    PlacementRequest,
    RuleFinding,
    evaluate,
)
from talent_registry.domain.placement_states import EndReason, Party, PlacementAct, PlacementState
from talent_registry.domain.placements import (
    Placement,
    Signature,
    Terms,
    TermsRound,
    check_possible,
    missing_signatures,
    possible_acts,
    terms_as_json,
    terms_digest,
    terms_from_json,
)

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


def a_placement(**changes: Any) -> Placement:
    placement = Placement(
        id=ONE,
        researcher_id=ONE,
        home_unit_id=TWO,
        host_unit_id=THREE,
        kind="PART_TIME",
        post="讲座教授",
        post_series="01",
        term=Period(date(2026, 11, 1), date(2027, 10, 31)),
        workload_percent=40,
        state=PlacementState.PROPOSED,
        round=1,
        open_round=1,
        decision_id=None,
        credential_id=ONE,
        activated_on=None,
        ended_on=None,
        end_reason=None,
        proposed_at=NOON,
    )
    return replace(placement, **changes)


@pytest.mark.parametrize("state", PlacementState)
@pytest.mark.parametrize("act", PlacementAct)
def test_each_act_fits_exactly_its_states_and_the_refusal_says_what_is_possible(
    state: PlacementState, act: PlacementAct
) -> None:
    record = a_placement(state=state, open_round=None)
    if act in possible_acts(record):
        check_possible(record, act)
        return
    with pytest.raises(Conflict) as refused:
        check_possible(record, act)
    assert refused.value.reason == f"PLACEMENT_IS_{state}"
    assert state.lower() in refused.value.message.en


def test_an_extension_that_waits_can_be_signed() -> None:
    check_possible(a_placement(state=PlacementState.ACTIVE, open_round=2), PlacementAct.SIGN)


def test_an_active_placement_rests_after_its_last_day() -> None:
    record = a_placement(state=PlacementState.ACTIVE)
    assert record.is_active_on(date(2027, 10, 31))
    assert not record.is_active_on(date(2027, 11, 1))
    assert not a_placement().is_active_on(TODAY)
    # It rests once the credential is over, whatever the term.
    assert record.is_active_on(TODAY, TODAY)
    assert not record.is_active_on(date(2026, 11, 25), TODAY)


@pytest.mark.parametrize(
    "changes", [{"post": "顾问"}, {"kind": "CONSULTANCY"}, {"host_unit_id": ONE}, {"post_series": None}]
)
def test_the_digest_covers_all_that_is_signed(changes: dict[str, Any]) -> None:
    record, terms = a_placement(), Terms(pay="十万元")
    digest = terms_digest(record, record.term, 40, terms)
    assert digest == terms_digest(record, record.term, 40, terms)
    others = {
        terms_digest(replace(record, **changes), record.term, 40, terms),
        terms_digest(record, Period(date(2026, 11, 2), record.term.until), 40, terms),
        terms_digest(record, record.term, 41, terms),
        terms_digest(record, record.term, 40, replace(terms, paid_by=Party.HOST_UNIT)),
    }
    assert len(others | {digest}) == 5


def test_terms_are_read_as_they_were_written() -> None:
    terms = Terms(paid_by=Party.HOST_UNIT, other="无", classified_work=False)
    assert terms_from_json(json.loads(json.dumps(terms_as_json(terms)))) == terms


def test_a_signature_under_other_terms_does_not_count() -> None:
    terms = TermsRound(
        placement_id=ONE,
        number=1,
        term=a_placement().term,
        workload_percent=40,
        terms=Terms(),
        digest="a",
        proposed_by=Party.RESEARCHER,
        proposed_at=NOON,
    )
    signatures = [
        Signature(ONE, 1, Party.RESEARCHER, "a", ONE, NOON),
        Signature(ONE, 1, Party.HOME_UNIT, "b", ONE, NOON),
        Signature(ONE, 2, Party.HOST_UNIT, "a", ONE, NOON),
    ]
    assert missing_signatures(signatures, terms) == (Party.HOME_UNIT, Party.HOST_UNIT)


def test_a_draft_is_trimmed() -> None:
    assert check_draft(a_placement(post=" 顾问 ", post_series=None), Terms(), TODAY).post == "顾问"


@pytest.mark.parametrize(
    ("changes", "terms"),
    [
        ({"host_unit_id": TWO}, Terms()),
        ({"post": "x" * 201}, Terms()),
        ({"post": "\0"}, Terms()),
        ({"post_series": "99"}, Terms()),
        ({"term": Period(TODAY)}, Terms()),
        ({"term": Period(date(2020, 1, 1), date(2026, 11, 23))}, Terms()),
        ({"workload_percent": 0}, Terms()),
        ({}, Terms(other="\0")),
        ({}, Terms(pay="5000\t元")),
        ({}, Terms(intellectual_property="归派出单位\u202e所有")),
        ({}, Terms(confidentiality="\u200b")),
        ({"post": "讲座\u2066教授"}, Terms()),
        ({"term": Period(date(1999, 12, 31), date(2027, 1, 1))}, Terms()),
        ({"term": Period(TODAY, date(2076, 11, 24))}, Terms()),
        ({"term": Period(date(2077, 1, 1), date(2078, 1, 1))}, Terms()),
        ({"term": Period(date(9990, 1, 1), date.max)}, Terms()),
    ],
)
def test_a_draft_that_cannot_be_meant_is_refused(changes: dict[str, Any], terms: Terms) -> None:
    with pytest.raises(InvalidInput):
        check_draft(a_placement(**changes), terms, TODAY)


def test_terms_may_have_several_lines_and_a_term_fifty_years() -> None:
    term = Period(TODAY, date(2076, 11, 23))
    assert check_draft(a_placement(term=term), Terms(other="第一条\n第二条"), TODAY).term == term


def test_a_ground_says_something() -> None:
    assert check_ground(" 核查 ") == "核查"
    with pytest.raises(InvalidInput):
        check_ground("x" * 501)


def test_a_placement_that_ends_without_notice_ends_between_its_first_day_and_today() -> None:
    record = a_placement(state=PlacementState.ACTIVE, activated_on=date(2026, 11, 10))
    early = EndReason.BREACH
    assert check_end(record, early, None, TODAY) == TODAY
    assert check_end(record, early, date(2026, 11, 10), TODAY) == date(2026, 11, 10)
    for day in (date(2026, 11, 9), date(2026, 11, 25)):
        with pytest.raises(InvalidInput):
            check_end(record, early, day, TODAY)
    with pytest.raises(NotInForce):
        check_end(record, EndReason.TERM, None, date(2027, 10, 31))
    assert check_end(record, EndReason.TERM, TODAY, date(2027, 11, 1)) == date(2027, 10, 31)
    assert check_end(record, early, None, date(2028, 1, 1)) == date(2027, 10, 31)


def test_recognition_is_lost_on_the_day_or_the_term_was_over() -> None:
    record = a_placement(activated_on=date(2026, 11, 10))
    assert day_of_loss(record, TODAY) == (TODAY, EndReason.RECOGNITION_LOST)
    assert day_of_loss(record, date(2020, 1, 1)) == (date(2026, 11, 10), EndReason.RECOGNITION_LOST)
    assert day_of_loss(record, date(2027, 11, 1)) == (date(2027, 10, 31), EndReason.TERM)


def test_a_rule_whose_facts_are_not_stated_is_not_examined() -> None:
    asked = PlacementQuestion(
        kind="VICE_PRESIDENT_TECH",
        request=PlacementRequest.START,
        on=TODAY,
        term=a_placement().term,
        flexible=True,
        home_province="510000",
        host_province="500000",
        host_kind="ENTERPRISE",
    )
    version = agreement_version_in_force(shipped_agreement(), TODAY)
    found = {one.rule: one.finding for one in evaluate(version, asked).findings}
    assert found["PL0"] is found["PL14"] is RuleFinding.SATISFIED
    assert set(found.values()) == {RuleFinding.SATISFIED, RuleFinding.NOT_KNOWN}
    extension = replace(asked, kind="LEAVE_TO_START_UP", request=PlacementRequest.EXTEND)
    found = {one.rule: one.finding for one in evaluate(version, extension).findings}
    assert found["PL4b"] is found["PL4c"] is RuleFinding.NOT_KNOWN
    claim = replace(asked, request=PlacementRequest.CLAIM_BENEFIT)
    assert [one.finding for one in evaluate(version, claim).findings] == [RuleFinding.NOT_KNOWN]
    known = replace(claim, minimum_days_in_year=63)
    assert [one.finding for one in evaluate(version, known).findings] == [RuleFinding.NOT_KNOWN]
    unconsented = replace(asked, consent_asked=True)
    assert {one.rule: one.finding for one in evaluate(version, unconsented).findings}["PL1"] is RuleFinding.APPLIES
    early = evaluate(version, replace(asked, request=PlacementRequest.RETURN_EARLY))
    assert [(one.rule, one.finding) for one in early.findings] == [("PL10", RuleFinding.APPLIES)]
    assert (early.result, early.rule) == ("ALLOWED", None)
    taught = replace(asked, host_kind="UNIVERSITY", position="HEAD")
    assert {one.rule: one.finding for one in evaluate(version, taught).findings}["PL7"] is RuleFinding.SATISFIED
    unpaid = replace(asked, position="HEAD")
    assert {one.rule: one.finding for one in evaluate(version, unpaid).findings}["PL7"] is RuleFinding.NOT_KNOWN
