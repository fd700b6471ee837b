"""The consent by which a researcher lets host units with an open opportunity find them, and what it shows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonField

# What matching may show, beside the public number. Without the credential there is no match to show.
SHOWABLE: Final = frozenset(
    {
        PersonField.NAME,
        PersonField.CREDENTIALS,
        PersonField.DISCIPLINE,
        PersonField.KEYWORDS,
        PersonField.CONTACT,
        PersonField.ORCID,
        PersonField.PLACEMENTS,
    }
)


@dataclass(frozen=True, slots=True)
class MatchingConsent:
    """What a person shows to host units that a need of theirs matches, until a day (inclusive) or until withdrawn.

    PLACEMENTS shows the sum of the person's workload, and no single placement.
    """

    id: UUID
    researcher_id: UUID
    fields: tuple[PersonField, ...]
    valid_from: date
    valid_until: date
    granted_at: datetime
    withdrawn_at: datetime | None = None

    def is_active(self, day: date) -> bool:
        """Whether the person is found on the day."""
        return self.withdrawn_at is None and self.valid_from <= day <= self.valid_until


def check_shown(fields: tuple[PersonField, ...]) -> tuple[PersonField, ...]:
    """The fields to show, each once, in the order of the enum; InvalidInput (FIELDS) for others, or no CREDENTIALS."""
    if not SHOWABLE.issuperset(fields) or PersonField.CREDENTIALS not in fields:
        shown = ", ".join(one.value for one in PersonField if one in SHOWABLE)
        raise InvalidInput(
            Message(
                zh=f"岗位匹配以证书为依据，须包括 CREDENTIALS；可选择的内容为：{shown}。",
                en=f"Matching goes by the credential, so CREDENTIALS must be among the fields. Choose from: {shown}.",
            ),
            reason="FIELDS",
            path=("input", "fields"),
        )
    return tuple(one for one in PersonField if one in fields)
