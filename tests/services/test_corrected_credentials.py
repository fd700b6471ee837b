"""What follows for placements when the credential they rest on is corrected, by its issuer or by a roll, or expires."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, NotFound, NotInForce
from talent_registry.domain.placement_states import PlacementEventKind, PlacementState
from talent_registry.services import (
    placement_histories,
    placement_life,
    placement_signing,
    standing,
)
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.placement_life import Grounded
from talent_registry.services.placement_signing import Extension
from talent_registry.services.registry import Done
from talent_registry.services.standing import StatusChange
from talent_registry.storage import ledger
from tests.postings import Postings, another_person, open_postings
from tests.registries import World
from tests.rolls import deliver, row
from tests.titles import FILING, NAME, NUMBER, PROFESSOR, document


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def correct(posts: Postings, **changes: Any) -> Done:
    """The teacher's title as it should have been recorded; the next day, as the days of validity begin anew."""
    asked = Correction(posts.person.credential, replace(PROFESSOR, **changes))
    return await standing.correct(posts.registry, posts.titles.issuer, asked, posts.world.key())


async def state(posts: Postings, placement_id: UUID) -> PlacementState:
    return (await posts.get(placement_id)).state


def followed(done: Done) -> list[tuple[str, str, str | None]]:
    return [(one["placement_id"], one["state"], one["reason"]) for one in done.result["consequences"]]


def yesterday(posts: Postings) -> date:
    return posts.today - timedelta(days=1)


async def test_a_correction_that_ends_the_recognition_suspends_what_rests_on_it_and_says_so(posts: Postings) -> None:
    active = await posts.begin()
    agreed = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    done = await correct(posts, valid_until=yesterday(posts))
    ((placement, now, reason),) = followed(done)
    assert (placement, now) == (str(active), "SUSPENDED")
    (history,) = await placement_histories.list_histories(posts.registry, posts.person.me, [active])
    assert history is not None
    last = history.events[-1]
    assert (last.event, last.reason, last.by) == (PlacementEventKind.SUSPENDED_WITH_CREDENTIAL, reason, "ISSUER")
    assert await state(posts, agreed) is PlacementState.AGREED
    async with posts.registry.reading(OPERATOR) as connection:
        (entry,) = await ledger.list_entries_about(connection, f"placement:{active}", after=done.sequence - 1, limit=5)
    assert entry.entry.body["consequences"] == done.result["consequences"]
    assert entry.entry.body["corrected"] == ["valid_until"]
    assert "outcome" not in entry.entry.body


async def test_a_later_correction_that_restores_the_recognition_resumes(posts: Postings) -> None:
    active = await posts.begin()
    await correct(posts, valid_until=yesterday(posts))
    done = await correct(posts, valid_until=posts.today)
    assert followed(done) == [(str(active), "ACTIVE", None)]
    assert await state(posts, active) is PlacementState.ACTIVE


async def test_a_restored_placement_whose_days_have_filled_up_stays_suspended_and_says_so(posts: Postings) -> None:
    active = await posts.begin(workload_percent=60)
    later = await posts.titles.record("512020000099")
    await correct(posts, valid_until=yesterday(posts))
    await posts.begin(host_unit_id=posts.other_host, workload_percent=60, credential_id=later)
    assert followed(await correct(posts)) == [(str(active), "SUSPENDED", "WORKLOAD_OVER_100")]


async def test_what_an_authority_suspended_is_not_resumed_by_a_correction(posts: Postings) -> None:
    active = await posts.begin()
    await placement_life.suspend(posts.registry, posts.titles.officer, Grounded(active, "核查"), posts.world.key())
    await correct(posts, valid_until=yesterday(posts))
    assert followed(await correct(posts)) == []
    assert await state(posts, active) is PlacementState.SUSPENDED


async def test_a_correction_that_leaves_the_recognition_gives_the_placement_the_new_decision(posts: Postings) -> None:
    active = await posts.begin()
    before = await posts.get(active)
    done = await correct(posts, specialty="数学")
    after = await posts.get(active)
    assert followed(done) == []
    assert after == replace(before, decision_id=after.decision_id)
    assert after.decision_id != before.decision_id


async def test_a_correction_of_the_route_is_decided_anew_like_one_of_the_days(posts: Postings) -> None:
    active = await posts.begin()
    lower = {"title_code": "0103", "title_name": "讲师", "level": "中级"}
    ((placement, now, reason),) = followed(await correct(posts, **lower))
    assert (placement, now) == (str(active), "SUSPENDED")
    assert reason
    with pytest.raises(NotInForce) as refused:
        await placement_life.resume(
            posts.registry, posts.titles.officer, Grounded(active, "核查完毕"), posts.world.key()
        )
    assert refused.value.reason == "NO_RECOGNITION"


