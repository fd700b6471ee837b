"""What becomes of agreed placements: how full a day may be, suspended and resumed, extended, ended, declined."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import accesses, corrections, placement_histories, placement_life, placement_signing
from talent_registry.services.permissions import ANONYMOUS
from talent_registry.services.placement_life import Ending, Grounded
from talent_registry.services.placement_signing import Extension
from tests.postings import Postings, another_person, open_postings
from tests.registries import World, authority

YEAR = timedelta(days=365)


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def test_a_second_placement_over_a_full_post_is_refused_with_the_sum(posts: Postings) -> None:
    await posts.begin()
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=70)
    with pytest.raises(Conflict) as refused:
        await placement_life.activate(posts.registry, posts.other_host_hr, second, posts.world.key())
    assert refused.value.reason == "WORKLOAD_OVER_100"
    assert f"40 % + 70 % = 110 % from {posts.today}" in refused.value.message.en
    await placement_life.withdraw(posts.registry, posts.person.me, second, posts.world.key())
    third = await posts.begin(host_unit_id=posts.other_host, workload_percent=60)
    assert (await posts.get(third)).state is PlacementState.ACTIVE


async def test_what_was_agreed_first_is_served_first(posts: Postings) -> None:
    first = await posts.agree(workload_percent=60)
    posts.world.clock.go_on(seconds=1)
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=60)
    with pytest.raises(Conflict) as refused:
        await placement_life.activate(posts.registry, posts.person.me, second, posts.world.key())
    assert refused.value.reason == "WORKLOAD_OVER_100"
    await placement_life.activate(posts.registry, posts.person.me, first, posts.world.key())
    end = Ending(first, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, end, posts.world.key())
    posts.world.clock.go_on(days=1)
    await placement_life.activate(posts.registry, posts.person.me, second, posts.world.key())


async def test_the_workload_is_shown_as_sums_to_those_who_share_the_time(posts: Postings) -> None:
    await posts.begin()
    await posts.agree(host_unit_id=posts.other_host, workload_percent=30, term_from=posts.today + timedelta(days=10))
    since, until = posts.today, posts.today + timedelta(days=20)
    for actor in (posts.person.me, posts.home_hr, posts.host_hr, posts.other_host_hr):
        found = await placement_histories.workload(posts.registry, actor, posts.person.id, since, until, "排班")
        assert [(one.since, one.total) for one in found] == [(since, 40), (since + timedelta(days=10), 70)]
    for stranger in (posts.titles.officer, (await another_person(posts, 2)).me):
        with pytest.raises(NotFound):
            await placement_histories.workload(posts.registry, stranger, posts.person.id, since, until)
    with pytest.raises(NotPermitted):
        await placement_histories.workload(posts.registry, ANONYMOUS, posts.person.id, since, until)
    with pytest.raises(InvalidInput):
        await placement_histories.workload(posts.registry, posts.person.me, posts.person.id, since, until + 11 * YEAR)
    # Whoever is not the person says why, and the person sees that they looked.
    with pytest.raises(InvalidInput):
        await placement_histories.workload(posts.registry, posts.home_hr, posts.person.id, since, until)
    assert await placement_histories.workload(posts.registry, posts.person.me, posts.person.id, since, until)
    looks = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    noted = {(one.organisation_id, one.basis, one.fields) for one in looks.items if one.purpose == "排班"}
    assert noted == {
        (posts.titles.home, "HOME_UNIT", (PersonField.PLACEMENTS,)),
        (posts.host, "HOST_UNIT", (PersonField.PLACEMENTS,)),
        (posts.other_host, "HOST_UNIT", (PersonField.PLACEMENTS,)),
    }


async def test_the_days_of_a_far_year_are_empty_and_no_error(posts: Postings) -> None:
    await posts.begin()
    asked = (posts.person.id, date(9995, 1, 1), date.max)
    assert await placement_histories.workload(posts.registry, posts.person.me, *asked) == ()


@pytest.mark.parametrize(
    ("reason", "who"),
    [
        (EndReason.EARLY_RETURN, "person"),
        (EndReason.HOME_RECALL, "home"),
        (EndReason.HOST_RELEASE, "host"),
        (EndReason.BREACH, "officer"),
        (EndReason.BREACH, "other_officer"),
    ],
)
async def test_each_side_ends_a_placement_in_its_own_way(posts: Postings, reason: EndReason, who: str) -> None:
    actors = {
        "person": posts.person.me,
        "home": posts.home_hr,
        "host": posts.host_hr,
        "officer": posts.titles.officer,
        "other_officer": posts.titles.other_officer,
    }
    placement_id = await posts.begin()
    asked = Ending(placement_id, reason, ground="违反约定")
    for name, stranger in actors.items():
        if name != who and not (reason is EndReason.BREACH and "officer" in name):
            with pytest.raises(NotFound):
                await placement_life.end(posts.registry, stranger, asked, posts.world.key())
    await placement_life.end(posts.registry, actors[who], asked, posts.world.key())
    ended = await posts.get(placement_id)
    assert (ended.state, ended.ended_on, ended.end_reason) == (PlacementState.ENDED, posts.today, reason)
    with pytest.raises(Conflict) as again:
        await placement_life.end(posts.registry, actors[who], asked, posts.world.key())
    assert "nothing" in again.value.message.en


async def test_an_end_lies_between_the_first_day_and_today(posts: Postings) -> None:
    placement_id = await posts.begin()
    for day in (posts.today - timedelta(days=1), posts.today + timedelta(days=1)):
        asked = Ending(placement_id, EndReason.BREACH, day, "违反约定")
        with pytest.raises(InvalidInput):
            await placement_life.end(posts.registry, posts.titles.officer, asked, posts.world.key())
    asked = Ending(placement_id, EndReason.RECOGNITION_LOST)
    with pytest.raises(InvalidInput):
        await placement_life.end(posts.registry, posts.person.me, asked, posts.world.key())
    asked = Ending(placement_id, EndReason.BREACH)
    with pytest.raises(InvalidInput):
        await placement_life.end(posts.registry, posts.titles.officer, asked, posts.world.key())


async def test_a_term_ends_when_it_is_over(posts: Postings) -> None:
    placement_id = await posts.begin(term_until=posts.today)
    asked = Ending(placement_id, EndReason.TERM)
    with pytest.raises(NotInForce) as early:
        await placement_life.end(posts.registry, posts.home_hr, asked, posts.world.key())
    assert early.value.reason == "TERM_NOT_OVER"
    last = posts.today
    posts.world.clock.go_on(days=3)
    assert not (await posts.get(placement_id)).is_active_on(posts.today)
    await placement_life.end(posts.registry, posts.home_hr, asked, posts.world.key())
    assert (await posts.get(placement_id)).ended_on == last


async def test_an_authority_of_either_province_suspends_and_alone_resumes_what_it_suspended(posts: Postings) -> None:
    placement_id = await posts.begin()
    asked = Grounded(placement_id, "核查中")
    for stranger in (posts.person.me, posts.home_hr, authority("110000")):
        with pytest.raises(NotFound):
            await placement_life.suspend(posts.registry, stranger, asked, posts.world.key())
    with pytest.raises(InvalidInput):
        await placement_life.suspend(
            posts.registry, posts.titles.officer, Grounded(placement_id, " "), posts.world.key()
        )
    await placement_life.suspend(posts.registry, posts.titles.officer, asked, posts.world.key())
    assert (await posts.get(placement_id)).state is PlacementState.SUSPENDED
    with pytest.raises(NotPermitted) as refused:
        await placement_life.resume(posts.registry, posts.titles.other_officer, asked, posts.world.key())
    assert refused.value.reason == "SUSPENDED_BY_THE_OTHER_PROVINCE"
    before = await posts.get(placement_id)
    await placement_life.resume(posts.registry, posts.titles.officer, asked, posts.world.key())
    after = await posts.get(placement_id)
    assert after.state is PlacementState.ACTIVE
    assert after.decision_id != before.decision_id  # decided anew for the day
    await placement_life.suspend(posts.registry, posts.titles.other_officer, asked, posts.world.key())
    (history,) = await placement_histories.list_histories(posts.registry, posts.person.me, [placement_id])
    assert history is not None
    assert [one.province for one in history.events if one.by == "AUTHORITY"] == ["510000", "510000", "500000"]


async def test_a_suspended_placement_of_a_person_who_changed_units_does_not_resume(posts: Postings) -> None:
    placement_id = await posts.begin()
    asked = Grounded(placement_id, "核查中")
    await placement_life.suspend(posts.registry, posts.titles.officer, asked, posts.world.key())
    new_home = await posts.world.organisation("四川另一大学", "UNIVERSITY", "510107")
    posts.world.clock.go_on(days=1)
    moved = corrections.RelationCorrection(
        posts.person.id, Amendment.CHANGE, new_home, since=posts.today, evidence="川人社调〔2026〕1号"
    )
    await corrections.correct_relation(posts.registry, posts.titles.officer, moved, posts.world.key())
    with pytest.raises(Conflict) as refused:
        await placement_life.resume(posts.registry, posts.titles.officer, asked, posts.world.key())
    assert refused.value.reason == "HOME_UNIT_CHANGED"


async def test_a_suspended_placement_does_not_resume_over_a_full_post_or_after_its_term(posts: Postings) -> None:
    placement_id = await posts.begin(workload_percent=60, term_until=posts.today + timedelta(days=5))
    asked = Grounded(placement_id, "核查中")
    await placement_life.suspend(posts.registry, posts.titles.officer, asked, posts.world.key())
    await posts.begin(host_unit_id=posts.other_host, workload_percent=60)
    with pytest.raises(Conflict) as full:
        await placement_life.resume(posts.registry, posts.titles.officer, asked, posts.world.key())
    assert "60 % + 60 % = 120 %" in full.value.message.en
    posts.world.clock.go_on(days=6)
    with pytest.raises(NotInForce):
        await placement_life.resume(posts.registry, posts.titles.officer, asked, posts.world.key())


async def extend(posts: Postings, placement_id: UUID, days: int, percent: int | None = None) -> Any:
    until = (await posts.get(placement_id)).term.until
    assert until is not None
    asked = Extension(placement_id, until + timedelta(days=days), percent)
    return await placement_signing.extend(posts.registry, posts.host_hr, asked, posts.world.key())


async def test_an_extension_takes_effect_with_the_third_signature(posts: Postings) -> None:
    placement_id = await posts.begin()
    before = await posts.get(placement_id)
    assert (await extend(posts, placement_id, 100, 50)).result["round"] == 2
    await posts.sign(placement_id, posts.person.me, posts.home_hr)
    unchanged = await posts.get(placement_id)
    assert (unchanged.term, unchanged.workload_percent, unchanged.open_round) == (before.term, 40, 2)
    await posts.sign(placement_id, posts.host_hr)
    after = await posts.get(placement_id)
    assert (after.workload_percent, after.round, after.open_round, after.state) == (50, 2, None, "ACTIVE")
    assert after.decision_id != before.decision_id
    (history,) = await placement_histories.list_histories(posts.registry, posts.person.me, [placement_id])
    assert history is not None
    assert history.events[-1].event == "EXTENDED"
    assert history.missing == ()


async def test_a_refused_extension_leaves_the_placement_as_it_was(posts: Postings) -> None:
    placement_id = await posts.begin(term_until=posts.today + timedelta(days=5))
    await posts.begin(host_unit_id=posts.other_host, workload_percent=60)
    await extend(posts, placement_id, 100, 50)
    await posts.sign(placement_id, posts.person.me, posts.home_hr)
    with pytest.raises(Conflict) as refused:
        await posts.sign(placement_id, posts.host_hr)
    assert refused.value.reason == "WORKLOAD_OVER_100"
    now = await posts.get(placement_id)
    assert (now.state, now.workload_percent, now.term.until) == ("ACTIVE", 40, posts.today + timedelta(days=5))
    await extend(posts, placement_id, 10)
    assert await posts.sign(placement_id) == "ACTIVE"
    with pytest.raises(InvalidInput):
        await extend(posts, placement_id, 0)
    posts.world.clock.go_on(days=100)
    with pytest.raises(NotInForce):
        await extend(posts, placement_id, 10)


async def test_a_proposal_is_declined_by_the_others_and_withdrawn_by_its_proposer(posts: Postings) -> None:
    declined = await posts.propose()
    with pytest.raises(Conflict) as own:
        await placement_life.decline(posts.registry, posts.person.me, declined, posts.world.key())
    assert own.value.reason == "PROPOSED_BY_YOU"
    with pytest.raises(Conflict) as others:
        await placement_life.withdraw(posts.registry, posts.host_hr, declined, posts.world.key())
    assert others.value.reason == "NOT_PROPOSED_BY_YOU"
    await placement_life.decline(posts.registry, posts.host_hr, declined, posts.world.key())
    assert (await posts.get(declined)).state is PlacementState.DECLINED
    withdrawn = await posts.propose()
    await placement_life.withdraw(posts.registry, posts.person.me, withdrawn, posts.world.key())
    agreed = await posts.agree()
    await placement_life.withdraw(posts.registry, posts.home_hr, agreed, posts.world.key())
    assert {(await posts.get(one)).state for one in (withdrawn, agreed)} == {PlacementState.WITHDRAWN}
