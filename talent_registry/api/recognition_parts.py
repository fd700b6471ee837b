"""The parts of a recognition as the API gives them: the post, the findings, the facts used."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from talent_registry.api.commands import IDEMPOTENCY_KEY
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.domain import credential_facts, recognition
from talent_registry.domain.agreements import Outcome
from talent_registry.domain.questions import Target

described(
    Outcome,
    "What a recognition comes to; every one is a result, none an error.",
    {
        "AUTO": "Recognised as of right.",
        "VERIFY": "Recognised once the issuer confirms the record.",
        "CONFIRM": "Needs the confirmation of the host authority.",
        "RE_REVIEW": "To be reviewed anew on a move.",
        "NOT_RECOGNISED": "Not recognised.",
        "NOT_APPLICABLE": "Outside what the agreement speaks of.",
        "PENDING": "To be decided once something that is under way is finished.",
    },
)
described(
    recognition.FindingResult,
    "What became of a clause in a decision.",
    {
        "SATISFIED": "Its condition is met: this clause ruled.",
        "NOT_SATISFIED": "Its condition is not met, or it does not speak of this credential or day.",
        "NOT_REACHED": "An earlier clause ruled.",
    },
)


@strawberry.type(description="The post in the other province.")
class RecognitionTarget:
    division: str = strawberry.field(description="Division of the employer (GB/T 2260).")
    employer_kind: str | None = strawberry.field(description="Kind of employer, a code of the catalogue.")
    post_series: str | None = strawberry.field(description="Title series of the post; null: not tied to a series.")
    zone: str | None = strawberry.field(description="Zone of the agreement in which the post lies.")

    @classmethod
    def of(cls, target: Target) -> "RecognitionTarget":
        """The post as GraphQL gives it."""
        return cls(
            division=target.division,
            employer_kind=target.employer_kind,
            post_series=target.post_series,
            zone=target.zone,
        )


@strawberry.input(description="The post for which recognition is asked.")
class RecognitionTargetInput:
    division: str = strawberry.field(description="Division of the employer (GB/T 2260).")
    employer_kind: str | None = strawberry.field(default=None, description="Kind of employer, a code of the catalogue.")
    post_series: str | None = strawberry.field(
        default=None, description="Title series of the post, two digits; left out: not tied to a series."
    )
    zone: str | None = strawberry.field(default=None, description="Zone of the agreement in which the post lies.")

    def to_domain(self) -> Target:
        """The post as the domain takes it."""
        return Target(
            division=self.division, employer_kind=self.employer_kind, post_series=self.post_series, zone=self.zone
        )


@strawberry.type(description="What one clause of the agreement found.")
class RecognitionFinding:
    rule: str = strawberry.field(description="The clause.")
    result: recognition.FindingResult = strawberry.field(description="What became of it.")
    facts: JSON = strawberry.field(description="The facts it looked at, by name; empty where it was not reached.")
    message: LocalisedText = strawberry.field(description="What it found, in a sentence.")

    @classmethod
    def of(cls, finding: recognition.Finding) -> "RecognitionFinding":
        """The finding as GraphQL gives it."""
        return cls(
            rule=finding.rule,
            result=finding.result,
            facts=JSON(dict(finding.facts)),
            message=LocalisedText.of(finding.message),
        )


@strawberry.type(description="A fact as it was used in a decision.")
class UsedFact:
    name: str = strawberry.field(description="What the fact is called in the agreement's conditions.")
    value: JSON | None = strawberry.field(description="Its value; null where it holds by default.")
    recorded_at: datetime = strawberry.field(description="When the registry recorded it.")
    defaulted: bool = strawberry.field(description="True where the source did not state it and it holds by default.")
    source_id: strawberry.Private[UUID]

    @strawberry.field(description="The organisation that stated it.")
    async def source(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.source_id)

    @classmethod
    def of(cls, fact: credential_facts.UsedFact) -> "UsedFact":
        """The fact as GraphQL gives it."""
        return cls(
            name=fact.name,
            value=None if fact.value is None else JSON(fact.value),
            recorded_at=fact.recorded_at,
            defaulted=fact.defaulted,
            source_id=fact.source_id,
        )


@strawberry.input(description="A recognition to decide.")
class DecideRecognitionInput:
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    target: RecognitionTargetInput = strawberry.field(description="The post.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    on: date | None = strawberry.field(default=None, description="The legal day; today if left out.")
    purpose: str = strawberry.field(default="", description="For what purpose; needed by all but the person.")


@strawberry.input(description="Which decisions to list; what is left out does not narrow the list.")
class RecognitionDecisionFilter:
    credential: strawberry.ID | None = strawberry.field(default=None, description="Opaque id of the credential.")
    researcher: strawberry.ID | None = strawberry.field(default=None, description="Opaque id of the person.")
    target_province: str | None = strawberry.field(default=None, description="Province of the post (GB/T 2260).")
    outcome: Outcome | None = strawberry.field(default=None, description="What they came to.")
