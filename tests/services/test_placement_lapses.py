"""A party that is silent to the deadline: the proposal lapses by the clock, once, and all three are told."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, NotInForce, NotPermitted
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.placements import Terms
from talent_registry.services import (
    events,
    placement_counters,
    placement_histories,
    placement_lapses,
    placement_signing,
)
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.services.placement_counters import CounterProposal
from talent_registry.services.placement_reminders import CLOCK
from talent_registry.services.placement_signing import Extension
from tests.postings import NO_NOTICE, Postings, open_postings
from tests.registries import World

LAST = date(2026, 12, 8)


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def told(posts: Postings, actor: Actor, kind: str) -> list[dict[str, Any]]:
    found = await events.list_events(posts.registry, actor, 0)
    return [dict(one.data) for one in found if one.type == kind]


async def entries(posts: Postings) -> list[str]:
    async with posts.registry.reading(OPERATOR) as connection:
        rows = await connection.exec_driver_sql(
            "SELECT actor_kind FROM ledger_entry WHERE name = 'closeSilentPlacement'"
        )
        return [str(one) for one in rows.scalars()]


async def lapse(posts: Postings) -> list[UUID]:
    return await placement_lapses.lapse_due(posts.registry, CLOCK)


async def test_the_home_unit_is_silent_to_the_deadline_and_all_three_are_told_once(posts: Postings) -> None:
    asked = await posts.propose()
    assert await posts.sign(asked, posts.person.me, posts.host_hr) == "PROPOSED"
    (history,) = await placement_histories.list_histories(posts.registry, posts.home_hr, [asked])
    assert history is not None
    assert history.turn is not None
    assert (history.turn.by, history.turn.lapses) == (LAST, True)
    posts.world.clock.go_on(days=(LAST - posts.today).days)
    assert await lapse(posts) == []
    posts.world.clock.go_on(days=1)
    # What the clock has yet to record is what holds already.
    with pytest.raises(NotInForce) as refused:
        await posts.sign(asked, posts.home_hr)
    assert refused.value.reason == "NO_REPLY"
    with pytest.raises(NotInForce):
        await placement_counters.counter(
            posts.registry, posts.home_hr, CounterProposal(asked, workload_percent=30), posts.world.key()
        )
    recorded = await asyncio.gather(*(lapse(posts) for _ in range(4)))
    assert [one for found in recorded for one in found] == [asked]
    assert await lapse(posts) == []
    assert await entries(posts) == ["CLOCK"]
    (history,) = await placement_histories.list_histories(posts.registry, posts.home_hr, [asked])
    assert history is not None
    assert (history.record.state, history.record.open_round, history.turn) == (PlacementState.LAPSED, None, None)
    last = history.events[-1]
    assert (last.event, last.by, last.reason) == ("LAPSED", "CLOCK", "NO_REPLY")
    for party in (posts.person.me, posts.home_hr, posts.host_hr):
        assert [one["state"] for one in await told(posts, party, "placement.lapsed")] == ["LAPSED"]
    with pytest.raises(Conflict) as over:
        await posts.sign(asked, posts.home_hr)
    assert over.value.reason == "PLACEMENT_IS_LAPSED"
    # What lapsed may be proposed anew.
    assert (await posts.get(await posts.propose(term_from=posts.today))).state is PlacementState.PROPOSED


async def test_an_answer_with_other_terms_gives_the_time_to_reply_anew(posts: Postings) -> None:
    asked = await posts.propose()
    posts.world.clock.go_on(days=(LAST - posts.today).days)
    other = CounterProposal(asked, terms=Terms(reply_working_days=1))
    await placement_counters.counter(posts.registry, posts.host_hr, other, posts.world.key())
    posts.world.clock.go_on(days=1)
    assert await lapse(posts) == []
    posts.world.clock.go_on(days=1)
    assert await lapse(posts) == [asked]


async def test_an_extension_lapses_and_the_placement_stays_as_it_was(posts: Postings) -> None:
    begun = await posts.begin()
    until = posts.today + timedelta(days=500)
    extension = Extension(begun, until, terms=NO_NOTICE)
    await placement_signing.extend(posts.registry, posts.host_hr, extension, posts.world.key())
    await posts.sign(begun, posts.host_hr, posts.person.me)
    posts.world.clock.go_on(days=(LAST - posts.today).days + 1)
    assert await lapse(posts) == [begun]
    now = await posts.get(begun)
    assert (now.state, now.open_round, now.term.until) == (
        PlacementState.ACTIVE,
        None,
        posts.draft().term_until - timedelta(days=15),
    )
    for party in (posts.person.me, posts.home_hr, posts.host_hr):
        assert len(await told(posts, party, "placement.extension_lapsed")) == 1
    # The next extension is another matter, and lapses in its own time.
    await placement_signing.extend(posts.registry, posts.host_hr, extension, posts.world.key())
    assert await lapse(posts) == []
    posts.world.clock.go_on(days=40)
    assert await lapse(posts) == [begun]


async def test_what_was_replied_to_or_is_not_due_does_not_lapse_and_the_clock_alone_says_so(posts: Postings) -> None:
    agreed = await posts.agree()
    with pytest.raises(NotPermitted):
        await placement_lapses.lapse_due(posts.registry, posts.host_hr)
    waiting = await posts.propose(host_unit_id=posts.other_host)
    for one in (agreed, waiting):
        with pytest.raises(Conflict) as early:
            await placement_lapses.close_silent(posts.registry, CLOCK, one, posts.world.key())
        assert early.value.reason == "NOT_DUE"
    posts.world.clock.go_on(days=60)
    assert await lapse(posts) == [waiting]
    assert (await posts.get(agreed)).state is PlacementState.AGREED
