"""The officers of both parties who make the law together, and short ways to move a release on."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.questions import Target
from talent_registry.domain.release_states import AgreementRelease, ReleaseState
from talent_registry.services import agreement_releases, recognition
from talent_registry.services.agreement_releases import AskedApproval, File
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.registry import Done, Registry
from tests.offices import CHONGQING, SICHUAN, Offices
from tests.registries import World
from tests.scenes import scene
from tests.titles import Titles, open_titles

FIRST = date(2027, 1, 1)
DAY = timedelta(days=1)
SENTENCE = (
    "本版本自公布之日前生效，适用于此前申请。",
    "This version applies to applications made before its approval.",
)
# As an approval repeats it.
REPEATED = "\n".join(SENTENCE)
POST = Target(division="500106", employer_kind="UNIVERSITY", post_series="01")


@dataclass
class Chamber:
    """Two officers of each party, and short ways to move a release on."""

    world: World
    titles: Titles
    author: Actor
    sichuan: Actor
    chongqing: Actor
    chongqing_too: Actor

    @property
    def registry(self) -> Registry:
        return self.world.registry

    async def draft(self, texts: dict[str, str], actor: Actor | None = None) -> UUID:
        done = await self.draft_answered(texts, actor)
        return UUID(done.result["release_id"])

    async def draft_answered(self, texts: dict[str, str], actor: Actor | None = None) -> Done:
        asked = [File(name, text) for name, text in texts.items()]
        return await agreement_releases.draft(self.registry, actor or self.author, asked, self.world.key())

    async def propose(self, release: UUID, actor: Actor | None = None) -> None:
        await agreement_releases.propose(self.registry, actor or self.author, release, self.world.key())

    async def proposed(self, texts: dict[str, str]) -> UUID:
        release = await self.draft(texts)
        await self.propose(release)
        return release

    async def approve(
        self,
        release: UUID,
        actor: Actor,
        *,
        digest: str | None = None,
        sentence: str | None = None,
        registry: Registry | None = None,
    ) -> bool:
        named = digest or (await self.get(release)).digest
        asked = AskedApproval(release, named, sentence)
        done = await agreement_releases.approve(registry or self.registry, actor, asked, self.world.key())
        return bool(done.result["enacted"])

    async def enact(self, texts: dict[str, str], sentence: str | None = None) -> UUID:
        release = await self.proposed(texts)
        assert not await self.approve(release, self.sichuan, sentence=sentence)
        assert await self.approve(release, self.chongqing, sentence=sentence)
        return release

    async def get(self, release: UUID, actor: Actor | None = None) -> AgreementRelease:
        return await agreement_releases.get_release(self.registry, actor or self.author, release)

    async def state(self, release: UUID) -> ReleaseState:
        return (await self.get(release)).state(self.registry.today())

    async def intermediate(self) -> UUID:
        """A lecturer's title by Sichuan's provincial authority."""
        return await self.titles.record(title_code="0103", title_name="讲师", level="中级")

    async def decide(self, credential: UUID, on: date | None = None) -> tuple[str, str, str]:
        """Outcome, rule and id of a decision that is kept."""
        asked = AskedRecognition(credential, POST, on)
        done = await recognition.decide_recognition(self.registry, self.titles.holder, asked, self.world.key())
        return done.result["outcome"], done.result["rule"], done.result["decision_id"]

    async def compute(self, credential: UUID, on: date, known_at: datetime | None = None) -> recognition.Computed:
        return await recognition.compute(
            self.registry, self.titles.holder, AskedRecognition(credential, POST, on), known_at
        )

    async def refused(self, act: Awaitable[object], kind: type[RegistryError]) -> RegistryError:
        with pytest.raises(kind) as refusal:
            await act
        return refusal.value


@scene
async def open_chamber(world: World) -> Chamber:
    """The two parties' authorities with two officers each, and a teacher of Sichuan."""
    titles = await open_titles(world)
    offices = Offices(world, titles.sichuan, titles.home, titles.home)

    async def officer(unit: UUID, province: str, login: str) -> Actor:
        account = await offices.account(AccountKind.AUTHORITY, unit, login)
        return Actor(ActorKind.AUTHORITY, account, unit, None, province)

    return Chamber(
        world,
        titles,
        await officer(titles.sichuan, SICHUAN, "author"),
        await officer(titles.sichuan, SICHUAN, "sichuan"),
        await officer(titles.chongqing, CHONGQING, "chongqing"),
        await officer(titles.chongqing, CHONGQING, "chongqing-2"),
    )
