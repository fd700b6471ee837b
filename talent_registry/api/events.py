"""What changed and concerns the caller, as the API gives it."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.researchers import After, First
from talent_registry.domain import events as domain
from talent_registry.services import events
from talent_registry.services.permissions import nothing_here

_CloudEvent = strawberry.scalars.JSON


@strawberry.type(description="A change in a record in which the caller has a part. It names the record and codes only.")
class Event:
    id: strawberry.ID = strawberry.field(description="Opaque id; pass it to `after` to go on from here.")
    type: str = strawberry.field(description="What changed, such as `placement.activated`; see docs/events.md.")
    subject: strawberry.ID = strawberry.field(description="Opaque id of the record that changed.")
    at: datetime = strawberry.field(description="When it was recorded.")
    body: _CloudEvent = strawberry.field(description="The event in the JSON format of CloudEvents 1.0.2.")

    @classmethod
    def of(cls, found: domain.Event) -> "Event":
        """The event as GraphQL gives it."""
        body: Any = domain.as_cloud_event(found)
        return cls(
            id=to_node_id("Event", found.id),
            type=found.type,
            subject=strawberry.ID(found.subject),
            at=found.at,
            body=body,
        )


@strawberry.type
class EventQuery:
    @strawberry.field(
        description="Changes told to the caller, oldest first: to the person, to the office's organisation, to the "
        "authority of a province."
    )
    async def events(self, info: Info, first: First = 20, after: After = None) -> Connection[Event]:
        context = info.context
        page = await events.page_events(context.registry, context.actor, page_request(first, after))
        return connection_of(page, Event.of)


@strawberry.type
class EventSubscription:
    @strawberry.subscription(
        description="Changes told to the caller, as they happen, until the token expires or the account is closed."
    )
    async def events(
        self,
        info: Info,
        after: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="Opaque id of the last event received: goes on from there; null: from now."
            ),
        ] = None,
    ) -> AsyncGenerator[Event, None]:
        context = info.context
        if context.following is None or context.still is None:
            raise nothing_here()
        place = None if after is None else from_node_id(after, "Event", "after")
        async for one in context.following.events(context.still, place):
            yield Event.of(one)
