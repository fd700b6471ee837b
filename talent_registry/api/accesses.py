"""Looks at the caller's own record as the API gives them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.researchers import After, First
from talent_registry.api.shares import ShareCode, load_share_code
from talent_registry.domain import consents as domain
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses


@strawberry.type(
    description="A look someone took at the caller's record (Personal Information Protection Law, art. 44 and 45)."
)
class Access:
    id: strawberry.ID = strawberry.field(description="Opaque id, by which the person may report the look.")
    at: datetime = strawberry.field(description="When.")
    purpose: str = strawberry.field(description="For what purpose, as stated.")
    basis: str = strawberry.field(
        description='On which relations to the person, joined by "+"; SHARE_CODE or SHARE_CODE_REFUSED for a try at a '
        "share code."
    )
    fields: list[PersonField] = strawberry.field(
        description="Exactly the fields that were shown; none where a share code did not open, or where a case about a "
        "reported look was read."
    )
    share_code_id: strawberry.Private[UUID | None]
    organisation_id: strawberry.Private[UUID | None]

    @strawberry.field(description="For which organisation; null where a person looked.")
    async def organisation(self, info: Info) -> Organisation | None:
        return await load_organisation(info, self.organisation_id)

    @strawberry.field(description="The share code that was tried; null where the look was none at a share code.")
    async def share_code(self, info: Info) -> ShareCode | None:
        return None if self.share_code_id is None else await load_share_code(info, self.share_code_id)

    @classmethod
    def of(cls, look: domain.Access) -> "Access":
        """The look as GraphQL gives it."""
        return cls(
            id=to_node_id("Access", look.id),
            at=look.at,
            purpose=look.purpose,
            basis=look.basis,
            fields=list(look.fields),
            share_code_id=look.share_code_id,
            organisation_id=look.organisation_id,
        )


class AccessOrder(StrEnum):
    """In which order looks are listed."""

    OLDEST_FIRST = "OLDEST_FIRST"
    NEWEST_FIRST = "NEWEST_FIRST"


described(
    AccessOrder,
    "In which order looks are listed: by when they were recorded.",
    {"OLDEST_FIRST": "The first look comes first.", "NEWEST_FIRST": "The last look comes first."},
)


@strawberry.input(description="Which looks are asked for; what is left out asks for nothing.")
class AccessFilter:
    organisation: strawberry.ID | None = strawberry.field(
        default=None, description="Those for this organisation (opaque id)."
    )
    by_people: bool = strawberry.field(default=False, description="Those that were for no organisation.")
    purpose: str | None = strawberry.field(default=None, description="Those for exactly this purpose, as stated.")
    since: date | None = strawberry.field(default=None, description="Those on this legal day or later.")
    until: date | None = strawberry.field(default=None, description="Those on this legal day or earlier.")
    field: PersonField | None = strawberry.field(default=None, description="Those that showed this field.")
    nothing_shown: bool = strawberry.field(
        default=False, description="Those that showed nothing of the record, as of a share code that did not open."
    )

    def to_domain(self) -> domain.LookFilter:
        """The filter as services take it."""
        unit = self.organisation
        return domain.LookFilter(
            organisation_id=None if unit is None else from_node_id(unit, "Organisation", "filter", "organisation"),
            by_people=self.by_people,
            purposes=() if self.purpose is None else (self.purpose,),
            since=self.since,
            until=self.until,
            field=self.field,
            nothing_shown=self.nothing_shown,
        )


@strawberry.type
class AccessQuery:
    @strawberry.field(
        description="Who looked at the caller's own record, oldest first unless asked otherwise (the researcher alone)."
    )
    async def accesses(
        self,
        info: Info,
        filter: Annotated[AccessFilter | None, strawberry.argument(description="Which looks; null for all.")] = None,
        order_by: Annotated[AccessOrder, strawberry.argument(description="In which order.")] = AccessOrder.OLDEST_FIRST,
        first: First = 20,
        after: After = None,
    ) -> Connection[Access]:
        context, asked = info.context, domain.EVERY_LOOK if filter is None else filter.to_domain()
        newest_first = order_by is AccessOrder.NEWEST_FIRST
        page = await accesses.list_accesses(
            context.registry, context.actor, page_request(first, after), asked, newest_first=newest_first
        )
        return connection_of(page, Access.of)
