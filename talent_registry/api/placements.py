"""Placements as the API gives them, and the questions about them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.credentials import After, Credential, First, On, load_credential
from talent_registry.api.loaders import load
from talent_registry.api.nodes import Node, from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.placement_parts import (
    PlacementEvent,
    PlacementSignature,
    PlacementTerm,
    WorkloadInterval,
)
from talent_registry.api.placement_turns import DeclaredEnd, PlacementTurn
from talent_registry.api.placement_versions import PlacementRound
from talent_registry.api.recognition import RecognitionDecision, Why, load_decision
from talent_registry.api.researchers import Researcher, load_researcher
from talent_registry.domain import placement_states
from talent_registry.domain import placements as domain
from talent_registry.domain.pages import OfPerson
from talent_registry.services import placement_histories, placements


@strawberry.type(
    description="A person's work at a unit in the other province. It leaves household registration, personnel "
    "relation, file and insurance where they are."
)
class Placement(Node):
    kind: str = strawberry.field(description="Kind of placement, a code of the agreement.")
    post: str = strawberry.field(description="The post.")
    post_series: str | None = strawberry.field(description="Title series of the post; null: not tied to a series.")
    term: PlacementTerm = strawberry.field(description="The days in force.")
    workload_percent: int = strawberry.field(description="Whole percents of a full post, as in force.")
    state: placement_states.PlacementState = strawberry.field(description="Where it stands.")
    activated_on: date | None = strawberry.field(description="The day it began.")
    ended_on: date | None = strawberry.field(description="Last day of work, inclusive, once ended.")
    end_reason: placement_states.EndReason | None = strawberry.field(description="Why it ended.")
    ends_on: date | None = strawberry.field(
        description="The last day of work by the earliest notice that stands; it is ended once that day is over."
    )
    ends_reason: placement_states.EndReason | None = strawberry.field(description="The reason of that notice.")
    proposed_at: datetime = strawberry.field(description="When it was proposed.")
    household_unchanged: bool = strawberry.field(
        description="Always true: no placement changes household registration, personnel relation, file or insurance; "
        "the database refuses it."
    )
    record: strawberry.Private[domain.Placement]

    @strawberry.field(description="The person, as far as the caller may see them; the look is noted.")
    async def researcher(self, info: Info) -> Researcher | None:
        return await load_researcher(info, self.record.researcher_id)

    @strawberry.field(description="The unit with which the person's personnel relation is.")
    async def home_unit(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.record.home_unit_id)

    @strawberry.field(description="The unit of the post.")
    async def host_unit(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.record.host_unit_id)

    @strawberry.field(description="The credential it rests on, as far as the caller may see it; the look is noted.")
    async def credential(self, info: Info) -> Credential | None:
        return await load_credential(info, self.record.credential_id)

    @strawberry.field(description="The recognition it rests on; null until it begins. The look is noted.")
    async def decision(self, info: Info) -> RecognitionDecision | None:
        return await load_decision(info, self.record.decision_id)

    @strawberry.field(
        description="Whether it is active, and the day lies within its term and not after the credential's last day or "
        "the day of which notice was given."
    )
    async def is_active(self, info: Info, on: On = None) -> bool:
        day = on or info.context.registry.today()
        if not self.record.is_active_on(day):
            return False
        return self.record.is_active_on(
            day, await load(info.context, placement_histories.list_last_days, self.record.id)
        )

    @strawberry.field(description="Every version of its terms, in order.")
    async def rounds(self, info: Info) -> list[PlacementRound]:
        rounds = (await self._history(info)).rounds
        return [PlacementRound.of(one, rounds) for one in rounds]

    @strawberry.field(description="Every signature, in order.")
    async def signatures(self, info: Info) -> list[PlacementSignature]:
        return [PlacementSignature.of(one) for one in (await self._history(info)).signatures]

    @strawberry.field(description="The parties that have yet to sign the terms that wait.")
    async def missing_signatures(self, info: Info) -> list[placement_states.Party]:
        return list((await self._history(info)).missing)

    @strawberry.field(description="Whose turn it is, to do what, by when; null: no party has to do anything.")
    async def turn(self, info: Info) -> PlacementTurn | None:
        turn = (await self._history(info)).turn
        return None if turn is None else PlacementTurn.of(turn)

    @strawberry.field(description="The ends of which the parties gave notice, in order, those taken back included.")
    async def declared_ends(self, info: Info) -> list[DeclaredEnd]:
        return [DeclaredEnd.of(one) for one in (await self._history(info)).ends]

    @strawberry.field(description="How many extensions took effect; its rounds and events tell which.")
    async def extensions(self, info: Info) -> int:
        return (await self._history(info)).extensions

    @strawberry.field(description="Whether it was extended.")
    async def is_extended(self, info: Info) -> bool:
        return (await self._history(info)).extensions > 0

    @strawberry.field(description="What happened to it, in order.")
    async def events(self, info: Info) -> list[PlacementEvent]:
        return [PlacementEvent.of(one) for one in (await self._history(info)).events]

    async def _history(self, info: Info) -> placement_histories.History:
        found = await load(info.context, placement_histories.list_histories, self.record.id)
        return found or placement_histories.History(self.record, (), (), ())

    @classmethod
    def of(cls, record: domain.Placement) -> "Placement":
        """The placement as GraphQL gives it."""
        return cls(
            id=to_node_id("Placement", record.id),
            kind=record.kind,
            post=record.post,
            post_series=record.post_series,
            term=PlacementTerm.of(record.term),
            workload_percent=record.workload_percent,
            state=record.state,
            activated_on=record.activated_on,
            ended_on=record.ended_on,
            end_reason=record.end_reason,
            ends_on=record.ends_on,
            ends_reason=record.ends_reason,
            proposed_at=record.proposed_at,
            household_unchanged=True,
            record=record,
        )


async def load_placement(info: Info, placement_id: UUID | None) -> Placement | None:
    """The placement with this id, fetched with its siblings; None where not the caller's to see."""
    if placement_id is None:
        return None
    found = await load(info.context, placements.list_by_ids, placement_id)
    return None if found is None else Placement.of(found)


