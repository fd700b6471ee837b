"""Early return, recall and release with their notice: the placement goes on until its day; the clock ends it."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.domain.placements import Terms
from talent_registry.services import (
    placement_clocks,
    placement_ends,
    placement_histories,
    placement_life,
    placement_signing,
    standing,
)
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.services.placement_life import Ending, Grounded
from talent_registry.services.placement_signing import Extension
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import PROFESSOR

MONTH = timedelta(days=30)
AGREED = Terms(return_notice_days=10, recall_notice_days=20)


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def give_notice(
    posts: Postings, actor: Actor, placement_id: UUID, reason: EndReason, on: date | None = None
) -> None:
    await placement_life.end(posts.registry, actor, Ending(placement_id, reason, on), posts.world.key())


async def keep(posts: Postings, actor: Actor, placement_id: UUID) -> None:
    await placement_ends.withdraw_end(posts.registry, actor, placement_id, posts.world.key())


async def entries(posts: Postings, name: str) -> list[str]:
    """Who the ledger says gave this command, each time."""
    async with posts.registry.reading(OPERATOR) as connection:
        rows = await connection.exec_driver_sql(
            "SELECT actor_kind FROM ledger_entry WHERE name = %(name)s ORDER BY sequence", {"name": name}
        )
        return [str(one) for one in rows.scalars()]


@pytest.mark.parametrize(
    ("reason", "who", "days"),
    [
        (EndReason.EARLY_RETURN, "person", 10),
        (EndReason.HOME_RECALL, "home", 20),
        # Of a release the terms say nothing: the agreement's thirty days count.
        (EndReason.HOST_RELEASE, "host", 30),
    ],
)
async def test_the_placement_goes_on_until_the_notice_has_run(
    posts: Postings, reason: EndReason, who: str, days: int
) -> None:
    actor = {"person": posts.person.me, "home": posts.home_hr, "host": posts.host_hr}[who]
    placement_id = await posts.begin(terms=AGREED)
    ends = posts.today + timedelta(days=days)
    with pytest.raises(InvalidInput) as short:
        await give_notice(posts, actor, placement_id, reason, ends - timedelta(days=1))
    assert short.value.reason == "NOTICE_TOO_SHORT"
    await give_notice(posts, actor, placement_id, reason)
    noticed = await posts.get(placement_id)
    assert (noticed.state, noticed.ends_on, noticed.ends_reason, noticed.ended_on) == ("ACTIVE", ends, reason, None)
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == []
    posts.world.clock.go_on(days=days)
    assert noticed.is_active_on(posts.today)
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == []
    posts.world.clock.go_on(days=1)
    assert not (await posts.get(placement_id)).is_active_on(posts.today)
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == [placement_id]
    ended = await posts.get(placement_id)
    assert (ended.state, ended.ended_on, ended.end_reason) == (PlacementState.ENDED, ends, reason)
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == []
    assert await entries(posts, "closeDuePlacement") == ["OPERATOR"]
    (history,) = await placement_histories.list_histories(posts.registry, posts.person.me, [placement_id])
    assert history is not None
    assert [(one.event, one.by) for one in history.events][-1] == ("ENDED", "OPERATOR")


async def test_the_days_after_the_notice_are_free_for_another_placement(posts: Postings) -> None:
    first = await posts.begin(workload_percent=60, terms=AGREED)
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=60)
    with pytest.raises(Conflict) as full:
        await placement_life.activate(posts.registry, posts.person.me, second, posts.world.key())
    assert full.value.reason == "WORKLOAD_OVER_100"
    await give_notice(posts, posts.person.me, first, EndReason.EARLY_RETURN)
    shown = await placement_histories.workload(
        posts.registry, posts.person.me, posts.person.id, posts.today, posts.today + MONTH
    )
    ends = posts.today + timedelta(days=10)
    assert [(one.until, one.total) for one in shown] == [(ends, 120), (posts.today + MONTH, 60)]
    posts.world.clock.go_on(days=11)
    # The clock has not run yet; the days count as everybody sees them.
    await placement_life.activate(posts.registry, posts.person.me, second, posts.world.key())
    assert (await posts.get(first)).state is PlacementState.ACTIVE
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == [first]


async def test_a_notice_is_taken_back_by_who_gave_it_before_its_day(posts: Postings) -> None:
    placement_id = await posts.begin(terms=AGREED)
    await give_notice(posts, posts.person.me, placement_id, EndReason.EARLY_RETURN)
    with pytest.raises(Conflict) as again:
        await give_notice(posts, posts.person.me, placement_id, EndReason.EARLY_RETURN)
    assert again.value.reason == "END_DECLARED_BEFORE"
    with pytest.raises(Conflict) as others:
        await keep(posts, posts.host_hr, placement_id)
    assert others.value.reason == "NOT_DECLARED_BY_YOU"
    for stranger in (posts.other_host_hr, posts.titles.officer):
        with pytest.raises(NotFound):
            await keep(posts, stranger, placement_id)
    await keep(posts, posts.person.me, placement_id)
    kept = await posts.get(placement_id)
    assert (kept.state, kept.ends_on, kept.ends_reason) == (PlacementState.ACTIVE, None, None)
    with pytest.raises(Conflict):
        await keep(posts, posts.person.me, placement_id)
    await give_notice(posts, posts.person.me, placement_id, EndReason.EARLY_RETURN)
    posts.world.clock.go_on(days=10)
    with pytest.raises(NotInForce) as late:
        await keep(posts, posts.person.me, placement_id)
    assert late.value.reason == "END_HAS_COME"


async def test_the_first_day_of_several_notices_counts_and_another_stands_when_it_is_taken_back(
    posts: Postings,
) -> None:
    placement_id = await posts.begin(terms=AGREED)
    today = posts.today
    await give_notice(posts, posts.home_hr, placement_id, EndReason.HOME_RECALL)
    await give_notice(posts, posts.person.me, placement_id, EndReason.EARLY_RETURN)
    first = await posts.get(placement_id)
    assert (first.ends_on, first.ends_reason) == (today + timedelta(days=10), EndReason.EARLY_RETURN)
    await keep(posts, posts.person.me, placement_id)
    second = await posts.get(placement_id)
    assert (second.ends_on, second.ends_reason) == (today + timedelta(days=20), EndReason.HOME_RECALL)
    (history,) = await placement_histories.list_histories(posts.registry, posts.host_hr, [placement_id])
    assert history is not None
    assert [(one.reason, one.withdrawn_at is None) for one in history.ends] == [
        (EndReason.HOME_RECALL, True),
        (EndReason.EARLY_RETURN, False),
    ]


async def test_a_notice_is_not_taken_back_over_days_that_have_filled_up(posts: Postings) -> None:
    first = await posts.begin(workload_percent=60, terms=AGREED)
    await give_notice(posts, posts.person.me, first, EndReason.EARLY_RETURN)
    later = posts.today + timedelta(days=11)
    await posts.agree(host_unit_id=posts.other_host, workload_percent=60, term_from=later)
    posts.world.clock.go_on(seconds=1)
    with pytest.raises(Conflict) as full:
        await keep(posts, posts.person.me, first)
    assert "60 % + 60 % = 120 %" in full.value.message.en
    assert (await posts.get(first)).ends_on == later - timedelta(days=1)


async def test_an_extension_that_waits_falls_with_the_notice_and_none_is_proposed_while_it_stands(
    posts: Postings,
) -> None:
    placement_id = await posts.begin(terms=AGREED)
    until = (await posts.get(placement_id)).term.until
    assert until is not None
    extension = Extension(placement_id, until + MONTH)
    await placement_signing.extend(posts.registry, posts.host_hr, extension, posts.world.key())
    await give_notice(posts, posts.person.me, placement_id, EndReason.EARLY_RETURN)
    assert (await posts.get(placement_id)).open_round is None
    with pytest.raises(Conflict):
        await placement_signing.extend(posts.registry, posts.host_hr, extension, posts.world.key())


async def test_a_suspended_placement_ends_on_the_day_of_its_notice_too(posts: Postings) -> None:
    placement_id = await posts.begin(terms=AGREED)
    officer = posts.titles.officer
    await placement_life.suspend(posts.registry, officer, Grounded(placement_id, "核查"), posts.world.key())
    await give_notice(posts, posts.person.me, placement_id, EndReason.EARLY_RETURN)
    posts.world.clock.go_on(days=11)
    with pytest.raises(NotInForce):
        await placement_life.resume(posts.registry, officer, Grounded(placement_id, "核查"), posts.world.key())
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == [placement_id]
    assert (await posts.get(placement_id)).end_reason is EndReason.EARLY_RETURN


async def test_once_its_day_is_over_any_party_records_the_end_for_the_reason_it_had(posts: Postings) -> None:
    placement_id = await posts.begin(terms=AGREED)
    await give_notice(posts, posts.person.me, placement_id, EndReason.EARLY_RETURN)
    ends = (await posts.get(placement_id)).ends_on
    posts.world.clock.go_on(days=15)
    await give_notice(posts, posts.host_hr, placement_id, EndReason.TERM)
    ended = await posts.get(placement_id)
    assert (ended.ended_on, ended.end_reason) == (ends, EndReason.EARLY_RETURN)


async def test_the_clock_ends_what_is_over_and_rests_what_has_expired_once(posts: Postings) -> None:
    over = await posts.begin(workload_percent=10, term_until=posts.today + timedelta(days=3))
    going_on = await posts.begin(workload_percent=10)
    expires = posts.today + timedelta(days=5)
    corrected = Correction(posts.person.credential, replace(PROFESSOR, valid_until=expires))
    await standing.correct(posts.registry, posts.titles.officer, corrected, posts.world.key())
    posts.world.clock.go_on(days=4)
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == [over]
    ended = await posts.get(over)
    assert (ended.ended_on, ended.end_reason) == (posts.today - timedelta(days=1), EndReason.TERM)
    posts.world.clock.go_on(days=2)
    both = await asyncio.gather(*(placement_clocks.end_due(posts.registry, OPERATOR) for _ in range(2)))
    assert sorted(one for found in both for one in found) == [going_on]
    assert (await posts.get(going_on)).state is PlacementState.SUSPENDED
    (history,) = await placement_histories.list_histories(posts.registry, posts.person.me, [going_on])
    assert history is not None
    last = history.events[-1]
    assert (last.event, last.reason, last.by) == ("SUSPENDED_WITH_CREDENTIAL", "CREDENTIAL_EXPIRED", "OPERATOR")
    # Renewed, it goes on.
    renewed = Correction(posts.person.credential, replace(PROFESSOR, valid_until=expires + MONTH))
    await standing.correct(posts.registry, posts.titles.officer, renewed, posts.world.key())
    assert (await posts.get(going_on)).state is PlacementState.ACTIVE


async def test_the_clock_pages_through_everything_that_is_due(posts: Postings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement_clocks, "_PAGE", 2)
    begun = [await posts.begin(workload_percent=5, term_until=posts.today) for _ in range(5)]
    posts.world.clock.go_on(days=1)
    assert await placement_clocks.end_due(posts.registry, OPERATOR) == sorted(begun)


async def test_only_who_keeps_the_time_runs_the_clock_and_only_what_is_due_is_closed(posts: Postings) -> None:
    placement_id = await posts.begin()
    for actor in (posts.person.me, posts.host_hr, posts.titles.officer):
        with pytest.raises(NotPermitted):
            await placement_clocks.end_due(posts.registry, actor)
        with pytest.raises(NotPermitted):
            await placement_clocks.close_due(posts.registry, actor, placement_id, posts.world.key())
    with pytest.raises(Conflict) as early:
        await placement_clocks.close_due(posts.registry, OPERATOR, placement_id, posts.world.key())
    assert early.value.reason == "NOT_DUE"
    with pytest.raises(Conflict):
        await placement_clocks.close_due(posts.registry, OPERATOR, UUID(int=0), posts.world.key())
