"""Opportunities as the API gives them, and the commands of the host unit that has a need."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.placement_parts import PlacementTerm
from talent_registry.api.researchers import After, First
from talent_registry.domain import opportunities as domain
from talent_registry.domain.periods import Period
from talent_registry.services import opportunities
from talent_registry.services.registry import Done


@strawberry.type(
    description="A host unit's need of somebody at a post (岗位需求), an advertisement that anybody may read. It "
    "lies at the host unit: a recognition is decided for its division and kind."
)
class Opportunity:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    kind: str = strawberry.field(description="Kind of placement, a code of the agreement.")
    post: str = strawberry.field(description="The post.")
    post_series: str | None = strawberry.field(description="Title series of the post; null: not tied to a series.")
    series: str | None = strawberry.field(description="Title series wanted, two digits; null: any.")
    level: str = strawberry.field(description="The lowest title level that will do, a code of the catalogue.")
    term: PlacementTerm = strawberry.field(description="The days of work.")
    workload_percent: int = strawberry.field(description="Whole percents of a full post.")
    text: str = strawberry.field(description="What else the unit says of it.")
    open_until: date = strawberry.field(description="The last day on which it may be answered.")
    posted_at: datetime = strawberry.field(description="When it was posted.")
    edited_at: datetime = strawberry.field(description="Since when it reads as it does.")
    closed_at: datetime | None = strawberry.field(description="When the unit closed it; null if it did not.")
    record: strawberry.Private[domain.Opportunity]

    @strawberry.field(description="Whether it may be answered today.")
    def is_open(self, info: Info) -> bool:
        return self.record.is_open(info.context.registry.today())

    @strawberry.field(description="The unit of the post.")
    async def host_unit(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.record.host_unit_id)

    @classmethod
    def of(cls, one: domain.Opportunity) -> "Opportunity":
        """The opportunity as GraphQL gives it."""
        need = one.need
        return cls(
            id=to_node_id("Opportunity", one.id),
            kind=need.kind,
            post=need.post,
            post_series=need.post_series,
            series=need.series,
            level=need.level,
            term=PlacementTerm.of(need.term),
            workload_percent=need.workload_percent,
            text=need.text,
            open_until=need.open_until,
            posted_at=one.posted_at,
            edited_at=one.edited_at,
            closed_at=one.closed_at,
            record=one,
        )


async def load_opportunity(info: Info, opportunity_id: UUID) -> Opportunity | None:
    """The opportunity behind another record, fetched with its siblings."""
    found = await load(info.context, opportunities.list_by_ids, opportunity_id)
    return None if found is None else Opportunity.of(found)


@strawberry.input(description="Which opportunities to list; what is left out does not narrow the list.")
class OpportunityFilter:
    series: str | None = strawberry.field(default=None, description="Title series wanted, two digits.")
    level: str | None = strawberry.field(default=None, description="Title level needed, a code of the catalogue.")
    province: str | None = strawberry.field(default=None, description="Province of the post (GB/T 2260).")
    kind: str | None = strawberry.field(default=None, description="Kind of placement, a code of the agreement.")
    mine: bool = strawberry.field(
        default=False, description="Those of the caller's own unit, closed ones too, instead of those open today."
    )

    def to_domain(self) -> domain.OpportunityFilter:
        """The filter as the domain takes it."""
        return domain.OpportunityFilter(self.series, self.level, self.province, self.kind)


@strawberry.input(description="A need of the caller's own unit.")
class PostOpportunityInput:
    kind: str = strawberry.field(description="Kind of placement, a code of the agreement.")
    post: str = strawberry.field(description="The post, 1 to 200 characters.")
    level: str = strawberry.field(description="The lowest title level that will do, a code of the catalogue.")
    from_: date = strawberry.field(name="from", description="First day of work.")
    until: date = strawberry.field(description="Last day of work, inclusive.")
    workload_percent: int = strawberry.field(description="Whole percents of a full post, 1 to 100.")
    text: str = strawberry.field(description="What else the unit says of it, 1 to 4000 characters; anybody reads it.")
    open_until: date = strawberry.field(description="The last day on which it may be answered; at most a year on.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    series: str | None = strawberry.field(default=None, description="Title series wanted; left out: any.")
    post_series: str | None = strawberry.field(
        default=None, description="Title series of the post, two digits; left out: not tied to a series."
    )


@strawberry.input(description="How an opportunity of the caller's own unit is to read from now on, in every part.")
class EditOpportunityInput(PostOpportunityInput):
    opportunity: strawberry.ID = strawberry.field(description="Opaque id of the opportunity.")


@strawberry.input(description="An opportunity of the caller's own unit to close for good.")
class CloseOpportunityInput:
    opportunity: strawberry.ID = strawberry.field(description="Opaque id of the opportunity.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The command on the opportunity was carried out.")
class OpportunitySuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    opportunity_id: strawberry.Private[UUID]

    @strawberry.field(description="The opportunity as it now reads.")
    async def opportunity(self, info: Info) -> Opportunity | None:
        return await load_opportunity(info, self.opportunity_id)

    @classmethod
    def of(cls, done: Done) -> "OpportunitySuccess":
        """The answer of a command as GraphQL gives it."""
        return cls(command=CommandReceipt.of(done), opportunity_id=UUID(done.result["opportunity_id"]))


OpportunityResult = Annotated[
    OpportunitySuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("OpportunityResult", description="The opportunity as it now reads, or why nothing was changed."),
]


@strawberry.type
class OpportunityQuery:
    @strawberry.field(description="Opportunities, oldest first: those open today, or all of the caller's own unit.")
    async def opportunities(
        self,
        info: Info,
        filter: Annotated[
            OpportunityFilter | None, strawberry.argument(description="Which ones; all open ones if left out.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Opportunity]:
        context, asked = info.context, filter or OpportunityFilter()
        page = await opportunities.list_opportunities(
            context.registry, context.actor, page_request(first, after), asked.to_domain(), mine=asked.mine
        )
        return connection_of(page, Opportunity.of)

    @strawberry.field(description="One opportunity, open or closed.")
    async def opportunity(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]
    ) -> Opportunity:
        context, opportunity_id = info.context, from_node_id(id, "Opportunity", "id")
        return Opportunity.of(await opportunities.get_opportunity(context.registry, context.actor, opportunity_id))


@strawberry.type
class OpportunityMutation:
    @strawberry.mutation(description="Post a need of one's own unit (its HR office).")
    async def post_opportunity(
        self, info: Info, input: Annotated[PostOpportunityInput, strawberry.argument(description="The need.")]
    ) -> OpportunityResult:
        context = info.context
        done = await opportunities.post(context.registry, context.actor, _need(input), input.idempotency_key)
        return OpportunitySuccess.of(done)

    @strawberry.mutation(description="Let an open need of one's own unit read otherwise from now on (its HR office).")
    async def edit_opportunity(
        self, info: Info, input: Annotated[EditOpportunityInput, strawberry.argument(description="The new reading.")]
    ) -> OpportunityResult:
        context = info.context
        asked = opportunities.Edit(which(input.opportunity), _need(input))
        done = await opportunities.edit(context.registry, context.actor, asked, input.idempotency_key)
        return OpportunitySuccess.of(done)

    @strawberry.mutation(description="Close a need of one's own unit for good (its HR office).")
    async def close_opportunity(
        self, info: Info, input: Annotated[CloseOpportunityInput, strawberry.argument(description="Which.")]
    ) -> OpportunityResult:
        context = info.context
        done = await opportunities.close(
            context.registry, context.actor, which(input.opportunity), input.idempotency_key
        )
        return OpportunitySuccess.of(done)


def which(text: strawberry.ID) -> UUID:
    """The opportunity that an input names."""
    return from_node_id(text, "Opportunity", "input", "opportunity")


def _need(input: PostOpportunityInput) -> domain.Need:
    return domain.Need(
        kind=input.kind,
        post=input.post,
        post_series=input.post_series,
        series=input.series,
        level=input.level,
        term=Period(input.from_, input.until),
        workload_percent=input.workload_percent,
        text=input.text,
        open_until=input.open_until,
    )
