"""Recognition as the API gives it: decisions that were taken, answers that are computed, and the command to decide."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.counterfactuals import WhatIsMissing
from talent_registry.api.credentials import After, Credential, First, KnownAt, On, load_credential
from talent_registry.api.errors import LocalisedText
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.api.proceedings import RecognitionCase, is_confirmed, load_case_of, load_confirmation
from talent_registry.api.recognition_parts import (
    RecognitionDecisionFilter,
    RecognitionFinding,
    RecognitionTarget,
    RecognitionTargetInput,
    UsedFact,
)
from talent_registry.api.researchers import Researcher, load_researcher
from talent_registry.api.selections import purpose_along
from talent_registry.domain import decisions as domain
from talent_registry.domain.agreements import Outcome
from talent_registry.domain.pages import OfPerson
from talent_registry.domain.proceeding_facts import told_facts
from talent_registry.services import agreements, counterfactuals, recognition
from talent_registry.services.proceeding_openings import Confirming, confirming

Why = Annotated[str, strawberry.argument(description="For what purpose the record is read; the person can see it.")]


@strawberry.type(description="A recognition that was decided: a fact, kept with everything it was decided by.")
class RecognitionDecision(Node):
    target: RecognitionTarget = strawberry.field(description="The post it was decided for.")
    decided_for: date = strawberry.field(description="The legal day it was decided for.")
    known_at: datetime = strawberry.field(description="The instant whose knowledge it rests on.")
    outcome: Outcome = strawberry.field(description="What it comes to.")
    rule: str = strawberry.field(description="The clause of the agreement that ruled.")
    reason_code: str = strawberry.field(description="The reason, a code of the agreement.")
    message: LocalisedText = strawberry.field(description="What it means and what can be done.")
    agreement_version: str = strawberry.field(description="The version of the agreement in force on the day.")
    agreement_digest: str = strawberry.field(description="SHA-256 (hex) of that version's content.")
    findings: list[RecognitionFinding] = strawberry.field(description="One finding per clause, in precedence order.")
    facts: list[UsedFact] = strawberry.field(description="The facts used, each with source and recorded time.")
    credential_id: strawberry.Private[UUID]
    researcher_id: strawberry.Private[UUID]
    record: strawberry.Private[domain.RecognitionDecision]

    @strawberry.field(
        description="What was missing for a better outcome, by the facts kept with the decision; null where the "
        "agreement no longer holds the version that decided."
    )
    async def what_is_missing(self, info: Info) -> WhatIsMissing | None:
        agreement = await load(info.context, agreements.list_known, self.known_at)
        missing = counterfactuals.find_missing_for_kept(agreement, self.record)
        return None if missing is None else WhatIsMissing.of(missing)

    @strawberry.field(
        description="Whether this decision recognises: as of right on its day, or confirmed by today in a case on the "
        "facts it was told. What holds on another day, after a revocation say, is asked anew with `recognition`."
    )
    async def is_recognised(self, info: Info) -> bool:
        return self.record.is_recognised or await is_confirmed(info, self._confirming(info))

    @strawberry.field(description="The case that confirmed this answer; null for none, or one not the caller's to see.")
    async def confirmed_by(self, info: Info) -> RecognitionCase | None:
        return await load_confirmation(info, self._confirming(info))

    @strawberry.field(description="The case that this decision opened; null for none, or one not the caller's to see.")
    async def recognition_case(self, info: Info) -> RecognitionCase | None:
        return await load_case_of(info, self.record.id)

    def _confirming(self, info: Info) -> Confirming:
        return confirming(self.record, info.context.registry.today())

    @strawberry.field(description="The credential, as far as the caller may see it; the look is noted.")
    async def credential(self, info: Info) -> Credential | None:
        return await load_credential(info, self.credential_id)

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.researcher_id)

    @classmethod
    def of(cls, kept: domain.RecognitionDecision) -> "RecognitionDecision":
        """The decision as GraphQL gives it."""
        made = kept.decision
        return cls(
            id=to_node_id("RecognitionDecision", kept.id),
            target=RecognitionTarget.of(kept.target),
            decided_for=kept.decided_for,
            known_at=kept.known_at,
            outcome=made.outcome,
            rule=made.rule,
            reason_code=made.reason_code,
            message=LocalisedText.of(made.message),
            agreement_version=made.version_id,
            agreement_digest=made.digest,
            findings=[RecognitionFinding.of(one) for one in made.findings],
            facts=[UsedFact.of(one) for one in kept.facts],
            credential_id=kept.credential_id,
            researcher_id=kept.researcher_id,
            record=kept,
        )


@strawberry.type(description="A recognition that was computed and not kept: the same day and instant give the same.")
class RecognitionAnswer:
    on: date = strawberry.field(description="The legal day.")
    known_at: datetime = strawberry.field(description="The instant whose knowledge it rests on.")
    outcome: Outcome = strawberry.field(description="What it comes to.")
    rule: str = strawberry.field(description="The clause of the agreement that rules.")
    reason_code: str = strawberry.field(description="The reason, a code of the agreement.")
    message: LocalisedText = strawberry.field(description="What it means and what can be done.")
    agreement_version: str = strawberry.field(description="The version of the agreement in force on the day.")
    agreement_digest: str = strawberry.field(description="SHA-256 (hex) of that version's content.")
    findings: list[RecognitionFinding] = strawberry.field(description="One finding per clause, in precedence order.")
    facts: list[UsedFact] = strawberry.field(description="The facts used, each with source and recorded time.")
    computed: strawberry.Private[recognition.Computed]
    confirming: strawberry.Private[Confirming]

    @strawberry.field(description="What is missing for a better outcome.")
    def what_is_missing(self) -> WhatIsMissing:
        return WhatIsMissing.of(counterfactuals.missing_for(self.computed))

    @strawberry.field(
        description="Whether a placement may rest on it on that day: recognised as of right, or confirmed in a case by "
        "then, as known at the instant."
    )
    async def is_recognised(self, info: Info) -> bool:
        return self.outcome is Outcome.AUTO or await is_confirmed(info, self.confirming)

    @strawberry.field(description="The case that confirmed it; null for none, or one not the caller's to see.")
    async def confirmed_by(self, info: Info) -> RecognitionCase | None:
        return await load_confirmation(info, self.confirming)

    @classmethod
    def of(cls, computed: recognition.Computed) -> "RecognitionAnswer":
        """The answer as GraphQL gives it."""
        made = computed.decision
        return cls(
            on=computed.on,
            known_at=computed.known_at,
            outcome=made.outcome,
            rule=made.rule,
            reason_code=made.reason_code,
            message=LocalisedText.of(made.message),
            agreement_version=made.version_id,
            agreement_digest=made.digest,
            findings=[RecognitionFinding.of(one) for one in made.findings],
            facts=[UsedFact.of(one) for one in computed.facts.used],
            computed=computed,
            confirming=Confirming(
                computed.facts.record.credential.id,
                computed.target,
                made.outcome,
                made.rule,
                told_facts(computed.facts.used),
                computed.on,
                computed.known_at,
            ),
        )


async def load_decision(info: Info, decision_id: UUID | None) -> RecognitionDecision | None:
    """The decision behind another record, fetched with its siblings; None where not the caller's to see.

    The look is taken along: for the purpose of the question or command it belongs to.
    """
    if decision_id is None:
        return None
    look = recognition.Look(decision_id, purpose_along(info))
    kept = await load(info.context, recognition.list_looked_at, look)
    return None if kept is None else RecognitionDecision.of(kept)


async def load_decisions_of(
    info: Info, researcher_id: UUID, first: int, after: str | None
) -> Connection[RecognitionDecision]:
    """A page of the decisions about one person, fetched with the siblings'; the look at the person covers it."""
    asked = OfPerson(researcher_id, page_request(first, after))
    return connection_of(await load(info.context, recognition.list_of_people, asked), RecognitionDecision.of)


