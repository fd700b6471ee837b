"""Recording and correcting credentials through the API."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.corrections import SETTLES, settled_case
from talent_registry.api.credentials import Credential
from talent_registry.api.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.recalls import RecallCounts
from talent_registry.api.standing import StandingConsequence
from talent_registry.domain.credential_entries import Statement
from talent_registry.domain.credentials import Details, RecordStatus
from talent_registry.services import credential_reads, credentials, standing


@strawberry.input(
    description="Whose a credential is: the identity document by which the issuer knows the person. The person must be "
    "registered."
)
class CredentialHolderInput:
    document_number: str = strawberry.field(description="Number of the document, as typed.")
    document_kind: str | None = strawberry.field(
        default=None,
        description="Kind of document, a code or name of the catalogue; a resident identity card if left out.",
    )
    public_number: str | None = strawberry.field(
        default=None, description="Public number of the researcher; where given, it must be that of the same person."
    )


@strawberry.input(
    description="What only some kinds of credential state: qualifications, permits, cards, skills, the armed forces."
)
class CredentialDetailsInput:
    qualification: str | None = strawberry.field(default=None, description="Vocational qualification.")
    grade: str | None = strawberry.field(default=None, description="Grade of the qualification.")
    registered_to: date | None = strawberry.field(default=None, description="Last day of the registration, inclusive.")
    unit_division: str | None = strawberry.field(
        default=None, description="Division (GB/T 2260) of the unit where the registration is."
    )
    permit_class: str | None = strawberry.field(
        default=None, description="Class of a foreigner's work permit: A, B or C."
    )
    card: str | None = strawberry.field(default=None, description="Family of a talent card.")
    card_class: str | None = strawberry.field(default=None, description="Class of a talent card.")
    skill_level: str | None = strawberry.field(default=None, description="Level of a vocational skill.")
    military_status: str | None = strawberry.field(default=None, description="CIVILIAN_STAFF or OFFICER.")
    issuer_country: str | None = strawberry.field(
        default=None, description="Country of the issuer (ISO 3166) where it sits outside the mainland."
    )


@strawberry.input(
    description="The facts of a credential; codes or names of the catalogue. What is left out is not stated, and a "
    "default that then holds is shown as such."
)
class CredentialFactsInput:
    route: str = strawberry.field(description="How it was obtained.")
    issuer_kind: str = strawberry.field(description="Kind of issuer.")
    title_code: str | None = strawberry.field(default=None, description="Four-digit title code (for a title).")
    title_name: str | None = strawberry.field(default=None, description="Name of the title as printed.")
    level: str | None = strawberry.field(default=None, description="Level; must be that of the title.")
    specialty: str | None = strawberry.field(default=None, description="Specialty, as the certificate says.")
    filing_number: str | None = strawberry.field(
        default=None, description="Filing of the review committee (Order 40 of the Ministry of Human Resources, 2019)."
    )
    approval_date: date | None = strawberry.field(default=None, description="Day of approval.")
    issued_on: date | None = strawberry.field(default=None, description="Day of issue; that of approval if left out.")
    valid_until: date | None = strawberry.field(default=None, description="Last day of validity, inclusive.")
    certificate_medium: str | None = strawberry.field(default=None, description="ELECTRONIC or PAPER.")
    found_in_lookup: bool | None = strawberry.field(
        default=None, description="Whether the national look-up shows the certificate."
    )
    delegated: bool | None = strawberry.field(default=None, description="Whether the review was delegated.")
    delegation_level: str | None = strawberry.field(
        default=None, description="Who wrote the letter of delegation: COUNTY, PREFECTURE, PROVINCE or CENTRAL_HR."
    )
    targeted_area: list[str] | None = strawberry.field(
        default=None, description="Divisions (GB/T 2260) within which a targeted title holds (at most 100)."
    )
    origin_division: str | None = strawberry.field(
        default=None, description="Where a confirmed title was confirmed from (GB/T 2260)."
    )
    details: CredentialDetailsInput | None = strawberry.field(
        default=None, description="What only some kinds of credential state."
    )


@strawberry.input(description="A credential to record.")
class RecordCredentialInput:
    issuer: strawberry.ID = strawberry.field(description="Opaque id of the issuer.")
    kind: str = strawberry.field(description="Kind of credential, a code or name of the catalogue.")
    number: str = strawberry.field(description="Number of the certificate.")
    holder: CredentialHolderInput = strawberry.field(description="Whose it is.")
    facts: CredentialFactsInput = strawberry.field(description="What it says.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    status: RecordStatus = strawberry.field(
        default=RecordStatus.VALID, description="VALID, or PUBLICITY while the public notice runs."
    )


@strawberry.type(description="The credential was recorded.")
class RecordCredentialSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    credential: Credential = strawberry.field(description="The credential.")


RecordCredentialResult = Annotated[
    RecordCredentialSuccess | NotFound | NotPermitted | InvalidInput | Conflict | Limited,
    strawberry.union("RecordCredentialResult", description="The credential, or why it was not recorded."),
]


@strawberry.input(description="The facts of a credential as they should have been recorded.")
class CorrectCredentialInput:
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    facts: CredentialFactsInput = strawberry.field(description="All facts, corrected; they replace what was recorded.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    correction_case: strawberry.ID | None = strawberry.field(default=None, description=SETTLES)


@strawberry.type(
    description="The correction was recorded, and what rests on the credential followed in the same transaction; what "
    "was recorded before stays readable."
)
class CorrectCredentialSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    credential: Credential = strawberry.field(description="The credential.")
    consequences: list[StandingConsequence] = strawberry.field(
        description="What followed for placements whose recognition, decided anew for today, changed."
    )
    recalled: RecallCounts = strawberry.field(description="What relied on the facts before they were corrected.")


CorrectCredentialResult = Annotated[
    CorrectCredentialSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("CorrectCredentialResult", description="The credential, or why it was not corrected."),
]


@strawberry.type
class CredentialMutation:
    @strawberry.mutation(description="Record a credential (its issuer; the authority of the issuer's province).")
    async def record_credential(
        self, info: Info, input: Annotated[RecordCredentialInput, strawberry.argument(description="The credential.")]
    ) -> RecordCredentialResult:
        context = info.context
        holder = input.holder
        asked = credentials.NewCredential(
            from_node_id(input.issuer, "Organisation", "input", "issuer"),
            input.kind,
            input.number,
            credentials.Holder(holder.document_number, holder.document_kind, holder.public_number),
            _statement(input.facts),
            input.status,
        )
        done = await credentials.record(context.registry, context.actor, asked, input.idempotency_key)
        return RecordCredentialSuccess(
            command=CommandReceipt.of(done), credential=await _shown(info, done.result, "recordCredential")
        )

    @strawberry.mutation(
        description="Correct what was recorded of a credential (its issuer; the authority of the issuer's province)."
    )
    async def correct_credential(
        self, info: Info, input: Annotated[CorrectCredentialInput, strawberry.argument(description="The correction.")]
    ) -> CorrectCredentialResult:
        context = info.context
        asked = credentials.Correction(
            from_node_id(input.credential, "Credential", "input", "credential"),
            _statement(input.facts),
            settled_case(input.correction_case),
        )
        done = await standing.correct(context.registry, context.actor, asked, input.idempotency_key)
        return CorrectCredentialSuccess(
            command=CommandReceipt.of(done),
            credential=await _shown(info, done.result, "correctCredential"),
            consequences=[StandingConsequence.of(one) for one in done.result["consequences"]],
            recalled=RecallCounts.of(done),
        )


async def _shown(info: Info, result: dict[str, Any], purpose: str) -> Credential:
    context = info.context
    return Credential.of(
        await credential_reads.get_credential(
            context.registry, context.actor, UUID(result["credential_id"]), f"with: {purpose}"
        )
    )


def _statement(facts: CredentialFactsInput) -> Statement:
    values = {name: value for name, value in vars(facts).items() if name not in ("details", "targeted_area")}
    area = None if facts.targeted_area is None else tuple(facts.targeted_area)
    details = Details(**vars(facts.details)) if facts.details else Details()
    return Statement(**values, targeted_area=area, details=details)
