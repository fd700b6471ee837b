"""Answered checks of entitlements: whoever got one is told when a fact behind it turns out wrong, and nobody else."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.integrity import IntegrityFinding
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.recalls import RecalledKind, RecallFilter
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, entitlements, integrity, notices, recalls, standing
from talent_registry.services.credentials import Correction
from talent_registry.services.entitlements import AskedEntitlements, EntitlementCheck
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Done, caller_of
from talent_registry.services.standing import StatusChange
from tests.api.permission_world import CHONGQING, office
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.recalled import recalled_by
from tests.registries import World
from tests.titles import PROFESSOR

BOOKING = "INSTRUMENT_BOOKING"


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


@pytest.fixture
async def platform(posts: Postings) -> Actor:
    """A platform for instruments, to which the person opened recognitions and placements."""
    unit = await posts.world.organisation("重庆样例仪器共享平台", "AGENCY", "500103")
    opened = (PersonField.CREDENTIALS, PersonField.DECISIONS, PersonField.PLACEMENTS)
    asked = consents.NewConsent(unit, BOOKING, opened, posts.today.replace(year=2027))
    await consents.grant(posts.registry, posts.person.me, asked, posts.world.key())
    return await office(posts.world, AccountKind.AGENCY, unit, CHONGQING, frozenset({BOOKING}))


async def check(posts: Postings, actor: Actor, code: str = "LARGE_INSTRUMENT", on: date | None = None) -> UUID:
    asked = AskedEntitlements(who=posts.person.id, division="500000", on=on, purpose=BOOKING)
    done = await entitlements.check_entitlement(
        posts.registry, actor, EntitlementCheck(asked=asked, code=code), posts.world.key()
    )
    return done.command_id


async def revoke(posts: Postings, days_ago: int) -> Done:
    posts.world.clock.go_on(seconds=1)
    asked = StatusChange(posts.person.credential, "核查", posts.today - timedelta(days=days_ago))
    return await standing.revoke(posts.registry, posts.titles.issuer, asked, posts.world.key())


async def test_a_back_dated_revocation_recalls_the_checks_answered_on_its_days_and_tells_who_asked(
    posts: Postings, platform: Actor, database_urls: DatabaseUrls
) -> None:
    today = posts.today
    asked = await check(posts, platform)
    by_person = await check(posts, posts.person.me)
    before = await check(posts, platform, on=today - timedelta(days=30))
    done = await revoke(posts, 1)
    found = recalled_by(database_urls, done.command_id)
    status = ("credential.status",)
    assert found.records == {("ENTITLEMENT", asked, status), ("ENTITLEMENT", by_person, status)}
    assert found.notices == {
        ("ENTITLEMENT", asked, "ORGANISATION", str(platform.organisation_id)),
        ("ENTITLEMENT", by_person, "RESEARCHER", str(posts.person.id)),
    }
    assert before not in {record for _, record, _ in found.records}
    assert done.result["recalled"]["entitlements"] == 2
    (told,) = (await notices.list_notices(posts.registry, platform, PageRequest())).items
    assert told.notice.recall.kind is RecalledKind.ENTITLEMENT
    assert "重新查询该项待遇" in told.message.zh
    listed = await recalls.list_recalls(
        posts.registry, posts.titles.issuer, PageRequest(), RecallFilter(command_id=done.command_id)
    )
    assert {one.kind for one in listed.items} == {RecalledKind.ENTITLEMENT}


async def test_a_check_is_recalled_by_a_corrected_fact_it_was_told_and_by_no_other(
    posts: Postings, platform: Actor, database_urls: DatabaseUrls
) -> None:
    asked = await check(posts, platform)
    posts.world.clock.go_on(days=1)
    other = Correction(posts.person.credential, replace(PROFESSOR, specialty="数学"))
    done = await standing.correct(posts.registry, posts.titles.issuer, other, posts.world.key())
    assert recalled_by(database_urls, done.command_id).records == frozenset()
    posts.world.clock.go_on(days=1)
    moved = Correction(posts.person.credential, replace(PROFESSOR, specialty="数学", approval_date=date(2020, 4, 16)))
    done = await standing.correct(posts.registry, posts.titles.issuer, moved, posts.world.key())
    assert recalled_by(database_urls, done.command_id).records == {
        ("ENTITLEMENT", asked, ("credential.approval_date",))
    }
    # Corrected once more: it never relied on what was told after it.
    posts.world.clock.go_on(days=1)
    again = Correction(posts.person.credential, replace(PROFESSOR, specialty="数学", approval_date=date(2020, 4, 15)))
    done = await standing.correct(posts.registry, posts.titles.issuer, again, posts.world.key())
    assert recalled_by(database_urls, done.command_id).records == frozenset()


async def test_a_check_that_a_placement_answered_rests_on_the_status_behind_it_alone(
    posts: Postings, platform: Actor, database_urls: DatabaseUrls
) -> None:
    await posts.begin()
    asked = await check(posts, platform, "TITLE_APPLICATION_AT_HOST")
    posts.world.clock.go_on(seconds=1)
    moved = Correction(posts.person.credential, replace(PROFESSOR, found_in_lookup=False))
    done = await standing.correct(posts.registry, posts.titles.issuer, moved, posts.world.key())
    assert asked not in {record for _, record, _ in recalled_by(database_urls, done.command_id).records}
    done = await revoke(posts, 1)
    assert ("ENTITLEMENT", asked, ("credential.status",)) in recalled_by(database_urls, done.command_id).records


async def test_a_check_that_no_placement_answered_rests_on_no_credential(
    posts: Postings, platform: Actor, database_urls: DatabaseUrls
) -> None:
    await check(posts, platform, "TITLE_APPLICATION_AT_HOST")
    done = await revoke(posts, 1)
    assert recalled_by(database_urls, done.command_id).records == frozenset()


async def test_an_integrity_record_entered_for_its_day_recalls_a_check(
    posts: Postings, platform: Actor, database_urls: DatabaseUrls
) -> None:
    asked = await check(posts, platform)
    posts.world.clock.go_on(seconds=1)
    finding = IntegrityFinding(posts.today, posts.today, None, "提交虚假业绩材料", "40号令第二十六条")
    found = integrity.NewFinding(posts.person.id, finding)
    done = await integrity.record_finding(posts.registry, posts.titles.officer, found, posts.world.key())
    assert ("ENTITLEMENT", asked, ("holder.integrity_record",)) in recalled_by(database_urls, done.command_id).records


async def test_nobody_reads_what_a_check_relied_on(posts: Postings, platform: Actor) -> None:
    await check(posts, platform)
    for actor in (platform, posts.person.me, posts.titles.issuer, posts.titles.officer):
        async with posts.registry.database.reading(caller_of(actor), posts.today) as connection:
            seen = await connection.execute(text("SELECT count(*) FROM entitlement_reliance"))
            assert seen.scalar_one() == 0
