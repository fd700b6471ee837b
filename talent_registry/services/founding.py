"""What a registry holds from its first day: the authorities of the agreement's parties."""

from talent_registry.domain.errors import Conflict, NotFound
from talent_registry.services import organisations
from talent_registry.services.organisations import NewOrganisation
from talent_registry.services.permissions import ANONYMOUS, OPERATOR
from talent_registry.services.registry import Registry

_KIND = "HRSS_BUREAU"


async def found_authorities(registry: Registry) -> None:
    """Register each party's authority, named in the agreement, unless it is registered; harmless when repeated."""
    for province, party in registry.agreement.parties.items():
        try:
            await organisations.get_named(registry, ANONYMOUS, province)
        except Conflict:
            # More than one bureau of the whole province is registered by now: a registry must not fail to open for it.
            continue
        except NotFound:
            asked = NewOrganisation(party.authority.zh, _KIND, province, party.authority.en)
            await organisations.register(registry, OPERATOR, asked, f"party:{registry.agreement.id}:{province}")
