"""Consents a person gave, and the looks that others took at the person's record."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonField

LONGEST_PURPOSE = 200
LONGEST_YEARS = 5


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person opened to one organisation, for one purpose, until a day (inclusive) or until withdrawn."""

    id: UUID
    researcher_id: UUID
    recipient_id: UUID
    purpose: str
    fields: tuple[PersonField, ...]
    valid_from: date
    valid_until: date
    granted_at: datetime
    withdrawn_at: datetime | None = None

    def is_active(self, day: date) -> bool:
        """Whether the consent opens anything on `day`."""
        return self.withdrawn_at is None and self.valid_from <= day <= self.valid_until


@dataclass(frozen=True, slots=True)
class Access:
    """One look at a person's record: who, when, for what purpose, on which basis (a relation), which fields.

    Of a try at a share code, `share_code_id` names it; one that opened nothing has no fields.
    """

    id: UUID
    researcher_id: UUID
    account_id: UUID | None
    organisation_id: UUID | None
    at: datetime
    purpose: str
    basis: str
    fields: tuple[PersonField, ...]
    command_id: UUID | None = None
    share_code_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFilter:
    """Which looks at one's own record are asked for; what is left out asks for nothing.

    `by_people`: those that no organisation took. `nothing_shown`: those that showed nothing. `purposes`: any of these,
    as they were stated. `since` and `until`: legal days, both inclusive.
    """

    organisation_id: UUID | None = None
    by_people: bool = False
    purposes: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    field: PersonField | None = None
    nothing_shown: bool = False


EVERY_LOOK: Final = LookFilter()


@dataclass(frozen=True, slots=True)
class Looker:
    """That somebody of an organisation (None: of none) looked for a purpose, at least once."""

    organisation_id: UUID | None
    purpose: str


def check_purpose(text: str, *path: str) -> str:
    """The purpose of a look or a consent, trimmed: 1 to 200 printable characters (InvalidInput)."""
    purpose = text.strip()
    if not 1 <= len(purpose) <= LONGEST_PURPOSE or not purpose.isprintable():
        raise InvalidInput(
            Message(
                zh=f"请写明用途（1 至 {LONGEST_PURPOSE} 个字符，不含控制字符）。",
                en=f"State the purpose (1 to {LONGEST_PURPOSE} characters, no control characters).",
            ),
            reason="PURPOSE",
            path=path or ("purpose",),
        )
    return purpose


def check_filter(asked: LookFilter) -> None:
    """InvalidInput (LOOK_FILTER) where no look can be asked for so."""
    if (
        (asked.by_people and asked.organisation_id is not None)
        or (asked.nothing_shown and asked.field is not None)
        or (asked.since is not None and asked.until is not None and asked.until < asked.since)
    ):
        raise InvalidInput(
            Message(
                zh="筛选条件相互矛盾：单位与“个人”、内容与“未显示任何内容”不能同时选；止日不能早于起日。请修改后再查。",
                en="The filter contradicts itself: an organisation and nobody's, a field and nothing shown, or a last "
                "day before the first. Change it and ask again.",
            ),
            reason="LOOK_FILTER",
            path=("filter",),
        )


def check_term(until: date, today: date) -> date:
    """The last day of a consent given today: not before today, at most five years on. Raises InvalidInput."""
    if not today <= until <= _years_later(today, LONGEST_YEARS):
        raise InvalidInput(
            Message(
                zh=f"同意的止日须不早于今天，且不超过 {LONGEST_YEARS} 年。请另选日期。",
                en=f"A consent ends today at the earliest and after {LONGEST_YEARS} years at the latest. "
                "Choose another day.",
            ),
            reason="TERM",
            path=("input", "until"),
        )
    return until


def check_fields(fields: tuple[PersonField, ...]) -> tuple[PersonField, ...]:
    """The fields of a consent, each once, in the order of the enum; at least one. Raises InvalidInput."""
    if not fields:
        raise InvalidInput(
            Message(zh="请至少选择一项同意开放的内容。", en="Choose at least one field to open."),
            reason="FIELDS",
            path=("input", "fields"),
        )
    return tuple(member for member in PersonField if member in fields)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
