"""What a command recalled, as the API gives it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.loaders import load
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.researchers import After, First
from talent_registry.domain import recalls as domain
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.notices import Notice
from talent_registry.services import recalls
from talent_registry.services.registry import Done

described(
    domain.RecalledKind,
    "What relied on a fact that turned out wrong.",
    {
        "DECISION": "A recognition decision that was kept.",
        "PLACEMENT": "A placement that rests or rested on the credential.",
        "VERIFICATION": "A verification that was answered.",
        "ENTITLEMENT": "A check of an entitlement that was answered.",
    },
)
described(
    domain.RecallCause,
    "What was recorded anew.",
    {
        "CORRECTION": "The facts of the credential were corrected.",
        "FILING": "The filing of the committee that the credential cites was corrected.",
        "SUSPENSION": "The credential was suspended.",
        "REVOCATION": "The credential was revoked.",
        "REINSTATEMENT": "The credential was reinstated.",
        "INTEGRITY": "An integrity record of the holder was recorded, corrected or lifted.",
    },
)
# A verification has no record of its own: it is named by its command.
_NODES = {
    domain.RecalledKind.DECISION: "RecognitionDecision",
    domain.RecalledKind.PLACEMENT: "Placement",
    domain.RecalledKind.VERIFICATION: "Command",
    domain.RecalledKind.ENTITLEMENT: "Command",
}


@strawberry.type(description="How many records relied on what a command recorded anew, and how many notices it queued.")
class RecallCounts:
    decisions: int = strawberry.field(description="Recognition decisions.")
    placements: int = strawberry.field(description="Placements.")
    verifications: int = strawberry.field(description="Answered verifications.")
    entitlements: int = strawberry.field(description="Answered checks of entitlements.")
    notices: int = strawberry.field(description="Notices queued: one for each record and receiver.")

    @classmethod
    def of(cls, done: Done) -> "RecallCounts":
        """The counts in the answer of a command; none where it was given before there were any."""
        return cls.counted(domain.RecallCounts.of(done.result.get("recalled", {})))

    @classmethod
    def counted(cls, counts: domain.RecallCounts) -> "RecallCounts":
        """The counts as GraphQL gives them."""
        return cls(**counts.as_json())


@strawberry.type(description="A record that relied on facts which a command recorded anew; names of facts, no values.")
class RecalledRecord:
    kind: domain.RecalledKind = strawberry.field(description="What it is.")
    record: strawberry.ID = strawberry.field(
        description="Opaque id of the decision or placement; of the command, for a verification."
    )
    cause: domain.RecallCause = strawberry.field(description="What was recorded anew.")
    facts: list[str] = strawberry.field(description="Names of the facts that it relied on and that changed.")
    status: RecordStatus | None = strawberry.field(
        description="The credential's record status on its days, where the status is among the facts."
    )
    from_: date | None = strawberry.field(
        name="from", description="The first day on which the status changed; null for facts that hold on all days."
    )


@strawberry.type(description="To whom a notice was queued, and whether it was acknowledged.")
class NoticeReceiver:
    province: str | None = strawberry.field(description="The province, where its authority is the receiver.")
    is_researcher: bool = strawberry.field(description="Whether the receiver is a person.")
    acknowledged_at: datetime | None = strawberry.field(description="When it was acknowledged; null if not yet.")
    organisation_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The organisation, where one is the receiver.")
    async def organisation(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.organisation_id)

    @classmethod
    def of(cls, notice: Notice) -> "NoticeReceiver":
        """The receiver of a notice as GraphQL gives it."""
        to = notice.receiver
        return cls(
            province=to.province,
            is_researcher=to.researcher_id is not None,
            acknowledged_at=notice.acknowledged_at,
            organisation_id=to.organisation_id,
        )


@strawberry.type(description="One record that a command recalled.")
class Recall(RecalledRecord):
    command: strawberry.ID = strawberry.field(description="Opaque id of the command that recorded the facts anew.")
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    recalled_at: datetime = strawberry.field(description="When.")
    recall_id: strawberry.Private[UUID]

    @strawberry.field(
        description="Who was told; null for an issuer, which may not know who relied on its certificates (the "
        "authority of its province may)."
    )
    async def receivers(self, info: Info) -> list[NoticeReceiver] | None:
        found = await load(info.context, recalls.list_receivers, self.recall_id)
        return None if found is None else [NoticeReceiver.of(one) for one in found]

    @classmethod
    def of(cls, recall: domain.Recall) -> "Recall":
        """The recall as GraphQL gives it."""
        return cls(
            **record_fields(recall),
            command=to_node_id("Command", recall.command_id),
            credential=to_node_id("Credential", recall.credential_id),
            recalled_at=recall.recalled_at,
            recall_id=recall.id,
        )


def record_fields(recall: domain.Recall) -> dict[str, Any]:
    """What every type that shows a recalled record is made of."""
    return {
        "kind": recall.kind,
        "record": to_node_id(_NODES[recall.kind], recall.record_id),
        "cause": recall.cause,
        "facts": list(recall.facts),
        "status": recall.status,
        "from_": recall.from_day,
    }


@strawberry.type
class RecallQuery:
    @strawberry.field(
        description="What relied on facts of the caller's own credentials (issuer; authority of the issuer's province) "
        "that turned out wrong, oldest first."
    )
    async def recalls(
        self,
        info: Info,
        credential: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only of this credential (opaque id).")
        ] = None,
        command: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only by this command (opaque id).")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Recall]:
        context = info.context
        asked = domain.RecallFilter(
            None if credential is None else from_node_id(credential, "Credential", "credential"),
            None if command is None else from_node_id(command, "Command", "command"),
        )
        page = await recalls.list_recalls(context.registry, context.actor, page_request(first, after), asked)
        return connection_of(page, Recall.of)
