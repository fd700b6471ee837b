"""The receipt of what a command attests: it names the command's place in the ledger, and is signed."""

from datetime import datetime
from uuid import UUID

from talent_registry.domain.ledger import Position
from talent_registry.domain.receipts import Attested, Receipt, claims_of
from talent_registry.services.permissions import Actor
from talent_registry.signing.keys import KeySet
from talent_registry.signing.receipts import sign
from talent_registry.storage.ids import new_id


def signed(
    keys: KeySet,
    issuer: str,
    actor: Actor,
    what: Attested,
    *,
    command: tuple[UUID, str],
    at: datetime,
    position: Position,
) -> Receipt:
    """The receipt given to `actor` in the name of `issuer` (the registry's address); `command` is id and name."""
    receipt_id = new_id()
    claims = claims_of(
        what,
        receipt_id=receipt_id,
        issuer=issuer,
        issued_at=at,
        command=command,
        asked_by=(actor.kind.value, actor.organisation_id),
        position=position,
    )
    return Receipt(
        receipt_id,
        what.kind,
        what.researcher_id,
        actor.account_id,
        actor.organisation_id,
        at,
        sign(keys, claims),
    )
