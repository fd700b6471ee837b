"""Correction cases as the API gives and takes them: what a person says is wrong, and what its source makes of it."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.accesses import Access
from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.credentials import After, Credential, First, load_credential
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.proceeding_parts import CaseClock, CaseEvent
from talent_registry.api.researchers import Researcher, load_researcher
from talent_registry.domain import proceedings as domain
from talent_registry.domain.correction_cases import DisputedFact, SeenCorrection
from talent_registry.services import correction_cases, disputes
from talent_registry.services.registry import Done

TEXT = "1 to 2000 characters, no identity numbers; the person and the source read it, the ledger does not hold it."
DIGEST = "SHA-256 (hex) of a file that proves it; the file itself stays with the person, who shows it to the source."


@strawberry.type(
    description="What a person says is wrong in a record, seen to by the source of the fact, or of a look at it, seen "
    "to by the authority of whoever looked: state, outcome and clocks follow from its events. Until it is settled the "
    "fact reads as disputed."
)
class CorrectionCase(Node):
    fact: DisputedFact = strawberry.field(description="The fact.")
    should_read: str | None = strawberry.field(description="What it should read, in the person's words; null for none.")
    state: domain.ProceedingState = strawberry.field(description="Where it stands today.")
    outcome: domain.ProceedingOutcome | None = strawberry.field(
        description="CORRECTED or DECLINED, of a look UPHELD or DECLINED; null until then."
    )
    pending: bool = strawberry.field(description="Whether somebody still has to act, so that the fact is disputed.")
    overdue: bool = strawberry.field(description="Whether the source or the authority owes an act whose term is over.")
    due_on: date | None = strawberry.field(description="Deadline of the act that is awaited; null for none.")
    opened_on: date = strawberry.field(description="The legal day on which it was opened.")
    procedure: str = strawberry.field(description="The procedure of the agreement by which it is seen to.")
    body_province: str = strawberry.field(description="The province whose authority answers for the source.")
    clocks: list[CaseClock] = strawberry.field(description="Its clocks, each with its arithmetic.")
    events: list[CaseEvent] = strawberry.field(description="What happened, in order.")
    look: Access | None = strawberry.field(description="The look that was reported; null for a recorded fact.")
    source_id: strawberry.Private[UUID | None]
    credential_id: strawberry.Private[UUID | None]
    researcher_id: strawberry.Private[UUID]

    @strawberry.field(description="The unit that keeps the fact; null where the authority of the province does.")
    async def source(self, info: Info) -> Organisation | None:
        return None if self.source_id is None else await load_organisation(info, self.source_id)

    @strawberry.field(description="The credential, for a fact of one, as far as the caller may see it; it is noted.")
    async def credential(self, info: Info) -> Credential | None:
        return None if self.credential_id is None else await load_credential(info, self.credential_id)

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.researcher_id)

    @classmethod
    def of(cls, seen: SeenCorrection) -> "CorrectionCase":
        """The case as GraphQL gives it."""
        case, position = seen.case, seen.position
        return cls(
            id=to_node_id("CorrectionCase", case.id),
            fact=case.fact,
            should_read=case.stated,
            state=position.state,
            outcome=position.outcome,
            pending=position.is_pending,
            overdue=position.overdue,
            due_on=position.due_on,
            opened_on=case.opened_on,
            procedure=case.procedure,
            body_province=case.body_province,
            clocks=[CaseClock.of(one) for one in position.clocks],
            events=[CaseEvent.of(one, shows_text=True) for one in seen.events],
            look=None if seen.look is None else Access.of(seen.look),
            source_id=case.source_id,
            credential_id=case.credential_id,
            researcher_id=case.researcher_id,
        )


@strawberry.input(description="A recorded fact of one's own that is wrong, or a look at the own record that is.")
class OpenCorrectionCaseInput:
    fact: DisputedFact = strawberry.field(description="The fact.")
    text: str = strawberry.field(description=f"Why it is wrong: {TEXT}")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    credential: strawberry.ID | None = strawberry.field(
        default=None, description="Opaque id of the credential, for a fact of one."
    )
    should_read: str | None = strawberry.field(
        default=None, description="What it should read, 1 to 200 characters; never the number of a document."
    )
    evidence_digest: str | None = strawberry.field(default=None, description=DIGEST)
    look: strawberry.ID | None = strawberry.field(
        default=None, description="Opaque id of the look that should not have been taken, for the fact LOOK."
    )


@strawberry.input(description="An act in a correction case.")
class CorrectionActInput:
    case: strawberry.ID = strawberry.field(description="Opaque id of the case.")
    text: str = strawberry.field(description=f"What is asked, shown or argued: {TEXT}")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    evidence_digest: str | None = strawberry.field(default=None, description=DIGEST)


@strawberry.input(description="A correction case to withdraw.")
class WithdrawCorrectionInput:
    case: strawberry.ID = strawberry.field(description="Opaque id of the case.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The act was done, and the case stands where it now says.")
class CorrectionCaseSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    case_id: strawberry.Private[UUID]

    @strawberry.field(description="The case as it stands now.")
    async def case(self, info: Info) -> CorrectionCase | None:
        seen = await load(info.context, disputes.list_by_ids, self.case_id)
        return None if seen is None else CorrectionCase.of(seen)

    @classmethod
    def of(cls, done: Done) -> "CorrectionCaseSuccess":
        """The answer of a command as GraphQL gives it."""
        return cls(command=CommandReceipt.of(done), case_id=UUID(done.result["case_id"]))


CorrectionCaseResult = Annotated[
    CorrectionCaseSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("CorrectionCaseResult", description="The case as it stands now, or why nothing was done."),
]
CorrectionAct = Annotated[CorrectionActInput, strawberry.argument(description="Which case, and in what words.")]


@strawberry.type
class CorrectionCaseQuery:
    @strawberry.field(description="One correction case (the person; the source; the authority); the look is noted.")
    async def correction_case(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]
    ) -> CorrectionCase:
        context, case_id = info.context, from_node_id(id, "CorrectionCase", "id")
        return CorrectionCase.of(await disputes.get_case(context.registry, context.actor, case_id))

    @strawberry.field(
        description="The caller's own correction cases, or those that the caller's office sees to, oldest first; each "
        "look is noted."
    )
    async def correction_cases(
        self,
        info: Info,
        pending: Annotated[
            bool | None, strawberry.argument(description="Whether somebody still has to act; null for all.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[CorrectionCase]:
        context, request = info.context, page_request(first, after)
        page = await disputes.list_cases(context.registry, context.actor, request, pending=pending)
        return connection_of(page, CorrectionCase.of)


@strawberry.type
class CorrectionCaseMutation:
    @strawberry.mutation(
        description="Say that a recorded fact of one's own is wrong: its source is told, the clock of the agreement "
        "starts, and the fact reads as disputed (the person)."
    )
    async def open_correction_case(
        self,
        info: Info,
        input: Annotated[OpenCorrectionCaseInput, strawberry.argument(description="Which fact, and why.")],
    ) -> CorrectionCaseResult:
        context, named, look = info.context, input.credential, input.look
        asked = correction_cases.NewCorrectionCase(
            input.fact,
            input.text,
            None if named is None else from_node_id(named, "Credential", "input", "credential"),
            input.should_read,
            input.evidence_digest,
            None if look is None else from_node_id(look, "Access", "input", "look"),
        )
        done = await correction_cases.open_case(context.registry, context.actor, asked, input.idempotency_key)
        return CorrectionCaseSuccess.of(done)

    @strawberry.mutation(
        description="Ask the person for evidence; the clock stands still until the answer (the source; its authority)."
    )
    async def request_correction_evidence(self, info: Info, input: CorrectionAct) -> CorrectionCaseResult:
        context = info.context
        done = await correction_cases.request_evidence(
            context.registry, context.actor, _act(input), input.idempotency_key
        )
        return CorrectionCaseSuccess.of(done)

    @strawberry.mutation(description="Add what proves it, asked for or not, until it is decided (the person).")
    async def add_correction_evidence(self, info: Info, input: CorrectionAct) -> CorrectionCaseResult:
        context = info.context
        done = await correction_cases.add_evidence(context.registry, context.actor, _act(input), input.idempotency_key)
        return CorrectionCaseSuccess.of(done)

    @strawberry.mutation(
        description="Leave the record as it is, with reasons (the source; its authority; on appeal the authority, by "
        "another account). To correct it, give the correcting command and name the case there."
    )
    async def decline_correction(self, info: Info, input: CorrectionAct) -> CorrectionCaseResult:
        context = info.context
        done = await correction_cases.decline(context.registry, context.actor, _act(input), input.idempotency_key)
        return CorrectionCaseSuccess.of(done)

    @strawberry.mutation(
        description="Find, with reasons, that a reported look had no ground: the organisation that looked is told of "
        "the account and the day (the authority of its province; on appeal another account of it)."
    )
    async def uphold_look_report(self, info: Info, input: CorrectionAct) -> CorrectionCaseResult:
        context = info.context
        done = await correction_cases.uphold(context.registry, context.actor, _act(input), input.idempotency_key)
        return CorrectionCaseSuccess.of(done)

    @strawberry.mutation(description="Withdraw a correction case that is not decided yet (the person).")
    async def withdraw_correction(
        self, info: Info, input: Annotated[WithdrawCorrectionInput, strawberry.argument(description="Which case.")]
    ) -> CorrectionCaseResult:
        context, case_id = info.context, from_node_id(input.case, "CorrectionCase", "input", "case")
        done = await correction_cases.withdraw(context.registry, context.actor, case_id, input.idempotency_key)
        return CorrectionCaseSuccess.of(done)

    @strawberry.mutation(
        description="Have the authority of the source's province review what was declined, in time (the person)."
    )
    async def appeal_correction(self, info: Info, input: CorrectionAct) -> CorrectionCaseResult:
        context = info.context
        done = await correction_cases.appeal(context.registry, context.actor, _act(input), input.idempotency_key)
        return CorrectionCaseSuccess.of(done)


def _act(input: CorrectionActInput) -> correction_cases.CorrectionAct:
    case_id = from_node_id(input.case, "CorrectionCase", "input", "case")
    return correction_cases.CorrectionAct(case_id, input.text, input.evidence_digest)
