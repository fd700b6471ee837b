"""On which day a placement may end, for which reason."""

from datetime import date

from talent_registry.domain.errors import InvalidInput, NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.placements import EndReason, Placement


def check_end(record: Placement, reason: EndReason, on: date | None, today: date) -> date:
    """The last day of work, inclusive: from the first day of activity to today, and within the term.

    None asks for today, or for the last day of a term that is over. NotInForce for TERM before the term is over,
    InvalidInput for another day.
    """
    last = record.term.until or today
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


def day_of_loss(record: Placement, lost_from: date) -> tuple[date, EndReason]:
    """The last day and the reason where the recognition falls from a day on: a term over before was over."""
    last = record.term.until
    if last is not None and last < lost_from:
        return last, EndReason.TERM
    return max(lost_from, record.activated_on or lost_from), EndReason.RECOGNITION_LOST
