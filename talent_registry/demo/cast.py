"""Who acts in the story: two authorities, three units, one researcher, each with an account of their own."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from uuid import UUID

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.roll_results import RollOutcome
from talent_registry.services import accounts, identities, organisations
from talent_registry.services.accounts import NewAccount
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.registry import Registry, new_key
from talent_registry.services.rolls import import_roll

SICHUAN, CHONGQING = "510000", "500000"
HOME, HOST, SECOND_HOST = "西南科技大学", "重庆大学", "西南大学"

# Certificates of the sample rolls and what becomes of them; the number's last six digits tell the person.
AS_OF_RIGHT, TO_CONFIRM, REFUSED = "512010000000", "512009000002", "502020000040"


@dataclass(frozen=True, slots=True)
class Login:
    """An account with the password it was given for this run alone."""

    name: str
    password: str = field(repr=False)
    actor: Actor


@dataclass(slots=True)
class Cast:
    """The offices and people of the story by what they are; `units` are organisations by name."""

    registry: Registry
    units: dict[str, UUID] = field(default_factory=dict)
    logins: dict[str, Login] = field(default_factory=dict)

    def actor(self, role: str) -> Actor:
        """Whoever plays this part."""
        return self.logins[role].actor

    async def open_account(self, role: str, kind: AccountKind, unit: str, purposes: tuple[str, ...] = ()) -> None:
        """An office's account with a password made for this run; an agency's with its purposes."""
        asked_for = partial(NewAccount, kind=kind, organisation_id=self.units[unit], purposes=purposes)
        await self._open(role, asked_for)

    async def open_researcher(self, public_number: str, document: str) -> None:
        """The researcher's account, opened against the public number and the document."""
        await self._open(
            "researcher",
            lambda login, word: NewAccount(
                login, word, AccountKind.RESEARCHER, researcher_number=public_number, document_number=document
            ),
        )

    async def _open(self, role: str, asked_for: Callable[[str, str], NewAccount]) -> None:
        login, password = f"demo.{role.replace('_', '.')}", secrets.token_urlsafe(18)
        asked = asked_for(login, password)
        done = await accounts.open_account(self.registry, OPERATOR, asked, new_key())
        actor = await identities.actor_of(self.registry, UUID(done.result["account_id"]))
        self.logins[role] = Login(login, password, actor)


async def open_authorities(registry: Registry) -> Cast:
    """Open an account for an officer of each party's authority, which the registry has founded."""
    cast = Cast(registry)
    for province, party in registry.agreement.parties.items():
        unit = await organisations.get_named(registry, ANONYMOUS, province)
        cast.units[party.authority.zh] = unit.id
        await cast.open_account(f"authority_{province}", AccountKind.AUTHORITY, party.authority.zh)
    return cast


def sample_roll(province: str) -> bytes:
    """A sample roll as the province would deliver it."""
    name = {SICHUAN: "roll_sichuan.csv", CHONGQING: "roll_chongqing.csv"}[province]
    return (files("talent_registry.demo") / "samples" / name).read_bytes()


async def deliver_rolls(cast: Cast) -> dict[str, RollOutcome]:
    """Each authority imports its own roll."""
    return {
        province: await import_roll(cast.registry, cast.actor(f"authority_{province}"), sample_roll(province))
        for province in (SICHUAN, CHONGQING)
    }


async def appoint_officers(cast: Cast) -> None:
    """Find the three units, which the rolls have registered, and open an account for each one's HR office."""
    for role, name in (("home", HOME), ("host", HOST), ("second_host", SECOND_HOST)):
        cast.units[name] = (await organisations.get_named(cast.registry, ANONYMOUS, name)).id
        await cast.open_account(role, AccountKind.HR, name)
