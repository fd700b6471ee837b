"""Watches: an office that verified a credential is told if it is suspended, revoked or corrected later."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message

# No provision names a term; verified answers are kept as long.
LONGEST: Final = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Watch:
    """An organisation is told of what becomes of a credential, for a purpose, until a day (inclusive) or an end.

    `roster_id` where a whole roster is watched, in which the credential was found.
    """

    id: UUID
    credential_id: UUID
    organisation_id: UUID
    account_id: UUID | None
    purpose: str
    until: date
    started_at: datetime
    ended_at: datetime | None = None
    roster_id: UUID | None = None

    def is_open(self, day: date) -> bool:
        """Whether the organisation is told of what is recorded on `day`."""
        return self.ended_at is None and day <= self.until


def check_until(until: date, today: date) -> date:
    """The last day of a watch that begins today: not before today, at most two years on. Raises InvalidInput."""
    if not today <= until <= today + LONGEST:
        raise InvalidInput(
            Message(
                zh="订阅的止日须不早于今天，且不超过两年。请另选日期；到期后可重新订阅。",
                en="A watch ends today at the earliest and after two years at the latest. Choose another day; it can "
                "be begun anew.",
            ),
            reason="TERM",
            path=("input", "until"),
        )
    return until


def ended_before() -> Conflict:
    """The refusal to end a watch a second time."""
    return Conflict(
        Message(
            zh="该订阅此前已结束，无须再次结束。",
            en="This watch was ended before. There is nothing left to end.",
        ),
        reason="ENDED_BEFORE",
    )
