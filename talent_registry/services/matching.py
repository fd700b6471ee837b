"""How often an account may learn whether a document number is known: a number is not to be found by trying."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from talent_registry.domain.errors import RegistryError
from talent_registry.services.attempts import HOUR, Allowance, count_attempts, give_back
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import Registry

# An office mistypes or meets a colleague's record a few times a day; whoever tries numbers needs thousands.
TOLD = Allowance("document-known", 20, HOUR)
HOLDER = ("input", "holder")
_TELLING = "DOCUMENT_EXISTS"


@asynccontextmanager
async def counting_told(registry: Registry, actor: Actor) -> AsyncIterator[None]:
    """Around a command that matches a document: `Limited` once its account was told too often whether one is known.

    Counted are refusals because a document is registered already, or because no holder has it; outside the command's
    transaction, so that the count stands. Registering and recording as such is not limited.
    """
    if actor.kind in (ActorKind.ANONYMOUS, ActorKind.OPERATOR):
        # The first is refused whatever it asks, the second runs the installation and its keys.
        yield
        return
    who, at = str(actor.account_id or actor.organisation_id or actor.province), registry.clock()
    await count_attempts(registry, who, TOLD)
    try:
        yield
    except RegistryError as refusal:
        if refusal.reason != _TELLING and refusal.path != HOLDER:
            await give_back(registry, who, TOLD, at)
        raise
    await give_back(registry, who, TOLD, at)
