"""Seeking people, and for which purposes an agency reads them."""

from datetime import date
from uuid import UUID

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, consents, search
from talent_registry.services.accesses import Look
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.search import PersonFilter
from tests.people import Town, a_town, register_person
from tests.registries import World

ALL = frozenset(PersonField)
NAME = frozenset({PersonField.NAME})
PURPOSE = "岗位聘任审核"


async def found(world: World, actor: Actor, asked: PersonFilter | None = None) -> list[str]:
    page = await search.search(world.registry, actor, asked or PersonFilter(), NAME, PURPOSE, PageRequest(100))
    return [one.name.name_zh for one in page.items if one.name]


async def consent_to(world: World, town: Town, recipient: UUID, *fields: PersonField) -> None:
    asked = consents.NewConsent(recipient, PURPOSE, fields, date(2026, 12, 31))
    await consents.grant(world.registry, town.me, asked, world.key())


async def test_an_agency_reads_people_for_its_own_purposes_alone(world: World) -> None:
    town = await a_town(world)
    await consent_to(world, town, town.agency, PersonField.NAME)
    client, registry = town.agency_client, world.registry
    for purpose in ("MARKETING", "with: researcher", f"{PURPOSE}x"):
        for question in (
            accesses.look_at(registry, client, town.person, NAME, purpose, history=False),
            accesses.look_at(registry, client, UUID(int=1), NAME, purpose, history=False),
            accesses.look_at_each(registry, client, [Look(town.person, NAME, purpose)]),
            search.search(registry, client, PersonFilter(), NAME, purpose, PageRequest()),
        ):
            with pytest.raises(InvalidInput) as refusal:
                await question
            assert refusal.value.reason == "PURPOSE_NOT_GRANTED"
    assert (await accesses.list_accesses(registry, town.me, PageRequest())).items == ()
    await accesses.look_at(registry, client, town.person, NAME, f" {PURPOSE} ", history=False)
    (seen,) = await accesses.look_at_each(registry, town.home_hr, [Look(town.person, NAME, "MARKETING")])
    assert seen is not None


async def test_people_are_sought_by_name_pinyin_unit_division_and_series(world: World) -> None:
    town = await a_town(world)
    await register_person(world, town.home, 2, "曾小贤", "510104")
    await register_person(world, town.host, 3, "李雷", "500106")
    officer = town.sichuan_officer
    assert await found(world, officer) == ["单雄信", "曾小贤"]
    assert await found(world, officer, PersonFilter(name="单雄")) == ["单雄信"]
    assert await found(world, officer, PersonFilter(name="shan")) == ["单雄信"]
    assert await found(world, officer, PersonFilter(name="zxx")) == ["曾小贤"]
    assert await found(world, officer, PersonFilter(home_unit_id=town.host)) == []
    assert await found(world, officer, PersonFilter(home_unit_id=town.home, division="510104")) == ["曾小贤"]
    assert await found(world, officer, PersonFilter(division="510100")) == ["单雄信", "曾小贤"]
    assert await found(world, officer, PersonFilter(division="510000", series="05")) == []
    for part, asked in (
        ("series", PersonFilter(series="nonsense")),
        ("name", PersonFilter(name="%")),
        ("division", PersonFilter(division="51%")),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await found(world, officer, asked)
        assert refusal.value.path == ("filter", part)
    assert await found(world, town.chongqing_officer) == ["李雷"]
    assert await found(world, town.home_hr) == ["单雄信", "曾小贤"]
    assert await found(world, town.me) == ["单雄信"]
    assert await found(world, OPERATOR) == []
    assert await found(world, Actor(ActorKind.ISSUER, None, town.home)) == []


async def test_nobody_is_found_by_a_fact_the_caller_may_not_see(world: World) -> None:
    town = await a_town(world)
    await consent_to(world, town, town.agency, PersonField.ORCID)
    assert await found(world, town.agency_client) == []
    await consent_to(world, town, town.agency, PersonField.NAME)
    assert await found(world, town.agency_client) == ["单雄信"]
    assert await found(world, town.agency_client, PersonFilter(division="510107")) == []


async def test_pages_follow_the_pinyin_and_note_each_person(world: World) -> None:
    town = await a_town(world)
    for serial, name in enumerate(["阿里", "赵云", "李雷", "单于"], start=2):
        await register_person(world, town.home, serial, name, "510107")
    names: list[str] = []
    request: PageRequest | None = PageRequest(2)
    while request is not None:
        page = await search.search(world.registry, town.home_hr, PersonFilter(), NAME, PURPOSE, request)
        names += [one.name.name_zh for one in page.items if one.name]
        request = PageRequest(2, page.places[-1]) if page.has_next else None
    assert len(names) == len(set(names)) == 5
    assert (names[0], names[-1]) == ("阿里", "赵云")
    assert len((await accesses.list_accesses(world.registry, town.me, PageRequest())).items) == 1
