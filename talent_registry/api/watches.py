"""Watches as the API gives them: of which credentials an office is told."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.researchers import After, First
from talent_registry.services import watches


@strawberry.type(
    description="The caller's office is told, among its events, if a credential that it verified is suspended, "
    "reinstated, revoked or corrected."
)
class CredentialWatch:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential, the subject of its events.")
    certificate_number: str = strawberry.field(description="Number of the certificate.")
    purpose: str = strawberry.field(description="For what purpose, as the holder sees it.")
    until: date = strawberry.field(description="The last day on which the office is told.")
    started_at: datetime = strawberry.field(description="When it began.")
    ended_at: datetime | None = strawberry.field(description="When the office ended it; null if it did not.")
    roster: strawberry.ID | None = strawberry.field(
        description="Opaque id of the roster that is watched as a whole; null where the credential is by itself."
    )

    @classmethod
    def of(cls, seen: watches.SeenWatch) -> "CredentialWatch":
        """The watch as GraphQL gives it."""
        return cls(
            id=to_node_id("CredentialWatch", seen.watch.id),
            credential=to_node_id("Credential", seen.watch.credential_id),
            certificate_number=seen.number,
            purpose=seen.watch.purpose,
            until=seen.watch.until,
            started_at=seen.watch.started_at,
            ended_at=seen.watch.ended_at,
            roster=None if seen.watch.roster_id is None else to_node_id("Roster", seen.watch.roster_id),
        )


@strawberry.input(description="A credential of which the caller's office wants to be told.")
class WatchCredentialInput:
    credential: strawberry.ID = strawberry.field(
        description="Opaque id of a credential that the office verified, alone or in a roster."
    )
    purpose: str = strawberry.field(description="For what purpose; the holder can see it.")
    until: date = strawberry.field(description="The last day on which the office is told: at most two years on.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A watch to end.")
class EndCredentialWatchInput:
    watch: strawberry.ID = strawberry.field(description="Opaque id of the watch.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="Done.")
class CredentialWatchSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    watch: strawberry.ID = strawberry.field(description="Opaque id of the watch.")


CredentialWatchResult = Annotated[
    CredentialWatchSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("CredentialWatchResult", description="The watch, or why nothing was done."),
]


@strawberry.type
class WatchQuery:
    @strawberry.field(description="The watches of the caller's office, ended ones included, oldest first.")
    async def credential_watches(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[CredentialWatch]:
        page = await watches.list_watches(info.context.registry, info.context.actor, page_request(first, after))
        return connection_of(page, CredentialWatch.of)


@strawberry.type
class WatchMutation:
    @strawberry.mutation(
        description="Be told if a credential is suspended, reinstated, revoked or corrected (an office that verified "
        "it). Watching again ends the watch before."
    )
    async def watch_credential(
        self, info: Info, input: Annotated[WatchCredentialInput, strawberry.argument(description="Which.")]
    ) -> CredentialWatchResult:
        credential = from_node_id(input.credential, "Credential", "input", "credential")
        asked = watches.NewWatch(credential, input.purpose, input.until)
        context = info.context
        done = await watches.watch(context.registry, context.actor, asked, input.idempotency_key)
        watch = to_node_id("CredentialWatch", UUID(done.result["watch_id"]))
        return CredentialWatchSuccess(command=CommandReceipt.of(done), watch=watch)

    @strawberry.mutation(description="Be told of a credential no more (the office that watches it).")
    async def end_credential_watch(
        self, info: Info, input: Annotated[EndCredentialWatchInput, strawberry.argument(description="Which.")]
    ) -> CredentialWatchResult:
        context = info.context
        watch = from_node_id(input.watch, "CredentialWatch", "input", "watch")
        done = await watches.end(context.registry, context.actor, watch, input.idempotency_key)
        return CredentialWatchSuccess(command=CommandReceipt.of(done), watch=input.watch)
