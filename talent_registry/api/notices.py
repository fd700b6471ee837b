"""Notices to whoever relied on a fact that turned out wrong, as the API gives them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, LocalisedText, NotFound, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.recalls import RecalledRecord, record_fields
from talent_registry.api.researchers import After, First
from talent_registry.services import notices


@strawberry.type(description="A notice that a record on which the caller relied rests on a fact that turned out wrong.")
class Notice(RecalledRecord):
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    certificate_number: str = strawberry.field(description="Number of the certificate.")
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    command: strawberry.ID = strawberry.field(description="Opaque id of the command that recorded the facts anew.")
    queued_at: datetime = strawberry.field(description="When.")
    acknowledged_at: datetime | None = strawberry.field(description="When it was acknowledged; null if not yet.")
    message: LocalisedText = strawberry.field(description="What changed, in which record, since when, what to do.")

    @classmethod
    def of(cls, read: notices.ReadNotice) -> "Notice":
        """The notice as GraphQL gives it."""
        notice, recall = read.notice, read.notice.recall
        return cls(
            **record_fields(recall),
            id=to_node_id("Notice", notice.id),
            certificate_number=read.number,
            credential=to_node_id("Credential", recall.credential_id),
            command=to_node_id("Command", recall.command_id),
            queued_at=notice.queued_at,
            acknowledged_at=notice.acknowledged_at,
            message=LocalisedText.of(read.message),
        )


@strawberry.input(description="A notice to acknowledge.")
class AcknowledgeNoticeInput:
    notice: strawberry.ID = strawberry.field(description="Opaque id of the notice.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The notice was acknowledged, for all of its receiver.")
class AcknowledgeNoticeSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    notice_id: strawberry.Private[UUID]

    @strawberry.field(description="The notice.")
    async def notice(self, info: Info) -> Notice | None:
        found = await load(info.context, notices.list_by_ids, self.notice_id)
        return None if found is None else Notice.of(found)


AcknowledgeNoticeResult = Annotated[
    AcknowledgeNoticeSuccess | NotFound | NotPermitted | Conflict,
    strawberry.union("AcknowledgeNoticeResult", description="The notice, or why it was not acknowledged."),
]


@strawberry.type
class NoticeQuery:
    @strawberry.field(
        description="Notices to the caller, oldest first: to the person, to the office's organisation, to the "
        "authority of a province.",
        deprecation_reason="Use inbox(kind: RECALL), which has every notice beside all else that is told. "
        "Goes after 2027-12.",
    )
    async def notices(
        self,
        info: Info,
        unread: Annotated[bool, strawberry.argument(description="Only those not acknowledged yet.")] = False,  # noqa: FBT002  # an argument of the API
        first: First = 20,
        after: After = None,
    ) -> Connection[Notice]:
        context = info.context
        page = await notices.list_notices(context.registry, context.actor, page_request(first, after), unread=unread)
        return connection_of(page, Notice.of)


@strawberry.type
class NoticeMutation:
    @strawberry.mutation(description="Acknowledge a notice (its receiver).")
    async def acknowledge_notice(
        self, info: Info, input: Annotated[AcknowledgeNoticeInput, strawberry.argument(description="Which.")]
    ) -> AcknowledgeNoticeResult:
        context = info.context
        notice_id = from_node_id(input.notice, "Notice", "input", "notice")
        done = await notices.acknowledge(context.registry, context.actor, notice_id, input.idempotency_key)
        return AcknowledgeNoticeSuccess(command=CommandReceipt.of(done), notice_id=UUID(done.result["notice_id"]))
