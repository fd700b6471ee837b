"""Looks at the caller's own record as the API gives them."""

from datetime import datetime
from uuid import UUID

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
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
    at: datetime = strawberry.field(description="When.")
    purpose: str = strawberry.field(description="For what purpose, as stated.")
    basis: str = strawberry.field(
        description='On which relations to the person, joined by "+"; SHARE_CODE or SHARE_CODE_REFUSED for a try at a '
        "share code."
    )
    fields: list[PersonField] = strawberry.field(
        description="Exactly the fields that were shown; none where a share code was tried and did not open."
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
            at=look.at,
            purpose=look.purpose,
            basis=look.basis,
            fields=list(look.fields),
            share_code_id=look.share_code_id,
            organisation_id=look.organisation_id,
        )


@strawberry.type
class AccessQuery:
    @strawberry.field(description="Who looked at the caller's own record, oldest first (the researcher alone).")
    async def accesses(self, info: Info, first: First = 20, after: After = None) -> Connection[Access]:
        context = info.context
        page = await accesses.list_accesses(context.registry, context.actor, page_request(first, after))
        return connection_of(page, Access.of)
