"""Where a proceeding stands on a day: state, outcome and clocks, computed from its events and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from talent_registry.domain.clocks import Clock, Stop, run_clock
from talent_registry.domain.proceedings import (
    GRANTING,
    OUTCOMES,
    ClockPurpose,
    Conducted,
    ProceedingEvent,
    ProceedingEventKind,
    ProceedingKind,
    ProceedingOutcome,
    ProceedingState,
)

_E, _S = ProceedingEventKind, ProceedingState
_STATE_AFTER = {_E.OPENED: _S.OPEN, _E.EVIDENCE_GIVEN: _S.OPEN, _E.LAPSED: _S.DECIDED} | {
    kind: _S(kind.value) for kind in _E if kind.value in set(_S)
}
PENDING_STATES = frozenset({_S.OPEN, _S.EVIDENCE_REQUESTED, _S.APPEALED, _S.OVERRIDE_PROPOSED})
_ENDS_FIRST_TERM = frozenset({_E.DECIDED, _E.LAPSED, _E.WITHDRAWN, _E.OVERRIDE_APPROVED, _E.OVERRIDE_DECLINED})


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock with its purpose; `ended_on`: the day of the act that ended it, None while it runs (or ran out)."""

    purpose: ClockPurpose
    clock: Clock
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a proceeding stands on a day, by its events up to that day.

    `tacit`: the outcome is the body's silence. `overdue`: a body still owes an act whose term is over.
    """

    on: date
    state: ProceedingState
    outcome: ProceedingOutcome | None
    tacit: bool
    decided_on: date | None
    overdue: bool
    clocks: tuple[RunningClock, ...]

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in PENDING_STATES

    @property
    def is_granted(self) -> bool:
        """Whether what was asked for was granted and stands."""
        return self.outcome in GRANTING

    @property
    def due_on(self) -> date | None:
        """The deadline of the body's act that is awaited; None where none is."""
        return self.clock(_AWAITED[self.state]).clock.deadline if self.is_pending else None

    def clock(self, purpose: ClockPurpose) -> RunningClock:
        """The last clock of this purpose; a proceeding in the state that asks for one has it."""
        return next(one for one in reversed(self.clocks) if one.purpose in _ALIKE.get(purpose, (purpose,)))


_FIRST = (ClockPurpose.DECISION, ClockPurpose.SECOND_APPROVAL)
_ALIKE = dict.fromkeys(_FIRST, _FIRST)
_AWAITED = {
    _S.OPEN: ClockPurpose.DECISION,
    _S.EVIDENCE_REQUESTED: ClockPurpose.DECISION,
    _S.OVERRIDE_PROPOSED: ClockPurpose.SECOND_APPROVAL,
    _S.APPEALED: ClockPurpose.APPEAL_DECISION,
}


def position_on(case: Conducted, events: Sequence[ProceedingEvent], on: date) -> Position:
    """Where the proceeding stands on a day; `events` in the order in which they happened, none after that day."""
    last = events[-1]
    asked = _requests(case, events, on)
    first = _first_clock(case, events, asked, on)
    state = _STATE_AFTER[last.event]
    if state is _S.EVIDENCE_REQUESTED and asked[-1].clock.has_run_out(on):
        # Without an answer in time the body decides on what there is.
        state = _S.OPEN
    lapsed = state is _S.OPEN and case.terms.tacit and first.clock.has_run_out(on)
    decided_on = next((one.on_day for one in events if one.event in _ENDS_FIRST_TERM), None)
    outcome = next((one.outcome for one in reversed(events) if one.outcome is not None), None)
    if lapsed:
        state, outcome, decided_on = _S.DECIDED, OUTCOMES[case.kind][0], lapse_day(first.clock)
    clocks = (first, *asked, *_appeal_clocks(case, events, decided_on, outcome, on))
    return Position(
        on=on,
        state=state,
        outcome=outcome,
        tacit=lapsed or any(one.event is _E.LAPSED for one in events),
        decided_on=None if state is _S.WITHDRAWN else decided_on,
        overdue=state in PENDING_STATES and clocks[0 if state is not _S.APPEALED else -1].clock.has_run_out(on),
        clocks=clocks,
    )


def lapse_day(clock: Clock) -> date:
    """The day on which silence counts as granted: the one after the deadline."""
    return clock.deadline + timedelta(days=1)


def events_until(
    events: Sequence[ProceedingEvent], on: date, known_at: datetime | None = None
) -> list[ProceedingEvent]:
    """The events of the days up to and including one, as far as they were known at an instant."""
    return [one for one in events if one.on_day <= on and (known_at is None or one.at <= known_at)]


def _requests(case: Conducted, events: Sequence[ProceedingEvent], on: date) -> list[RunningClock]:
    """A clock for each request for evidence, ended by what came next."""
    clocks = []
    for place, one in enumerate(events):
        if one.event is _E.EVIDENCE_REQUESTED:
            ended = events[place + 1].on_day if place + 1 < len(events) else None
            clock = run_clock(one.on_day, case.terms.evidence_working_days, on=_until(ended, on))
            clocks.append(RunningClock(ClockPurpose.EVIDENCE, clock, ended))
    return clocks


def _first_clock(
    case: Conducted, events: Sequence[ProceedingEvent], asked: Sequence[RunningClock], on: date
) -> RunningClock:
    stops = [
        Stop(
            one.clock.started_on,
            # An answer that does not come, or comes late, stops the clock no longer than the term for it.
            one.clock.deadline if one.ended_on is None else min(one.ended_on, one.clock.deadline),
        )
        for one in asked
    ]
    ended = next((one.on_day for one in events if one.event in _ENDS_FIRST_TERM - {_E.LAPSED}), None)
    purpose = ClockPurpose.SECOND_APPROVAL if case.kind is ProceedingKind.OVERRIDE else ClockPurpose.DECISION
    clock = run_clock(case.opened_on, case.terms.working_days, stops, on=_until(ended, on))
    return RunningClock(purpose, clock, ended)


def _appeal_clocks(
    case: Conducted,
    events: Sequence[ProceedingEvent],
    decided_on: date | None,
    outcome: ProceedingOutcome | None,
    on: date,
) -> list[RunningClock]:
    """Nobody appeals what was granted, and what two provinces settled is not appealed here."""
    days = {one.event: one.on_day for one in events}
    refused = outcome is not None and (outcome not in GRANTING or _E.APPEALED in days)
    if decided_on is None or not refused or case.kind is ProceedingKind.OVERRIDE:
        return []
    lodged, ended = days.get(_E.APPEALED), days.get(_E.APPEAL_DECIDED)
    lodging = run_clock(decided_on, case.terms.appeal_working_days, on=_until(lodged, on))
    clocks = [RunningClock(ClockPurpose.APPEAL, lodging, lodged)]
    if lodged is not None:
        deciding = run_clock(lodged, case.terms.appeal_decision_working_days, on=_until(ended, on))
        clocks.append(RunningClock(ClockPurpose.APPEAL_DECISION, deciding, ended))
    return clocks


def _until(ended: date | None, on: date) -> date:
    return on if ended is None else min(ended, on)
