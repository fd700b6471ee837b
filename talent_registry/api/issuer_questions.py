"""Questions to issuers as the API gives and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, Limited, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.proceeding_parts import CaseClock
from talent_registry.api.researchers import After, First
from talent_registry.domain.issuer_questions import IssuerAnswer, QuestionState, WhyNoAnswer
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.proceeding_positions import RunningClock
from talent_registry.domain.proceedings import ClockPurpose
from talent_registry.services import issuer_questions as questions
from talent_registry.services.registry import Done

described(
    IssuerAnswer,
    "What an issuer answers about a certificate; it never says whose a number is.",
    {
        "RECORDED_SINCE": "Issued, and recorded since: verify it again.",
        "WILL_BE_RECORDED": "Issued, and will be recorded by the day that is given.",
        "NOT_ISSUED_BY_US": "Not issued by the organisation that was asked.",
        "NUMBER_OF_ANOTHER": "The number is that of another certificate.",
        "CANNOT_SAY": "The issuer cannot say, for the reason given.",
    },
)
described(
    WhyNoAnswer,
    "Why an issuer cannot say.",
    {
        "BEFORE_OUR_RECORDS": "The certificate is older than its records.",
        "RECORDS_LOST": "Its records of that time are lost.",
        "KEPT_ELSEWHERE": "Another office keeps the records of that time.",
        "NUMBER_NOT_OURS": "The number is not of a form that it used, so that nothing can be looked up by it.",
    },
)
described(
    QuestionState,
    "Where a question to an issuer stands.",
    {
        "OPEN": "The issuer's clock runs.",
        "ANSWERED": "The issuer has answered.",
        "WITHDRAWN": "Withdrawn by the office that asked.",
    },
)


@strawberry.type(description="An office asks the issuer of a certificate to check it; the issuer answers by a code.")
class IssuerQuestion:
    id: strawberry.ID = strawberry.field(description="Opaque id, the subject of its events.")
    certificate_number: str = strawberry.field(description="The number that was asked about.")
    name: str = strawberry.field(description="The name that was asked about.")
    purpose: str = strawberry.field(description="For what purpose it was asked.")
    state: QuestionState = strawberry.field(description="Where it stands.")
    asked_at: datetime = strawberry.field(description="When it was asked.")
    due_on: date = strawberry.field(description="The last day of the answer's term.")
    overdue: bool = strawberry.field(description="Whether the issuer owes an answer whose term is over.")
    clock: CaseClock = strawberry.field(description="The term of the answer with its arithmetic.")
    ended_at: datetime | None = strawberry.field(description="When it was answered or withdrawn; null until then.")
    answer: IssuerAnswer | None = strawberry.field(description="The answer; null where there is none.")
    why: WhyNoAnswer | None = strawberry.field(description="Why the issuer cannot say; null for other answers.")
    recorded_by: date | None = strawberry.field(description="By when it will be recorded; null for other answers.")
    organisation_id: strawberry.Private[UUID]
    addressee_id: strawberry.Private[UUID]

    @strawberry.field(description="The office that asked.")
    async def asker(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.organisation_id)

    @strawberry.field(description="The authority or issuer that is asked.")
    async def issuer(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.addressee_id)

    @classmethod
    def of(cls, seen: questions.SeenQuestion) -> "IssuerQuestion":
        """The question as GraphQL gives it."""
        one = seen.question
        ended_on = None if one.ended_at is None else shanghai_today(one.ended_at)
        return cls(
            id=to_node_id("IssuerQuestion", one.id),
            certificate_number=seen.number,
            name=seen.name,
            purpose=one.purpose,
            state=one.state,
            asked_at=one.asked_at,
            due_on=seen.clock.deadline,
            overdue=seen.overdue,
            clock=CaseClock.of(RunningClock(ClockPurpose.DECISION, seen.clock, ended_on)),
            ended_at=one.ended_at,
            answer=one.answer,
            why=one.why,
            recorded_by=one.recorded_by,
            organisation_id=one.organisation_id,
            addressee_id=one.addressee_id,
        )


@strawberry.input(description="A certificate that its issuer shall check.")
class AskIssuerInput:
    certificate_number: str = strawberry.field(description="Number of the certificate, as it stands on it.")
    name: str = strawberry.field(description="Name of the holder, as it stands on it.")
    issuer: strawberry.ID = strawberry.field(
        description="Opaque id of the authority or issuer that is asked: one that `issuersToAsk` lists."
    )
    purpose: str = strawberry.field(description="For what purpose; the issuer can see it.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="The answer to a question.")
class AnswerIssuerQuestionInput:
    question: strawberry.ID = strawberry.field(description="Opaque id of the question.")
    answer: IssuerAnswer = strawberry.field(description="The answer.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    why: WhyNoAnswer | None = strawberry.field(default=None, description="Why the issuer cannot say; only then.")
    recorded_by: date | None = strawberry.field(
        default=None, description="By when the certificate will be recorded; only with that answer, within a year."
    )


@strawberry.input(description="A question to withdraw.")
class WithdrawIssuerQuestionInput:
    question: strawberry.ID = strawberry.field(description="Opaque id of the question.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="Done.")
class IssuerQuestionSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    question: strawberry.ID = strawberry.field(description="Opaque id of the question.")

    @classmethod
    def of(cls, done: Done) -> "IssuerQuestionSuccess":
        """The answer of a command as GraphQL gives it."""
        question = to_node_id("IssuerQuestion", UUID(done.result["question_id"]))
        return cls(command=CommandReceipt.of(done), question=question)


IssuerQuestionResult = Annotated[
    IssuerQuestionSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce | Limited,
    strawberry.union("IssuerQuestionResult", description="The question, or why nothing was done."),
]


@strawberry.type
class IssuerQuestionQuery:
    @strawberry.field(description="One question to an issuer (the office that asked; the issuer; its authority).")
    async def issuer_question(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]
    ) -> IssuerQuestion:
        context, question = info.context, from_node_id(id, "IssuerQuestion", "id")
        return IssuerQuestion.of(await questions.get_question(context.registry, context.actor, question))

    @strawberry.field(description="What the caller's office asked issuers, and what it is asked, oldest first.")
    async def issuer_questions(
        self,
        info: Info,
        pending: Annotated[
            bool | None, strawberry.argument(description="Whether an answer is awaited; null for all.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[IssuerQuestion]:
        context, request = info.context, page_request(first, after)
        page = await questions.list_questions(context.registry, context.actor, request, pending=pending)
        return connection_of(page, IssuerQuestion.of)

    @strawberry.field(description="The authorities and issuers that can be asked about certificates; public.")
    async def issuers_to_ask(
        self,
        info: Info,
        province: Annotated[
            str | None, strawberry.argument(description="Division code of a province; null for all.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Organisation]:
        context, request = info.context, page_request(first, after)
        page = await questions.list_addressees(context.registry, context.actor, request, province)
        return connection_of(page, Organisation.of)


@strawberry.type
class IssuerQuestionMutation:
    @strawberry.mutation(
        description="Have the issuer of a certificate check it, whatever a verification answered: it is told at once "
        "and answers in the term of the agreement (an office). One open question for a number."
    )
    async def ask_issuer(
        self, info: Info, input: Annotated[AskIssuerInput, strawberry.argument(description="Which, and whom to ask.")]
    ) -> IssuerQuestionResult:
        context = info.context
        issuer = from_node_id(input.issuer, "Organisation", "input", "issuer")
        asked = questions.NewQuestion(issuer, input.certificate_number, input.name, input.purpose)
        return IssuerQuestionSuccess.of(
            await questions.ask(context.registry, context.actor, asked, input.idempotency_key)
        )

    @strawberry.mutation(description="Answer a question about a certificate, once (the issuer; its authority).")
    async def answer_issuer_question(
        self, info: Info, input: Annotated[AnswerIssuerQuestionInput, strawberry.argument(description="The answer.")]
    ) -> IssuerQuestionResult:
        context = info.context
        question = from_node_id(input.question, "IssuerQuestion", "input", "question")
        given = questions.NewAnswer(question, input.answer, input.why, input.recorded_by)
        return IssuerQuestionSuccess.of(
            await questions.answer(context.registry, context.actor, given, input.idempotency_key)
        )

    @strawberry.mutation(description="Withdraw an open question to an issuer (the office that asked).")
    async def withdraw_issuer_question(
        self, info: Info, input: Annotated[WithdrawIssuerQuestionInput, strawberry.argument(description="Which.")]
    ) -> IssuerQuestionResult:
        context = info.context
        question = from_node_id(input.question, "IssuerQuestion", "input", "question")
        return IssuerQuestionSuccess.of(
            await questions.withdraw(context.registry, context.actor, question, input.idempotency_key)
        )
