"""An office that verified a credential is told of what becomes of it, until it wants to be told no more."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.events import record_of
from talent_registry.domain.inbox import InboxFilter, InboxKind
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.domain.watches import LONGEST
from talent_registry.services import accesses, inbox, standing, verification, watches
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.registry import caller_of
from talent_registry.services.standing import StatusChange
from talent_registry.services.watches import NewWatch
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import NAME, NUMBER

PURPOSE = "聘任审核"


@dataclass
class Watching:
    """A unit without any other tie to a person whose certificate it verified."""

    posts: Postings

    @property
    def unit(self) -> Actor:
        return self.posts.other_host_hr

    @property
    def credential(self) -> UUID:
        return self.posts.person.credential

    async def verify(self) -> None:
        asked = verification.Asked(Typed(NUMBER, NAME), PURPOSE)
        world = self.posts.world
        found = await verification.verify(world.registry, self.unit, asked, world.key(), "192.0.2.1")
        assert found.verdict is Verdict.VALID

    async def watch(self, actor: Actor | None = None, until: date = date(2027, 11, 24)) -> UUID:
        asked = NewWatch(self.credential, PURPOSE, until)
        done = await watches.watch(self.posts.registry, actor or self.unit, asked, self.posts.world.key())
        return UUID(done.result["watch_id"])

    async def told(self) -> list[str]:
        page = await inbox.page_inbox(
            self.posts.registry, self.unit, PageRequest(), InboxFilter(kind=InboxKind.CREDENTIAL)
        )
        assert {record_of(one.item.event) for one in page.items} <= {self.credential}
        return [one.item.event.type for one in page.items]

    async def change(self, change: object) -> None:
        posts = self.posts
        done = StatusChange(self.credential, "核查")
        await change(posts.registry, posts.titles.officer, done, posts.world.key())  # type: ignore[operator]


@pytest.fixture
async def watching(world: World) -> Watching:
    return Watching(await open_postings(world))


async def test_the_watcher_is_told_with_the_suspension_and_the_revocation_and_of_nothing_after_the_end(
    watching: Watching,
) -> None:
    posts = watching.posts
    await watching.verify()
    await watching.change(standing.suspend)
    assert await watching.told() == []
    await watching.change(standing.reinstate)
    watch_id = await watching.watch()
    await watching.change(standing.suspend)
    assert await watching.told() == ["credential.suspended"]
    await watching.change(standing.reinstate)
    assert await watching.told() == ["credential.reinstated", "credential.suspended"]
    await watches.end(posts.registry, watching.unit, watch_id, posts.world.key())
    await watching.change(standing.revoke)
    assert "credential.revoked" not in await watching.told()
    with pytest.raises(Conflict) as failure:
        await watches.end(posts.registry, watching.unit, watch_id, posts.world.key())
    assert failure.value.reason == "ENDED_BEFORE"


async def test_a_watch_is_over_after_its_last_day_and_begun_anew_it_tells_once(watching: Watching) -> None:
    posts = watching.posts
    await watching.verify()
    await watching.watch(until=posts.today)
    posts.world.clock.go_on(days=1)
    await watching.change(standing.suspend)
    assert await watching.told() == []
    for _ in range(2):
        await watching.watch(until=posts.today)
    await watching.change(standing.reinstate)
    assert await watching.told() == ["credential.reinstated"]
    page = await watches.list_watches(posts.registry, watching.unit, PageRequest())
    assert [one.watch.is_open(posts.today) for one in page.items] == [False, False, True]
    assert {one.number for one in page.items} == {NUMBER}
    own = await watches.list_watches(posts.registry, watching.unit, PageRequest(), uuid4())
    assert own.items == ()
    # What another office watches is not listed.
    assert (await watches.list_watches(posts.registry, posts.host_hr, PageRequest())).items == ()


async def test_only_what_the_office_verified_is_watched_and_the_holder_sees_who_watches(watching: Watching) -> None:
    posts = watching.posts
    for nobody in (posts.host_hr, posts.titles.other_officer):
        with pytest.raises(NotFound) as failure:
            await watching.watch(nobody)
        assert failure.value.path == ("input", "credential")
    for refused in (ANONYMOUS, posts.person.me):
        with pytest.raises(NotPermitted):
            await watching.watch(refused)
    await watching.verify()
    for until in (posts.today - timedelta(days=1), posts.today + LONGEST + timedelta(days=1)):
        with pytest.raises(InvalidInput) as wrong:
            await watching.watch(until=until)
        assert (wrong.value.reason, wrong.value.path) == ("TERM", ("input", "until"))
    watch_id = await watching.watch()
    looks = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    assert [(one.basis, one.purpose, one.organisation_id) for one in looks.items][-1:] == [
        (watches.BASIS, PURPOSE, posts.other_host)
    ]
    with pytest.raises(NotFound):
        await watches.end(posts.registry, posts.host_hr, watch_id, posts.world.key())


async def test_the_database_itself_lets_no_office_watch_what_it_never_verified(watching: Watching) -> None:
    posts = watching.posts
    await watching.verify()
    await watching.watch()
    taken = text(
        "INSERT INTO credential_watch (id, credential_id, organisation_id, purpose, valid_until, started_at,"
        " command_id) SELECT gen_random_uuid(), :credential, actor('organisation')::uuid, 'x', '2027-01-01', now(), id"
        " FROM command LIMIT 1"
    )
    for actor in (posts.host_hr, posts.home_hr):
        async with posts.registry.database.writing(caller_of(actor), posts.today, "watchCredential") as connection:
            assert (await connection.execute(text("SELECT 1 FROM credential_watch"))).all() == []
            with pytest.raises(DBAPIError) as failure:
                await connection.execute(taken, {"credential": watching.credential})
            assert getattr(failure.value.orig, "sqlstate", None) == "42501"


async def test_an_agency_watches_for_a_purpose_that_it_was_granted_and_for_no_other(watching: Watching) -> None:
    posts = watching.posts
    unit = await posts.world.organisation("样例人才服务机构", "AGENCY", "510100")
    agency = Actor(ActorKind.AGENCY, None, unit, purposes=frozenset({PURPOSE}))
    asked = verification.Asked(Typed(NUMBER, NAME), PURPOSE)
    await verification.verify(posts.registry, agency, asked, posts.world.key(), "192.0.2.2")
    other = NewWatch(watching.credential, "营销推广", posts.today)
    with pytest.raises(NotPermitted) as refused:
        await watches.watch(posts.registry, agency, other, posts.world.key())
    assert refused.value.reason == "PURPOSE_NOT_GRANTED"
    assert (await watches.list_watches(posts.registry, agency, PageRequest())).items == ()
    watch_id = await watching.watch(agency)
    page = await watches.list_watches(posts.registry, agency, PageRequest())
    assert [one.watch.id for one in page.items] == [watch_id]
