"""Drafts of placements as the API gives and takes them; each is its author's alone."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.credentials import After, Credential, First, load_credential
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.placement_parts import PlacementTerms, PlacementTermsInput
from talent_registry.api.placements import Placement, load_placement
from talent_registry.api.researchers import Researcher, load_researcher, who
from talent_registry.domain import placement_drafts as domain
from talent_registry.domain.placement_states import Party
from talent_registry.services import placement_drafts
from talent_registry.services.registry import Done

described(
    domain.PlacementDraftState,
    "Where a draft stands.",
    {
        "DRAFT": "It is prepared, and seen by its author alone.",
        "PROPOSED": "It was proposed; the placement is seen by all parties.",
        "DISCARDED": "It was discarded; what it said is not kept.",
    },
)
WHICH = "Opaque id of the draft."


@strawberry.type(description="A placement that one party prepares; nobody else sees it until it is proposed.")
class PlacementDraft(Node):
    state: domain.PlacementDraftState = strawberry.field(description="Where it stands.")
    by: Party = strawberry.field(description="As which party it was made.")
    kind: str | None = strawberry.field(description="Kind of placement, a code of the agreement.")
    post: str | None = strawberry.field(description="The post.")
    post_series: str | None = strawberry.field(description="Title series of the post.")
    from_: date | None = strawberry.field(name="from", description="First day.")
    until: date | None = strawberry.field(description="Last day, inclusive.")
    workload_percent: int | None = strawberry.field(description="Whole percents of a full post.")
    terms: PlacementTerms = strawberry.field(description="What else is to be agreed.")
    made_at: datetime = strawberry.field(description="When it was made.")
    changed_at: datetime = strawberry.field(description="When it was changed last.")
    record: strawberry.Private[domain.PlacementDraft]

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.record.researcher_id)

    @strawberry.field(description="The unit of the post.")
    async def host_unit(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.record.host_unit_id)

    @strawberry.field(description="The credential it is to rest on, as far as the caller may see it.")
    async def credential(self, info: Info) -> Credential | None:
        return await load_credential(info, self.record.content.credential_id)

    @strawberry.field(description="What it was proposed as.")
    async def placement(self, info: Info) -> Placement | None:
        return await load_placement(info, self.record.placement_id)

    @classmethod
    def of(cls, record: domain.PlacementDraft) -> "PlacementDraft":
        """The draft as GraphQL gives it."""
        content = record.content
        return cls(
            id=to_node_id("PlacementDraft", record.id),
            state=record.state,
            by=record.by,
            kind=content.kind,
            post=content.post,
            post_series=content.post_series,
            from_=content.term_from,
            until=content.term_until,
            workload_percent=content.workload_percent,
            terms=PlacementTerms.of(content.terms),
            made_at=record.made_at,
            changed_at=record.changed_at,
            record=record,
        )


@strawberry.input(description="What a draft says, as a whole; what is left out is not stated yet.")
class PlacementDraftContent:
    credential: strawberry.ID | None = strawberry.field(
        default=None, description="Opaque id of the credential it is to rest on."
    )
    kind: str | None = strawberry.field(default=None, description="Kind of placement, a code of the agreement.")
    post: str | None = strawberry.field(default=None, description="The post, 1 to 200 characters.")
    post_series: str | None = strawberry.field(default=None, description="Title series of the post, two digits.")
    from_: date | None = strawberry.field(name="from", default=None, description="First day.")
    until: date | None = strawberry.field(default=None, description="Last day, inclusive.")
    workload_percent: int | None = strawberry.field(default=None, description="Whole percents of a full post.")
    terms: PlacementTermsInput | None = strawberry.field(default=None, description="What else is to be agreed.")

    def to_domain(self) -> domain.DraftContent:
        """The content as the domain takes it."""
        credential = self.credential
        return domain.DraftContent(
            credential_id=None
            if credential is None
            else from_node_id(credential, "Credential", "input", "content", "credential"),
            kind=self.kind,
            post=self.post,
            post_series=self.post_series,
            term_from=self.from_,
            term_until=self.until,
            workload_percent=self.workload_percent,
            terms=(self.terms or PlacementTermsInput()).to_domain(),
        )


@strawberry.input(description="A draft to make.")
class DraftPlacementInput:
    researcher: str = strawberry.field(description="The person: opaque id or public number.")
    host_unit: strawberry.ID = strawberry.field(description="Opaque id of the unit of the post.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    content: PlacementDraftContent | None = strawberry.field(default=None, description="What it says so far.")


@strawberry.input(description="A draft and its new content.")
class EditPlacementDraftInput:
    draft: strawberry.ID = strawberry.field(description=WHICH)
    content: PlacementDraftContent = strawberry.field(description="What it says from now on, as a whole.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A draft to act on.")
class PlacementDraftActInput:
    draft: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The command on the draft was carried out.")
class PlacementDraftSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    draft_id: strawberry.Private[UUID]

    @strawberry.field(description="The draft as it stands now.")
    async def draft(self, info: Info) -> PlacementDraft | None:
        found = await load(info.context, placement_drafts.list_by_ids, self.draft_id)
        return None if found is None else PlacementDraft.of(found)

    @classmethod
    def of(cls, done: Done) -> "PlacementDraftSuccess":
        """The answer of a command as GraphQL gives it."""
        return cls(command=CommandReceipt.of(done), draft_id=UUID(done.result["draft_id"]))


PlacementDraftResult = Annotated[
    PlacementDraftSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("PlacementDraftResult", description="The draft as it now stands, or why nothing was changed."),
]


@strawberry.type
class PlacementDraftMutation:
    @strawberry.mutation(description="Prepare a placement that nobody else sees (whoever may propose it).")
    async def draft_placement(
        self, info: Info, input: Annotated[DraftPlacementInput, strawberry.argument(description="The draft.")]
    ) -> PlacementDraftResult:
        context = info.context
        asked = placement_drafts.NewDraft(
            researcher=who(input.researcher),
            host_unit_id=from_node_id(input.host_unit, "Organisation", "input", "hostUnit"),
            content=(input.content or PlacementDraftContent()).to_domain(),
        )
        done = await placement_drafts.draft(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementDraftSuccess.of(done)

    @strawberry.mutation(description="Give a draft another content (its author).")
    async def edit_placement_draft(
        self, info: Info, input: Annotated[EditPlacementDraftInput, strawberry.argument(description="The content.")]
    ) -> PlacementDraftResult:
        context, content = info.context, input.content.to_domain()
        done = await placement_drafts.edit(
            context.registry, context.actor, _which(input.draft), content, input.idempotency_key
        )
        return PlacementDraftSuccess.of(done)

    @strawberry.mutation(description="Discard a draft; what it said is not kept (its author).")
    async def discard_placement_draft(
        self, info: Info, input: Annotated[PlacementDraftActInput, strawberry.argument(description="Which draft.")]
    ) -> PlacementDraftResult:
        context = info.context
        done = await placement_drafts.discard(
            context.registry, context.actor, _which(input.draft), input.idempotency_key
        )
        return PlacementDraftSuccess.of(done)

    @strawberry.mutation(description="Propose what a draft says; from now on all parties see it (its author).")
    async def propose_placement_draft(
        self, info: Info, input: Annotated[PlacementDraftActInput, strawberry.argument(description="Which draft.")]
    ) -> PlacementDraftResult:
        context = info.context
        done = await placement_drafts.propose_draft(
            context.registry, context.actor, _which(input.draft), input.idempotency_key
        )
        return PlacementDraftSuccess.of(done)


@strawberry.type
class PlacementDraftQuery:
    @strawberry.field(description="One of the caller's own drafts of placements.")
    async def placement_draft(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]
    ) -> PlacementDraft:
        context = info.context
        draft_id = from_node_id(id, "PlacementDraft", "id")
        return PlacementDraft.of(await placement_drafts.get_draft(context.registry, context.actor, draft_id))

    @strawberry.field(description="The caller's own drafts of placements, oldest first.")
    async def placement_drafts(
        self,
        info: Info,
        state: Annotated[
            domain.PlacementDraftState | None, strawberry.argument(description="Where they stand; all if left out.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[PlacementDraft]:
        context = info.context
        page = await placement_drafts.list_drafts(context.registry, context.actor, page_request(first, after), state)
        return connection_of(page, PlacementDraft.of)


def _which(text: strawberry.ID) -> UUID:
    return from_node_id(text, "PlacementDraft", "input", "draft")