def decisions_sought(asked: RecognitionDecisionFilter) -> domain.DecisionFilter:
    """What a filter of the API seeks."""
    return domain.DecisionFilter(
        None if asked.credential is None else from_node_id(asked.credential, "Credential", "filter", "credential"),
        None if asked.researcher is None else from_node_id(asked.researcher, "Researcher", "filter", "researcher"),
        asked.target_province,
        asked.outcome,
    )


@strawberry.type
class RecognitionQuery:
    @strawberry.field(description="One recognition that was decided; the look is noted.")
    async def recognition_decision(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")],
        purpose: Why = "with: recognitionDecision",
    ) -> RecognitionDecision:
        context = info.context
        decision_id = from_node_id(id, "RecognitionDecision", "id")
        kept = await recognition.get_decision(context.registry, context.actor, decision_id, purpose)
        return RecognitionDecision.of(kept)

    @strawberry.field(description="Recognitions decided that the caller may see, oldest first; each look is noted.")
    async def recognition_decisions(
        self,
        info: Info,
        filter: Annotated[
            RecognitionDecisionFilter | None, strawberry.argument(description="Which ones; all if left out.")
        ] = None,
        first: First = 20,
        after: After = None,
        purpose: Why = "with: recognitionDecisions",
    ) -> Connection[RecognitionDecision]:
        context, asked = info.context, filter or RecognitionDecisionFilter()
        sought, request = decisions_sought(asked), page_request(first, after)
        page = await recognition.list_decisions(context.registry, context.actor, request, sought, purpose)
        return connection_of(page, RecognitionDecision.of)

    @strawberry.field(
        description="Whether a credential is recognised for a post, computed and not kept; the look is noted."
    )
    async def recognition(
        self,
        info: Info,
        credential: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the credential.")],
        target: Annotated[RecognitionTargetInput, strawberry.argument(description="The post.")],
        purpose: Annotated[
            str, strawberry.argument(description="For what purpose; needed by all but the person.")
        ] = "",
        on: On = None,
        known_at: KnownAt = None,
    ) -> RecognitionAnswer:
        context = info.context
        asked = recognition.AskedRecognition(
            from_node_id(credential, "Credential", "credential"), target.to_domain(), on, purpose
        )
        return RecognitionAnswer.of(await recognition.compute(context.registry, context.actor, asked, known_at))

    @strawberry.field(
        description="Whether a kept decision, computed again from its day and knowledge, says the same in every part; "
        "the look is noted."
    )
    async def is_reproducible(
        self,
        info: Info,
        decision: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")],
        purpose: Why = "with: isReproducible",
    ) -> bool:
        context = info.context
        decision_id = from_node_id(decision, "RecognitionDecision", "decision")
        return (await recognition.recompute(context.registry, context.actor, decision_id, purpose)).same
