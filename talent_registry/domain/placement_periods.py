"""How long the parties have to reply, and how long a notice runs: as the three agreed, or as the agreement says."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.calendars import Deadline, add_working_days
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.placement_terms import TERM_NAMES
from talent_registry.domain.placements import Terms

REPLY: Final = "REPLY"
# The period of the agreement, and the field by which the three agree on another.
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        REPLY: "reply_working_days",
        EndReason.EARLY_RETURN.value: "return_notice_days",
        EndReason.HOME_RECALL.value: "recall_notice_days",
        EndReason.HOST_RELEASE.value: "release_notice_days",
    }
)


def check_periods(version: AgreementVersion, terms: Terms) -> None:
    """InvalidInput where a period that the terms state lies beyond the bounds of the agreement."""
    for code, field in FIELDS.items():
        period, stated = version.find_placement_period(code), getattr(terms, field)
        if period is None or stated is None or period.at_least <= stated <= period.at_most:
            continue
        name = TERM_NAMES[field]
        raise InvalidInput(
            Message(
                zh=f"{name.zh}须为 {period.at_least} 至 {period.at_most}；不填则为 {period.days}。",
                en=f"The {name.en} must be {period.at_least} to {period.at_most}; left out it is {period.days}.",
            ),
            path=("input", "terms"),
            reason="PERIOD_OUT_OF_BOUNDS",
        )


def days_of(version: AgreementVersion, terms: Terms, code: str) -> int | None:
    """The days of a period under these terms, by the version in force when they were proposed; None: it has no end."""
    stated: int | None = getattr(terms, FIELDS[code])
    period = version.find_placement_period(code)
    if stated is not None:
        return stated
    return None if period is None else period.days


def first_end(version: AgreementVersion, terms: Terms, reason: EndReason, today: date) -> date:
    """The first possible last day of work for a reason of which notice is given today, this day not counted."""
    return today + timedelta(days=days_of(version, terms, reason.value) or 0)


def reply_by(version: AgreementVersion, terms: Terms, proposed_on: date) -> Deadline | None:
    """Until when a reply is due, this day included; None where nothing says so."""
    days = days_of(version, terms, REPLY)
    return None if days is None else add_working_days(proposed_on, days)
