"""A small registry lives on at random: whatever happens, exactly what relied on a fact is recalled."""

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.questions import Target
from talent_registry.domain.verification import Typed
from talent_registry.services import filings, organisations, placement_life, recognition, standing, verification
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.placement_life import Ending
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.registry import Done
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls
from tests.postings import Person, Postings, account_of, another_person, open_postings
from tests.recalled import Bystander, placements_now, recalled_by
from tests.registries import World
from tests.titles import FILING, NAME, NUMBER, PROFESSOR

POST = Target(division="500106", employer_kind="INSTITUTE", post_series="01")


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


@dataclass
class Life:
    """A small registry that lives on at random; every command that mends a fact is watched."""

    posts: Postings
    urls: DatabaseUrls
    chance: random.Random
    others: list[Person] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    recalled: set[str] = field(default_factory=set)

    async def open(self) -> None:
        posts, world = self.posts, self.posts.world
        self.others = [posts.person, await another_person(posts, 7)]
        agency = await world.organisation("重庆样例人才服务中心", "AGENCY", "500103")
        account = Account(
            new_id(), "agency", AccountKind.AGENCY, agency, None, frozenset({"聘用核验"}), world.clock.now
        )
        agent = Actor(
            ActorKind.AGENCY, await account_of(world, account), agency, None, "500000", frozenset({"聘用核验"})
        )
        self.actors = [
            posts.home_hr, posts.host_hr, posts.other_host_hr, posts.titles.issuer, posts.titles.officer,
            posts.titles.other_officer, agent, ANONYMOUS, *(one.me for one in self.others),
        ]  # fmt: skip

    async def step(self) -> None:
        self.posts.world.clock.go_on(seconds=self.chance.randint(1, 60), days=self.chance.choice((0, 0, 1, 9)))
        quiet = [self.verify, self.verify, self.decide, self.place, self.end]
        mending = [self.correct, self.suspend, self.reinstate, self.refile, self.revoke]
        if self.chance.random() < 0.7:
            with suppress(RegistryError):
                await self.chance.choice(quiet)()
            return
        act = self.chance.choice(mending)
        placements = placements_now(self.urls)
        before = self.posts.world.clock.now
        self.posts.world.clock.go_on(seconds=1)
        try:
            done = await act()
        except RegistryError:
            return
        bystander = Bystander(self.posts.registry, self.urls, done.command_id, before, placements)
        expected, found = await bystander.expected(), recalled_by(self.urls, done.command_id)
        assert found.records == expected.records, act.__name__
        assert found.notices == expected.notices, act.__name__
        self.recalled |= {f"{act.__name__} {kind}" for kind, *_ in found.records}

    def someone(self) -> Person:
        return self.chance.choice(self.others)

    def day(self) -> date:
        return self.posts.today - timedelta(days=self.chance.choice((0, 0, 3, 12, 30)))

    async def verify(self) -> None:
        whose = self.chance.randrange(2)
        number, name = ((NUMBER, NAME), ("512000000007", "单雄信"))[whose]
        asked = Asked(Typed(number, name), "聘用核验")
        await verification.verify(self.posts.registry, self.chance.choice(self.actors), asked, None, "192.0.2.1")

    async def decide(self) -> None:
        person = self.someone()
        actor = self.chance.choice((person.me, self.posts.titles.other_officer))
        target = replace(POST, post_series=self.chance.choice(("01", None)))
        asked = AskedRecognition(person.credential, target, self.day(), "岗位聘用核验")
        await recognition.decide_recognition(self.posts.registry, actor, asked, self.posts.world.key())

    async def place(self) -> None:
        host = self.chance.choice((self.posts.host, self.posts.other_host))
        person = self.someone()
        made = await self.posts.agree_for(person, host_unit_id=host, workload_percent=10)
        if self.chance.random() < 0.7:
            await placement_life.activate(self.posts.registry, person.me, made, self.posts.world.key())

    async def end(self) -> None:
        active = [one for one in placements_now(self.urls).values() if one["state"] == "ACTIVE"]
        if active:
            one = self.chance.choice(active)
            me = next(person.me for person in self.others if person.id == one["researcher_id"])
            asked = Ending(one["id"], EndReason.EARLY_RETURN)
            await placement_life.end(self.posts.registry, me, asked, self.posts.world.key())

    async def correct(self) -> Done:
        changes: dict[str, Any] = {
            "specialty": self.chance.choice(("数学", None, None)),
            "approval_date": date(2020, 4, self.chance.choice((17, 16))),
            "issued_on": date(2020, 4, self.chance.choice((17, 20))),
            "found_in_lookup": self.chance.choice((True, False)),
            "valid_until": self.chance.choice((None, None, self.posts.today, self.posts.today + timedelta(days=40))),
        }
        if self.chance.random() < 0.3:
            changes |= {"title_code": "0103", "title_name": "讲师", "level": "中级"}
        asked = Correction(self.someone().credential, replace(PROFESSOR, **changes))
        return await standing.correct(self.posts.registry, self.posts.titles.issuer, asked, self.posts.world.key())

    async def suspend(self) -> Done:
        return await self.change(standing.suspend)

    async def reinstate(self) -> Done:
        return await self.change(standing.reinstate)

    async def revoke(self) -> Done:
        if self.chance.random() < 0.7:
            return await self.change(standing.suspend)
        return await self.change(standing.revoke)

    async def change(self, act: Callable[..., Awaitable[Done]]) -> Done:
        asked = StatusChange(self.someone().credential, "核查", self.day())
        return await act(self.posts.registry, self.posts.titles.officer, asked, self.posts.world.key())

    async def refile(self) -> Done:
        until = date(2021, 12, 31) if self.chance.random() < 0.6 else date(2020, 3, 31)
        name = self.chance.choice(("高等学校教师评审委员会", "教师评审委员会"))
        since, unit = date(2019, 1, 1), self.posts.titles.sichuan
        asked = organisations.NewFiling(FILING, unit, name, since, until, "正高级", ("01",))
        return await filings.file_committee(
            self.posts.registry, self.posts.titles.officer, asked, self.posts.world.key()
        )


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_exactly_what_relied_on_a_fact_is_recalled(
    posts: Postings, database_urls: DatabaseUrls, seed: int
) -> None:
    life = Life(posts, database_urls, random.Random(seed))  # noqa: S311  # a repeatable life
    await life.open()
    for _ in range(60):
        await life.step()
    # Not a world in which nothing ever relied on anything.
    assert len(life.recalled) >= 3, life.recalled
