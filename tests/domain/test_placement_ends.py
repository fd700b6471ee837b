"""Ends of which notice is given: from which day, which comes first, and when it has come."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.placement_ends import DeclaredEnd, check_notice, day_of_loss, earliest_end, end_come
from talent_registry.domain.placement_states import EndReason, Party, PlacementAct, PlacementState
from talent_registry.domain.placements import possible_acts
from tests.domain.test_placements import NOON, ONE, TODAY, a_placement

LAST = date(2027, 10, 31)
ENDS = date(2026, 12, 24)


def declared(number: int, on: date, reason: EndReason = EndReason.EARLY_RETURN, **changes: Any) -> DeclaredEnd:
    return replace(DeclaredEnd(UUID(int=number), ONE, reason, on, NOON), **changes)


def test_the_end_is_no_sooner_than_the_notice_and_no_later_than_the_term() -> None:
    record = a_placement(state=PlacementState.ACTIVE)
    assert check_notice(record, None, ENDS) == ENDS
    assert check_notice(record, LAST, ENDS) == LAST
    with pytest.raises(InvalidInput) as short:
        check_notice(record, ENDS - timedelta(days=1), ENDS)
    assert short.value.reason == "NOTICE_TOO_SHORT"
    assert str(ENDS) in short.value.message.en
    with pytest.raises(InvalidInput) as late:
        check_notice(record, LAST + timedelta(days=1), ENDS)
    assert late.value.reason == "AFTER_TERM"


def test_a_term_that_is_over_before_the_notice_ends_on_its_own_day() -> None:
    assert check_notice(a_placement(), None, LAST + timedelta(days=9)) == LAST


def test_of_several_notices_the_first_day_counts_and_what_was_taken_back_does_not() -> None:
    later, sooner = declared(1, LAST), declared(2, ENDS, EndReason.HOME_RECALL)
    same_day = declared(3, ENDS, EndReason.HOST_RELEASE, declared_at=NOON + timedelta(hours=1))
    assert earliest_end([later, same_day, sooner]) is sooner
    assert sooner.party is Party.HOME_UNIT
    taken_back = replace(sooner, withdrawn_at=datetime(2026, 12, 1, tzinfo=NOON.tzinfo))
    assert earliest_end([later, taken_back]) is later
    assert earliest_end([taken_back]) is None


def test_an_end_has_come_once_its_day_is_over() -> None:
    record = a_placement(state=PlacementState.ACTIVE, ends_on=ENDS, ends_reason=EndReason.HOST_RELEASE)
    assert end_come(record, ENDS) is None
    over = ENDS + timedelta(days=1)
    assert end_come(record, over) == (ENDS, EndReason.HOST_RELEASE)
    assert end_come(replace(record, state=PlacementState.SUSPENDED), over) == (ENDS, EndReason.HOST_RELEASE)
    assert end_come(replace(record, state=PlacementState.ENDED), over) is None
    plain = a_placement(state=PlacementState.ACTIVE)
    assert end_come(plain, LAST) is None
    assert end_come(plain, LAST + timedelta(days=1)) == (LAST, EndReason.TERM)


def test_after_the_day_of_which_notice_was_given_nothing_is_active() -> None:
    record = a_placement(state=PlacementState.ACTIVE, ends_on=ENDS, ends_reason=EndReason.EARLY_RETURN)
    assert record.last_day == ENDS
    assert [record.is_active_on(ENDS), record.is_active_on(ENDS + timedelta(days=1))] == [True, False]
    assert not record.is_active_on(ENDS, credential_until=TODAY)


def test_a_recognition_lost_after_the_end_had_come_ends_nothing() -> None:
    record = a_placement(state=PlacementState.ACTIVE, ends_on=ENDS, ends_reason=EndReason.HOME_RECALL)
    assert day_of_loss(record, ENDS + timedelta(days=3)) == (ENDS, EndReason.HOME_RECALL)
    assert day_of_loss(record, ENDS) == (ENDS, EndReason.RECOGNITION_LOST)


def test_a_declared_end_is_taken_back_and_not_extended() -> None:
    record = a_placement(state=PlacementState.ACTIVE, open_round=None)
    assert PlacementAct.EXTEND in possible_acts(record)
    assert PlacementAct.WITHDRAW_END not in possible_acts(record)
    ending = replace(record, ends_on=ENDS, ends_reason=EndReason.EARLY_RETURN)
    assert set(possible_acts(ending)) == {PlacementAct.SUSPEND, PlacementAct.END, PlacementAct.WITHDRAW_END}
    waiting = replace(record, open_round=2)
    assert {PlacementAct.SIGN, PlacementAct.COUNTER, PlacementAct.DECLINE} <= set(possible_acts(waiting))
