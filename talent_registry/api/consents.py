"""Consents as the API gives and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.researchers import After, First, Researcher, load_researcher
from talent_registry.domain import consents as domain
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents
from talent_registry.services.registry import Done


@strawberry.type(
    description="What a person opened to one organisation, for a purpose and a time "
    "(Personal Information Protection Law, art. 14 and 23)."
)
class Consent:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    purpose: str = strawberry.field(description="For what purpose.")
    fields: list[PersonField] = strawberry.field(description="The fields it opens, and no others.")
    valid_from: date = strawberry.field(description="First day.")
    valid_until: date = strawberry.field(description="Last day, inclusive.")
    granted_at: datetime = strawberry.field(description="When it was granted.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn; null if it was not.")
    recipient_id: strawberry.Private[UUID]
    researcher_id: strawberry.Private[UUID]

    @strawberry.field(description="The organisation that it opens them to.")
    async def recipient(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.recipient_id)

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(
        self,
        info: Info,
        purpose: Annotated[
            str | None,
            strawberry.argument(
                description="For what purpose the person is read, the consent's own if left out; an agency names one "
                "of those it was granted."
            ),
        ] = None,
    ) -> Researcher | None:
        return await load_researcher(info, self.researcher_id, purpose or self.purpose)

    @classmethod
    def of(cls, given: domain.Consent) -> "Consent":
        """The consent as GraphQL gives it."""
        return cls(
            id=to_node_id("Consent", given.id),
            purpose=given.purpose,
            fields=list(given.fields),
            valid_from=given.valid_from,
            valid_until=given.valid_until,
            granted_at=given.granted_at,
            withdrawn_at=given.withdrawn_at,
            recipient_id=given.recipient_id,
            researcher_id=given.researcher_id,
        )


async def load_consent(info: Info, consent_id: UUID) -> Consent | None:
    """The consent with this id, if the caller gave or received it."""
    given = await load(info.context, consents.list_by_ids, consent_id)
    return None if given is None else Consent.of(given)


@strawberry.input(description="What to open, to whom, for what and how long.")
class GrantConsentInput:
    recipient: strawberry.ID = strawberry.field(description="The organisation (opaque id): its HR office or agency.")
    purpose: str = strawberry.field(description="For what purpose, 1 to 200 characters.")
    fields: list[PersonField] = strawberry.field(description="The fields to open, at least one.")
    until: date = strawberry.field(description="Last day, inclusive; at most five years from today.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="The consent to withdraw.")
class WithdrawConsentInput:
    consent: strawberry.ID = strawberry.field(description="The consent (opaque id).")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The consent was granted.")
class GrantConsentSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    consent_id: strawberry.Private[UUID]

    @strawberry.field(description="The consent.")
    async def consent(self, info: Info) -> Consent | None:
        return await load_consent(info, self.consent_id)


@strawberry.type(description="The consent was withdrawn: it opens nothing from the next request on.")
class WithdrawConsentSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    consent_id: strawberry.Private[UUID]

    @strawberry.field(description="The consent.")
    async def consent(self, info: Info) -> Consent | None:
        return await load_consent(info, self.consent_id)


GrantConsentResult = Annotated[
    GrantConsentSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("GrantConsentResult", description="The consent, or why it was not granted."),
]
WithdrawConsentResult = Annotated[
    WithdrawConsentSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("WithdrawConsentResult", description="The withdrawn consent, or why it was not withdrawn."),
]


@strawberry.type
class ConsentQuery:
    @strawberry.field(
        description="Consents, oldest first: those the caller gave, or those the caller's organisation may use today."
    )
    async def consents(self, info: Info, first: First = 20, after: After = None) -> Connection[Consent]:
        context = info.context
        page = await consents.list_own(context.registry, context.actor, page_request(first, after))
        return connection_of(page, Consent.of)


@strawberry.type
class ConsentMutation:
    @strawberry.mutation(
        description="Open fields of one's own record to an organisation (the researcher alone; "
        "Personal Information Protection Law, art. 14)."
    )
    async def grant_consent(
        self,
        info: Info,
        input: Annotated[GrantConsentInput, strawberry.argument(description="What to open.")],
    ) -> GrantConsentResult:
        context = info.context
        recipient = from_node_id(input.recipient, "Organisation", "input", "recipient")
        asked = consents.NewConsent(recipient, input.purpose, tuple(input.fields), input.until)
        done = await consents.grant(context.registry, context.actor, asked, input.idempotency_key)
        return GrantConsentSuccess(command=CommandReceipt.of(done), consent_id=_id(done))

    @strawberry.mutation(
        description="Close what a consent opened, from the next request on (the researcher alone; "
        "Personal Information Protection Law, art. 15)."
    )
    async def withdraw_consent(
        self,
        info: Info,
        input: Annotated[WithdrawConsentInput, strawberry.argument(description="The consent.")],
    ) -> WithdrawConsentResult:
        context = info.context
        consent = from_node_id(input.consent, "Consent", "input", "consent")
        done = await consents.withdraw(context.registry, context.actor, consent, input.idempotency_key)
        return WithdrawConsentSuccess(command=CommandReceipt.of(done), consent_id=_id(done))


def _id(done: Done) -> UUID:
    return UUID(done.result["consent_id"])
