"""What suspending, reinstating or revoking a credential would do, as the API gives it before it is done."""

from datetime import date
from typing import Annotated

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.placement_parts import PlacementState
from talent_registry.api.recalls import RecallCounts, RecalledRecord, record_fields
from talent_registry.domain import effects as domain
from talent_registry.services import standing

described(
    domain.StandingChange,
    "A change of a credential's record status.",
    {
        "SUSPEND": "As suspendCredential.",
        "REINSTATE": "As reinstateCredential.",
        "REVOKE": "As revokeCredential.",
    },
)


@strawberry.type(description="What would happen to a placement that rests on the credential.")
class PlacementEffect:
    placement: strawberry.ID = strawberry.field(description="Opaque id of the placement.")
    before: PlacementState = strawberry.field(description="Where it stands.")
    after: PlacementState = strawberry.field(description="Where it would stand.")
    reason: str | None = strawberry.field(description="Why, as in the answer of the command.")
    on: date = strawberry.field(description="Its last day where it would end, else today.")

    @classmethod
    def of(cls, effect: domain.PlacementEffect) -> "PlacementEffect":
        """The effect as GraphQL gives it."""
        return cls(
            placement=to_node_id("Placement", effect.placement_id),
            before=effect.before,
            after=effect.after,
            reason=effect.reason,
            on=effect.on,
        )


@strawberry.type(
    description="What a change would do. Nothing was done; the command does the same while nothing changes."
)
class Effects:
    digest: str = strawberry.field(
        description="SHA-256 (hexadecimal) of how things stand and of all that would follow, listed here or not, but "
        "for verifications, which anyone may ask for at any moment. Pass it to the command as `effectsDigest`."
    )
    from_: date = strawberry.field(name="from", description="The first day of the new status.")
    placements: list[PlacementEffect] = strawberry.field(description="What would happen to placements, at most 100.")
    placements_left_out: int = strawberry.field(description="How many more placements there are.")
    recalled: RecallCounts = strawberry.field(description="How many records relied on what would change.")
    records: list[RecalledRecord] = strawberry.field(description="These records, at most 100.")
    records_left_out: int = strawberry.field(description="How many more of them there are.")

    @classmethod
    def of(cls, effects: domain.Effects) -> "Effects":
        """The effects as GraphQL gives them."""
        return cls(
            digest=effects.digest,
            from_=effects.from_day,
            placements=[PlacementEffect.of(one) for one in effects.placements[: domain.MOST_LISTED]],
            placements_left_out=effects.placements_left_out,
            recalled=RecallCounts.counted(effects.counts),
            records=[RecalledRecord(**record_fields(one)) for one in effects.recalls[: domain.MOST_LISTED]],
            records_left_out=effects.recalls_left_out,
        )


@strawberry.type
class EffectsQuery:
    @strawberry.field(
        description="What suspending, reinstating or revoking a credential would do (whoever may: its issuer, or the "
        "authority of the issuer's province). Nothing is written."
    )
    async def preview_effects(
        self,
        info: Info,
        credential: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the credential.")],
        change: Annotated[domain.StandingChange, strawberry.argument(description="Which change.")],
        from_: Annotated[
            date | None,
            strawberry.argument(name="from", description="The first day of the new status; today if left out."),
        ] = None,
    ) -> Effects:
        context, credential_id = info.context, from_node_id(credential, "Credential", "credential")
        return Effects.of(await standing.preview(context.registry, context.actor, credential_id, change.status, from_))
