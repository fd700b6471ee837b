"""Receipts as the API gives them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.domain import receipts as domain
from talent_registry.services import receipts
from talent_registry.services.registry import Done

described(
    domain.ReceiptKind,
    "What a receipt is about.",
    {
        "VERIFICATION": "The verdict on a certificate.",
        "DECISION": "A recognition that was decided by the agreement.",
        "ROSTER": "The sum of a roster: how many of its rows got each verdict.",
        "CASE": "What settled a case: by decision, on appeal, by override, or by silence.",
    },
)


@strawberry.type(
    description="A signed receipt of an answer, good or bad: a compact JWS (ES256, typ talent-receipt+jwt) that "
    "anybody can verify offline with the keys at /.well-known/jwks.json; see docs/receipts.md."
)
class Receipt:
    id: strawberry.ID = strawberry.field(description="Opaque id; the claim `jti` is the same id in plain form.")
    kind: domain.ReceiptKind = strawberry.field(description="What it is about.")
    issued_at: datetime = strawberry.field(description="When it was signed; what it says is as of then.")
    compact: str = strawberry.field(description="The receipt itself. To be kept letter for letter.")

    @classmethod
    def of(cls, given: domain.Receipt) -> "Receipt":
        """The receipt as GraphQL gives it."""
        return cls(
            id=to_node_id("Receipt", given.id), kind=given.kind, issued_at=given.issued_at, compact=given.compact
        )


def receipt_of(done: Done, kind: domain.ReceiptKind) -> Receipt | None:
    """The receipt of this kind that a command gave; None where it gave none."""
    return next((Receipt.of(one) for one in done.receipts if one.kind is kind), None)


def receipt_id_of(text: str, *path: str) -> UUID:
    """The record id in an opaque id of a receipt; anything else reads as "not found"."""
    return from_node_id(text, "Receipt", *path)


@strawberry.type
class ReceiptQuery:
    @strawberry.field(
        description="A receipt, letter for letter as it was given: for the account or office it was given to and for "
        "the person it concerns."
    )
    async def receipt(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]
    ) -> Receipt:
        context = info.context
        return Receipt.of(await receipts.get_receipt(context.registry, context.actor, receipt_id_of(id, "id")))
