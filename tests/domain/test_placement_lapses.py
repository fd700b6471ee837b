"""What silence means is what the agreement says, on the day that the calendar in force gives."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from talent_registry.domain.agreement_loading import load_agreement
from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.calendars import is_working_day
from talent_registry.domain.errors import InvalidInput, NotInForce
from talent_registry.domain.placement_lapses import check_reply, lapsed_on, silence_lapses
from talent_registry.domain.placement_states import Party, PlacementState
from talent_registry.domain.placement_turns import turn_of
from talent_registry.domain.placements import Terms
from tests.domain.test_placement_turns import FILE, TEXTS, VERSION, silent, waiting
from tests.domain.test_placements import a_placement

PROPOSED = a_placement(state=PlacementState.PROPOSED, open_round=1)
LAST, AFTER = date(2026, 10, 8), date(2026, 10, 9)
IN_A_DAY = waiting(terms=Terms(reply_working_days=1))


def meaning(silence: str | None) -> AgreementVersion:
    """The agreement with another word on silence."""
    periods = tuple(replace(one, silence=silence) if one.id == "REPLY" else one for one in VERSION.placement_periods)
    return replace(VERSION, placement_periods=periods)


def test_a_proposal_lapses_once_the_last_day_of_the_calendar_in_force_is_over() -> None:
    # Proposed on the day before the National Day: the days of the holiday are no working days.
    assert lapsed_on(PROPOSED, IN_A_DAY, VERSION, LAST) is None
    assert lapsed_on(PROPOSED, IN_A_DAY, VERSION, AFTER) == LAST
    # A Saturday on which everybody works for the holiday counts, and moves the last day before the Monday.
    make_up = date(2026, 10, 10)
    assert (is_working_day(make_up), make_up.weekday()) == (True, 5)
    three = waiting(terms=Terms(reply_working_days=3))
    assert lapsed_on(PROPOSED, three, VERSION, make_up) is None
    assert lapsed_on(PROPOSED, three, VERSION, make_up + timedelta(days=1)) == make_up


def test_nothing_follows_from_silence_but_what_is_stated() -> None:
    late = date(2027, 1, 1)
    assert (silence_lapses(VERSION), silence_lapses(meaning("WAITS")), silence_lapses(silent())) == (True, False, False)
    for version in (meaning("WAITS"), meaning(None), silent()):
        assert lapsed_on(PROPOSED, waiting(), version, late) is None
        check_reply(PROPOSED, waiting(), version, late)
        turn = turn_of(PROPOSED, waiting(), [Party.HOME_UNIT], version, late)
        assert turn is not None
        assert (turn.lapses, "lapses" in turn.message.en) == (False, False)
    turn = turn_of(PROPOSED, waiting(), [Party.HOME_UNIT], VERSION, late)
    assert turn is not None
    assert (turn.lapses, turn.overdue, "失效" in turn.message.zh) == (True, True, True)


def test_a_day_that_may_still_move_takes_nothing_from_anybody() -> None:
    far = waiting(proposed_at=datetime(2030, 1, 3, 4, tzinfo=UTC))
    assert lapsed_on(PROPOSED, far, VERSION, date(2030, 6, 1)) is None


def test_what_an_authority_keeps_from_being_signed_does_not_lapse() -> None:
    extended = replace(PROPOSED, state=PlacementState.ACTIVE, open_round=2)
    assert lapsed_on(extended, IN_A_DAY, VERSION, AFTER) == LAST
    assert lapsed_on(replace(extended, state=PlacementState.SUSPENDED), IN_A_DAY, VERSION, AFTER) is None


def test_terms_that_lapsed_are_not_replied_to() -> None:
    check_reply(PROPOSED, IN_A_DAY, VERSION, LAST)
    with pytest.raises(NotInForce) as refused:
        check_reply(PROPOSED, IN_A_DAY, VERSION, AFTER)
    assert (refused.value.reason, "2026-10-08" in refused.value.message.zh) == ("NO_REPLY", True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # That silence is consent cannot be said.
        ('silence = "LAPSES"', 'silence = "CONSENT"'),
        ('id = "EARLY_RETURN"', 'id = "EARLY_RETURN"\nsilence = "WAITS"'),
    ],
)
def test_an_agreement_cannot_make_silence_mean_consent_or_let_a_notice_lapse(old: str, new: str) -> None:
    assert TEXTS[FILE].count(old) == 1
    with pytest.raises(InvalidInput) as refused:
        load_agreement({**TEXTS, FILE: TEXTS[FILE].replace(old, new)})
    assert refused.value.path[0] == FILE


def test_an_agreement_of_before_says_nothing_of_silence() -> None:
    before = load_agreement({**TEXTS, FILE: TEXTS[FILE].replace('silence = "LAPSES"\n', "")}).versions[-1]
    assert not silence_lapses(before)