async def test_an_expired_credential_supports_no_activation_resumption_or_extension(posts: Postings) -> None:
    last = posts.today + timedelta(days=5)
    await correct(posts, valid_until=last)
    active = await posts.begin()
    paused = await posts.begin(host_unit_id=posts.other_host, workload_percent=10)
    agreed = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    waiting = await posts.begin(workload_percent=10)
    grounded = Grounded(paused, "核查")
    await placement_life.suspend(posts.registry, posts.titles.officer, grounded, posts.world.key())
    until = (await posts.get(active)).term.until
    assert until is not None
    longer = Extension(waiting, until + timedelta(days=30))
    await placement_signing.extend(posts.registry, posts.host_hr, longer, posts.world.key())
    await posts.sign(waiting, posts.person.me, posts.home_hr)
    posts.world.clock.go_on(days=6)
    refusals = [
        placement_life.activate(posts.registry, posts.person.me, agreed, posts.world.key()),
        placement_life.resume(posts.registry, posts.titles.officer, grounded, posts.world.key()),
        placement_signing.extend(
            posts.registry, posts.host_hr, replace(longer, placement_id=active), posts.world.key()
        ),
        posts.sign(waiting, posts.host_hr),
    ]
    for refusal in refusals:
        with pytest.raises(NotInForce) as refused:
            await refusal
        assert refused.value.reason == "CREDENTIAL_EXPIRED"
        assert str(last) in refused.value.message.en


async def test_a_term_may_go_beyond_the_credential_and_the_placement_rests_after_its_last_day(
    posts: Postings,
) -> None:
    last = posts.today + timedelta(days=5)
    await correct(posts, valid_until=last)
    active = await posts.begin()
    until = (await posts.get(active)).term.until
    assert until is not None
    longer = Extension(active, until + timedelta(days=30))
    await placement_signing.extend(posts.registry, posts.host_hr, longer, posts.world.key())
    assert await posts.sign(active) == "ACTIVE"
    record = await posts.get(active)
    assert record.term.until == longer.until
    for actor in (posts.person.me, posts.host_hr, posts.titles.other_officer):
        assert await placement_histories.list_last_days(posts.registry, actor, [active]) == [last]
    stranger = (await another_person(posts, 2)).me
    assert await placement_histories.list_last_days(posts.registry, stranger, [active, posts.host]) == [None, None]
    assert record.is_active_on(last, last)
    assert not record.is_active_on(last + timedelta(days=1), last)


async def test_a_reinstated_credential_that_expired_meanwhile_resumes_nothing(posts: Postings) -> None:
    await correct(posts, valid_until=posts.today + timedelta(days=5))
    active = await posts.begin()
    change = StatusChange(posts.person.credential, "核查")
    await standing.suspend(posts.registry, posts.titles.issuer, change, posts.world.key())
    posts.world.clock.go_on(days=10)
    done = await standing.reinstate(posts.registry, posts.titles.officer, change, posts.world.key())
    assert followed(done) == [(str(active), "SUSPENDED", "CREDENTIAL_EXPIRED")]


async def test_a_correction_that_is_refused_leaves_the_placements_alone(posts: Postings) -> None:
    active = await posts.begin()
    with pytest.raises(Conflict):
        await correct(posts)
    asked = Correction(posts.person.credential, replace(PROFESSOR, valid_until=yesterday(posts)))
    for stranger in (posts.titles.other_officer, posts.host_hr, posts.person.me):
        with pytest.raises(NotFound):
            await standing.correct(posts.registry, stranger, asked, posts.world.key())
    assert await state(posts, active) is PlacementState.ACTIVE


def rolled(**changes: str) -> dict[str, str]:
    """The teacher's title as a roll of Sichuan's authority states it."""
    title = {"证书编号": NUMBER, "职称代码": "0102", "职称名称": "副教授", "职称层级": "副高级"}
    filing = {"评委会备案号": FILING, "评委会备案起": "2019-01-01", "评委会备案止": "2021-12-31"}
    committee = {"评委会": "高等学校教师评审委员会", "通过时间": "2020-04-17", "发证时间": "2020-04-17"}
    where = {"户籍地区划": "", "人事关系单位": ""}
    return row(1, 姓名=NAME, 证件号码=document(1), **title, **filing, **committee, **where) | changes


async def test_a_roll_that_corrects_a_credential_suspends_and_resumes_what_rests_on_it(posts: Postings) -> None:
    active = await posts.begin()
    officer = posts.titles.officer
    outcome = await deliver(posts.world, rolled(有效期至=str(yesterday(posts))), actor=officer)
    assert (outcome.counts.credentials_corrected, outcome.counts.placements_affected) == (1, 1)
    assert await state(posts, active) is PlacementState.SUSPENDED
    outcome = await deliver(posts.world, rolled(有效期至=str(posts.today)), actor=officer)
    assert (outcome.counts.credentials_corrected, outcome.counts.placements_affected) == (1, 1)
    assert await state(posts, active) is PlacementState.ACTIVE
    outcome = await deliver(posts.world, rolled(专业="数学"), actor=officer)
    assert (outcome.counts.credentials_corrected, outcome.counts.placements_affected) == (1, 0)


async def test_a_roll_that_revokes_and_corrects_ends_what_rests_on_it(posts: Postings) -> None:
    active = await posts.begin()
    outcome = await deliver(posts.world, rolled(专业="数学", 状态="撤销"), actor=posts.titles.officer)
    assert (outcome.counts.credentials_corrected, outcome.counts.status_changed) == (1, 1)
    assert outcome.counts.placements_affected == 1
    assert await state(posts, active) is PlacementState.ENDED
