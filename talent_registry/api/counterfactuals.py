"""What is missing for a better answer, as the API gives it."""

from datetime import date

import strawberry
from strawberry.scalars import JSON

from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.recognition_parts import RecognitionTarget
from talent_registry.domain import changes, counterfactuals
from talent_registry.domain.agreements import Outcome

described(
    changes.Supplier,
    "Who can bring a change about.",
    {
        "HOLDER": "The holder of the credential.",
        "ISSUER": "The issuer of the credential.",
        "AUTHORITY": "The authority that registers.",
        "EMPLOYER": "The employer.",
        "TIME": "Nobody: the day comes by itself.",
    },
)
described(
    changes.RemedyKind,
    "What a change touches.",
    {
        "FACT": "A fact of the credential or its holder is supplied or mended.",
        "ANOTHER_POST": "No fact is mended: the answer is for another post.",
        "LATER_DAY": "No fact is mended: the answer is for a later day.",
    },
)


@strawberry.type(description="One change, as part of a remedy.")
class RemedyChange:
    kind: changes.RemedyKind = strawberry.field(description="What it touches.")
    fact: str = strawberry.field(description="What the fact is called in the agreement's conditions.")
    before: JSON | None = strawberry.field(description="Its value now; null where it is not stated.")
    after: JSON | None = strawberry.field(description="Its value after the change; null where it is taken back.")
    supplier: changes.Supplier = strawberry.field(description="Who can bring it about.")
    document: LocalisedText | None = strawberry.field(description="Which document shows it; null where none does.")
    message: LocalisedText = strawberry.field(description="What to do, in a sentence.")

    @classmethod
    def of(cls, change: changes.Change) -> "RemedyChange":
        """The change as GraphQL gives it."""
        return cls(
            kind=change.kind,
            fact=change.fact,
            before=None if change.before is None else JSON(change.before),
            after=None if change.after is None else JSON(change.after),
            supplier=change.supplier,
            document=None if change.document is None else LocalisedText.of(change.document),
            message=LocalisedText.of(change.message),
        )


@strawberry.type(
    description="Changes that together, and not without one of them, give the better outcome: proved by deciding again."
)
class Remedy:
    changes: list[RemedyChange] = strawberry.field(description="All of them are needed.")
    target: RecognitionTarget = strawberry.field(description="The post of the better outcome.")
    on: date = strawberry.field(description="The legal day of the better outcome.")
    outcome: Outcome = strawberry.field(description="What it would come to.")
    rule: str = strawberry.field(description="The clause of the agreement that would rule.")
    reason_code: str = strawberry.field(description="The reason, a code of the agreement.")
    message: LocalisedText = strawberry.field(description="What that outcome means.")
    agreement_version: str = strawberry.field(description="The version of the agreement in force on that day.")

    @classmethod
    def of(cls, remedy: counterfactuals.Remedy) -> "Remedy":
        """The remedy as GraphQL gives it."""
        made = remedy.decision
        return cls(
            changes=[RemedyChange.of(one) for one in remedy.changes],
            target=RecognitionTarget.of(remedy.question.target),
            on=remedy.question.on,
            outcome=made.outcome,
            rule=made.rule,
            reason_code=made.reason_code,
            message=LocalisedText.of(made.message),
            agreement_version=made.version_id,
        )


@strawberry.type(description="A fact on which the answer rests and that nobody may lawfully change.")
class FixedFact:
    fact: str = strawberry.field(description="What the fact is called in the agreement's conditions.")
    value: JSON = strawberry.field(description="Its value.")
    reason: LocalisedText = strawberry.field(description="Why it stays as it is.")

    @classmethod
    def of(cls, fixed: counterfactuals.FixedFact) -> "FixedFact":
        """The fact as GraphQL gives it."""
        return cls(fact=fixed.fact, value=JSON(fixed.value), reason=LocalisedText.of(fixed.reason))


@strawberry.type(
    description="What is missing for a better answer: empty where it is recognised as of right or no question between "
    "the provinces arises."
)
class WhatIsMissing:
    remedies: list[Remedy] = strawberry.field(
        description="The smallest changes, best outcome and fewest changes first; at most ten."
    )
    fixed: list[FixedFact] = strawberry.field(description="What the answer rests on and nobody may change.")

    @classmethod
    def of(cls, missing: counterfactuals.Missing) -> "WhatIsMissing":
        """What is missing as GraphQL gives it."""
        return cls(
            remedies=[Remedy.of(one) for one in missing.remedies],
            fixed=[FixedFact.of(one) for one in missing.fixed],
        )
