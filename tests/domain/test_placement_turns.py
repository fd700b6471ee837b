"""Whose turn it is and by when: what the three agreed, what the agreement says, and days without an official notice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import pytest

from talent_registry.domain.agreement_loading import load_agreement, shipped_agreement
from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.placement_periods import check_periods, days_of, first_end, reply_by
from talent_registry.domain.placement_states import EndReason, Party, PlacementAct, PlacementState
from talent_registry.domain.placement_terms import version_of
from talent_registry.domain.placement_turns import turn_of
from talent_registry.domain.placements import Terms, TermsRound
from tests.domain.test_placements import TODAY, a_placement

FILE = "sichuan-chongqing.placements.toml"
TEXTS = {
    file.name: file.read_text(encoding="utf-8")
    for file in (files("talent_registry") / "agreements").iterdir()
    if file.name.startswith("sichuan-chongqing") and file.name.endswith(".toml")
}
VERSION = shipped_agreement().versions[-1]
# Friday before the National Day of 2026: the holiday and the make-up days count as the notice says.
BEFORE_HOLIDAY = datetime(2026, 9, 30, 4, tzinfo=UTC)


def silent() -> AgreementVersion:
    return replace(VERSION, placement_periods=())


def waiting(**changes: Any) -> TermsRound:
    record = a_placement()
    first = version_of(record, 1, record.term, 40, Terms(), by=Party.RESEARCHER, at=BEFORE_HOLIDAY)
    return replace(first, **changes)


def test_the_shipped_periods_are_marked_as_design_and_lie_within_their_bounds() -> None:
    assert {one.id for one in VERSION.placement_periods} == {"REPLY", "EARLY_RETURN", "HOME_RECALL", "HOST_RELEASE"}
    for one in VERSION.placement_periods:
        assert one.status == "design"
        assert one.at_least <= one.days <= one.at_most


def test_the_reply_is_due_after_working_days_by_the_official_notices() -> None:
    due = reply_by(VERSION, Terms(reply_working_days=1), date(2026, 9, 30))
    assert due is not None
    assert (due.day > date(2026, 10, 7), due.provisional) == (True, False)
    assert reply_by(silent(), Terms(), TODAY) is None
    far = reply_by(VERSION, Terms(), date(2030, 1, 3))
    assert far is not None
    assert far.provisional


def test_those_who_have_yet_to_sign_are_next_until_the_reply_is_due() -> None:
    record = a_placement(state=PlacementState.PROPOSED, open_round=1)
    turn = turn_of(record, waiting(), [Party.HOME_UNIT], VERSION, date(2026, 10, 8))
    assert turn is not None
    assert (turn.parties, turn.act, turn.overdue) == ((Party.HOME_UNIT,), PlacementAct.SIGN, False)
    assert turn.by is not None
    late = turn_of(record, waiting(), [Party.HOME_UNIT], VERSION, date(2026, 12, 1))
    assert late is not None
    assert late.overdue
    # An extension cannot be signed while an authority looks into the placement.
    rests = replace(record, state=PlacementState.SUSPENDED)
    assert turn_of(rests, waiting(), [Party.HOME_UNIT], VERSION, TODAY) is None
    never = turn_of(record, waiting(), [Party.HOME_UNIT], silent(), date(2026, 12, 1))
    assert never is not None
    assert (never.by, never.overdue, never.provisional) == (None, False, False)


def test_what_was_agreed_may_begin_until_its_last_day_and_then_nobody_is_next() -> None:
    agreed = a_placement(state=PlacementState.AGREED)
    turn = turn_of(agreed, None, [], VERSION, TODAY)
    assert turn is not None
    assert (turn.parties, turn.act, turn.by) == (tuple(Party), PlacementAct.ACTIVATE, agreed.term.until)
    assert turn_of(replace(agreed, state=PlacementState.ACTIVE), None, [], VERSION, TODAY) is None


def test_the_three_agree_on_other_days_within_the_bounds_of_the_agreement() -> None:
    check_periods(VERSION, Terms(return_notice_days=0, recall_notice_days=180, reply_working_days=60))
    check_periods(silent(), Terms(return_notice_days=300))
    for terms in (Terms(return_notice_days=31), Terms(reply_working_days=61)):
        with pytest.raises(InvalidInput) as refused:
            check_periods(VERSION, terms)
        assert refused.value.reason == "PERIOD_OUT_OF_BOUNDS"


def test_the_notice_runs_from_the_day_after_it_was_given() -> None:
    assert first_end(VERSION, Terms(), EndReason.EARLY_RETURN, TODAY) == date(2026, 12, 24)
    assert first_end(VERSION, Terms(recall_notice_days=7), EndReason.HOME_RECALL, TODAY) == date(2026, 12, 1)
    assert first_end(silent(), Terms(), EndReason.HOST_RELEASE, TODAY) == TODAY
    assert days_of(silent(), Terms(), "REPLY") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("days = 10\n", "days = 0\n"),
        ("at_most = 60", "at_most = 5"),
        ("at_most = 60", "at_most = 367"),
        ("at_least = 1\n", "at_least = 0\n"),
        ('id = "REPLY"', 'id = "ANSWER"'),
        ('id = "HOME_RECALL"', 'id = "REPLY"'),
    ],
)
def test_a_faulty_period_is_refused_by_file_and_key(old: str, new: str) -> None:
    head, section = TEXTS[FILE].split("[[placement_periods]]", 1)
    assert old in section
    with pytest.raises(InvalidInput) as refused:
        load_agreement({**TEXTS, FILE: f"{head}[[placement_periods]]{section.replace(old, new, 1)}"})
    assert refused.value.path[0] == FILE


def test_an_agreement_may_leave_the_periods_out() -> None:
    head = TEXTS[FILE].split("[[placement_periods]]", 1)[0]
    assert load_agreement({**TEXTS, FILE: head}).versions[-1].placement_periods == ()
