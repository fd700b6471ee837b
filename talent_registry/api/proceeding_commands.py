"""The acts in a case as the API takes them: of the applicant, of the body, of the two provinces."""

from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.proceedings import RecognitionCase, load_case
from talent_registry.api.receipts import Receipt, receipt_of
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.domain.receipts import ReceiptKind
from talent_registry.services import proceeding_acts, proceeding_overrides
from talent_registry.services.registry import Done


@strawberry.input(description="An act in a case.")
class CaseActInput:
    case: strawberry.ID = strawberry.field(description="Opaque id of the case.")
    text: str = strawberry.field(
        description="What is asked, answered or argued: 1 to 2000 characters, no identity numbers. Those who have a "
        "part in the case read it; the ledger does not hold it."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A case to withdraw.")
class CaseInput:
    case: strawberry.ID = strawberry.field(description="Opaque id of the case.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="What the body decides in a case.")
class CaseDecisionInput:
    case: strawberry.ID = strawberry.field(description="Opaque id of the case.")
    outcome: ProceedingOutcome = strawberry.field(
        description="CONFIRMED or REFUSED; VERIFIED or NOT_VERIFIED for a verification."
    )
    text: str = strawberry.field(description="The grounds, 1 to 2000 characters, no identity numbers.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A refusal of the program to override.")
class ProposeOverrideInput:
    decision: strawberry.ID = strawberry.field(description="Opaque id of the decision; it stays as it is.")
    text: str = strawberry.field(description="The grounds, 1 to 2000 characters, no identity numbers.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The act was done, and the case stands where it now says.")
class RecognitionCaseSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    case_id: strawberry.Private[UUID]
    receipt: Receipt | None = strawberry.field(
        description="The signed receipt of what settled the case; null where the act settled nothing."
    )

    @strawberry.field(description="The case as it stands now.")
    async def case(self, info: Info) -> RecognitionCase | None:
        return await load_case(info, self.case_id)

    @classmethod
    def of(cls, done: Done) -> "RecognitionCaseSuccess":
        """The answer of a command as GraphQL gives it."""
        return cls(
            command=CommandReceipt.of(done),
            case_id=UUID(done.result["case_id"]),
            receipt=receipt_of(done, ReceiptKind.CASE),
        )


RecognitionCaseResult = Annotated[
    RecognitionCaseSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("RecognitionCaseResult", description="The case as it stands now, or why nothing was done."),
]
CaseAct = Annotated[CaseActInput, strawberry.argument(description="Which case, and in what words.")]
CaseDecision = Annotated[CaseDecisionInput, strawberry.argument(description="Which case, what, and why.")]


@strawberry.type
class ProceedingMutation:
    @strawberry.mutation(
        description="Ask the applicant for evidence; the body's clock stands still until the answer, at the longest "
        "until the term for it is over (the body of the case)."
    )
    async def request_case_evidence(self, info: Info, input: CaseAct) -> RecognitionCaseResult:
        context = info.context
        done = await proceeding_acts.request_evidence(
            context.registry, context.actor, _act(input), input.idempotency_key
        )
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(description="Answer a request for evidence; the body's clock goes on (the applicant).")
    async def answer_case_evidence(self, info: Info, input: CaseAct) -> RecognitionCaseResult:
        context = info.context
        done = await proceeding_acts.give_evidence(context.registry, context.actor, _act(input), input.idempotency_key)
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(description="Decide a case, with grounds (the body of the case).")
    async def decide_case(self, info: Info, input: CaseDecision) -> RecognitionCaseResult:
        context = info.context
        done = await proceeding_acts.decide(context.registry, context.actor, _decision(input), input.idempotency_key)
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(description="Withdraw a case that is not decided yet (the applicant).")
    async def withdraw_case(
        self, info: Info, input: Annotated[CaseInput, strawberry.argument(description="Which case.")]
    ) -> RecognitionCaseResult:
        context, case_id = info.context, from_node_id(input.case, "RecognitionCase", "input", "case")
        done = await proceeding_acts.withdraw(context.registry, context.actor, case_id, input.idempotency_key)
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(description="Appeal a refusal within the term (the applicant).")
    async def appeal_case(self, info: Info, input: CaseAct) -> RecognitionCaseResult:
        context = info.context
        done = await proceeding_acts.appeal(context.registry, context.actor, _act(input), input.idempotency_key)
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(
        description="Decide an appeal, with grounds (the body of the case, by another account than the one that "
        "decided)."
    )
    async def decide_appeal(self, info: Info, input: CaseDecision) -> RecognitionCaseResult:
        context = info.context
        done = await proceeding_acts.decide_appeal(
            context.registry, context.actor, _decision(input), input.idempotency_key
        )
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(
        description="Propose to override a refusal of the program, with grounds; its reasoning is kept, and the other "
        "province must agree (the authority of the post)."
    )
    async def propose_override(
        self,
        info: Info,
        input: Annotated[ProposeOverrideInput, strawberry.argument(description="Which decision, and why.")],
    ) -> RecognitionCaseResult:
        context = info.context
        decision_id = from_node_id(input.decision, "RecognitionDecision", "input", "decision")
        asked = proceeding_overrides.NewOverride(decision_id, input.text)
        done = await proceeding_overrides.propose_override(
            context.registry, context.actor, asked, input.idempotency_key
        )
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(description="Agree to an override (the authority of the other province).")
    async def approve_override(self, info: Info, input: CaseAct) -> RecognitionCaseResult:
        context = info.context
        done = await proceeding_overrides.approve_override(
            context.registry, context.actor, _act(input), input.idempotency_key
        )
        return RecognitionCaseSuccess.of(done)

    @strawberry.mutation(
        description="Do not agree to an override: the refusal stands (the authority of the other province)."
    )
    async def decline_override(self, info: Info, input: CaseAct) -> RecognitionCaseResult:
        context = info.context
        done = await proceeding_overrides.decline_override(
            context.registry, context.actor, _act(input), input.idempotency_key
        )
        return RecognitionCaseSuccess.of(done)


def _act(input: CaseActInput) -> proceeding_acts.CaseAct:
    return proceeding_acts.CaseAct(from_node_id(input.case, "RecognitionCase", "input", "case"), input.text)


def _decision(input: CaseDecisionInput) -> proceeding_acts.CaseDecision:
    case_id = from_node_id(input.case, "RecognitionCase", "input", "case")
    return proceeding_acts.CaseDecision(case_id, input.outcome, input.text)
