"""An office watches all that a roster found by one act, and is told until it ends that for the whole roster."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import func, select

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.inbox import InboxFilter, InboxKind
from talent_registry.domain.pages import PageRequest
from talent_registry.services import inbox, roster_jobs, roster_watches, rosters, standing, watches
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.roster_watches import AskedRosterWatch
from talent_registry.services.standing import StatusChange
from talent_registry.storage.session import duty
from talent_registry.storage.tables import access, credential_watch, ledger_entry
from tests.postings import Postings, open_postings
from tests.registries import World, authority
from tests.titles import NAME, NUMBER

PURPOSE, BASIS = "聘任审核", "本人同意"
SECOND = "512020000777"
UNTIL = date(2027, 11, 24)


async def verified(posts: Postings, actor: Actor, *numbers: str) -> UUID:
    rows = [rosters.GivenRow(number, NAME) for number in numbers]
    asked = rosters.AskedRoster(PURPOSE, BASIS)
    done = await rosters.start_given(posts.registry, actor, rows, asked, posts.world.key())
    assert await roster_jobs.work_one(posts.registry)
    return UUID(done.result["roster_id"])


async def watch(posts: Postings, actor: Actor, roster_id: UUID, until: date = UNTIL) -> int:
    asked = AskedRosterWatch(roster_id, PURPOSE, until)
    done = await roster_watches.watch_roster(posts.registry, actor, asked, posts.world.key())
    watched = done.result["watches"]
    assert isinstance(watched, int)
    return watched


async def told(posts: Postings, actor: Actor) -> list[str]:
    page = await inbox.page_inbox(posts.registry, actor, PageRequest(), InboxFilter(kind=InboxKind.CREDENTIAL))
    return [one.item.event.type for one in page.items]


async def change(posts: Postings, credential: UUID, act: object) -> None:
    done = StatusChange(credential, "核查")
    await act(posts.registry, posts.titles.officer, done, posts.world.key())  # type: ignore[operator]


async def test_a_whole_roster_is_watched_and_ended_by_one_act_each_and_other_watches_go_on(world: World) -> None:
    posts = await open_postings(world)
    unit, credential = posts.other_host_hr, posts.person.credential
    await posts.titles.record(SECOND)
    one = await verified(posts, unit, NUMBER, SECOND, "没有这张")
    two = await verified(posts, unit, NUMBER)
    assert await roster_watches.find_roster_watch(posts.registry, unit, one) is None
    assert await watch(posts, unit, one) == 2
    # Begun again it is the same two; another roster and the certificate by itself are watched beside it.
    assert await watch(posts, unit, one) == 2
    assert await watch(posts, unit, two) == 1
    found = await roster_watches.find_roster_watch(posts.registry, unit, one)
    assert found is not None
    assert (found.watches, found.purpose, found.until) == (2, PURPOSE, UNTIL)
    await change(posts, credential, standing.suspend)
    assert await told(posts, unit) == ["credential.suspended"]
    await roster_watches.end_roster_watch(posts.registry, unit, one, posts.world.key())
    with pytest.raises(Conflict) as failure:
        await roster_watches.end_roster_watch(posts.registry, unit, one, posts.world.key())
    assert failure.value.reason == "ENDED_BEFORE"
    await change(posts, credential, standing.reinstate)
    assert await told(posts, unit) == ["credential.reinstated", "credential.suspended"]
    await watches.watch(posts.registry, unit, watches.NewWatch(credential, PURPOSE, UNTIL), posts.world.key())
    await roster_watches.end_roster_watch(posts.registry, unit, two, posts.world.key())
    await change(posts, credential, standing.revoke)
    assert (await told(posts, unit))[0] == "credential.revoked"


async def test_each_holder_sees_who_watches_and_the_ledger_names_nobody(world: World) -> None:
    posts = await open_postings(world)
    one = await verified(posts, posts.other_host_hr, NUMBER)
    await watch(posts, posts.other_host_hr, one)
    async with world.registry.reading(posts.person.me) as connection:
        looks = (await connection.execute(select(access).where(access.c.basis == watches.BASIS))).all()
        entries = (await connection.execute(select(ledger_entry).where(ledger_entry.c.name == "watchRoster"))).all()
    assert [(each.organisation_id, each.purpose) for each in looks] == [(posts.other_host_hr.organisation_id, PURPOSE)]
    assert entries[0].body["watches"] == 1
    assert NUMBER not in str(entries)


async def test_only_the_office_of_a_finished_roster_watches_it_and_only_what_was_found(world: World) -> None:
    posts = await open_postings(world)
    unit = posts.other_host_hr
    one = await verified(posts, unit, NUMBER)
    for nobody in (posts.host_hr, posts.titles.other_officer):
        with pytest.raises(NotFound):
            await watch(posts, nobody, one)
        with pytest.raises(NotFound):
            await roster_watches.end_roster_watch(posts.registry, nobody, one, posts.world.key())
        with pytest.raises(NotFound):
            await roster_watches.find_roster_watch(posts.registry, nobody, one)
    with pytest.raises(NotPermitted):
        await watch(posts, posts.person.me, one)
    with pytest.raises(InvalidInput):
        await watch(posts, unit, one, date(2099, 1, 1))
    # An agency is told for what its authority granted and for nothing else.
    agency = replace(unit, kind=ActorKind.AGENCY, purposes=frozenset({"统计"}))
    with pytest.raises(InvalidInput) as ungranted:
        await watch(posts, agency, one)
    assert ungranted.value.reason == "PURPOSE_NOT_GRANTED"
    empty = await verified(posts, unit, "没有这张")
    with pytest.raises(Conflict) as failure:
        await watch(posts, unit, empty)
    assert failure.value.reason == "NOTHING_FOUND"
    asked = rosters.AskedRoster(PURPOSE, BASIS)
    rows = [rosters.GivenRow(NUMBER, NAME)]
    done = await rosters.start_given(posts.registry, unit, rows, asked, posts.world.key())
    with pytest.raises(Conflict) as failure:
        await watch(posts, unit, UUID(done.result["roster_id"]))
    assert failure.value.reason == "NOT_DONE"
    # An authority's roster is its province's, and no office's to watch.
    assert await roster_jobs.work_one(posts.registry)
    province = authority("510000")
    its = await verified(posts, province, NUMBER)
    assert await roster_watches.find_roster_watch(posts.registry, province, its) is None
    stranger = Actor(ActorKind.CLOCK)
    async with world.registry.noting(stranger) as connection, duty(connection, "verify"):
        open_ones = (await connection.execute(select(func.count()).select_from(credential_watch))).scalar_one()
    assert open_ones == 0


async def test_more_rows_than_are_taken_at_once_are_refused_and_answers_are_paged(world: World) -> None:
    posts = await open_postings(world)
    unit, asked = posts.other_host_hr, rosters.AskedRoster(PURPOSE, BASIS)
    many = [rosters.GivenRow(f"A{place}", NAME) for place in range(rosters.MOST_GIVEN + 1)]
    with pytest.raises(InvalidInput) as failure:
        await rosters.start_given(posts.registry, unit, many, asked, posts.world.key())
    assert failure.value.reason == "TOO_MANY_ROWS"
    one = await verified(posts, unit, NUMBER, *(row.number for row in many[:250]))
    page = await rosters.page_answers(posts.registry, unit, one, PageRequest(100))
    assert [each.line for each in page.items] == list(range(2, 102))
    assert (page.items[0].verdict, page.items[1].verdict, page.has_next) == ("VALID", "NOT_FOUND", True)
    page = await rosters.page_answers(posts.registry, unit, one, PageRequest(100, ("202",)))
    assert ([each.line for each in page.items], page.has_next) == (list(range(203, 253)), False)
