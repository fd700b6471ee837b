"""Acting for an office from the operator's terminal: which organisation is meant, and as what it acts."""

from talent_registry.domain.accounts import is_provincial_authority
from talent_registry.services.organisations import get_named
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry


async def office_named(registry: Registry, text: str) -> Actor:
    """The office a person means by name, social credit code or, for a provincial authority, its province's code.

    The human resources authority of a province acts for the province, anyone else as an issuer. Raises `NotFound`,
    `Conflict` where several are meant.
    """
    unit = await get_named(registry, OPERATOR, text)
    kind = ActorKind.AUTHORITY if is_provincial_authority(unit) else ActorKind.ISSUER
    return Actor(kind, None, unit.id, None, unit.province)
