"""An authority, a university and an agency of Sichuan, and accounts that act for them."""

from dataclasses import dataclass
from uuid import UUID

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts
from talent_registry.services.accounts import NewAccount
from talent_registry.services.permissions import OPERATOR
from tests.registries import World
from tests.scenes import scene

PASSWORD = "correct horse battery"
HOME = "203.0.113.7"
SICHUAN, CHONGQING, CHENGDU = "510000", "500000", "510100"


@dataclass
class Offices:
    """A world with an authority, a university and an agency in Sichuan."""

    world: World
    hrss: UUID
    university: UUID
    agency: UUID

    async def account(self, kind: AccountKind, unit: UUID, login: str = "clerk-1") -> UUID:
        purposes = ("VERIFY", "DECIDE") if kind is AccountKind.AGENCY else ()
        asked = NewAccount(login, PASSWORD, kind, unit, purposes=purposes)
        done = await accounts.open_account(self.world.registry, OPERATOR, asked, self.world.key())
        return UUID(done.result["account_id"])


@scene
async def open_offices(world: World) -> Offices:
    """The offices, registered."""
    return Offices(
        world,
        await world.organisation("样例省人社厅", "HRSS_BUREAU", SICHUAN),
        await world.organisation("样例大学", "UNIVERSITY", CHENGDU),
        await world.organisation("样例人才服务机构", "AGENCY", CHENGDU),
    )
