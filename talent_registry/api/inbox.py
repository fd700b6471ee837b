"""The inbox, as the API gives it: one list of all that is told to the caller, and marking it as read."""

from datetime import datetime
from typing import Annotated

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, LocalisedText, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id, kind_and_id, to_node_id
from talent_registry.api.notices import Notice
from talent_registry.api.researchers import After, First
from talent_registry.domain.inbox import InboxFilter, InboxKind
from talent_registry.services import inbox
from talent_registry.services.permissions import nothing_here

described(
    InboxKind,
    "What an item of the inbox is about.",
    {
        "CREDENTIAL": "A credential was recorded, corrected, suspended, reinstated or revoked.",
        "PLACEMENT": "A step of a placement: whose turn it is, what began or ended, a reminder.",
        "RECOGNITION": "A recognition was decided.",
        "CASE": "A step of a case on a recognition.",
        "CONSENT": "A consent was granted or withdrawn.",
        "PERSON": "The recorded facts of a person were corrected.",
        "RECALL": "A record on which the caller relied rests on a fact that turned out wrong; see `notice`.",
        "OPPORTUNITY": "A posted need matches a credential of the caller, who opted in to being told.",
        "QUESTION": "A question of an office to the issuer of a certificate.",
    },
)


@strawberry.type(description="Something that the caller is told. It names a record and says codes and days alone.")
class InboxItem:
    id: strawberry.ID = strawberry.field(description="Opaque id: that of the event.")
    kind: InboxKind = strawberry.field(description="What it is about.")
    type: str = strawberry.field(description="What happened, such as `placement.activated`; see docs/events.md.")
    concerns: strawberry.ID = strawberry.field(description="Opaque id of the record that changed.")
    at: datetime = strawberry.field(description="When it was recorded.")
    message: LocalisedText = strawberry.field(description="What happened and what to do next.")
    read_at: datetime | None = strawberry.field(
        description="When it was marked as read, for the person or for all of the office; null if not yet."
    )
    notice: Notice | None = strawberry.field(
        description="Of a recall: which record, since when, and whether it was acknowledged; null for all else."
    )

    @classmethod
    def of(cls, read: inbox.ReadItem) -> "InboxItem":
        """The item as GraphQL gives it."""
        event = read.item.event
        return cls(
            id=to_node_id("Event", event.id),
            kind=read.kind,
            type=event.type,
            concerns=strawberry.ID(event.subject),
            at=event.at,
            message=LocalisedText.of(read.message),
            read_at=read.item.read_at,
            notice=None if read.notice is None else Notice.of(read.notice),
        )


@strawberry.input(description="What was read: either some items, or all up to one.")
class MarkReadInput:
    items: list[strawberry.ID] = strawberry.field(default_factory=list, description="Opaque ids of items.")
    up_to: strawberry.ID | None = strawberry.field(
        default=None, description="Opaque id of an item: it and all that was told before it."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The items are read. A notice among them is still to be acknowledged.")
class MarkReadSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    unread: int = strawberry.field(description="How many were unread thereafter; 1000: so many or more.")


MarkReadResult = Annotated[
    MarkReadSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("MarkReadResult", description="How many are left, or why none was marked."),
]


@strawberry.type
class InboxQuery:
    @strawberry.field(
        description="All that is told to the caller, newest first: to the person, to the office's organisation, to the "
        "authority of a province. A page may be short while more follow."
    )
    async def inbox(  # each is an argument of the API
        self,
        info: Info,
        unread: Annotated[bool, strawberry.argument(description="Only what is not read yet.")] = False,  # noqa: FBT002  # an argument of the API
        kind: Annotated[InboxKind | None, strawberry.argument(description="Only items of this kind.")] = None,
        about: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only what concerns the record of this opaque id.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[InboxItem]:
        context = info.context
        if about is not None and kind_and_id(about) is None:
            raise nothing_here(("about",))
        asked = InboxFilter(unread=unread, kind=kind, about=about)
        page = await inbox.page_inbox(context.registry, context.actor, page_request(first, after), asked)
        return connection_of(page, InboxItem.of)

    @strawberry.field(description="How many items of the caller's inbox are unread; 1000: so many or more.")
    async def inbox_unread(self, info: Info) -> int:
        return await inbox.count_unread(info.context.registry, info.context.actor)


@strawberry.type
class InboxMutation:
    @strawberry.mutation(description="Mark items of the inbox as read, for all of the receiver. Repeating it is safe.")
    async def mark_read(
        self, info: Info, input: Annotated[MarkReadInput, strawberry.argument(description="Which.")]
    ) -> MarkReadResult:
        context = info.context
        marking = inbox.Marking(
            items=tuple(dict.fromkeys(from_node_id(one, "Event", "input", "items") for one in input.items)),
            up_to=None if input.up_to is None else from_node_id(input.up_to, "Event", "input", "upTo"),
        )
        done = await inbox.mark_read(context.registry, context.actor, marking, input.idempotency_key)
        return MarkReadSuccess(command=CommandReceipt.of(done), unread=done.result["unread"])
