"""A teacher with a title who says that something recorded is wrong, and the offices that keep it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.correction_cases import OF_PERSON, CorrectionEvent, DisputedFact, SeenCorrection
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome
from talent_registry.services import correction_cases, disputes
from talent_registry.services.correction_cases import CorrectionAct, NewCorrectionCase
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import Work
from talent_registry.storage import correction_cases as storage
from talent_registry.storage.ids import new_id
from tests.postings import account_of
from tests.registries import World
from tests.scenes import scene
from tests.titles import Titles, open_titles

GROUNDS = "与证书原件不符。"


@dataclass
class Counter:
    """The people who act in correction cases, each with an account."""

    titles: Titles
    credential: UUID
    me: Actor
    officer: Actor
    colleague: Actor
    issuer: Actor
    home_hr: Actor
    other_officer: Actor

    @property
    def world(self) -> World:
        return self.titles.world

    async def dispute(self, fact: DisputedFact, **more: Any) -> UUID:
        """A case that the person opens."""
        credential = None if fact in OF_PERSON else self.credential
        asked = NewCorrectionCase(fact, GROUNDS, credential, **more)
        done = await correction_cases.open_case(self.world.registry, self.me, asked, self.world.key())
        return UUID(done.result["case_id"])

    async def see(self, case_id: UUID, actor: Actor | None = None) -> SeenCorrection:
        """The case as it stands today."""
        return await disputes.get_case(self.world.registry, actor or self.me, case_id)

    async def disputed(self, actor: Actor | None = None) -> list[DisputedFact]:
        """What a reader is told is disputed of the person."""
        (found,) = await disputes.list_of_people(self.world.registry, actor or self.officer, [self.titles.person])
        return [one.fact for one in found]

    async def decline(self, case_id: UUID, actor: Actor) -> None:
        """Declined with reasons."""
        act = CorrectionAct(case_id, "原始材料与登记一致。")
        await correction_cases.decline(self.world.registry, actor, act, self.world.key())


@scene
async def open_counter(world: World) -> Counter:
    """The teacher, the title, and offices with accounts."""
    titles = await open_titles(world)
    credential = await titles.record()

    async def office(kind: AccountKind, unit: UUID, province: str) -> Actor:
        account = Account(new_id(), f"o{new_id().hex}", kind, unit, None, frozenset(), world.clock.now)
        return Actor(ActorKind(kind.value), await account_of(world, account), unit, None, province)

    own = Account(
        new_id(), f"p{new_id().hex}", AccountKind.RESEARCHER, None, titles.person, frozenset(), world.clock.now
    )
    return Counter(
        titles,
        credential,
        Actor(ActorKind.RESEARCHER, await account_of(world, own), None, titles.person),
        await office(AccountKind.AUTHORITY, titles.sichuan, "510000"),
        await office(AccountKind.AUTHORITY, titles.sichuan, "510000"),
        await office(AccountKind.ISSUER, titles.sichuan, "510000"),
        await office(AccountKind.HR, titles.home, "510000"),
        await office(AccountKind.AUTHORITY, titles.chongqing, "500000"),
    )


async def write_end(
    work: Work, actor: Actor, case_id: UUID, outcome: ProceedingOutcome, text: str | None = None
) -> None:
    """That a case was decided so, written past the service, as whoever got into the server could."""
    event = CorrectionEvent(
        id=new_id(),
        proceeding_id=case_id,
        at=work.now,
        on_day=work.today,
        event=ProceedingEventKind.DECIDED,
        actor_kind=actor.kind.value,
        account_id=actor.account_id,
        organisation_id=actor.organisation_id,
        province=actor.province,
        outcome=outcome,
        text=text,
    )
    await storage.add_event(work.connection, event, work.command_id)
