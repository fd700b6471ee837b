"""Answers to opportunities as the API gives and takes them, and the step from one to a proposal."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.credentials import Credential, load_credential
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.opportunities import Opportunity, load_opportunity, which
from talent_registry.api.placement_commands import PlacementResult, PlacementSuccess
from talent_registry.api.placement_parts import PlacementTermsInput
from talent_registry.api.researchers import After, First, Researcher, load_researcher, who
from talent_registry.domain import opportunity_answers as domain
from talent_registry.domain.researchers import PersonField
from talent_registry.services import opportunity_answers


@strawberry.type(
    description="A researcher's answer to an opportunity: interested. While it holds, the host unit sees what it "
    "opens by consent, and may propose."
)
class OpportunityAnswer:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    answered_at: datetime = strawberry.field(description="When it was given.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was taken back; null if it was not.")
    valid_until: date = strawberry.field(description="Last day of its consent, inclusive.")
    consent: strawberry.ID = strawberry.field(description="Opaque id of the consent that it gives the host unit.")
    record: strawberry.Private[domain.OpportunityAnswer]

    @strawberry.field(description="Whether the host unit may propose on it today.")
    def holds(self, info: Info) -> bool:
        return self.record.holds_on(info.context.registry.today())

    @strawberry.field(description="The opportunity as it now reads.")
    async def opportunity(self, info: Info) -> Opportunity | None:
        return await load_opportunity(info, self.record.opportunity_id)

    @strawberry.field(description="Whether the opportunity was edited since it was answered.")
    async def edited_since(self, info: Info) -> bool:
        found = await load_opportunity(info, self.record.opportunity_id)
        return found is not None and found.record.version_id != self.record.version_id

    @strawberry.field(description="The credential named, as far as the caller may see it; the look is noted.")
    async def credential(self, info: Info) -> Credential | None:
        return await load_credential(info, self.record.credential_id)

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.record.researcher_id)

    @classmethod
    def of(cls, given: domain.OpportunityAnswer) -> "OpportunityAnswer":
        """The answer as GraphQL gives it."""
        return cls(
            id=to_node_id("OpportunityAnswer", given.id),
            answered_at=given.answered_at,
            withdrawn_at=given.withdrawn_at,
            valid_until=given.valid_until,
            consent=to_node_id("Consent", given.consent_id),
            record=given,
        )


@strawberry.input(description="An answer to an open opportunity. It opens credentials and personnel relation.")
class AnswerOpportunityInput:
    opportunity: strawberry.ID = strawberry.field(description="Opaque id of the opportunity.")
    credential: strawberry.ID = strawberry.field(description="Opaque id of the own credential to rest on.")
    until: date = strawberry.field(description="Last day of the consent, inclusive; at most five years from today.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    fields: list[PersonField] = strawberry.field(
        default_factory=list, description="What else the host unit may see: NAME and CONTACT, say."
    )


@strawberry.input(description="An answer to take back, with its consent.")
class WithdrawOpportunityAnswerInput:
    answer: strawberry.ID = strawberry.field(description="Opaque id of the answer.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="An open opportunity on whose terms to propose a placement.")
class ProposeFromOpportunityInput:
    opportunity: strawberry.ID = strawberry.field(description="Opaque id of the opportunity.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    researcher: str | None = strawberry.field(
        default=None, description="To whom: opaque id or public number; left out by the researcher: oneself."
    )
    credential: strawberry.ID | None = strawberry.field(
        default=None, description="Opaque id of the credential to rest on; left out: the one of the answer."
    )
    terms: PlacementTermsInput | None = strawberry.field(default=None, description="What else is agreed.")


@strawberry.type(description="The answer was given, or taken back.")
class OpportunityAnswerSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    answer_id: strawberry.Private[UUID]

    @strawberry.field(description="The answer.")
    async def answer(self, info: Info) -> OpportunityAnswer | None:
        given = await load(info.context, opportunity_answers.list_by_ids, self.answer_id)
        return None if given is None else OpportunityAnswer.of(given)


OpportunityAnswerResult = Annotated[
    OpportunityAnswerSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("OpportunityAnswerResult", description="The answer, or why nothing was changed."),
]


@strawberry.type
class OpportunityAnswerQuery:
    @strawberry.field(
        description="Answers, oldest first: those to an opportunity of the caller's own unit that hold today, or, with "
        "none named, all that the caller gave."
    )
    async def opportunity_answers(
        self,
        info: Info,
        opportunity: Annotated[
            strawberry.ID | None, strawberry.argument(description="Opaque id; left out: one's own answers.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[OpportunityAnswer]:
        context, request = info.context, page_request(first, after)
        if opportunity is None:
            page = await opportunity_answers.list_own(context.registry, context.actor, request)
        else:
            asked = from_node_id(opportunity, "Opportunity", "opportunity")
            page = await opportunity_answers.list_to(context.registry, context.actor, asked, request)
        return connection_of(page, OpportunityAnswer.of)


@strawberry.type
class OpportunityAnswerMutation:
    @strawberry.mutation(
        description="Answer an open opportunity (the researcher alone): the host unit may then see credentials and "
        "personnel relation, and propose."
    )
    async def answer_opportunity(
        self, info: Info, input: Annotated[AnswerOpportunityInput, strawberry.argument(description="The answer.")]
    ) -> OpportunityAnswerResult:
        context = info.context
        asked = opportunity_answers.NewAnswer(
            which(input.opportunity),
            from_node_id(input.credential, "Credential", "input", "credential"),
            input.until,
            tuple(input.fields),
        )
        done = await opportunity_answers.answer(context.registry, context.actor, asked, input.idempotency_key)
        return OpportunityAnswerSuccess(command=CommandReceipt.of(done), answer_id=UUID(done.result["answer_id"]))

    @strawberry.mutation(description="Take an answer back, with the consent it gave (the researcher alone).")
    async def withdraw_opportunity_answer(
        self, info: Info, input: Annotated[WithdrawOpportunityAnswerInput, strawberry.argument(description="Which.")]
    ) -> OpportunityAnswerResult:
        context = info.context
        answer_id = from_node_id(input.answer, "OpportunityAnswer", "input", "answer")
        done = await opportunity_answers.withdraw(context.registry, context.actor, answer_id, input.idempotency_key)
        return OpportunityAnswerSuccess(command=CommandReceipt.of(done), answer_id=UUID(done.result["answer_id"]))

    @strawberry.mutation(
        description="Propose a placement on the terms of an open opportunity (its host unit to whoever answered; the "
        "researcher). All three parties sign as for any placement."
    )
    async def propose_from_opportunity(
        self, info: Info, input: Annotated[ProposeFromOpportunityInput, strawberry.argument(description="From which.")]
    ) -> PlacementResult:
        context, credential = info.context, input.credential
        asked = opportunity_answers.Proposing(
            which(input.opportunity),
            None if input.researcher is None else who(input.researcher),
            None if credential is None else from_node_id(credential, "Credential", "input", "credential"),
            (input.terms or PlacementTermsInput()).to_domain(),
        )
        done = await opportunity_answers.propose(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementSuccess.of(done)
