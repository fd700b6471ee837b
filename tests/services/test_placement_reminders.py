"""The clock of placements: each term ends once, its parties are told 30, 7 and 0 days before, whatever happens."""

import asyncio
from datetime import timedelta

import pytest

from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.services import events, placement_life, placement_signing
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.placement_clocks import end_due
from talent_registry.services.placement_life import Ending
from talent_registry.services.placement_reminders import CLOCK, remind, run_reminders
from talent_registry.storage import ledger
from talent_registry.storage.placement_reminders import DueTerm
from tests.postings import Postings, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def run_terms(posts: Postings) -> tuple[int, int]:
    """What the clock does to terms in one round: how many it ended, of how many it told."""
    return len(await end_due(posts.registry, CLOCK)), await run_reminders(posts.registry)


async def reminders(posts: Postings, actor: Actor) -> list[int]:
    found = await events.list_events(posts.registry, actor, 0)
    return [int(one.data["days"]) for one in found if one.type == "placement.term_ending"]


async def test_each_party_is_told_30_7_and_0_days_before_and_the_term_ends_the_day_after(posts: Postings) -> None:
    placement_id = await posts.begin(term_until=posts.today + timedelta(days=40))
    until = posts.today + timedelta(days=40)
    for _ in range(43):
        await run_terms(posts)
        await run_terms(posts)
        posts.world.clock.go_on(days=1)
    for actor in (posts.person.me, posts.home_hr, posts.host_hr):
        assert await reminders(posts, actor) == [30, 7, 0]
    assert await reminders(posts, posts.other_host_hr) == []
    ended = await posts.get(placement_id)
    assert (ended.state, ended.ended_on, ended.end_reason) == (PlacementState.ENDED, until, EndReason.TERM)
    async with posts.registry.reading(OPERATOR) as connection:
        entries = await ledger.list_entries_about(connection, f"placement:{placement_id}", after=0, limit=50)
    clocked = [(one.entry.name, one.entry.actor_kind) for one in entries if one.entry.actor_kind == "CLOCK"]
    assert clocked == [("remindOfTerm", "CLOCK")] * 3 + [("closeDuePlacement", "CLOCK")]


async def test_a_clock_that_jumps_tells_once_of_what_is_left_and_goes_back_without_effect(posts: Postings) -> None:
    placement_id = await posts.begin(term_until=posts.today + timedelta(days=40))
    posts.world.clock.go_on(days=36)
    assert await run_terms(posts) == (0, 1)
    assert await reminders(posts, posts.person.me) == [7]
    posts.world.clock.go_on(days=400)
    assert await run_terms(posts) == (1, 0)
    posts.world.clock.go_on(days=-436)
    assert await run_terms(posts) == (0, 0)
    assert (await posts.get(placement_id)).ended_on == posts.today + timedelta(days=40)
    assert await reminders(posts, posts.person.me) == [7]


async def test_clocks_that_run_at_once_end_a_term_once(posts: Postings) -> None:
    placement_id = await posts.begin(term_until=posts.today + timedelta(days=1))
    posts.world.clock.go_on(days=2)
    passed = await asyncio.gather(*(run_terms(posts) for _ in range(4)))
    assert sum(ended for ended, _ in passed) == 1
    seen = await events.list_events(posts.registry, posts.host_hr, 0)
    assert [one.type for one in seen].count("placement.ended") == 1
    assert (await posts.get(placement_id)).state is PlacementState.ENDED


async def test_a_term_extended_or_ended_meanwhile_is_left_alone(posts: Postings) -> None:
    until = posts.today + timedelta(days=5)
    placement_id = await posts.begin(term_until=until)
    due = DueTerm(placement_id, until, 7)
    later = placement_signing.Extension(placement_id, until + timedelta(days=60))
    await placement_signing.extend(posts.registry, posts.person.me, later, posts.world.key())
    await posts.sign(placement_id, posts.person.me, posts.home_hr, posts.host_hr)
    posts.world.clock.go_on(days=6)
    assert not await remind(posts.registry, CLOCK, due)
    assert await run_terms(posts) == (0, 0)
    ending = Ending(placement_id, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, ending, posts.world.key())
    posts.world.clock.go_on(days=100)
    assert await run_terms(posts) == (0, 0)


async def test_nobody_but_clock_and_operator_runs_it(posts: Postings) -> None:
    for actor in (posts.person.me, posts.home_hr, posts.titles.officer, Actor(ActorKind.ANONYMOUS)):
        with pytest.raises(NotPermitted):
            await run_reminders(posts.registry, actor)
        with pytest.raises(NotPermitted):
            await remind(posts.registry, actor, DueTerm(posts.person.id, posts.today))
    assert await run_reminders(posts.registry, OPERATOR) == 0
