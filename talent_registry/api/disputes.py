"""What is disputed, as every reader of a fact sees it: which fact and since when, without a word of who said what."""

from datetime import date
from uuid import UUID

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.loaders import load
from talent_registry.domain import correction_cases as domain
from talent_registry.services import disputes

described(
    domain.DisputedFact,
    "What the person may say is wrong: a recorded fact, of the person or of one credential, or a look at the record.",
    {
        "NAME": "The name.",
        "DOCUMENT": "An identity document.",
        "HOUSEHOLD": "The household registration.",
        "PERSONNEL_RELATION": "The personnel relation.",
        "TITLE_NAME": "The title of a credential.",
        "SERIES": "Its series.",
        "LEVEL": "Its level.",
        "SPECIALTY": "Its specialty.",
        "FILING_NUMBER": "The filing of the review committee that it cites.",
        "APPROVAL_DATE": "Its day of approval.",
        "ISSUE_DATE": "Its day of issue.",
        "VALID_UNTIL": "Its last day of validity.",
        "LOOK": "A look at the record that should not have been taken; of a CorrectionCase, never of a dispute.",
    },
)


@strawberry.type(description="A fact that the person disputes: the record stands as it is until the case is settled.")
class Dispute:
    fact: domain.DisputedFact = strawberry.field(description="The fact.")
    since: date = strawberry.field(description="The day on which it was disputed.")

    @classmethod
    def of(cls, dispute: domain.Dispute) -> "Dispute":
        """The dispute as GraphQL gives it."""
        return cls(fact=dispute.fact, since=dispute.since)


async def load_disputes(info: Info, researcher_id: UUID, credential_id: UUID | None) -> list[Dispute]:
    """What is disputed of one credential, or (None) of the person, fetched with its siblings."""
    found = await load(info.context, disputes.list_of_people, researcher_id)
    return [Dispute.of(one) for one in found if one.credential_id == credential_id]
