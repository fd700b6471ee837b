"""On which day a placement may end, for which reason, of which notice is given, and which end has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from talent_registry.domain.errors import InvalidInput, NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import EndReason, Party, PlacementState
from talent_registry.domain.placements import Placement

# Of these a party gives notice, and which.
NOTICED_BY = {
    EndReason.EARLY_RETURN: Party.RESEARCHER,
    EndReason.HOME_RECALL: Party.HOME_UNIT,
    EndReason.HOST_RELEASE: Party.HOST_UNIT,
}
_BEGUN = frozenset({PlacementState.ACTIVE, PlacementState.SUSPENDED})


@dataclass(frozen=True, slots=True)
class DeclaredEnd:
    """The end of which a party gave notice: the reason, the last day of work, and when the notice was taken back."""

    id: UUID
    placement_id: UUID
    reason: EndReason
    on: date
    declared_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def party(self) -> Party:
        """Who gave notice."""
        return NOTICED_BY[self.reason]


def check_end(record: Placement, reason: EndReason, on: date | None, today: date) -> date:
    """The last day of work, inclusive, of an end without notice: from the first day of activity to today, in the term.

    None asks for today, or for the last day of a term that is over. NotInForce for TERM before the term is over,
    InvalidInput for another day.
    """
    last = record.last_day or today
    if reason is EndReason.TERM and today <= last:
        raise NotInForce(
            Message(
                zh=f"期限至 {last} 届满，尚未到期。如需提前结束，请选择相应原因。",
                en=f"The term runs until {last} and is not over. To end it sooner, choose the reason that fits.",
            ),
            reason="TERM_NOT_OVER",
        )
    latest = min(last, today)
    earliest = record.activated_on or latest
    day = latest if on is None or reason is EndReason.TERM else on
    if earliest <= day <= latest:
        return day
    raise InvalidInput(
        Message(
            zh=f"结束日须在 {earliest} 至 {latest} 之间。",
            en=f"The last day must lie between {earliest} and {latest}.",
        ),
        path=("input", "on"),
    )


def check_notice(record: Placement, on: date | None, first_end: date) -> date:
    """The last day of work of an end of which notice is given: from `first_end` to the last day of the term.

    None asks for the first. A term that is over before the notice is ends on its own day. InvalidInput
    (NOTICE_TOO_SHORT) before `first_end`, InvalidInput after the term.
    """
    last = record.term.until or first_end
    earliest = min(first_end, last)
    day = earliest if on is None else on
    if earliest <= day <= last:
        return day
    too_short = day < earliest
    raise InvalidInput(
        Message(
            zh=f"通知期未满：最后工作日至早为 {earliest}。" if too_short else f"最后工作日至迟为 {last}。",
            en=f"The notice has not run out by then: the last day of work is {earliest} at the earliest."
            if too_short
            else f"The last day of work is {last} at the latest.",
        ),
        path=("input", "on"),
        reason="NOTICE_TOO_SHORT" if too_short else "AFTER_TERM",
    )


def earliest_end(declared: Iterable[DeclaredEnd]) -> DeclaredEnd | None:
    """The end that comes first of those whose notice stands; on one day the one declared first."""
    standing = [one for one in declared if one.withdrawn_at is None]
    return min(standing, key=lambda one: (one.on, one.declared_at, one.id), default=None)


def end_come(record: Placement, today: date) -> tuple[date, EndReason] | None:
    """The last day and the reason where the last day of a placement that began is over; None where it is not."""
    last = record.last_day
    if record.state not in _BEGUN or last is None or today <= last:
        return None
    return last, _reason_of(record)


def day_of_loss(record: Placement, lost_from: date) -> tuple[date, EndReason]:
    """The last day and the reason where the recognition falls from a day on: what was over before was over."""
    last = record.last_day
    if last is not None and last < lost_from:
        return last, _reason_of(record)
    return max(lost_from, record.activated_on or lost_from), EndReason.RECOGNITION_LOST


def _reason_of(record: Placement) -> EndReason:
    """Why it ends on its last day: the notice, or the term."""
    return record.ends_reason if record.ends_reason is not None else EndReason.TERM
