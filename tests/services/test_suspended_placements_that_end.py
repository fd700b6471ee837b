"""What a placement that ended while it was suspended takes of a person's days: nothing from its suspension on."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.services import placement_life, placement_sums, standing
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.placement_life import Ending, Grounded
from talent_registry.storage import matches, placement_shares
from talent_registry.storage.session import duty
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import PROFESSOR


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def suspend(posts: Postings, placement: UUID) -> None:
    await placement_life.suspend(posts.registry, posts.titles.officer, Grounded(placement, "核查"), posts.world.key())


async def resume(posts: Postings, placement: UUID) -> None:
    await placement_life.resume(posts.registry, posts.titles.officer, Grounded(placement, "查清"), posts.world.key())


async def end(posts: Postings, placement: UUID) -> None:
    asked = Ending(placement, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, asked, posts.world.key())


async def correct(posts: Postings, specialty: str) -> list[object]:
    corrected = Correction(posts.person.credential, replace(PROFESSOR, specialty=specialty))
    done = await standing.correct(posts.registry, posts.titles.officer, corrected, posts.world.key())
    consequences: list[object] = done.result["consequences"]
    return consequences


async def total(posts: Postings, on: date) -> int:
    sums = await placement_sums.add_up(posts.registry, posts.person.me, posts.person.id, on)
    return 0 if sums.load is None else sums.load.total


async def last_days(posts: Postings, since: date) -> list[date]:
    """The last day of each share, read for one person and for many, which is the same."""
    person, far = posts.person.id, posts.world.clock.now + timedelta(days=1)
    async with posts.registry.reading(OPERATOR) as connection, duty(connection, "workload"):
        alone = await placement_shares.list_shares(connection, person, since, agreed_by=far)
        many = await matches.list_shares_of(connection, [person], since)
    assert sorted(many[person], key=lambda one: one.until) == sorted(alone, key=lambda one: one.until)
    return sorted(one.until for one in alone)


@pytest.mark.parametrize("days", [0, 2])
async def test_a_suspended_placement_that_ends_takes_nothing_of_its_last_day(posts: Postings, days: int) -> None:
    first = await posts.begin(workload_percent=60)
    posts.world.clock.go_on(days=1)
    before, suspended = posts.today - timedelta(days=1), posts.today
    await suspend(posts, first)
    posts.world.clock.go_on(days=days)
    second = await posts.begin(workload_percent=60, host_unit_id=posts.other_host)
    posts.world.clock.go_on(days=days)
    whole = (await posts.get(second)).term.until
    # What the days took is the same before the end and after it.
    taken = [await total(posts, day) for day in (before, suspended, posts.today)]
    assert taken == ([60, 60, 60] if days == 0 else [60, 0, 60])
    await end(posts, first)
    assert [await total(posts, day) for day in (before, suspended, posts.today)] == taken
    assert (await posts.get(first)).ended_on == posts.today
    assert await last_days(posts, posts.today) == [whole]
    assert await last_days(posts, before) == [before, whole]
    assert await correct(posts, "教育学") == []
    assert (await posts.get(second)).state is PlacementState.ACTIVE


async def test_a_placement_that_was_resumed_takes_its_last_day_whole(posts: Postings) -> None:
    first = await posts.begin(workload_percent=60)
    posts.world.clock.go_on(days=1)
    await suspend(posts, first)
    posts.world.clock.go_on(days=1)
    await resume(posts, first)
    waiting = await posts.agree(workload_percent=60, host_unit_id=posts.other_host)
    await end(posts, first)
    assert await last_days(posts, posts.today) == [posts.today, (await posts.get(waiting)).term.until]
    with pytest.raises(Conflict) as full:
        await placement_life.activate(posts.registry, posts.person.me, waiting, posts.world.key())
    assert full.value.reason == "WORKLOAD_OVER_100"
    posts.world.clock.go_on(days=1)
    await placement_life.activate(posts.registry, posts.person.me, waiting, posts.world.key())
    assert await total(posts, posts.today) == 60
