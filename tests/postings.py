"""A teacher of Sichuan with a recognised title, two host units in Chongqing, and everybody's accounts."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.placements import Placement, Terms
from talent_registry.services import credentials, placement_histories, placement_life, placement_signing, placements
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry, Work, perform
from talent_registry.storage import accounts
from talent_registry.storage.ids import new_id
from tests.registries import World
from tests.scenes import scene
from tests.titles import Titles, document, open_titles

# Of an end that the tests do not look at, no notice is asked.
NO_NOTICE = Terms(return_notice_days=0, recall_notice_days=0, release_notice_days=0)


@dataclass(frozen=True, slots=True)
class Person:
    """One person with a title, as an actor."""

    id: UUID
    public_number: str
    me: Actor
    credential: UUID


@dataclass
class Postings:
    """The units and people of the tests of placements."""

    world: World
    titles: Titles
    host: UUID
    other_host: UUID
    home_hr: Actor
    host_hr: Actor
    other_host_hr: Actor
    person: Person

    @property
    def registry(self) -> Registry:
        return self.world.registry

    @property
    def today(self) -> date:
        return self.registry.today()

    def draft(self, **changes: Any) -> placements.NewPlacement:
        """A placement of 40 % at the first host, from yesterday for a year, that any party may end at once."""
        draft: dict[str, Any] = {
            "researcher": self.person.id,
            "host_unit_id": self.host,
            "credential_id": self.person.credential,
            "kind": "PART_TIME",
            "post": "讲座教授",
            "post_series": "01",
            "term_from": self.today - timedelta(days=1),
            "term_until": self.today + timedelta(days=364),
            "workload_percent": 40,
            "terms": NO_NOTICE,
        }
        return placements.NewPlacement(**(draft | changes))

    async def propose(self, actor: Actor | None = None, **changes: Any) -> UUID:
        """Proposed by the person unless another actor is named."""
        who = actor or self.person.me
        done = await placements.propose(self.registry, who, self.draft(**changes), self.world.key())
        return UUID(done.result["placement_id"])

    async def sign(self, placement_id: UUID, *actors: Actor) -> str:
        """Signed by these actors, or by all three parties; the state after."""
        state = ""
        for actor in actors or (self.person.me, self.home_hr, self.host_hr):
            asked = placement_signing.Signing(placement_id)
            done = await placement_signing.sign(self.registry, actor, asked, self.world.key())
            state = done.result["state"]
        return state

    async def sign_seen(self, placement_id: UUID, *actors: Actor) -> str:
        """Signed by these actors, or by all three parties, each under the terms they see waiting; the state after."""
        state = ""
        for actor in actors or (self.person.me, self.home_hr, self.host_hr):
            (history,) = await placement_histories.list_histories(self.registry, actor, [placement_id])
            digest = history.waiting.digest if history and history.waiting else None
            asked = placement_signing.Signing(placement_id, digest)
            done = await placement_signing.sign(self.registry, actor, asked, self.world.key())
            state = done.result["state"]
        return state

    async def agree(self, **changes: Any) -> UUID:
        """Proposed and signed by all three."""
        return await self.agree_for(self.person, **changes)

    async def agree_for(self, person: Person, **changes: Any) -> UUID:
        """Proposed by this person and signed by all three."""
        ours = {"researcher": person.id, "credential_id": person.credential}
        placement_id = await self.propose(person.me, **(ours | changes))
        host = self.host_hr if changes.get("host_unit_id", self.host) == self.host else self.other_host_hr
        assert await self.sign(placement_id, person.me, self.home_hr, host) == "AGREED"
        return placement_id

    async def begin(self, **changes: Any) -> UUID:
        """Proposed, signed and active."""
        placement_id = await self.agree(**changes)
        await placement_life.activate(self.registry, self.person.me, placement_id, self.world.key())
        return placement_id

    async def get(self, placement_id: UUID) -> Placement:
        """The placement as the person sees it."""
        return await placements.get_placement(self.registry, self.person.me, placement_id)

    async def ledger_length(self) -> int:
        """How many commands were carried out."""
        async with self.registry.reading(OPERATOR) as connection:
            rows = await connection.exec_driver_sql("SELECT count(*) FROM ledger_entry")
            return int(rows.scalar_one())


@scene
async def open_postings(world: World) -> Postings:
    """One person with one title; no placement yet."""
    titles = await open_titles(world)
    host = await world.organisation("重庆样例研究院", "INSTITUTE", "500106")
    other = await world.organisation("重庆样例大学", "UNIVERSITY", "500106")
    hrs = [
        await hr_of(world, unit, province)
        for unit, province in ((titles.home, "510000"), (host, "500000"), (other, "500000"))
    ]
    me = await account_of(
        world,
        Account(
            new_id(), f"p{new_id().hex}", AccountKind.RESEARCHER, None, titles.person, frozenset(), world.clock.now
        ),
    )
    actor = Actor(ActorKind.RESEARCHER, me, None, titles.person)
    person = Person(titles.person, titles.public_number, actor, await titles.record())
    return Postings(world, titles, host, other, hrs[0], hrs[1], hrs[2], person)


async def another_person(posts: Postings, serial: int) -> Person:
    """One more teacher of the same home unit, with a title."""
    world, titles = posts.world, posts.titles
    person_id, number = await titles.enrol(serial, "单雄信")
    account = Account(
        new_id(), f"p{new_id().hex}", AccountKind.RESEARCHER, None, person_id, frozenset(), world.clock.now
    )
    actor = Actor(ActorKind.RESEARCHER, await account_of(world, account), None, person_id)
    asked = titles.asked(f"5120{serial:08d}")
    mine = credentials.NewCredential(
        asked.issuer_id, asked.kind, asked.number, credentials.Holder(document(serial)), asked.statement
    )
    done = await credentials.record(world.registry, titles.officer, mine, world.key())
    return Person(person_id, number, actor, UUID(done.result["credential_id"]))


async def hr_of(world: World, unit: UUID, province: str) -> Actor:
    """An HR office with its account."""
    account = Account(new_id(), f"h{new_id().hex}", AccountKind.HR, unit, None, frozenset(), world.clock.now)
    return Actor(ActorKind.HR, await account_of(world, account), unit, None, province)


async def account_of(world: World, account: Account) -> UUID:
    """Record an account that nobody can sign in to."""

    async def act(work: Work) -> dict[str, Any]:
        await accounts.add_account(work.connection, account, "!", work.command_id)
        return {}

    await perform(world.registry, OPERATOR, "openAccount", world.key(), {}, act)
    return account.id
