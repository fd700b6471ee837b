"""Registering organisations and filing committees."""

from datetime import date
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.services import filings, organisations
from talent_registry.services.organisations import NewFiling, NewOrganisation
from talent_registry.services.permissions import ANONYMOUS, Actor
from tests.registries import World, authority

CHENGDU = "510100"
SICHUAN, CHONGQING = "510000", "500000"
CODE = "91110000600037341L"


def a_company(**changes: str) -> NewOrganisation:
    return NewOrganisation(**{"name_zh": "样例科技有限公司", "kind": "ENTERPRISE", "division": CHENGDU, **changes})


async def test_an_authority_registers_an_organisation_of_its_own_province(world: World) -> None:
    done = await organisations.register(world.registry, authority(SICHUAN), a_company(), world.key())
    unit = await organisations.get_organisation(world.registry, ANONYMOUS, UUID(done.result["organisation_id"]))
    assert (unit.division, unit.province, done.sequence) == (CHENGDU, SICHUAN, 1)


async def test_the_same_request_under_the_same_key_is_answered_again_and_done_once(world: World) -> None:
    key = world.key()
    first = await organisations.register(world.registry, authority(SICHUAN), a_company(), key)
    again = await organisations.register(world.registry, authority(SICHUAN), a_company(), key)
    assert (again.result, again.sequence, again.replayed) == (first.result, first.sequence, True)
    page = await organisations.list_organisations(world.registry, ANONYMOUS, PageRequest())
    assert len(page.items) == 1


async def test_another_request_under_a_used_key_is_a_conflict(world: World) -> None:
    key = world.key()
    await organisations.register(world.registry, authority(SICHUAN), a_company(), key)
    with pytest.raises(Conflict) as refused:
        await organisations.register(world.registry, authority(SICHUAN), a_company(name_zh="另一家公司"), key)
    assert refused.value.reason == "KEY_USED_BEFORE"


@pytest.mark.parametrize("actor", [ANONYMOUS, authority(CHONGQING)])
async def test_nobody_registers_an_organisation_in_a_province_not_their_own(world: World, actor: Actor) -> None:
    with pytest.raises(NotPermitted):
        await organisations.register(world.registry, actor, a_company(), world.key())
    page = await organisations.list_organisations(world.registry, ANONYMOUS, PageRequest())
    assert page.items == ()


async def test_a_second_organisation_of_the_same_name_and_division_is_a_conflict(world: World) -> None:
    await organisations.register(world.registry, authority(SICHUAN), a_company(), world.key())
    with pytest.raises(Conflict) as refused:
        await organisations.register(world.registry, authority(SICHUAN), a_company(), world.key())
    assert refused.value.reason == "ORGANISATION_EXISTS"


@pytest.mark.parametrize(
    ("field", "value"), [("division", "519999"), ("kind", "CIRCUS"), ("social_credit_code", "1150011179072968X8")]
)
async def test_a_value_that_cannot_be_read_is_refused_by_name(world: World, field: str, value: str) -> None:
    with pytest.raises(InvalidInput):
        await organisations.register(world.registry, authority(SICHUAN), a_company(**{field: value}), world.key())


@pytest.mark.parametrize("name", ["x" * 201, "Sichuan\x1b[2J", "Sichuan\u202egnad", "Si\u200bchuan", "a\nb", "=1+1"])
async def test_an_english_name_that_is_endless_unseen_or_a_formula_is_refused(world: World, name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await organisations.register(world.registry, authority(SICHUAN), a_company(name_en=name), world.key())
    assert (refusal.value.reason, refusal.value.path) == ("NAME_EN", ("input", "nameEn"))


async def test_an_english_name_is_kept_trimmed_and_a_blank_one_is_none(world: World) -> None:
    names = []
    for serial, name in enumerate((" Université du Sichuan ", "x" * 200, "  ")):
        asked = a_company(name_en=name, name_zh=f"样例{'甲乙丙'[serial]}公司")
        done = await organisations.register(world.registry, authority(SICHUAN), asked, world.key())
        unit = UUID(done.result["organisation_id"])
        names.append((await organisations.get_organisation(world.registry, ANONYMOUS, unit)).name_en)
    assert names == ["Université du Sichuan", "x" * 200, None]


async def test_a_unit_is_found_by_a_name_with_digits_and_by_its_social_credit_code(world: World) -> None:
    asked = a_company(name_zh="样例集团第１０研究所", social_credit_code=CODE)
    done = await organisations.register(world.registry, authority(SICHUAN), asked, world.key())
    for text in ("样例集团第10研究所", CODE, f" {CODE.lower()} "):
        unit = await organisations.get_named(world.registry, ANONYMOUS, text)
        assert str(unit.id) == done.result["organisation_id"], text


@pytest.mark.parametrize("text", ["999", "没有这个单位", "=1+1", " "])
async def test_a_unit_nobody_knows_is_not_found_whatever_was_typed(world: World, text: str) -> None:
    with pytest.raises(NotFound):
        await organisations.get_named(world.registry, ANONYMOUS, text)


@pytest.mark.parametrize("name", ["", "=样例", "样\x00例"])
async def test_a_name_that_cannot_be_read_is_refused_at_its_field(world: World, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await organisations.register(world.registry, authority(SICHUAN), a_company(name_zh=name), world.key())
    assert refused.value.path == ("input", "nameZh")


async def test_a_filing_of_the_same_number_supersedes_and_does_not_erase(world: World) -> None:
    hrss = await world.organisation("样例省人社厅", "HRSS_BUREAU", SICHUAN)
    filing = NewFiling("510000-05-2021-1", hrss, "工程评委会", date(2021, 1, 1), date(2023, 12, 31), "正高级", ("05",))
    await filings.file_committee(world.registry, authority(SICHUAN), filing, world.key())
    longer = NewFiling("510000-05-2021-1", hrss, "工程评委会", date(2021, 1, 1), date(2024, 12, 31), "正高级", ("05",))
    world.clock.go_on(days=1)
    await filings.file_committee(world.registry, authority(SICHUAN), longer, world.key())
    now = await organisations.get_filing(world.registry, ANONYMOUS, "510000-05-2021-1")
    assert now.filed_to == date(2024, 12, 31)
    assert now.max_level == "SENIOR_FULL"


async def test_the_other_provinces_officer_reads_not_found_when_filing(world: World) -> None:
    hrss = await world.organisation("样例省人社厅", "HRSS_BUREAU", SICHUAN)
    filing = NewFiling("510000-05-2021-1", hrss, "工程评委会", date(2021, 1, 1), date(2023, 12, 31), "正高级", ("05",))
    with pytest.raises(NotFound):
        await filings.file_committee(world.registry, authority(CHONGQING), filing, world.key())
