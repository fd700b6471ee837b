"""What a roll states of people's households and home units, and what it tells of those recorded."""

from typing import Any

from talent_registry.services.permissions import Actor, ActorKind
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority
from tests.rolls import deliver, row


def ask(urls: DatabaseUrls, query: str) -> list[tuple[Any, ...]]:
    with as_superuser(urls) as connection:
        return connection.execute(query.encode()).fetchall()


async def test_household_and_home_unit_stay_as_recorded_unless_the_same_office_said_so(
    world: World, database_urls: DatabaseUrls
) -> None:
    sichuan = await world.organisation("四川省人力资源和社会保障厅", "HRSS_BUREAU", "510000")
    other = await world.organisation("重庆市人力资源和社会保障局", "HRSS_BUREAU", "500000")
    own, foreign = authority("510000", sichuan), authority("500000", other)
    await deliver(world, row(1, 人事关系单位="四川大学"), actor=own)
    chongqing = {
        "发证机关": "重庆市人力资源和社会保障局",
        "发证机关区划": "500000",
        "评委会备案号": "500000-1",
        "户籍地区划": "500106",
        "人事关系单位": "重庆大学",
    }
    noted = await deliver(world, row(1, **chongqing), actor=foreign)
    assert noted.complete
    assert [(each.line, each.reason, each.cell_ref) for each in noted.notes] == [
        (2, "HOUSEHOLD_KEPT", "V2"),
        (2, "PERSONNEL_RELATION_KEPT", "W2"),
    ]
    now = "SELECT division FROM household_registration WHERE superseded_at IS NULL"
    assert ask(database_urls, now) == [("510503",)]
    since = ask(database_urls, "SELECT valid_from FROM household_registration")
    world.clock.go_on(days=3)
    corrected = await deliver(world, row(1, 户籍地区划="510107", 人事关系单位="电子科技大学"), actor=own)
    assert corrected.notes == ()
    assert corrected.counts.facts_corrected == 2
    assert ask(database_urls, now) == [("510107",)]
    assert ask(database_urls, "SELECT DISTINCT valid_from FROM household_registration") == since
    assert ask(database_urls, "SELECT count(*) FROM personnel_relation") == [(2,)]


async def test_an_issuers_roll_neither_states_nor_tells_households_and_home_units(
    world: World, database_urls: DatabaseUrls
) -> None:
    issuer = await world.organisation("成都市人力资源和社会保障局", "HRSS_BUREAU", "510100")
    actor = Actor(ActorKind.ISSUER, None, issuer, None, "510000")
    own = {
        "发证机关": "成都市人力资源和社会保障局",
        "发证机关区划": "510100",
        "发证机关类型": "市级人社",
        "评委会备案号": "510100-1",
    }
    await deliver(world, row(1))
    before = ask(database_urls, "SELECT * FROM household_registration")
    told = []
    for household, home in (("510503", "西南科技大学"), ("510107", "无名研究所"), ("500106", "四川大学")):
        stated = {"户籍地区划": household, "人事关系单位": home}
        rows = row(1, **own, **stated, 证书编号="5101"), row(2, **own, **stated)
        outcome = await deliver(world, *rows, actor=actor)
        assert outcome.complete
        assert (outcome.counts.facts_corrected, outcome.counts.organisations_new) == (0, 0)
        told.append([(each.line, each.reason, each.cell_ref) for each in outcome.notes])
    # The same words, whatever is recorded and whatever was said.
    assert told == [[(1, "HOUSEHOLD_LEFT_OUT", "V1"), (1, "PERSONNEL_RELATION_LEFT_OUT", "W1")]] * 3
    silent = await deliver(world, row(3, **own, 户籍地区划="", 人事关系单位=""), actor=actor)
    assert silent.notes == ()
    assert ask(database_urls, "SELECT * FROM household_registration") == before
    assert ask(database_urls, "SELECT count(*) FROM personnel_relation") == [(1,)]


async def test_an_authority_is_not_told_of_differences_in_which_its_province_has_no_part(world: World) -> None:
    sichuan = await world.organisation("四川省人力资源和社会保障厅", "HRSS_BUREAU", "510000")
    other = await world.organisation("重庆市人力资源和社会保障局", "HRSS_BUREAU", "500000")
    await deliver(world, row(1, 人事关系单位="四川大学"), actor=authority("510000", sichuan))
    chongqing = {"发证机关": "重庆市人力资源和社会保障局", "发证机关区划": "500000", "评委会备案号": "500000-1"}
    told = [
        await deliver(world, row(1, **chongqing, 户籍地区划=place, 人事关系单位=unit), actor=authority("500000", other))
        for place, unit in (("510503", "四川大学"), ("510107", "西南科技大学"), ("500106", "西南科技大学"))
    ]
    assert [[each.reason for each in outcome.notes] for outcome in told] == [[], [], ["HOUSEHOLD_KEPT"]]


async def test_a_household_that_is_not_recorded_is_added(world: World, database_urls: DatabaseUrls) -> None:
    await deliver(world, row(1, 户籍地区划="", 人事关系单位=""))
    assert ask(database_urls, "SELECT count(*) FROM household_registration") == [(0,)]
    await deliver(world, row(1))
    assert ask(database_urls, "SELECT division FROM household_registration") == [("510503",)]
