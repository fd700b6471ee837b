"""Suspending, reinstating and revoking credentials as the API takes it, and what followed for placements."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.credentials import Credential, load_credential
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.placement_parts import PlacementState
from talent_registry.api.recalls import RecallCounts
from talent_registry.services import standing
from talent_registry.services.registry import Done


@strawberry.input(description="Another status of a credential's record.")
class CredentialStandingInput:
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    ground: str = strawberry.field(description="The ground, 1 to 500 characters.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)
    from_: date | None = strawberry.field(
        name="from",
        default=None,
        description="The first day of the new status, today at the latest; today if left out.",
    )
    effects_digest: str | None = strawberry.field(
        default=None,
        description="The digest of a preview of the effects; where given, and something else would follow now, nothing "
        "is done (Conflict, WORLD_CHANGED).",
    )


@strawberry.type(description="What followed for a placement that rests on the credential.")
class StandingConsequence:
    placement: strawberry.ID = strawberry.field(description="Opaque id of the placement.")
    state: PlacementState = strawberry.field(description="Where it stands now.")
    reason: str | None = strawberry.field(
        description="RECOGNITION_LOST or TERM (ended); CREDENTIAL_SUSPENDED, or the reason of the new decision "
        "(suspended); or why a suspended one did not go on (NO_RECOGNITION, CREDENTIAL_EXPIRED, WORKLOAD_OVER_100, "
        "OUTSIDE_TERM, HOME_UNIT_CHANGED); null where it went on."
    )

    @classmethod
    def of(cls, one: dict[str, Any]) -> "StandingConsequence":
        """The consequence as GraphQL gives it."""
        return cls(
            placement=to_node_id("Placement", UUID(one["placement_id"])),
            state=PlacementState(one["state"]),
            reason=one["reason"],
        )


@strawberry.type(
    description="The credential has another status, and what rests on it followed in the same transaction."
)
class CredentialStandingSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    consequences: list[StandingConsequence] = strawberry.field(description="What followed for placements.")
    recalled: RecallCounts = strawberry.field(description="What relied on what changed.")
    credential_id: strawberry.Private[UUID]

    @strawberry.field(description="The credential as it stands now.")
    async def credential(self, info: Info) -> Credential | None:
        return await load_credential(info, self.credential_id)

    @classmethod
    def of(cls, done: Done) -> "CredentialStandingSuccess":
        """The answer of a command as GraphQL gives it."""
        return cls(
            command=CommandReceipt.of(done),
            consequences=[StandingConsequence.of(one) for one in done.result["consequences"]],
            recalled=RecallCounts.of(done),
            credential_id=UUID(done.result["credential_id"]),
        )


CredentialStandingResult = Annotated[
    CredentialStandingSuccess | NotFound | NotPermitted | InvalidInput | Conflict | NotInForce,
    strawberry.union(
        "CredentialStandingResult", description="The credential and what followed, or why nothing changed."
    ),
]
Change = Annotated[CredentialStandingInput, strawberry.argument(description="Which credential, from when, and why.")]


@strawberry.type
class StandingMutation:
    @strawberry.mutation(
        description="Suspend a credential; active placements resting on it are suspended (issuer, or its authority)."
    )
    async def suspend_credential(self, info: Info, input: Change) -> CredentialStandingResult:
        context, asked = info.context, _asked(input)
        done = await standing.suspend(context.registry, context.actor, asked, input.idempotency_key)
        return CredentialStandingSuccess.of(done)

    @strawberry.mutation(
        description="Reinstate a credential; placements suspended with it go on where the days allow (issuer, or its "
        "authority)."
    )
    async def reinstate_credential(self, info: Info, input: Change) -> CredentialStandingResult:
        context, asked = info.context, _asked(input)
        done = await standing.reinstate(context.registry, context.actor, asked, input.idempotency_key)
        return CredentialStandingSuccess.of(done)

    @strawberry.mutation(
        description="Revoke a credential; every placement resting on it ends (issuer, or its authority)."
    )
    async def revoke_credential(self, info: Info, input: Change) -> CredentialStandingResult:
        context, asked = info.context, _asked(input)
        done = await standing.revoke(context.registry, context.actor, asked, input.idempotency_key)
        return CredentialStandingSuccess.of(done)


def _asked(input: CredentialStandingInput) -> standing.StatusChange:
    return standing.StatusChange(
        from_node_id(input.credential, "Credential", "input", "credential"),
        input.ground,
        input.from_,
        input.effects_digest,
    )
