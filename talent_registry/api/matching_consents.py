"""Opting in to be found by host units, and out again, as the API gives and takes it."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.nodes import to_node_id
from talent_registry.api.researchers import After, First
from talent_registry.domain import matching_consents as domain
from talent_registry.domain.researchers import PersonField
from talent_registry.services import matching_consents


@strawberry.type(
    description="What a researcher shows to host units with an open opportunity that they match, beside the public "
    "number (Personal Information Protection Law, art. 14 and 23). Without it nobody is found."
)
class MatchingConsent:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    fields: list[PersonField] = strawberry.field(
        description="What is shown. PLACEMENTS shows the sum of the workload, and no single placement."
    )
    valid_from: date = strawberry.field(description="First day.")
    valid_until: date = strawberry.field(description="Last day, inclusive.")
    granted_at: datetime = strawberry.field(description="When it was granted.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn or replaced; null if not.")

    @classmethod
    def of(cls, given: domain.MatchingConsent) -> "MatchingConsent":
        """The consent as GraphQL gives it."""
        return cls(
            id=to_node_id("MatchingConsent", given.id),
            fields=list(given.fields),
            valid_from=given.valid_from,
            valid_until=given.valid_until,
            granted_at=given.granted_at,
            withdrawn_at=given.withdrawn_at,
        )


@strawberry.input(description="Opting in: what is shown, and until when.")
class GrantMatchingConsentInput:
    fields: list[PersonField] = strawberry.field(
        description="What is shown: CREDENTIALS always; NAME, DISCIPLINE, KEYWORDS, CONTACT, ORCID, PLACEMENTS."
    )
    until: date = strawberry.field(description="Last day, inclusive; at most five years from today.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="Opting out.")
class WithdrawMatchingConsentInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The caller opted in, or out from the next request on.")
class MatchingConsentSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")


MatchingConsentResult = Annotated[
    MatchingConsentSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("MatchingConsentResult", description="The receipt, or why nothing was changed."),
]


@strawberry.type
class MatchingConsentQuery:
    @strawberry.field(description="Every consent to matching that the caller gave, oldest first (the researcher).")
    async def matching_consents(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[MatchingConsent]:
        context = info.context
        page = await matching_consents.list_own(context.registry, context.actor, page_request(first, after))
        return connection_of(page, MatchingConsent.of)


@strawberry.type
class MatchingConsentMutation:
    @strawberry.mutation(
        description="Let host units that need somebody find oneself; an earlier consent is replaced (the researcher "
        "alone; Personal Information Protection Law, art. 14)."
    )
    async def grant_matching_consent(
        self, info: Info, input: Annotated[GrantMatchingConsentInput, strawberry.argument(description="What to show.")]
    ) -> MatchingConsentResult:
        context = info.context
        asked = matching_consents.NewMatchingConsent(tuple(input.fields), input.until)
        done = await matching_consents.grant(context.registry, context.actor, asked, input.idempotency_key)
        return MatchingConsentSuccess(command=CommandReceipt.of(done))

    @strawberry.mutation(
        description="Be found no more, from the next request on (the researcher alone; Personal Information Protection "
        "Law, art. 15)."
    )
    async def withdraw_matching_consent(
        self, info: Info, input: Annotated[WithdrawMatchingConsentInput, strawberry.argument(description="The key.")]
    ) -> MatchingConsentResult:
        context = info.context
        done = await matching_consents.withdraw(context.registry, context.actor, input.idempotency_key)
        return MatchingConsentSuccess(command=CommandReceipt.of(done))
