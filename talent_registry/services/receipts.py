"""Receipts: given again to whoever they were given to and to the person they concern; and checked for anybody."""

from typing import Any
from uuid import UUID

from talent_registry.domain.receipts import Receipt
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.registry import Registry
from talent_registry.signing.receipts import published, verify
from talent_registry.storage import receipts


async def get_receipt(registry: Registry, actor: Actor, receipt_id: UUID) -> Receipt:
    """The receipt with this id, letter for letter as it was given. NotFound where it is absent or not the actor's.

    It was given to an account, or to its office; the person it concerns sees it, too.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_RECEIPT)
    async with registry.reading(actor) as connection:
        found = await receipts.find_receipt(connection, receipt_id)
    if found is None:
        raise nothing_here()
    if not _was_given_to(actor, found):
        actor.must(Permission.READ_RECEIPT, _concerned(found))
    return found


async def list_of_decision(registry: Registry, actor: Actor, decision_id: UUID) -> list[Receipt]:
    """The receipts of a kept decision that the actor may be given again, oldest first."""
    async with registry.reading(actor) as connection:
        found = await receipts.list_of_decision(connection, decision_id)
    return [one for one in found if _was_given_to(actor, one) or actor.may(Permission.READ_RECEIPT, _concerned(one))]


def _was_given_to(actor: Actor, given: Receipt) -> bool:
    return actor.account_id is not None and actor.account_id == given.account_id


def _concerned(given: Receipt) -> Subject:
    units = frozenset({given.organisation_id}) if given.organisation_id else frozenset[UUID]()
    return Subject(researcher_id=given.researcher_id, receiver_ids=units)


def check_receipt(registry: Registry, compact: str) -> dict[str, Any]:
    """What a receipt of this registry says, for whoever holds it. Raises `signing.receipts.ReceiptRefused`."""
    return verify(registry.keys.receipt_verifiers, compact)


def published_keys(registry: Registry) -> dict[str, Any]:
    """The keys by which anybody can verify receipts, as a JWK set."""
    return published(registry.keys)
