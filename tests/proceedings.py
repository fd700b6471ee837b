"""A teacher whose titles leave something open, and the officers who see to it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.domain.questions import Target
from talent_registry.services import credentials, proceeding_acts, proceedings, recognition
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.proceeding_openings import SeenCase
from talent_registry.storage.ids import new_id
from tests.postings import Postings, account_of, open_postings
from tests.registries import World
from tests.scenes import scene

# The post of the first host of `postings`.
POST = Target(division="500106", employer_kind="INSTITUTE", post_series="01")
PURPOSE = "岗位聘用核验"
# What the shipped agreement makes of a title with these changes: outcome and clause.
LOCAL = {"level": "中级", "title_code": "0103", "title_name": None}
CENTRAL = {"issuer_kind": "中央单位"}
PREFECTURE = {"issuer_kind": "市级人社"}
UNFILED = {"filing_number": None}
GIVEN = "经核对原始评审材料，情况属实。"


@dataclass
class Desks:
    """The people who act in cases."""

    posts: Postings
    chongqing: Actor
    chongqing_too: Actor
    sichuan: Actor
    issuer: Actor
    chengdu: UUID

    @property
    def world(self) -> World:
        return self.posts.world

    @property
    def me(self) -> Actor:
        return self.posts.person.me

    async def decide(self, credential: UUID, actor: Actor | None = None, **changes: Any) -> dict[str, Any]:
        """A recognition decided and kept, by the person unless another actor is named."""
        asked = replace(recognition.AskedRecognition(credential, POST, purpose=PURPOSE), **changes)
        done = await recognition.decide_recognition(self.posts.registry, actor or self.me, asked, self.world.key())
        return done.result

    async def open(self, number: str, **changes: Any) -> UUID:
        """The case that a fresh title with these changes leaves open."""
        return UUID((await self.decide(await self.title(number, **changes)))["case_id"])

    async def title(self, number: str, **changes: Any) -> UUID:
        """A fresh title with these changes; one of a prefecture is issued by Chengdu."""
        titles = self.posts.titles
        asked = titles.asked(number, **changes)
        if changes == PREFECTURE:
            asked = replace(asked, issuer_id=self.chengdu)
        done = await credentials.record(self.posts.registry, titles.officer, asked, self.world.key())
        return UUID(done.result["credential_id"])

    async def see(self, case_id: UUID, actor: Actor | None = None) -> SeenCase:
        """The case as it stands today."""
        return await proceedings.get_case(self.posts.registry, actor or self.me, case_id, PURPOSE)

    async def settle(
        self, case_id: UUID, outcome: ProceedingOutcome, actor: Actor | None = None, text: str = GIVEN
    ) -> dict[str, Any]:
        """Decided by the authority of the post unless another actor is named."""
        asked = proceeding_acts.CaseDecision(case_id, outcome, text)
        done = await proceeding_acts.decide(self.posts.registry, actor or self.chongqing, asked, self.world.key())
        return done.result

    def go_to(self, day: str) -> None:
        """Noon in Shanghai of a later day."""
        self.world.clock.now = datetime.fromisoformat(f"{day}T12:00:00+08:00")


@scene
async def open_desks(world: World) -> Desks:
    """One person; two officers of the province of the posts, one of the person's, and the issuer."""
    posts = await open_postings(world)
    titles = posts.titles
    return Desks(
        posts,
        await _office(world, AccountKind.AUTHORITY, titles.chongqing, "500000"),
        await _office(world, AccountKind.AUTHORITY, titles.chongqing, "500000"),
        await _office(world, AccountKind.AUTHORITY, titles.sichuan, "510000"),
        await _office(world, AccountKind.ISSUER, titles.sichuan, "510000"),
        await world.organisation("成都市样例人社局", "HRSS_BUREAU", "510100"),
    )


async def _office(world: World, kind: AccountKind, unit: UUID, province: str) -> Actor:
    account = Account(new_id(), f"o{new_id().hex}", kind, unit, None, frozenset(), world.clock.now)
    return Actor(ActorKind(kind.value), await account_of(world, account), unit, None, province)
