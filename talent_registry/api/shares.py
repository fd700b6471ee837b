"""Share codes of one's own as the API gives and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.credentials import Credential, load_credential
from talent_registry.api.enums import described
from talent_registry.api.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.api.loaders import load
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.researchers import After, First
from talent_registry.domain import shares as domain
from talent_registry.services import shares

described(
    domain.ShareField,
    "What a share code can open besides kind and standing of its credentials, which it always shows.",
    {
        "NAME": "The name borne today.",
        "DOCUMENT": "Kind and masked number of the identity documents; the whole number is opened by no code.",
        "NUMBER": "The numbers of the certificates.",
        "TITLE": "Title and series.",
        "LEVEL": "The level.",
        "ISSUER": "Who issued it.",
        "APPROVAL": "The day of approval.",
        "VALIDITY": "The days of issue and of end of validity.",
        "RECOGNITION": "Whether it is recognised in one place, computed on the day of opening.",
    },
    name="ShareCodeField",
)
ShareField = domain.ShareField
described(
    domain.ShareState,
    "How a share code stands now.",
    {
        "OPEN": "It opens what was chosen.",
        "EXPIRED": "Its time is over.",
        "REVOKED": "The person revoked it.",
        "CLOSED": "Ten wrong PINs were tried; it opens nothing any more.",
    },
    name="ShareCodeState",
)


@strawberry.type(
    description="What a person opens to whoever holds a code, for a time (Personal Information Protection Law, "
    "art. 14). The code itself is given once, with the answer of issueShareCode."
)
class ShareCode:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    purpose: str = strawberry.field(description="What for.")
    fields: list[ShareField] = strawberry.field(description="The fields it opens, and no others.")
    division: str | None = strawberry.field(description="The place whose recognition it shows, if any (GB/T 2260).")
    has_pin: bool = strawberry.field(description="Whether it asks for a PIN.")
    issued_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="Until when it opens.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null if it was not.")
    wrong_pins: int = strawberry.field(description="How many wrong PINs were tried; at ten it closes.")
    share: strawberry.Private[domain.Share]

    @strawberry.field(description="How it stands now.")
    async def state(self, info: Info) -> domain.ShareState:
        return self.share.state(info.context.registry.clock())

    @strawberry.field(description="The credentials it opens.")
    async def credentials(self, info: Info) -> list[Credential]:
        found = [await load_credential(info, one, self.purpose) for one in self.share.terms.credential_ids]
        return [one for one in found if one is not None]

    @classmethod
    def of(cls, share: domain.Share) -> "ShareCode":
        """The share code as GraphQL gives it."""
        return cls(
            id=to_node_id("ShareCode", share.id),
            purpose=share.terms.purpose,
            fields=list(share.terms.fields),
            division=share.terms.division,
            has_pin=share.has_pin,
            issued_at=share.issued_at,
            expires_at=share.expires_at,
            revoked_at=share.revoked_at,
            wrong_pins=share.wrong_pins,
            share=share,
        )


async def load_share_code(info: Info, share_id: UUID) -> ShareCode | None:
    """The share code with this id, if it is the caller's own."""
    found = await load(info.context, shares.list_by_ids, share_id)
    return None if found is None else ShareCode.of(found)


@strawberry.input(description="What to open to whoever holds the code, and how long.")
class IssueShareCodeInput:
    credentials: list[strawberry.ID] = strawberry.field(description="Credentials of one's own (opaque ids), 1 to 20.")
    fields: list[ShareField] = strawberry.field(
        description="The fields to open; with none it shows kind and standing alone."
    )
    division: str | None = strawberry.field(
        default=None, description="The place whose recognition to show (GB/T 2260); with RECOGNITION, and only then."
    )
    purpose: str = strawberry.field(description="What for, 1 to 200 characters; the viewer sees it.")
    days: int = strawberry.field(description="For how many days of 24 hours, 1 to 180.")
    pin: str | None = strawberry.field(default=None, description="A PIN of 4 to 8 digits; none if left out.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="The share code to revoke.")
class RevokeShareCodeInput:
    share_code: strawberry.ID = strawberry.field(description="The share code (opaque id).")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The share code was made.")
class IssueShareCodeSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    shared_code: str = strawberry.field(description="The code, to be handed on: FX-XXXX-XXXX-XXXX-XXXX.")
    link: str = strawberry.field(
        description="The address that opens it. The code stands behind #, so that no server's log holds it."
    )
    share_id: strawberry.Private[UUID]

    @strawberry.field(description="What was made.")
    async def share_code(self, info: Info) -> ShareCode | None:
        return await load_share_code(info, self.share_id)


@strawberry.type(description="The share code was revoked: it opens nothing from the next request on.")
class RevokeShareCodeSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    share_id: strawberry.Private[UUID]

    @strawberry.field(description="What was revoked.")
    async def share_code(self, info: Info) -> ShareCode | None:
        return await load_share_code(info, self.share_id)


IssueShareCodeResult = Annotated[
    IssueShareCodeSuccess | NotFound | NotPermitted | InvalidInput | Conflict | Limited,
    strawberry.union("IssueShareCodeResult", description="The share code, or why it was not made."),
]
RevokeShareCodeResult = Annotated[
    RevokeShareCodeSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("RevokeShareCodeResult", description="The revoked share code, or why it was not revoked."),
]


@strawberry.type
class ShareQuery:
    @strawberry.field(
        description="The share codes that the caller made, past ones included, oldest first (the researcher alone)."
    )
    async def share_codes(self, info: Info, first: First = 20, after: After = None) -> Connection[ShareCode]:
        context = info.context
        page = await shares.list_own(context.registry, context.actor, page_request(first, after))
        return connection_of(page, ShareCode.of)


@strawberry.type
class ShareMutation:
    @strawberry.mutation(
        description="Open chosen fields of one's own record to whoever holds the code (the researcher alone; "
        "Personal Information Protection Law, art. 14)."
    )
    async def issue_share_code(
        self, info: Info, input: Annotated[IssueShareCodeInput, strawberry.argument(description="What to open.")]
    ) -> IssueShareCodeResult:
        context = info.context
        chosen = tuple(from_node_id(one, "Credential", "input", "credentials") for one in input.credentials)
        terms = domain.ShareTerms(input.purpose, chosen, tuple(input.fields), input.division)
        asked = shares.NewShare(terms, input.days, input.pin)
        made = await shares.issue(context.registry, context.actor, asked, input.idempotency_key)
        return IssueShareCodeSuccess(
            command=CommandReceipt.of(made.done),
            shared_code=domain.written(made.code),
            link=made.link,
            share_id=made.share_id,
        )

    @strawberry.mutation(
        description="Close a share code, from the next request on (the researcher alone; Personal Information "
        "Protection Law, art. 15)."
    )
    async def revoke_share_code(
        self, info: Info, input: Annotated[RevokeShareCodeInput, strawberry.argument(description="The share code.")]
    ) -> RevokeShareCodeResult:
        context = info.context
        share_id = from_node_id(input.share_code, "ShareCode", "input", "shareCode")
        done = await shares.revoke(context.registry, context.actor, share_id, input.idempotency_key)
        return RevokeShareCodeSuccess(command=CommandReceipt.of(done), share_id=share_id)
