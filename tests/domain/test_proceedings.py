"""Where a case stands follows from its events and the day, for every state there is."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.agreements import Outcome, ResponsibleBody
from talent_registry.domain.credential_facts import UsedFact
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.proceeding_checks import POSSIBLE_IN, Act, check_act, check_other_account, check_text
from talent_registry.domain.proceeding_facts import compared_facts, covers, digest_of_facts, told_facts
from talent_registry.domain.proceeding_positions import events_until, position_on
from talent_registry.domain.proceedings import ClockPurpose, Proceeding, ProceedingEvent, ProceedingKind, Terms
from talent_registry.domain.proceedings import ProceedingEventKind as E
from talent_registry.domain.proceedings import ProceedingOutcome as Came
from talent_registry.domain.proceedings import ProceedingState as S
from talent_registry.domain.questions import Target
from talent_registry.domain.recognition import Decision

OPENED = date(2026, 3, 2)
TARGET = Target(division="500106", employer_kind="UNIVERSITY", post_series="01")


def a_case(kind: ProceedingKind = ProceedingKind.VERIFICATION, *, tacit: bool = True) -> Proceeding:
    return Proceeding(
        id=uuid4(),
        kind=kind,
        decision_id=uuid4(),
        credential_id=uuid4(),
        researcher_id=uuid4(),
        issuer_id=uuid4(),
        target=TARGET,
        outcome=Outcome.VERIFY,
        rule="R2b",
        reason_code="SC_CQ_LOCAL_VERIFY",
        procedure="VERIFY_AT_THE_POST",
        body=ResponsibleBody.TARGET_AUTHORITY,
        body_province="500000",
        approving_province=None,
        terms=Terms(5, 3, 4, 6, tacit),
        opened_on=OPENED,
        told=frozenset(),
    )


def happened(event: E, day: int, outcome: Came | None = None, account: UUID | None = None) -> ProceedingEvent:
    """On a day of March 2026."""
    on = date(2026, 3, day)
    at = datetime(2026, 3, day, 4, tzinfo=UTC)
    return ProceedingEvent(
        id=uuid4(),
        proceeding_id=uuid4(),
        at=at,
        on_day=on,
        event=event,
        actor_kind="AUTHORITY",
        account_id=account,
        outcome=outcome,
    )


def march(day: int) -> date:
    return date(2026, 3, day)


def test_silence_counts_as_granted_on_the_day_after_the_deadline_and_not_before() -> None:
    # Opened on Monday 2 March: five working days end on Monday the 9th.
    case, events = a_case(), [happened(E.OPENED, 2)]
    open_still, granted = position_on(case, events, march(9)), position_on(case, events, march(10))
    assert (open_still.state, open_still.outcome, open_still.due_on) == (S.OPEN, None, march(9))
    assert open_still.is_pending
    assert (granted.state, granted.outcome, granted.tacit) == (S.DECIDED, Came.VERIFIED, True)
    assert (granted.decided_on, granted.is_granted, granted.due_on) == (march(10), True, None)
    recorded = position_on(case, [*events, happened(E.LAPSED, 10, Came.VERIFIED)], march(20))
    assert recorded == position_on(case, events, march(20))


def test_where_the_agreement_grants_nothing_by_silence_the_case_is_overdue() -> None:
    case, events = a_case(tacit=False), [happened(E.OPENED, 2)]
    assert not position_on(case, events, march(9)).overdue
    late = position_on(case, events, march(10))
    assert (late.state, late.overdue, late.outcome) == (S.OPEN, True, None)


def test_a_request_without_an_answer_stops_the_clock_no_longer_than_its_own_term() -> None:
    case, events = a_case(), [happened(E.OPENED, 2), happened(E.EVIDENCE_REQUESTED, 4)]
    # Three working days for the answer end on Monday the 9th; one was used, four are left after that.
    asked = position_on(case, events, march(9))
    assert (asked.state, asked.due_on) == (S.EVIDENCE_REQUESTED, march(13))
    assert [one.purpose for one in asked.clocks] == [ClockPurpose.DECISION, ClockPurpose.EVIDENCE]
    assert position_on(case, events, march(10)).state is S.OPEN
    assert position_on(case, events, march(16)).tacit
    late = [*events, happened(E.EVIDENCE_GIVEN, 12)]
    assert position_on(case, late, march(12)).due_on == march(13)
    early = [*events, happened(E.EVIDENCE_GIVEN, 5)]
    answered = position_on(case, early, march(5))
    assert (answered.state, answered.due_on) == (S.OPEN, march(11))
    assert answered.clocks[1].ended_on == march(5)


@pytest.mark.parametrize(
    ("kind", "trail", "state", "outcome"),
    [
        (ProceedingKind.VERIFICATION, [(E.WITHDRAWN, None)], S.WITHDRAWN, None),
        (ProceedingKind.VERIFICATION, [(E.DECIDED, Came.VERIFIED)], S.DECIDED, Came.VERIFIED),
        (ProceedingKind.VERIFICATION, [(E.DECIDED, Came.NOT_VERIFIED)], S.DECIDED, Came.NOT_VERIFIED),
        (ProceedingKind.CONFIRMATION, [(E.DECIDED, Came.REFUSED), (E.APPEALED, None)], S.APPEALED, Came.REFUSED),
        (
            ProceedingKind.CONFIRMATION,
            [(E.DECIDED, Came.REFUSED), (E.APPEALED, None), (E.APPEAL_DECIDED, Came.CONFIRMED)],
            S.APPEAL_DECIDED,
            Came.CONFIRMED,
        ),
        (ProceedingKind.OVERRIDE, [], S.OVERRIDE_PROPOSED, None),
        (ProceedingKind.OVERRIDE, [(E.OVERRIDE_APPROVED, Came.CONFIRMED)], S.OVERRIDE_APPROVED, Came.CONFIRMED),
        (ProceedingKind.OVERRIDE, [(E.OVERRIDE_DECLINED, Came.REFUSED)], S.OVERRIDE_DECLINED, Came.REFUSED),
    ],
)
def test_each_state_follows_from_its_events(
    kind: ProceedingKind, trail: list[tuple[E, Came | None]], state: S, outcome: Came | None
) -> None:
    case = a_case(kind, tacit=False)
    first = happened(E.OVERRIDE_PROPOSED if kind is ProceedingKind.OVERRIDE else E.OPENED, 2)
    events = [first, *(happened(event, 4, decided) for event, decided in trail)]
    position = position_on(case, events, march(4))
    assert (position.state, position.outcome, position.tacit) == (state, outcome, False)
    assert (position.decided_on is None) == (outcome is None)
    assert position.is_pending == (position.due_on is not None)
    purposes = [one.purpose for one in position.clocks]
    assert (ClockPurpose.SECOND_APPROVAL in purposes) == (kind is ProceedingKind.OVERRIDE)
    assert (ClockPurpose.APPEAL in purposes) == (
        kind is not ProceedingKind.OVERRIDE and (outcome in {Came.REFUSED, Came.NOT_VERIFIED} or len(trail) > 1)
    )


def test_an_appeal_has_its_own_clocks_and_may_be_overdue() -> None:
    case = a_case(ProceedingKind.CONFIRMATION, tacit=False)
    events = [happened(E.OPENED, 2), happened(E.DECIDED, 3, Came.REFUSED), happened(E.APPEALED, 5)]
    position = position_on(case, events, march(13))
    lodging, deciding = position.clock(ClockPurpose.APPEAL), position.clock(ClockPurpose.APPEAL_DECISION)
    assert (lodging.clock.started_on, lodging.clock.deadline, lodging.ended_on) == (march(3), march(9), march(5))
    assert (deciding.clock.deadline, position.due_on, position.overdue) == (march(13), march(13), False)
    assert position_on(case, events, march(14)).overdue


def test_events_are_those_of_the_day_and_of_what_was_known() -> None:
    events = [happened(E.OPENED, 2), happened(E.DECIDED, 4, Came.VERIFIED)]
    assert events_until(events, march(3)) == events[:1]
    assert events_until(events, march(4)) == events
    assert events_until(events, march(4), events[0].at) == events[:1]


def acting(*trail: ProceedingEvent, kind: ProceedingKind = ProceedingKind.CONFIRMATION, on: int = 4) -> tuple[Any, Any]:
    case = a_case(kind, tacit=False)
    return case, position_on(case, [happened(E.OPENED, 2), *trail], march(on))


@pytest.mark.parametrize("event", sorted(POSSIBLE_IN))
def test_an_act_is_refused_in_every_state_that_does_not_allow_it(event: E) -> None:
    case, position = acting(happened(E.WITHDRAWN, 3))
    with pytest.raises(Conflict) as refused:
        check_act(case, position, Act(event, text="x"))
    assert refused.value.reason == "WRONG_STATE"
    assert "withdrawn" in refused.value.message.en
    assert set(POSSIBLE_IN) == set(E) - {E.OPENED, E.LAPSED, E.OVERRIDE_PROPOSED}


def test_acts_that_fit_keep_their_words_trimmed() -> None:
    case, position = acting()
    assert check_act(case, position, Act(E.DECIDED, Came.CONFIRMED, " 属实。\n见附件。 ")).text == "属实。\n见附件。"
    assert check_act(case, position, Act(E.WITHDRAWN)) == Act(E.WITHDRAWN)
    with pytest.raises(InvalidInput):
        check_act(case, position, Act(E.DECIDED, Came.VERIFIED, "x"))
    with pytest.raises(Conflict) as nothing:
        check_act(case, position, Act(E.EVIDENCE_GIVEN, text="x"))
    assert nothing.value.reason == "NOTHING_ASKED"
    asked = acting(happened(E.EVIDENCE_REQUESTED, 3))
    assert check_act(*asked, Act(E.EVIDENCE_GIVEN, text="x")).text == "x"
    for text in ("", "\n", "x\u202e", "长" * 2001):
        with pytest.raises(InvalidInput) as unfit:
            check_text(text)
        assert unfit.value.path == ("input", "text")


def test_an_appeal_is_taken_up_to_its_last_day_and_only_against_a_refusal() -> None:
    refused = happened(E.DECIDED, 3, Came.REFUSED)
    assert check_act(*acting(refused, on=9), Act(E.APPEALED, text="x")).event is E.APPEALED
    with pytest.raises(NotInForce) as late:
        check_act(*acting(refused, on=10), Act(E.APPEALED, text="x"))
    assert late.value.reason == "APPEAL_TOO_LATE"
    with pytest.raises(Conflict) as granted:
        check_act(*acting(happened(E.DECIDED, 3, Came.CONFIRMED)), Act(E.APPEALED, text="x"))
    assert granted.value.reason == "NOTHING_TO_APPEAL"


def test_a_second_pair_of_eyes_is_another_account() -> None:
    mine, other = uuid4(), uuid4()
    events = [happened(E.OPENED, 2, account=other), happened(E.DECIDED, 3, Came.REFUSED, mine)]
    check_other_account(events, other)
    with pytest.raises(NotPermitted):
        check_other_account(events, mine)


def decided(**changes: Any) -> RecognitionDecision:
    stated = {"title_code": "0103", "issuer_division": "510100", "level": "INTERMEDIATE", "kind": "TITLE"} | changes
    facts = [UsedFact(f"credential.{name}", value, uuid4(), datetime.now(UTC)) for name, value in stated.items()]
    made = Decision(Outcome.VERIFY, "R2b", "SC_CQ_LOCAL_VERIFY", (), "v", "d", Message(zh="一", en="one"))
    return RecognitionDecision(
        id=uuid4(),
        credential_id=uuid4(),
        researcher_id=uuid4(),
        target=TARGET,
        decided_for=OPENED,
        known_at=datetime.now(UTC),
        decided_at=datetime.now(UTC),
        decision=made,
        facts=tuple(facts),
    )


def test_equal_cases_have_equal_facts_whoever_they_are_about() -> None:
    one, other = compared_facts(decided()), compared_facts(decided(approval_date="2020-01-01", valid_to="2030-01-01"))
    assert digest_of_facts(one) == digest_of_facts(other)
    assert one["series"] == "01"
    assert one["issuing_province"] == "510000"
    # Another title of the same series and another office of the same province are alike; another level is not.
    assert compared_facts(decided(title_code="0104", issuer_division="510700")) == one
    assert digest_of_facts(compared_facts(decided(level="ASSISTANT"))) != digest_of_facts(one)
    bare = compared_facts(decided(title_code=None, issuer_division=None))
    assert "series" not in bare
    assert "issuing_province" not in bare


def fact(name: str, value: Any, at: int = 1) -> UsedFact:
    return UsedFact(name, value, uuid4(), datetime(2026, 3, at, tzinfo=UTC))


LEVEL, SERIES = fact("credential.level", "INTERMEDIATE"), fact("holder.exam_certificates", ["18"])


@pytest.mark.parametrize(
    ("now", "covered"),
    [
        ([LEVEL, SERIES], True),
        ([SERIES, fact("credential.level", "INTERMEDIATE", at=9), SERIES], True),
        ([LEVEL, SERIES, fact("holder.exam_certificates", ["19"])], True),
        ([LEVEL], False),
        ([LEVEL, fact("holder.exam_certificates", ["18", "19"])], False),
        ([fact("credential.level", "ASSISTANT"), SERIES], False),
        ([LEVEL, SERIES, fact("credential.delegated", value=None)], False),
        ([LEVEL, SERIES, fact("credential.delegated", value=False)], False),
    ],
)
def test_what_was_granted_covers_the_facts_it_saw_whoever_states_them_and_when(
    now: list[UsedFact], *, covered: bool
) -> None:
    assert covers(told_facts([LEVEL, SERIES]), told_facts(now)) is covered