async def load_placements_of(info: Info, researcher_id: UUID, first: int, after: str | None) -> Connection[Placement]:
    """A page of one person's placements, fetched with those of the siblings; the look at the person covers it."""
    asked = OfPerson(researcher_id, page_request(first, after))
    return connection_of(await load(info.context, placement_histories.list_of_people, asked), Placement.of)


@strawberry.input(description="Which placements to list; what is left out does not narrow the list.")
class PlacementFilter:
    researcher: strawberry.ID | None = strawberry.field(default=None, description="Opaque id of the person.")
    unit: strawberry.ID | None = strawberry.field(default=None, description="Home or host unit (opaque id).")
    credential: strawberry.ID | None = strawberry.field(default=None, description="Credential it rests on (opaque id).")
    state: placement_states.PlacementState | None = strawberry.field(default=None, description="Where it stands.")

    def to_domain(self) -> domain.PlacementFilter:
        """The filter as the domain takes it."""

        def of(text: strawberry.ID | None, kind: str, field: str) -> UUID | None:
            return None if text is None else from_node_id(text, kind, "filter", field)

        return domain.PlacementFilter(
            of(self.researcher, "Researcher", "researcher"),
            of(self.unit, "Organisation", "unit"),
            of(self.credential, "Credential", "credential"),
            self.state,
        )


@strawberry.type
class PlacementQuery:
    @strawberry.field(
        description="One placement (the parties, both provinces' authorities, by consent); the look is noted."
    )
    async def placement(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")],
        purpose: Why = "with: placement",
    ) -> Placement:
        context = info.context
        placement_id = from_node_id(id, "Placement", "id")
        return Placement.of(await placements.get_placement(context.registry, context.actor, placement_id, purpose))

    @strawberry.field(description="Placements that the caller may see, oldest first; each look is noted.")
    async def placements(
        self,
        info: Info,
        filter: Annotated[
            PlacementFilter | None, strawberry.argument(description="Which ones; all if left out.")
        ] = None,
        first: First = 20,
        after: After = None,
        purpose: Why = "with: placements",
    ) -> Connection[Placement]:
        context, sought = info.context, (filter or PlacementFilter()).to_domain()
        request = page_request(first, after)
        page = await placement_histories.list_placements(context.registry, context.actor, request, sought, purpose)
        return connection_of(page, Placement.of)

    @strawberry.field(
        description="How full a person's days are, as sums over all units (the person, the home unit, the host units); "
        "the look is noted."
    )
    async def workload(
        self,
        info: Info,
        researcher: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the person.")],
        from_: Annotated[date, strawberry.argument(name="from", description="First day.")],
        until: Annotated[date, strawberry.argument(description="Last day, inclusive; at most ten years on.")],
        purpose: Annotated[
            str, strawberry.argument(description="For what purpose; needed by all but the person.")
        ] = "",
    ) -> list[WorkloadInterval]:
        context = info.context
        person = from_node_id(researcher, "Researcher", "researcher")
        found = await placement_histories.workload(context.registry, context.actor, person, from_, until, purpose)
        return [WorkloadInterval.of(one) for one in found]
