"""The commands on placements as the API takes them."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id
from talent_registry.api.placement_parts import PlacementMovesInput, PlacementTermsInput
from talent_registry.api.placements import Placement, load_placement
from talent_registry.api.researchers import who
from talent_registry.domain.placement_states import EndReason
from talent_registry.services import placement_counters, placement_ends, placement_life, placement_signing, placements
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Done, Registry

WHICH = "Opaque id of the placement."


@strawberry.input(description="A placement to propose. The home unit is the person's own and is not asked.")
class ProposePlacementInput:
    researcher: str = strawberry.field(description="The person: opaque id or public number.")
    host_unit: strawberry.ID = strawberry.field(description="Opaque id of the unit of the post, in the other province.")
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential it rests on.")
    kind: str = strawberry.field(description="Kind of placement, a code of the agreement.")
    post: str = strawberry.field(description="The post, 1 to 200 characters.")
    from_: date = strawberry.field(name="from", description="First day.")
    until: date = strawberry.field(description="Last day, inclusive.")
    workload_percent: int = strawberry.field(description="Whole percents of a full post, 1 to 100.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    post_series: str | None = strawberry.field(
        default=None, description="Title series of the post, two digits; left out: not tied to a series."
    )
    terms: PlacementTermsInput | None = strawberry.field(default=None, description="What else is agreed.")
    moves: PlacementMovesInput | None = strawberry.field(
        default=None, description="What the agreement would move; anything is refused (the four phrases, 2020-03-29)."
    )


@strawberry.input(description="A signature for one's own side.")
class SignPlacementInput:
    placement: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    terms_digest: str | None = strawberry.field(
        default=None,
        description="Digest of the terms you saw; refused where others wait by now. Needed of a counter-proposal.",
    )


@strawberry.input(description="A placement to act on.")
class PlacementActInput:
    placement: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A placement to suspend or resume, with the ground.")
class GroundedPlacementActInput:
    placement: strawberry.ID = strawberry.field(description=WHICH)
    ground: str = strawberry.field(description="The ground, 1 to 500 characters.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A later last day, and perhaps another share, for all three to sign anew.")
class ExtendPlacementInput:
    placement: strawberry.ID = strawberry.field(description=WHICH)
    until: date = strawberry.field(description="The new last day, inclusive.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    workload_percent: int | None = strawberry.field(default=None, description="Another share; left out: as before.")
    terms: PlacementTermsInput | None = strawberry.field(
        default=None, description="The other terms as a whole; left out: as before."
    )


@strawberry.input(description="Other terms than those that wait; what is left out is as in those.")
class CounterPlacementInput:
    placement: strawberry.ID = strawberry.field(description=WHICH)
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    from_: date | None = strawberry.field(name="from", default=None, description="First day; not of an extension.")
    until: date | None = strawberry.field(default=None, description="Last day, inclusive.")
    workload_percent: int | None = strawberry.field(default=None, description="Whole percents of a full post.")
    terms: PlacementTermsInput | None = strawberry.field(default=None, description="The other terms as a whole.")
    terms_digest: str | None = strawberry.field(
        default=None, description="Digest of the terms you answer; refused where other terms wait by now."
    )


@strawberry.input(
    description="The end of a placement. An early return, a recall and a release need notice: the placement goes on "
    "until the last day of work, as the three agreed or the agreement says."
)
class EndPlacementInput:
    placement: strawberry.ID = strawberry.field(description=WHICH)
    reason: EndReason = strawberry.field(
        description="EARLY_RETURN (the person), HOME_RECALL (home unit), HOST_RELEASE (host unit), BREACH (authority "
        "of either province, with a ground), TERM (any party, once it is over)."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    on: date | None = strawberry.field(
        default=None, description="Last day of work, inclusive; left out: the first one possible."
    )
    ground: str | None = strawberry.field(default=None, description="The ground, at most 500 characters.")


@strawberry.type(description="The command on the placement was carried out.")
class PlacementSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    placement_id: strawberry.Private[UUID]

    @strawberry.field(description="The placement as it stands now.")
    async def placement(self, info: Info) -> Placement | None:
        return await load_placement(info, self.placement_id)

    @classmethod
    def of(cls, done: Done) -> "PlacementSuccess":
        """The answer of a command as GraphQL gives it."""
        return cls(command=CommandReceipt.of(done), placement_id=UUID(done.result["placement_id"]))


PlacementResult = Annotated[
    PlacementSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union("PlacementResult", description="The placement as it now stands, or why nothing was changed."),
]
Act = Annotated[PlacementActInput, strawberry.argument(description="Which placement.")]
Grounded = Annotated[GroundedPlacementActInput, strawberry.argument(description="Which placement, and the ground.")]


@strawberry.type
class PlacementMutation:
    @strawberry.mutation(
        description="Propose a placement (the person, the home unit, a host unit by consent to credentials and "
        "personnel relation, or with a placement agreed on); one proposal for a host at a time."
    )
    async def propose_placement(
        self, info: Info, input: Annotated[ProposePlacementInput, strawberry.argument(description="The placement.")]
    ) -> PlacementResult:
        context = info.context
        done = await placements.propose(context.registry, context.actor, _new(input), input.idempotency_key)
        return PlacementSuccess.of(done)

    @strawberry.mutation(description="Sign for one's own side; the third signature makes it agreed, or extends it.")
    async def sign_placement(
        self, info: Info, input: Annotated[SignPlacementInput, strawberry.argument(description="The signature.")]
    ) -> PlacementResult:
        asked = placement_signing.Signing(_which(input.placement), input.terms_digest)
        context = info.context
        done = await placement_signing.sign(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementSuccess.of(done)

    @strawberry.mutation(description="Let an agreed placement begin today (any party).")
    async def activate_placement(self, info: Info, input: Act) -> PlacementResult:
        return await _simple(info, placement_life.activate, input)

    @strawberry.mutation(
        description="Answer the terms that wait, of a proposal or of an extension, with others, which all three sign "
        "anew (any party but the one that proposed them)."
    )
    async def counter_placement(
        self, info: Info, input: Annotated[CounterPlacementInput, strawberry.argument(description="The other terms.")]
    ) -> PlacementResult:
        asked = placement_counters.CounterProposal(
            _which(input.placement),
            input.from_,
            input.until,
            input.workload_percent,
            None if input.terms is None else input.terms.to_domain(),
            input.terms_digest,
        )
        context = info.context
        done = await placement_counters.counter(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementSuccess.of(done)

    @strawberry.mutation(description="Decline what another party proposed, or its extension.")
    async def decline_placement(self, info: Info, input: Act) -> PlacementResult:
        return await _simple(info, placement_life.decline, input)

    @strawberry.mutation(description="Withdraw one's own proposal or extension, or an agreement that has not begun.")
    async def withdraw_placement(self, info: Info, input: Act) -> PlacementResult:
        return await _simple(info, placement_life.withdraw, input)

    @strawberry.mutation(description="Suspend an active placement (authority of either province, with a ground).")
    async def suspend_placement(self, info: Info, input: Grounded) -> PlacementResult:
        context, asked = info.context, placement_life.Grounded(_which(input.placement), input.ground)
        done = await placement_life.suspend(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementSuccess.of(done)

    @strawberry.mutation(
        description="Resume a suspended placement, its recognition decided anew (authority of the province that "
        "suspended it, with a ground)."
    )
    async def resume_placement(self, info: Info, input: Grounded) -> PlacementResult:
        context, asked = info.context, placement_life.Grounded(_which(input.placement), input.ground)
        done = await placement_life.resume(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementSuccess.of(done)

    @strawberry.mutation(description="Propose a later last day; it takes effect when all three signed it.")
    async def extend_placement(
        self, info: Info, input: Annotated[ExtendPlacementInput, strawberry.argument(description="The extension.")]
    ) -> PlacementResult:
        terms = None if input.terms is None else input.terms.to_domain()
        asked = placement_signing.Extension(_which(input.placement), input.until, input.workload_percent, terms)
        context = info.context
        done = await placement_signing.extend(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementSuccess.of(done)

    @strawberry.mutation(description="Take back one's own notice of an end, before its day.")
    async def withdraw_placement_end(self, info: Info, input: Act) -> PlacementResult:
        return await _simple(info, placement_ends.withdraw_end, input)

    @strawberry.mutation(description="End a placement, or give notice of its end; who may depends on the reason.")
    async def end_placement(
        self, info: Info, input: Annotated[EndPlacementInput, strawberry.argument(description="The end.")]
    ) -> PlacementResult:
        asked = placement_life.Ending(_which(input.placement), input.reason, input.on, input.ground)
        context = info.context
        done = await placement_life.end(context.registry, context.actor, asked, input.idempotency_key)
        return PlacementSuccess.of(done)


async def _simple(
    info: Info, act: Callable[[Registry, Actor, UUID, str], Awaitable[Done]], input: PlacementActInput
) -> PlacementSuccess:
    context = info.context
    done = await act(context.registry, context.actor, _which(input.placement), input.idempotency_key)
    return PlacementSuccess.of(done)


def _which(text: strawberry.ID) -> UUID:
    return from_node_id(text, "Placement", "input", "placement")


def _new(input: ProposePlacementInput) -> placements.NewPlacement:
    return placements.NewPlacement(
        researcher=who(input.researcher),
        host_unit_id=from_node_id(input.host_unit, "Organisation", "input", "hostUnit"),
        credential_id=from_node_id(input.credential, "Credential", "input", "credential"),
        kind=input.kind,
        post=input.post,
        post_series=input.post_series,
        term_from=input.from_,
        term_until=input.until,
        workload_percent=input.workload_percent,
        terms=(input.terms or PlacementTermsInput()).to_domain(),
        moves=(input.moves or PlacementMovesInput()).to_domain(),
    )
