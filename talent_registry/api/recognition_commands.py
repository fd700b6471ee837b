"""Deciding a recognition through the API."""

from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.proceedings import RecognitionCase, load_case
from talent_registry.api.receipts import Receipt, receipt_of
from talent_registry.api.recognition import RecognitionDecision, load_decision
from talent_registry.api.recognition_parts import DecideRecognitionInput
from talent_registry.domain.receipts import ReceiptKind
from talent_registry.services import recognition


@strawberry.type(description="The recognition was decided, whatever it came to.")
class DecideRecognitionSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    decision: RecognitionDecision | None = strawberry.field(
        description="The decision; null where the caller may have decided but may not read decisions."
    )
    recognition_case: RecognitionCase | None = strawberry.field(
        description="The case that it opened, or the one that was pending or had granted the same before; null where "
        "nothing is left open, or the caller may not see it."
    )
    receipt: Receipt | None = strawberry.field(
        description="The signed receipt of this decision; null for what was decided before receipts were given."
    )


DecideRecognitionResult = Annotated[
    DecideRecognitionSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("DecideRecognitionResult", description="The decision, or why none was taken."),
]


@strawberry.type
class RecognitionMutation:
    @strawberry.mutation(
        description="Decide a recognition and keep the decision (the person; HR and agencies by consent; the authority "
        "of the target's province)."
    )
    async def decide_recognition(
        self, info: Info, input: Annotated[DecideRecognitionInput, strawberry.argument(description="The question.")]
    ) -> DecideRecognitionResult:
        context = info.context
        asked = recognition.AskedRecognition(
            from_node_id(input.credential, "Credential", "input", "credential"),
            input.target.to_domain(),
            input.on,
            input.purpose,
        )
        done = await recognition.decide_recognition(context.registry, context.actor, asked, input.idempotency_key)
        decision = await load_decision(info, UUID(done.result["decision_id"]))
        case_id = done.result.get("case_id")
        case = await load_case(info, case_id and UUID(case_id))
        return DecideRecognitionSuccess(
            command=CommandReceipt.of(done),
            decision=decision,
            recognition_case=case,
            receipt=receipt_of(done, ReceiptKind.DECISION),
        )
