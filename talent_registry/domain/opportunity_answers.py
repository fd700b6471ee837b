"""A researcher's answer to an opportunity: interested, with the consent that it gives the host unit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from talent_registry.domain.consents import LONGEST_PURPOSE
from talent_registry.domain.opportunities import Opportunity
from talent_registry.domain.researchers import PersonField

# What a host unit must see to propose: the title to rest on, and the unit that must agree.
ALWAYS_OPENED: Final = frozenset({PersonField.CREDENTIALS, PersonField.PERSONNEL_RELATION})
_PURPOSE: Final = "应聘岗位："


@dataclass(frozen=True, slots=True)
class OpportunityAnswer:
    """Who answered which version of an opportunity with which credential; it holds while its consent does.

    `valid_until` and `consent_withdrawn_at` are the consent's.
    """

    id: UUID
    opportunity_id: UUID
    version_id: UUID
    researcher_id: UUID
    credential_id: UUID
    consent_id: UUID
    answered_at: datetime
    withdrawn_at: datetime | None
    valid_until: date
    consent_withdrawn_at: datetime | None

    def holds_on(self, day: date) -> bool:
        """Whether the host unit may propose on it on the day."""
        return self.withdrawn_at is None and self.consent_withdrawn_at is None and day <= self.valid_until


def purpose_of(opportunity: Opportunity) -> str:
    """The purpose of the consent that an answer gives."""
    return f"{_PURPOSE}{opportunity.need.post}"[:LONGEST_PURPOSE]
