"""Opening a share code through the API: anybody who holds one sees what its person chose."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.credential_facts import Validity
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, Limited, LocalisedText
from talent_registry.api.organisations import Organisation
from talent_registry.api.shares import ShareField
from talent_registry.domain import shares as domain
from talent_registry.domain.agreements import Outcome
from talent_registry.domain.credentials import Standing
from talent_registry.domain.recognition import Decision
from talent_registry.services import share_openings, share_views

described(
    domain.ShareOutcome,
    "What a try at a share code comes to.",
    {
        "OPENED": "It shows what the person chose.",
        "PIN_NEEDED": "The code has a PIN, and none was given.",
        "PIN_WRONG": "The PIN is not the code's; after ten wrong ones the code is closed for good.",
        "NOT_VALID": "Unknown, expired, revoked or closed: said alike, with nothing about the person.",
    },
    name="ShareCodeOutcome",
)


@strawberry.type(description="Whether a shared credential is recognised in the place its holder chose, as of now.")
class SharedRecognition:
    division: str = strawberry.field(description="The place (GB/T 2260).")
    outcome: Outcome = strawberry.field(description="The outcome.")
    message: LocalisedText = strawberry.field(description="The outcome as a sentence.")
    clause: str = strawberry.field(description="The clause that decides.")
    agreement_version: str = strawberry.field(description="The version of the agreement.")
    agreement_digest: str = strawberry.field(description="The digest of that version (SHA-256).")

    @classmethod
    def of(cls, division: str, decision: Decision) -> "SharedRecognition":
        """The decision as far as it is shared."""
        return cls(
            division=division,
            outcome=decision.outcome,
            message=LocalisedText.of(decision.message),
            clause=decision.rule,
            agreement_version=decision.version_id,
            agreement_digest=decision.digest,
        )


@strawberry.type(description="A credential as its holder shares it; null is what the holder did not choose.")
class SharedCredential:
    kind: str = strawberry.field(description="Kind of credential, a code of the catalogue.")
    standing: Standing = strawberry.field(description="How it stands on the day of opening.")
    revoked_on: date | None = strawberry.field(description="First day of its revocation, if it is revoked.")
    number: str | None = strawberry.field(description="Number of the certificate.")
    title: str | None = strawberry.field(description="Name of the title.")
    series: str | None = strawberry.field(description="Title series, two digits.")
    level: str | None = strawberry.field(description="Level, a code of the catalogue.")
    issuer: Organisation | None = strawberry.field(description="Who issued it.")
    approval_date: date | None = strawberry.field(description="Day of approval.")
    validity: Validity | None = strawberry.field(description="Days of issue and of end of validity.")
    recognition: SharedRecognition | None = strawberry.field(description="Recognition in the chosen place.")

    @classmethod
    def of(cls, shown: share_views.SharedCredential, division: str | None) -> "SharedCredential":
        """The credential as GraphQL gives it."""
        valid = Validity(from_=shown.valid_from, until=shown.valid_until) if shown.valid_from else None
        decided = SharedRecognition.of(division, shown.decision) if division and shown.decision else None
        return cls(
            kind=shown.kind,
            standing=shown.standing,
            revoked_on=shown.revoked_on,
            number=shown.number,
            title=shown.title,
            series=shown.series,
            level=shown.level,
            issuer=Organisation.of(shown.issuer) if shown.issuer else None,
            approval_date=shown.approval_date,
            validity=valid,
            recognition=decided,
        )


@strawberry.type(description="An identity document as it is shared: never with its number.")
class SharedDocument:
    kind: str = strawberry.field(description="Kind of document, a code of the catalogue.")
    number_masked: str = strawberry.field(description="The number with its middle hidden.")


@strawberry.type(description="What a person opened to whoever holds the code, and nothing else of the person.")
class SharedView:
    purpose: str = strawberry.field(description="What for, in the person's words.")
    fields: list[ShareField] = strawberry.field(description="The fields that the person chose.")
    expires_at: datetime = strawberry.field(description="Until when the code opens.")
    name: str | None = strawberry.field(description="The name, if it was chosen.")
    documents: list[SharedDocument] = strawberry.field(description="Identity documents, if they were chosen.")
    credentials: list[SharedCredential] = strawberry.field(description="The credentials.")

    @classmethod
    def of(cls, view: share_views.SharedView, expires_at: datetime) -> "SharedView":
        """The view as GraphQL gives it."""
        return cls(
            purpose=view.terms.purpose,
            fields=list(view.terms.fields),
            expires_at=expires_at,
            name=view.name,
            documents=[SharedDocument(kind=one.kind, number_masked=one.number_masked) for one in view.documents],
            credentials=[SharedCredential.of(one, view.terms.division) for one in view.credentials],
        )


@strawberry.input(description="The code to open.")
class OpenShareCodeInput:
    code: str = strawberry.field(description="The code, in any case and grouping.")
    pin: str | None = strawberry.field(default=None, description="Its PIN, if it has one.")
    purpose: str | None = strawberry.field(
        default=None,
        description="For what purpose, at most 200 characters; the person can see it. The purpose of the code if left "
        "out (Personal Information Protection Law, art. 6).",
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="What came of the try.")
class OpenShareCodeSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    outcome: domain.ShareOutcome = strawberry.field(description="The outcome.")
    message: LocalisedText = strawberry.field(description="The outcome as a sentence.")
    as_of: datetime = strawberry.field(description="The instant at which the registry answered.")
    shown: SharedView | None = strawberry.field(description="What it opens; null where it did not open.")

    @classmethod
    def of(cls, opening: share_openings.Opening) -> "OpenShareCodeSuccess":
        """The opening as GraphQL gives it."""
        opened = opening.view is not None and opening.expires_at is not None
        return cls(
            command=CommandReceipt.of(opening.done),
            outcome=opening.outcome,
            message=LocalisedText.of(opening.message),
            as_of=opening.as_of,
            shown=SharedView.of(opening.view, opening.expires_at) if opened else None,  # type: ignore[arg-type]
        )


OpenShareCodeResult = Annotated[
    OpenShareCodeSuccess | InvalidInput | Conflict | Limited,
    strawberry.union("OpenShareCodeResult", description="What came of the try, or why it was not made."),
]


@strawberry.type
class ShareOpeningMutation:
    @strawberry.mutation(
        description="Open a share code (anyone who holds it). It is logged, and the person sees who tried it, when, "
        "with what result; how often codes and PINs may be tried is limited per caller, wrong PINs per code too."
    )
    async def open_share_code(
        self, info: Info, input: Annotated[OpenShareCodeInput, strawberry.argument(description="The code.")]
    ) -> OpenShareCodeResult:
        context = info.context
        asked = share_openings.AskedOpening(input.code, input.pin, input.purpose)
        opening = await share_openings.open_code(
            context.registry, context.actor, asked, input.idempotency_key, context.origin
        )
        return OpenShareCodeSuccess.of(opening)
