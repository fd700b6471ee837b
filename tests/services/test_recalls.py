"""What relied on a fact that turned out wrong is listed, and exactly its receivers are told."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.questions import Target
from talent_registry.domain.recalls import RecallCause, RecallCounts, RecalledKind, RecallFilter
from talent_registry.domain.verification import Typed
from talent_registry.services import (
    filings,
    organisations,
    placement_life,
    recalls,
    recognition,
    standing,
    verification,
)
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.placement_life import Ending
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.registry import Done
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.recalled import Recalled, recalled_by
from tests.registries import World
from tests.rolls import deliver, row
from tests.titles import FILING, NAME, NUMBER, PROFESSOR

POST = Target(division="500106", employer_kind="INSTITUTE", post_series="01")


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def decide(posts: Postings, actor: Actor | None = None, on: date | None = None) -> UUID:
    asked = AskedRecognition(posts.person.credential, POST, on, "岗位聘用核验")
    done = await recognition.decide_recognition(posts.registry, actor or posts.person.me, asked, posts.world.key())
    return UUID(done.result["decision_id"])


async def verify(posts: Postings, actor: Actor, number: str = NUMBER, name: str = NAME) -> UUID:
    found = await verification.verify(posts.registry, actor, Asked(Typed(number, name), "聘用核验"), None, "192.0.2.1")
    return found.done.command_id


async def correct(posts: Postings, **changes: Any) -> Done:
    asked = Correction(posts.person.credential, replace(PROFESSOR, **changes))
    return await standing.correct(posts.registry, posts.titles.issuer, asked, posts.world.key())


async def revoke(posts: Postings, days_ago: int = 0) -> Done:
    asked = StatusChange(posts.person.credential, "核查", posts.today - timedelta(days=days_ago))
    return await standing.revoke(posts.registry, posts.titles.issuer, asked, posts.world.key())


async def refile(posts: Postings, **changes: Any) -> Done:
    asked = organisations.NewFiling(
        FILING,
        posts.titles.sichuan,
        "高等学校教师评审委员会",
        date(2019, 1, 1),
        date(2021, 12, 31),
        "正高级",
        ("01",),
    )
    return await filings.file_committee(
        posts.registry, posts.titles.officer, replace(asked, **changes), posts.world.key()
    )


def to(record: tuple[str, UUID], *receivers: tuple[str, object]) -> set[tuple[str, UUID, str, str]]:
    return {(*record, kind, str(who)) for kind, who in receivers}


async def test_a_corrected_fact_recalls_the_decision_that_used_it_and_tells_its_receivers(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    decision = await decide(posts)
    posts.world.clock.go_on(days=1)
    done = await correct(posts, approval_date=date(2020, 4, 16))
    found = recalled_by(database_urls, done.command_id)
    assert found.records == {("DECISION", decision, ("credential.approval_date",))}
    assert found.notices == to(("DECISION", decision), ("RESEARCHER", posts.person.id), ("PROVINCE", "500000"))
    assert done.result["recalled"] == {
        "decisions": 1,
        "placements": 0,
        "verifications": 0,
        "notices": 2,
        "entitlements": 0,
    }


async def test_what_used_none_of_the_corrected_facts_is_not_recalled(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    await decide(posts)
    posts.world.clock.go_on(days=1)
    done = await correct(posts, specialty="数学")
    assert recalled_by(database_urls, done.command_id) == Recalled(frozenset(), frozenset())
    assert done.result["recalled"]["decisions"] == 0


async def test_who_was_told_before_of_a_fact_is_not_told_again_of_what_it_never_relied_on(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    decision = await decide(posts)
    posts.world.clock.go_on(days=1)
    await correct(posts, approval_date=date(2020, 4, 16))
    posts.world.clock.go_on(days=1)
    again = await correct(posts, approval_date=date(2020, 4, 15))
    assert recalled_by(database_urls, again.command_id).records == frozenset()
    posts.world.clock.go_on(days=1)
    other = await correct(posts, approval_date=date(2020, 4, 15), found_in_lookup=False)
    assert recalled_by(database_urls, other.command_id).records == {
        ("DECISION", decision, ("credential.found_in_query",))
    }


async def test_a_back_dated_revocation_recalls_what_was_answered_on_its_days_and_nothing_before(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    await verify(posts, posts.home_hr)
    await decide(posts)
    posts.world.clock.go_on(days=10)
    late = await verify(posts, posts.host_hr)
    decision = await decide(posts, posts.titles.other_officer)
    posts.world.clock.go_on(days=10)
    done = await revoke(posts, days_ago=15)
    found = recalled_by(database_urls, done.command_id)
    status = ("credential.status",)
    assert found.records == {("VERIFICATION", late, status), ("DECISION", decision, status)}
    assert found.notices == to(("VERIFICATION", late), ("ORGANISATION", posts.host)) | to(
        ("DECISION", decision), ("RESEARCHER", posts.person.id), ("PROVINCE", "500000")
    )


async def test_a_placement_is_recalled_for_its_days_of_work_even_after_its_end(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    early = await posts.begin(workload_percent=10)
    posts.world.clock.go_on(days=5)
    ending = Ending(early, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, ending, posts.world.key())
    late = await posts.begin(workload_percent=10)
    posts.world.clock.go_on(days=5)
    await placement_life.end(posts.registry, posts.person.me, Ending(late, EndReason.EARLY_RETURN), posts.world.key())
    posts.world.clock.go_on(days=1)
    done = await revoke(posts, days_ago=4)
    found = recalled_by(database_urls, done.command_id)
    assert found.records == {("PLACEMENT", late, ("credential.status",))}
    assert found.notices == to(
        ("PLACEMENT", late),
        ("ORGANISATION", posts.titles.home),
        ("ORGANISATION", posts.host),
        ("RESEARCHER", posts.person.id),
    )


async def test_an_anonymous_answer_is_listed_but_nobody_is_told(posts: Postings, database_urls: DatabaseUrls) -> None:
    asked = await verify(posts, ANONYMOUS)
    posts.world.clock.go_on(seconds=1)
    done = await revoke(posts)
    found = recalled_by(database_urls, done.command_id)
    assert {record for _, record, _ in found.records} == {asked}
    assert found.notices == frozenset()


async def test_a_corrected_filing_recalls_what_cited_it_and_decides_placements_anew(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    active = await posts.begin()
    await verify(posts, posts.home_hr)
    decision = (await posts.get(active)).decision_id
    assert decision is not None
    posts.world.clock.go_on(days=1)
    renamed = await refile(posts, committee_name="教师评审委员会")
    assert renamed.result["recalled"] == RecallCounts().as_json()
    assert (await posts.get(active)).decision_id == decision
    done = await refile(posts, filed_to=date(2020, 3, 31))
    found = recalled_by(database_urls, done.command_id)
    committee = ("credential.committee",)
    assert found.records == {("DECISION", decision, committee), ("PLACEMENT", active, committee)}
    assert [(one["placement_id"], one["state"]) for one in done.result["consequences"]] == [(str(active), "SUSPENDED")]
    assert (await posts.get(active)).state == "SUSPENDED"
    posts.world.clock.go_on(days=1)
    mended = await refile(posts)
    assert [(one["placement_id"], one["state"]) for one in mended.result["consequences"]] == [(str(active), "ACTIVE")]


async def test_a_filing_nobody_cites_recalls_nothing(posts: Postings) -> None:
    done = await refile(posts, filing_number="510000-01-2019-9999")
    assert done.result["recalled"] == RecallCounts().as_json()


async def test_a_roll_recalls_what_it_corrects_and_revokes_in_one_go(world: World, database_urls: DatabaseUrls) -> None:
    await deliver(world, row(1), row(2), row(3), row(4))
    officer = Actor(ActorKind.AUTHORITY, None, None, None, "500000")
    hospital = Actor(ActorKind.HR, None, await world.organisation("重庆样例医院", "ENTERPRISE", "500103"))
    asked = {}
    for index in (1, 2, 3, 4):
        typed = Typed(row(index)["证书编号"], row(index)["姓名"])
        found = await verification.verify(world.registry, hospital, Asked(typed, "聘用核验"), None, "192.0.2.1")
        assert found.record is not None
        decision = AskedRecognition(found.record.credential.id, POST, purpose="岗位聘用核验")
        done = await recognition.decide_recognition(world.registry, officer, decision, world.key())
        asked[index] = (found.done.command_id, UUID(done.result["decision_id"]))
    world.clock.go_on(days=1)
    first = await deliver(world, row(1, 通过时间="2010-08-20"), row(2, 状态="撤销"), row(3), row(4, 专业="软件工程"))
    found_now = recalled_by(database_urls, first.command_id)
    approval = ("credential.approval_date",)
    assert found_now.records == {
        ("VERIFICATION", asked[1][0], approval),
        ("DECISION", asked[1][1], approval),
        ("VERIFICATION", asked[4][0], ("credential.specialty",)),
    }
    assert {(record, kind, who) for kind_, record, kind, who in found_now.notices if kind_ == "VERIFICATION"} == {
        (asked[one][0], "ORGANISATION", str(hospital.organisation_id)) for one in (1, 4)
    }
    # A roll speaks of its own day; what was answered that day is answered wrongly.
    typed = Typed(row(3)["证书编号"], row(3)["姓名"])
    today = await verification.verify(world.registry, hospital, Asked(typed, "聘用核验"), None, "192.0.2.1")
    world.clock.go_on(seconds=1)
    again = await deliver(world, row(3, 状态="撤销"))
    assert recalled_by(database_urls, again.command_id).records == {
        ("VERIFICATION", today.done.command_id, ("credential.status",))
    }


async def test_a_roll_that_corrects_a_filing_recalls_and_decides_anew(
    posts: Postings, database_urls: DatabaseUrls
) -> None:
    """The filing is of a committee whose placed titles are not in the roll."""
    world = posts.world
    await deliver(world, row(1, 评委会备案号="510000-05-2010-9999"))
    active = await posts.begin()
    posts.world.clock.go_on(days=1)
    cited = row(
        1, 评委会备案号=FILING, 评委会="高等学校教师评审委员会", 评委会备案起="2019-01-01", 评委会备案止="2020-03-31"
    )
    outcome = await deliver(world, cited, actor=posts.titles.officer)
    found = recalled_by(database_urls, outcome.command_id)
    if outcome.counts.filings_superseded == 0:
        pytest.fail(f"the roll did not correct the filing: {outcome.problems}")
    assert ("PLACEMENT", active, ("credential.committee",)) in found.records
    assert (await posts.get(active)).state == "SUSPENDED"


async def test_the_issuer_lists_what_was_recalled_and_its_authority_who_was_told(posts: Postings) -> None:
    await verify(posts, posts.host_hr)
    decision = await decide(posts)
    posts.world.clock.go_on(seconds=1)
    done = await revoke(posts)
    asked = RecallFilter(posts.person.credential, done.command_id)
    for actor in (posts.titles.issuer, posts.titles.officer):
        page = await recalls.list_recalls(posts.registry, actor, PageRequest(), asked)
        of_kind = {one.kind: one for one in page.items}
        assert set(of_kind) == {RecalledKind.DECISION, RecalledKind.VERIFICATION}
        assert {one.cause for one in page.items} == {RecallCause.REVOCATION}
        assert of_kind[RecalledKind.DECISION].record_id == decision
        ids = [of_kind[kind].id for kind in (RecalledKind.DECISION, RecalledKind.VERIFICATION)]
        receivers = await recalls.list_receivers(posts.registry, actor, ids)
        if actor.kind is ActorKind.ISSUER:
            assert receivers == [None, None]
        else:
            of_decision, of_verification = receivers
            assert of_decision is not None
            assert of_verification is not None
            assert [one.receiver.organisation_id for one in of_verification] == [posts.host]
            assert {one.receiver.province or one.receiver.researcher_id for one in of_decision} == {
                "500000",
                posts.person.id,
            }
    for stranger in (posts.titles.other_officer, posts.host_hr, posts.person.me):
        page = await recalls.list_recalls(posts.registry, stranger, PageRequest(), asked)
        assert page.items == ()
    with pytest.raises(NotPermitted):
        await recalls.list_recalls(posts.registry, ANONYMOUS, PageRequest(), asked)
