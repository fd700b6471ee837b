"""Integrity records: who keeps them, what they end, and what decisions know of them when."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.integrity import IntegrityAct, IntegrityFinding
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.domain.questions import Target
from talent_registry.domain.recalls import RecallCause
from talent_registry.services import credentials, integrity, notices, placement_life, recognition
from talent_registry.services.integrity import FindingCorrection, Lifting, NewFinding
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.registry import Done
from talent_registry.storage import ledger
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.recalled import Recalled, recalled_by
from tests.registries import World, authority

POST = Target(division="500106", employer_kind="INSTITUTE", post_series="01")
FOUND = date(2026, 6, 1)
FINDING = IntegrityFinding(FOUND, FOUND, date(2029, 5, 31), "提交虚假业绩材料", "40号令第二十六条")


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def record(posts: Postings, actor: Actor | None = None, **changes: Any) -> Done:
    asked = NewFinding(posts.person.id, replace(FINDING, **changes))
    return await integrity.record_finding(posts.registry, actor or posts.titles.officer, asked, posts.world.key())


async def lift(posts: Postings, done: Done, from_day: date | None = None, actor: Actor | None = None) -> Done:
    asked = Lifting(UUID(done.result["record_id"]), "经复核撤销", from_day)
    return await integrity.lift_record(posts.registry, actor or posts.titles.officer, asked, posts.world.key())


async def decide(posts: Postings, on: date | None = None) -> dict[str, Any]:
    asked = AskedRecognition(posts.person.credential, POST, on)
    return (await recognition.decide_recognition(posts.registry, posts.person.me, asked, posts.world.key())).result


async def test_while_a_record_stands_nothing_is_recognised(posts: Postings) -> None:
    assert (await decide(posts))["rule"] == "R1"
    await record(posts)
    refused = await decide(posts)
    assert (refused["outcome"], refused["rule"], refused["reason_code"]) == ("NOT_RECOGNISED", "G2", "REVOKED")
    for day, rule in ((FOUND - timedelta(days=1), "R1"), (FOUND, "G2")):
        assert (await decide(posts, day))["rule"] == rule
    kept = await recognition.get_decision(posts.registry, posts.person.me, UUID(refused["decision_id"]))
    (told,) = [fact for fact in kept.facts if fact.name == "holder.integrity_record"]
    assert told.value == {"from": "2026-06-01", "until": "2029-05-31"}
    assert (told.source_id, told.recorded_at) == (posts.titles.sichuan, posts.world.clock.now)


async def test_a_record_whose_last_day_has_passed_stops_nothing(posts: Postings) -> None:
    await record(posts, until=posts.today - timedelta(days=1))
    assert (await decide(posts))["rule"] == "R1"
    assert (await decide(posts, posts.today - timedelta(days=1)))["rule"] == "G2"


async def test_the_same_question_by_the_same_knowledge_is_answered_the_same_for_ever(posts: Postings) -> None:
    registry, clock = posts.registry, posts.world.clock
    asked = AskedRecognition(posts.person.credential, POST, posts.today)
    before = clock.now
    clock.go_on(minutes=1)
    done = await record(posts)
    stood = clock.now
    clock.go_on(minutes=1)
    await lift(posts, done, FOUND)
    lifted = clock.now
    clock.go_on(days=1)
    for instant, rule in ((before, "R1"), (stood, "G2"), (lifted, "R1")):
        found = await recognition.compute(registry, posts.person.me, asked, instant)
        assert found.decision.rule == rule


async def test_a_kept_decision_is_reproduced_after_the_record_is_gone(posts: Postings) -> None:
    done = await record(posts)
    refused = UUID((await decide(posts))["decision_id"])
    posts.world.clock.go_on(days=1)
    await lift(posts, done, FOUND)
    assert (await recognition.recompute(posts.registry, posts.person.me, refused)).same


async def test_what_rests_on_the_persons_credentials_ends_in_the_same_command(posts: Postings) -> None:
    active = await posts.begin()
    proposed = await posts.propose()
    agreed = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    done = await record(posts, since=posts.today, found_on=posts.today)
    assert [(one["placement_id"], one["state"], one["reason"]) for one in done.result["consequences"]] == [
        (str(active), "ENDED", "RECOGNITION_LOST"),
        (str(proposed), "WITHDRAWN", "RECOGNITION_LOST"),
        (str(agreed), "WITHDRAWN", "RECOGNITION_LOST"),
    ]
    ended = await posts.get(active)
    assert (ended.state, ended.end_reason, ended.ended_on) == ("ENDED", EndReason.RECOGNITION_LOST, posts.today)
    async with posts.registry.reading(OPERATOR) as connection:
        (entry,) = await ledger.list_entries_about(connection, f"placement:{active}", after=done.sequence - 1, limit=5)
    assert entry.entry.name == "recordIntegrityFinding"
    assert FINDING.ground not in str(entry.entry.body)


async def test_a_record_that_is_over_ends_nothing(posts: Postings) -> None:
    active = await posts.begin()
    done = await record(posts, until=posts.today - timedelta(days=1))
    assert done.result["consequences"] == []
    assert (await posts.get(active)).state is PlacementState.ACTIVE


async def test_nothing_begins_while_a_record_stands_and_what_ended_stays_ended(posts: Postings) -> None:
    active = await posts.begin()
    done = await record(posts)
    agreed = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    with pytest.raises(Exception, match="G2"):
        await placement_life.activate(posts.registry, posts.person.me, agreed, posts.world.key())
    posts.world.clock.go_on(days=1)
    assert (await lift(posts, done)).result["consequences"] == []
    await placement_life.activate(posts.registry, posts.person.me, agreed, posts.world.key())
    assert (await posts.get(active)).state is PlacementState.ENDED


async def test_decisions_on_the_days_of_a_record_are_recalled_when_it_comes_and_when_it_goes(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    earlier = UUID((await decide(posts, FOUND - timedelta(days=1)))["decision_id"])
    free = UUID((await decide(posts, FOUND))["decision_id"])
    posts.world.clock.go_on(minutes=1)
    done = await record(posts)
    found = recalled_by(database_urls, done.command_id)
    assert found.records == {("DECISION", free, ("holder.integrity_record",))}
    assert done.result["recalled"]["notices"] == len(found.notices) == 2
    refused = UUID((await decide(posts, FOUND))["decision_id"])
    posts.world.clock.go_on(minutes=1)
    gone = await lift(posts, done, FOUND)
    assert recalled_by(database_urls, gone.command_id).records == {("DECISION", refused, ("holder.integrity_record",))}
    told = await notices.list_notices(posts.registry, posts.person.me, PageRequest())
    assert {one.notice.recall.cause for one in told.items} == {RecallCause.INTEGRITY}
    assert earlier not in {one.notice.recall.record_id for one in told.items}


async def test_placements_at_work_on_the_days_of_a_record_are_recalled(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    active = await posts.begin()
    posts.world.clock.go_on(days=10)
    day = posts.today
    done = await record(posts, found_on=day, since=day, until=day)
    kept = {one for one in recalled_by(database_urls, done.command_id).records if one[0] == "PLACEMENT"}
    assert kept == {("PLACEMENT", active, ("holder.integrity_record",))}


async def test_a_ground_put_right_recalls_nothing(posts: Postings, database_urls: DatabaseUrls) -> None:
    done = await record(posts)
    await decide(posts)
    posts.world.clock.go_on(minutes=1)
    asked = FindingCorrection(UUID(done.result["record_id"]), replace(FINDING, ground="提交虚假论文"), "笔误")
    corrected = await integrity.correct_finding(posts.registry, posts.titles.officer, asked, posts.world.key())
    assert recalled_by(database_urls, corrected.command_id) == Recalled(frozenset(), frozenset())
    (mine,) = await integrity.list_of_people(posts.registry, posts.person.me, [posts.person.id])
    assert mine is not None
    assert [(one.act, one.finding.ground, one.because) for one in mine] == [
        (IntegrityAct.CORRECTED, "提交虚假论文", "笔误")
    ]


async def test_days_put_right_end_what_the_right_days_cover(posts: Postings) -> None:
    done = await record(posts, until=posts.today - timedelta(days=1))
    active = await posts.begin()
    asked = FindingCorrection(UUID(done.result["record_id"]), FINDING, "截止日登记有误")
    corrected = await integrity.correct_finding(posts.registry, posts.titles.officer, asked, posts.world.key())
    assert [one["placement_id"] for one in corrected.result["consequences"]] == [str(active)]


async def test_the_authority_of_the_person_or_of_an_issuer_records_and_nobody_else(posts: Postings) -> None:
    for stranger in (posts.titles.other_officer, posts.home_hr, posts.person.me, posts.titles.issuer, OPERATOR):
        with pytest.raises(NotFound):
            await record(posts, stranger)
    with pytest.raises(NotFound):
        await record(posts, authority("510000"))
    with pytest.raises(NotPermitted):
        await record(posts, ANONYMOUS)
    with pytest.raises(NotFound):
        unknown = NewFinding(posts.host, FINDING)
        await integrity.record_finding(posts.registry, posts.titles.officer, unknown, posts.world.key())
    with pytest.raises(InvalidInput):
        await record(posts, since=posts.today + timedelta(days=1))


async def test_the_authority_of_an_issuers_province_records_and_ends_what_rests_on_any_credential(
    posts: Postings,
) -> None:
    active, titles, key = await posts.begin(), posts.titles, posts.world.key
    asked = replace(titles.asked("502020000009", filing_number=None), issuer_id=titles.chongqing)
    await credentials.record(posts.registry, titles.other_officer, asked, key())
    done = await record(posts, titles.other_officer)
    assert [one["placement_id"] for one in done.result["consequences"]] == [str(active)]
    (kept,) = await integrity.list_records(posts.registry, titles.other_officer, [UUID(done.result["record_id"])])
    assert kept is not None
    assert kept.source_id == titles.chongqing
    # The person's own province reads what it did not record, and leaves it to whoever did.
    (seen,) = await integrity.list_of_people(posts.registry, titles.officer, [posts.person.id])
    assert seen == [kept]
    with pytest.raises(NotFound):
        await lift(posts, done)
    await lift(posts, done, actor=titles.other_officer)


async def test_only_the_province_that_recorded_it_lifts_or_corrects_it(posts: Postings) -> None:
    done = await record(posts)
    for stranger in (posts.titles.other_officer, posts.home_hr, posts.person.me, posts.titles.issuer):
        with pytest.raises(NotFound):
            await lift(posts, done, actor=stranger)
    with pytest.raises(NotPermitted):
        await lift(posts, done, actor=ANONYMOUS)
    absent = Lifting(posts.host, "经复核撤销")
    with pytest.raises(NotFound):
        await integrity.lift_record(posts.registry, posts.titles.officer, absent, posts.world.key())
    assert (await decide(posts))["rule"] == "G2"
    bureau = await posts.world.organisation("四川样例人社局", "HRSS_BUREAU", "510100")
    await lift(posts, done, actor=authority("510000", bureau))
    posts.world.clock.go_on(minutes=1)
    with pytest.raises(Conflict):
        await lift(posts, done)
    assert (await decide(posts))["rule"] == "R1"


async def test_a_record_is_read_by_the_person_the_home_unit_and_the_authorities_concerned(posts: Postings) -> None:
    done = await record(posts)
    for actor, sees in (
        (posts.person.me, True),
        (posts.home_hr, True),
        (posts.titles.officer, True),
        (posts.titles.other_officer, False),
        (posts.host_hr, False),
        (posts.titles.issuer, False),
    ):
        (found,) = await integrity.list_of_people(posts.registry, actor, [posts.person.id])
        assert (found is not None and len(found) == 1) is sees
    made = UUID(done.result["record_id"])
    assert [one and one.record_id for one in await integrity.list_records(posts.registry, posts.titles.officer, [made])]
    for actor in (posts.titles.other_officer, posts.home_hr):
        assert await integrity.list_records(posts.registry, actor, [made, posts.host]) == [None, None]
