"""Cases as the API gives them, the work queue among them, and the question whether equal facts are decided equally."""

from asyncio import gather
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.credentials import After, Credential, First, load_credential
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.proceeding_parts import CaseClock, CaseEvent
from talent_registry.api.recognition_parts import RecognitionTarget
from talent_registry.api.researchers import Researcher, load_researcher
from talent_registry.domain import proceedings as domain
from talent_registry.domain.agreements import Outcome, ResponsibleBody
from talent_registry.services import inconsistencies, proceedings
from talent_registry.services.proceeding_openings import Confirming, SeenCase

CaseReason = Annotated[
    str, strawberry.argument(description="For what purpose the record is read; the person can see it.")
]


@strawberry.type(
    description="What a decision left open, seen to by an office: state, outcome and clocks follow from its events."
)
class RecognitionCase(Node):
    kind: domain.ProceedingKind = strawberry.field(description="What the body is asked to do.")
    state: domain.ProceedingState = strawberry.field(description="Where it stands today.")
    outcome: domain.ProceedingOutcome | None = strawberry.field(description="What it came to; null until then.")
    tacit: bool = strawberry.field(description="Whether the outcome is the body's silence.")
    decided_on: date | None = strawberry.field(description="The legal day of the decision; null until then.")
    overdue: bool = strawberry.field(description="Whether the body owes an act whose term is over.")
    due_on: date | None = strawberry.field(
        description="Deadline of the act that is awaited of the body; null for none."
    )
    opened_on: date = strawberry.field(description="The legal day on which it was opened.")
    target: RecognitionTarget = strawberry.field(description="The post.")
    machine_outcome: Outcome = strawberry.field(description="What the program's decision came to; it is kept.")
    rule: str = strawberry.field(description="The clause that ruled.")
    reason_code: str = strawberry.field(description="The reason, a code of the agreement.")
    procedure: str = strawberry.field(description="The procedure of the agreement by which it is seen to.")
    body: ResponsibleBody = strawberry.field(description="The body that sees to it.")
    body_province: str = strawberry.field(description="The province of that body.")
    approving_province: str | None = strawberry.field(description="The province asked to approve an override.")
    clocks: list[CaseClock] = strawberry.field(description="Its clocks, each with its arithmetic.")
    events: list[CaseEvent] = strawberry.field(description="What happened, in order.")
    credential_id: strawberry.Private[UUID]
    researcher_id: strawberry.Private[UUID]

    @strawberry.field(description="The credential, as far as the caller may see it; the look is noted.")
    async def credential(self, info: Info) -> Credential | None:
        return await load_credential(info, self.credential_id)

    @strawberry.field(description="The applicant, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.researcher_id)

    @classmethod
    def of(cls, seen: SeenCase) -> "RecognitionCase":
        """The case as GraphQL gives it."""
        case, position = seen.case, seen.position
        return cls(
            id=to_node_id("RecognitionCase", case.id),
            kind=case.kind,
            state=position.state,
            outcome=position.outcome,
            tacit=position.tacit,
            decided_on=position.decided_on,
            overdue=position.overdue,
            due_on=position.due_on,
            opened_on=case.opened_on,
            target=RecognitionTarget.of(case.target),
            machine_outcome=case.outcome,
            rule=case.rule,
            reason_code=case.reason_code,
            procedure=case.procedure,
            body=case.body,
            body_province=case.body_province,
            approving_province=case.approving_province,
            clocks=[CaseClock.of(one) for one in position.clocks],
            events=[CaseEvent.of(one, shows_text=seen.shows_texts) for one in seen.events],
            credential_id=case.credential_id,
            researcher_id=case.researcher_id,
        )


async def load_case(info: Info, case_id: UUID | None) -> RecognitionCase | None:
    """The case with this id, fetched with its siblings; None where none, or not the caller's to see."""
    seen = None if case_id is None else await load(info.context, proceedings.list_by_ids, case_id)
    return None if seen is None else RecognitionCase.of(seen)


async def load_case_of(info: Info, decision_id: UUID) -> RecognitionCase | None:
    """The case that a decision opened, fetched with its siblings; None where none, or not the caller's to see."""
    seen = await load(info.context, proceedings.list_of_decisions, decision_id)
    return None if seen is None else RecognitionCase.of(seen)


async def is_confirmed(info: Info, asked: Confirming) -> bool:
    """Whether a case confirmed this answer, fetched with its siblings."""
    return (await load(info.context, proceedings.list_confirmed, asked)).confirmed


async def load_confirmation(info: Info, asked: Confirming) -> RecognitionCase | None:
    """The case that confirmed this answer; None where none, or not the caller's to see."""
    seen = (await load(info.context, proceedings.list_confirmed, asked)).seen
    return None if seen is None else RecognitionCase.of(seen)


@strawberry.input(description="Which cases to list; what is left out does not narrow the list.")
class RecognitionCaseFilter:
    mine: bool = strawberry.field(
        default=False, description="Those that the caller's office must see to or approve: the work queue."
    )
    pending: bool | None = strawberry.field(default=None, description="Whether anybody still has to act.")
    due_before: date | None = strawberry.field(
        default=None, description="Those whose awaited act has its deadline before this day."
    )
    state: domain.ProceedingState | None = strawberry.field(default=None, description="Where they stand.")
    kind: domain.ProceedingKind | None = strawberry.field(default=None, description="What the body is asked to do.")
    credential: strawberry.ID | None = strawberry.field(default=None, description="Opaque id of the credential.")
    researcher: strawberry.ID | None = strawberry.field(default=None, description="Opaque id of the applicant.")


@strawberry.type(description="How often an office came to an outcome on equal facts.")
class OfficeOutcomes:
    province: str | None = strawberry.field(description="The office's province.")
    outcome: domain.ProceedingOutcome = strawberry.field(description="What it decided.")
    count: int = strawberry.field(description="In how many cases.")
    organisation_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The office, one of the caller's province; null for the other's, taken together.")
    async def office(self, info: Info) -> Organisation | None:
        return None if self.organisation_id is None else await load_organisation(info, self.organisation_id)


@strawberry.type(description="Facts that are alike in every part and were decided differently by people.")
class Inconsistency:
    digest: str = strawberry.field(description="SHA-256 (hex) of the facts.")
    facts: JSON = strawberry.field(description="What the cases have alike, by name; nothing of any person.")
    offices: list[OfficeOutcomes] = strawberry.field(description="What each office made of them.")
    case_ids: strawberry.Private[tuple[UUID, ...]]

    @strawberry.field(description="The newest cases that offices of the caller's province decided, 20 at most.")
    async def cases(self, info: Info) -> list[RecognitionCase]:
        found = await gather(*(load_case(info, one) for one in self.case_ids))
        return [one for one in found if one is not None]

    @classmethod
    def of(cls, found: inconsistencies.Inconsistency) -> "Inconsistency":
        """The group as GraphQL gives it."""
        return cls(
            digest=found.digest,
            facts=JSON(found.facts),
            offices=[
                OfficeOutcomes(
                    province=one.province, outcome=one.outcome, count=one.count, organisation_id=one.organisation_id
                )
                for one in found.offices
            ],
            case_ids=found.case_ids,
        )


@strawberry.type
class ProceedingQuery:
    @strawberry.field(description="One case; the look is noted.")
    async def recognition_case(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")],
        purpose: CaseReason = "with: recognitionCase",
    ) -> RecognitionCase:
        context, case_id = info.context, from_node_id(id, "RecognitionCase", "id")
        return RecognitionCase.of(await proceedings.get_case(context.registry, context.actor, case_id, purpose))

    @strawberry.field(
        description="Cases that the caller may see, as they stand today, oldest first; a page may be shorter than "
        "asked where its end says that more follow. Each look is noted."
    )
    async def recognition_cases(
        self,
        info: Info,
        filter: Annotated[
            RecognitionCaseFilter | None, strawberry.argument(description="Which ones; all if left out.")
        ] = None,
        first: First = 20,
        after: After = None,
        purpose: CaseReason = "with: recognitionCases",
    ) -> Connection[RecognitionCase]:
        context, request = info.context, page_request(first, after)
        sought = _sought(filter or RecognitionCaseFilter())
        page = await proceedings.list_cases(context.registry, context.actor, request, sought, purpose)
        return connection_of(page, RecognitionCase.of)

    @strawberry.field(
        description="Equal facts decided differently by people, office by office (authorities of the two provinces): "
        "the own province's cases, the other's as counts."
    )
    async def inconsistencies(self, info: Info, first: First = 20, after: After = None) -> Connection[Inconsistency]:
        context, request = info.context, page_request(first, after)
        page = await inconsistencies.list_inconsistencies(context.registry, context.actor, request)
        return connection_of(page, Inconsistency.of)


def _sought(asked: RecognitionCaseFilter) -> proceedings.SoughtCases:
    return proceedings.SoughtCases(
        credential_id=_id(asked.credential, "Credential", "credential"),
        researcher_id=_id(asked.researcher, "Researcher", "researcher"),
        kind=asked.kind,
        state=asked.state,
        mine=asked.mine,
        pending=asked.pending,
        due_before=asked.due_before,
    )


def _id(text: strawberry.ID | None, kind: str, field: str) -> UUID | None:
    return None if text is None else from_node_id(text, kind, "filter", field)
