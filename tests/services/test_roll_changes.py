"""What a roll changes in what is recorded: corrections, statuses, filings, and what it may not touch."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.roll_results import RollOutcome
from talent_registry.services import credentials as credential_service
from talent_registry.services import organisations, researchers
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.storage import credentials
from tests.conftest import DatabaseUrls, as_superuser
from tests.postings import open_postings
from tests.registries import World, authority
from tests.rolls import deliver, name, recorded, resident, row
from tests.titles import FILING, NAME, NUMBER, document, open_titles

SC = authority("510000")


def reasons(outcome: RollOutcome) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in outcome.problems]


def ask(urls: DatabaseUrls, query: str) -> list[tuple[Any, ...]]:
    with as_superuser(urls) as connection:
        return connection.execute(query.encode()).fetchall()


async def test_a_changed_row_is_one_correction_and_the_history_stays_readable(world: World) -> None:
    await deliver(world, row(1), row(2))
    before = world.clock.now
    world.clock.go_on(days=1)
    outcome = await deliver(world, row(1, 专业="软件工程"), row(2), row(3))
    counts = outcome.counts
    assert (counts.credentials_new, counts.credentials_unchanged, counts.credentials_corrected) == (1, 1, 1)
    assert (counts.people_new, counts.people_matched) == (1, 2)
    record = await recorded(world, row(1)["证书编号"])
    async with world.registry.reading(SC) as connection:
        versions = await credentials.list_versions(connection, [record.credential.id])
        then = await credentials.find_credential(connection, record.credential.id, before)
    assert [version.specialty for version in versions[record.credential.id]] == ["信息安全", "软件工程"]
    assert [version.superseded_at for version in versions[record.credential.id]] == [world.clock.now, None]
    assert then is not None
    assert then.version.specialty == "信息安全"
    assert len(record.spans) == 1


async def test_a_corrected_day_of_issue_moves_the_status_with_it(world: World) -> None:
    await deliver(world, row(1))
    outcome = await deliver(world, row(1, 发证时间="2010-10-01"))
    assert outcome.counts.credentials_corrected == 1
    assert outcome.counts.status_changed == 0
    record = await recorded(world, row(1)["证书编号"])
    assert record.version.valid_from == record.spans[0].valid_from == date(2010, 10, 1)
    silent = await deliver(world, row(1, 发证时间=""))
    assert silent.counts.credentials_unchanged == 1


async def test_a_day_of_issue_that_is_not_stated_is_that_of_approval_until_it_is(world: World) -> None:
    await deliver(world, row(1, 发证时间=""))
    record = await recorded(world, row(1)["证书编号"])
    assert record.version.valid_from == date(2010, 8, 21)
    assert "valid_from" in record.version.defaulted
    await deliver(world, row(1))
    record = await recorded(world, row(1)["证书编号"])
    assert record.version.valid_from == date(2010, 9, 20)
    assert "valid_from" not in record.version.defaulted


@pytest.mark.parametrize(("said", "status"), [("暂停", "SUSPENDED"), ("撤销", "REVOKED")])
async def test_a_changed_status_holds_from_the_day_of_the_roll(world: World, said: str, status: str) -> None:
    await deliver(world, row(1), row(2))
    outcome = await deliver(world, row(1, 状态=said), row(2))
    assert (outcome.counts.status_changed, outcome.counts.credentials_unchanged) == (1, 1)
    record, today = await recorded(world, row(1)["证书编号"]), world.registry.today()
    assert record.status(today) == status
    assert record.status(today - timedelta(days=1)) == "VALID"


async def test_a_revocation_is_final_and_the_row_that_takes_it_back_changes_nothing(world: World) -> None:
    await deliver(world, row(1, 状态="撤销"))
    outcome = await deliver(world, row(1, 状态="有效", 专业="软件工程"), row(2))
    assert reasons(outcome) == [(2, "STATUS_NOT_CHANGED")]
    assert outcome.problems[0].cell_ref == "U2"
    record = await recorded(world, row(1)["证书编号"])
    assert record.version.specialty == "信息安全"
    assert record.revoked_on == date(2010, 9, 20)
    assert outcome.counts.credentials_new == 1


async def test_expired_is_told_by_the_days_and_says_nothing_of_the_status(world: World) -> None:
    await deliver(world, row(1, 状态="已过期", 有效期至="2015-09-19"), row(2, 状态="暂停"))
    record = await recorded(world, row(1)["证书编号"])
    assert record.standing(world.registry.today()) == "EXPIRED"
    assert record.status(world.registry.today()) is RecordStatus.VALID
    outcome = await deliver(world, row(2, 状态="已过期"))
    assert outcome.counts.credentials_unchanged == 1


async def test_a_revocation_that_a_roll_reports_ends_the_placement_that_rests_on_it(world: World) -> None:
    posts = await open_postings(world)
    placement = await posts.begin()
    told = row(
        1,
        姓名=NAME,
        证件号码=document(1),
        证书编号=NUMBER,
        职称代码="0102",
        职称名称="副教授",
        职称层级="副高级",
        专业="",
        评委会="高等学校教师评审委员会",
        评委会备案号=FILING,
        评委会备案起="2019-01-01",
        评委会备案止="2021-12-31",
        通过时间="2020-04-17",
        发证时间="2020-04-17",
        状态="撤销",
        户籍地区划="",
        人事关系单位="",
    )
    outcome = await deliver(world, told, row(2), actor=posts.titles.officer)
    assert outcome.problems == ()
    assert (outcome.counts.status_changed, outcome.counts.placements_affected) == (1, 1)
    assert outcome.counts.filings_superseded == 0
    assert (await posts.get(placement)).state == "ENDED"


async def test_people_are_matched_by_document_and_another_name_is_refused(world: World) -> None:
    asked = researchers.NewPerson(name(1), "RESIDENT_ID", resident(1))
    known = (await researchers.register(world.registry, OPERATOR, asked, world.key())).result["researcher_id"]
    outcome = await deliver(
        world,
        row(1),
        row(2, 姓名=name(1)),
        row(3, 证件号码=resident(1), 姓名="单雄信"),
        row(4),
        row(5, 证件号码=resident(4)),
    )
    assert reasons(outcome) == [(4, "NAME_DIFFERS"), (5, "DOCUMENT_TWICE"), (6, "DOCUMENT_TWICE")]
    assert (outcome.counts.people_matched, outcome.counts.people_new) == (1, 1)
    assert str((await recorded(world, row(1)["证书编号"])).credential.researcher_id) == known
    assert str((await recorded(world, row(2)["证书编号"])).credential.researcher_id) != known


async def test_one_person_with_two_certificates_is_one_person(world: World) -> None:
    outcome = await deliver(world, row(1), row(2, 证件号码=resident(1), 姓名=name(1)))
    assert (outcome.counts.people_new, outcome.counts.credentials_new) == (1, 2)


async def test_a_certificate_of_another_person_is_refused(world: World) -> None:
    await deliver(world, row(1), row(2))
    outcome = await deliver(
        world, row(1, 证件号码=resident(2), 姓名=name(2)), row(2, 证件号码=resident(7), 姓名=name(7)), row(3)
    )
    assert reasons(outcome) == [(2, "HOLDER_DIFFERS"), (3, "HOLDER_DIFFERS")]
    assert (outcome.counts.people_new, outcome.counts.credentials_new) == (1, 1)


async def test_filings_are_new_unchanged_or_superseded(world: World, database_urls: DatabaseUrls) -> None:
    first = await deliver(
        world, row(1), row(2, 评委会备案号="510000-2"), row(3, 评委会备案号="510000-2", 评委会备案止="2013-12-31")
    )
    assert reasons(first) == [(3, "FILING_TWICE"), (4, "FILING_TWICE")]
    assert (first.counts.filings_new, first.counts.filings_superseded) == (1, 0)
    same = await deliver(world, row(4))
    assert (same.counts.filings_new, same.counts.filings_superseded) == (0, 0)
    changed = await deliver(
        world,
        row(5, 评委会备案止="2013-12-31", 评委会最高层级="", 职称代码="0301", 职称名称="研究员", 职称层级="正高级"),
    )
    assert (changed.counts.filings_new, changed.counts.filings_superseded) == (0, 1)
    filings = "SELECT filed_to, series, max_level, superseded_at IS NULL FROM committee_filing ORDER BY recorded_at, 4"
    assert ask(database_urls, filings) == [
        (date(2012, 12, 31), ["05"], "SENIOR_FULL", False),
        (date(2013, 12, 31), ["03", "05"], "SENIOR_FULL", True),
    ]


async def test_what_an_authority_filed_is_widened_by_no_roll(world: World, database_urls: DatabaseUrls) -> None:
    titles = await open_titles(world)
    cited = {
        "评委会备案号": FILING,
        "评委会备案起": "2019-01-01",
        "评委会备案止": "2021-12-31",
        "评委会": "高等学校教师评审委员会",
    }
    outcome = await deliver(world, row(1, **cited))
    assert outcome.complete
    assert ask(database_urls, "SELECT series FROM committee_filing") == [(["01"],)]
    other = {"发证机关": "重庆市人力资源和社会保障局", "发证机关区划": "500000"}
    foreign = await deliver(world, row(2, **other, **cited), actor=titles.other_officer)
    assert foreign.complete
    wrong = cited | {"评委会备案止": "2022-12-31"}
    refused = await deliver(world, row(3, **other, **wrong), actor=titles.other_officer)
    assert reasons(refused) == [(2, "FILING_DIFFERS")]


async def test_what_a_roll_does_not_say_stays_as_it_was_recorded(world: World) -> None:
    titles = await open_titles(world)
    asked = titles.asked(
        row(1)["证书编号"], certificate_medium="PAPER", found_in_lookup=False, targeted_area=("510107",), specialty="x"
    )
    await credential_service.record(world.registry, titles.officer, asked, world.key())
    told = row(1, 姓名=NAME, 证件号码=document(1), 职称代码="0102", 职称名称="副教授", 职称层级="副高级")
    outcome = await deliver(world, told)
    assert outcome.counts.credentials_corrected == 1
    version = (await recorded(world, row(1)["证书编号"])).version
    assert version.specialty == "信息安全"
    assert (version.certificate_medium, version.found_in_lookup, version.targeted_area) == ("PAPER", False, ("510107",))
    assert version.defaulted == ("delegated",)


async def test_an_issuer_may_not_amend_the_filing_of_its_authority(world: World) -> None:
    titles = await open_titles(world)
    city = await world.organisation("成都市人力资源和社会保障局", "HRSS_BUREAU", "510100")
    own = {"发证机关": "成都市人力资源和社会保障局", "发证机关区划": "510100", "发证机关类型": "市级人社"}
    outcome = await deliver(
        world,
        row(1, **own, 评委会备案号=FILING),
        row(2, **own, 评委会备案号="510100-1"),
        actor=Actor(titles.issuer.kind, None, city),
    )
    assert reasons(outcome) == [(2, "FILING_DIFFERS")]
    done = await organisations.get_filing(world.registry, SC, "510100-1")
    assert done.authority_id == city
    assert isinstance(done.id, UUID)


async def test_a_unit_whose_name_holds_digits_is_taken_as_written(world: World) -> None:
    unit = {"发证机关": "中国电子科技集团公司第29研究所", "发证机关区划": "510106", "发证机关类型": "自主评审"}
    outcome = await deliver(world, row(1, **unit, 人事关系单位="中国电子科技集团公司第29研究所"))
    assert outcome.problems == ()
    assert outcome.counts.organisations_new == 1
