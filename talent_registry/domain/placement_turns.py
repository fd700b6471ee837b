"""Whose turn it is in a placement, to do what, and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.placement_lapses import silence_lapses
from talent_registry.domain.placement_periods import reply_by
from talent_registry.domain.placement_states import Party, PlacementAct, PlacementState
from talent_registry.domain.placements import Placement, TermsRound, possible_acts

_WAITS = Message(
    zh="请签署、提出修改条款或谢绝；逾期不视为同意。",
    en="Sign, answer with other terms, or decline; silence is no consent.",
)
_LAPSES = Message(
    zh="请签署、提出修改条款或谢绝；逾期不视为同意，提议失效。",
    en="Sign, answer with other terms, or decline; silence is no consent, and what was proposed lapses.",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Any of `parties` may do `act` next, until `by` (inclusive; None: nothing says until when).

    `provisional`: a year whose holidays are not known was counted. `overdue`: the day is past. `lapses`: what
    waits lapses with that day, unless it is provisional; else silence changes nothing.
    """

    parties: tuple[Party, ...]
    act: PlacementAct
    by: date | None
    provisional: bool
    overdue: bool
    message: Message
    lapses: bool = False


def turn_of(
    record: Placement, waiting: TermsRound | None, missing: Sequence[Party], version: AgreementVersion, on: date
) -> Turn | None:
    """Whose turn it is on a day; None where no party has to do anything.

    `waiting`: the terms that wait, which the `missing` parties have yet to sign; `version`: the agreement's on the day
    on which they were proposed.
    """
    if waiting is not None and PlacementAct.SIGN in possible_acts(record):
        lapses = silence_lapses(version)
        due = reply_by(version, waiting.terms, shanghai_today(waiting.proposed_at))
        return _turn(
            tuple(missing),
            PlacementAct.SIGN,
            None if due is None else due.day,
            on,
            _LAPSES if lapses else _WAITS,
            provisional=due is not None and due.provisional,
            lapses=lapses,
        )
    if record.state is PlacementState.AGREED:
        return _turn(
            tuple(Party),
            PlacementAct.ACTIVATE,
            record.term.until,
            on,
            Message(
                zh=f"三方已签署；任何一方可自 {record.term.start} 起使其生效。",
                en=f"All three signed; any party may let it begin from {record.term.start} on.",
            ),
        )
    return None


def _turn(
    parties: tuple[Party, ...],
    act: PlacementAct,
    by: date | None,
    on: date,
    message: Message,
    *,
    provisional: bool = False,
    lapses: bool = False,
) -> Turn:
    return Turn(parties, act, by, provisional, by is not None and on > by, message, lapses)
