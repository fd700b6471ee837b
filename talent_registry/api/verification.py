"""Verifying a certificate through the API."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.credential_facts import CredentialTitle, Validity
from talent_registry.api.disputes import Dispute, load_disputes
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, Limited, LocalisedText, NotPermitted
from talent_registry.api.nodes import to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.receipts import Receipt, receipt_of
from talent_registry.domain import verification as domain
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.receipts import ReceiptKind
from talent_registry.services import verification

described(
    domain.Verdict,
    "The answer to a verification.",
    {
        "VALID": "Everything typed agrees with the record, and the certificate may be relied on today.",
        "PENDING": "It agrees; the certificate is in public notice or not yet issued.",
        "SUSPENDED": "It agrees; the certificate is suspended.",
        "REVOKED": "It agrees; the certificate was revoked.",
        "EXPIRED": "It agrees; the last day of validity has passed.",
        "MISMATCH": "A certificate of this number is recorded, and something typed does not agree with it.",
        "NOT_FOUND": "No certificate of this number is recorded. That says nothing of the certificate.",
        "INVALID_INPUT": "Something typed cannot be read.",
    },
)


@strawberry.type(description="What an office learns of a certificate that agrees with what it typed.")
class VerifiedCredential:
    id: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    kind: str = strawberry.field(description="Kind of credential, a code of the catalogue.")
    title: CredentialTitle | None = strawberry.field(description="The title, for a professional title.")
    level: str | None = strawberry.field(description="Level, a code of the catalogue.")
    approval_date: date | None = strawberry.field(description="Day of approval.")
    validity: Validity = strawberry.field(description="Days of issue and of end of validity.")
    issuer_id: strawberry.Private[UUID]
    credential_id: strawberry.Private[UUID]
    researcher_id: strawberry.Private[UUID]

    @strawberry.field(
        description="The facts of it that its holder disputes now: the answer is as recorded until the case is settled."
    )
    async def disputes(self, info: Info) -> list[Dispute]:
        return await load_disputes(info, self.researcher_id, self.credential_id)

    @strawberry.field(description="The organisation that issued it.")
    async def issuer(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.issuer_id)

    @classmethod
    def of(cls, record: CredentialRecord) -> "VerifiedCredential":
        """What is told of the record."""
        return cls(
            id=to_node_id("Credential", record.credential.id),
            kind=record.credential.kind,
            title=CredentialTitle.of(record.version),
            level=record.version.level,
            approval_date=record.version.approval_date,
            validity=Validity.of(record.version),
            issuer_id=record.credential.issuer_id,
            credential_id=record.credential.id,
            researcher_id=record.credential.researcher_id,
        )


@strawberry.input(description="A certificate to verify, every text as a person typed it.")
class VerifyCredentialInput:
    number: str = strawberry.field(description="Number of the certificate.")
    name: str = strawberry.field(description="Name of the holder.")
    document: str | None = strawberry.field(default=None, description="Number of an identity document of the holder.")
    obtained_on: str | None = strawberry.field(
        default=None, description="Day on which it was obtained, in any usual form."
    )
    level: str | None = strawberry.field(default=None, description="Level or title, by name.")
    purpose: str | None = strawberry.field(
        default=None,
        description="For what purpose; required of employers' offices and agencies; the holder can see it "
        "(Personal Information Protection Law, art. 6).",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="A key that the caller makes for this act: a repeat with the same key and input gets the first "
        "answer and is not logged again. Made by the server if left out.",
    )


@strawberry.type(description="The answer to a verification.")
class VerifyCredentialSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    verdict: domain.Verdict = strawberry.field(description="The verdict.")
    message: LocalisedText = strawberry.field(description="The verdict as a sentence.")
    reason: str = strawberry.field(
        description="The field at fault or what is wrong with it, in a few words; empty where there is none and, but "
        "for what cannot be read, for anonymous callers. It never says what would be right."
    )
    as_of: datetime = strawberry.field(description="The instant at which the registry answered.")
    coverage: LocalisedText | None = strawberry.field(
        description="What the registry holds at all, where it holds no such certificate."
    )
    credential: VerifiedCredential | None = strawberry.field(
        description="The certificate, for offices and for the holder, where everything typed agrees."
    )
    receipt: Receipt | None = strawberry.field(
        description="The signed receipt of this answer; null for what was answered before receipts were given."
    )

    @classmethod
    def of(cls, found: verification.Verification) -> "VerifyCredentialSuccess":
        """The answer as GraphQL gives it."""
        return cls(
            command=CommandReceipt.of(found.done),
            verdict=found.verdict,
            message=LocalisedText.of(found.message),
            reason=found.reason,
            as_of=found.as_of,
            coverage=LocalisedText.of(found.coverage) if found.coverage else None,
            credential=VerifiedCredential.of(found.record) if found.record else None,
            receipt=receipt_of(found.done, ReceiptKind.VERIFICATION),
        )


VerifyCredentialResult = Annotated[
    VerifyCredentialSuccess | NotPermitted | InvalidInput | Conflict | Limited,
    strawberry.union("VerifyCredentialResult", description="The verdict, or why there is none."),
]


@strawberry.type
class VerificationMutation:
    @strawberry.mutation(
        description="Verify a certificate by number and name (anyone; anonymous callers get the verdict alone). "
        "It is logged, and the holder can see it; how often it may be asked is limited per caller and per certificate."
    )
    async def verify_credential(
        self, info: Info, input: Annotated[VerifyCredentialInput, strawberry.argument(description="What was typed.")]
    ) -> VerifyCredentialResult:
        context = info.context
        typed = domain.Typed(input.number, input.name, input.document, input.obtained_on, input.level)
        asked = verification.Asked(typed, input.purpose)
        found = await verification.verify(context.registry, context.actor, asked, input.idempotency_key, context.origin)
        return VerifyCredentialSuccess.of(found)
