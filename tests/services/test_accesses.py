"""Looks at people, seeking them, and who looked."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.consents import Looker, LookFilter
from talent_registry.domain.errors import InvalidInput, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.periods import SHANGHAI
from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, consents, histories, profiles, search
from talent_registry.services.accesses import Look, SeenPerson
from talent_registry.services.looks import list_lookers
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.search import PersonFilter
from tests.conftest import DatabaseUrls, as_superuser
from tests.people import Town, a_town, certify, place
from tests.registries import World

ALL = frozenset(PersonField)
NAME = frozenset({PersonField.NAME})
PURPOSE = "岗位聘任审核"


async def look(world: World, actor: Actor, town: Town, fields: frozenset[PersonField] = ALL) -> SeenPerson:
    return await accesses.look_at(world.registry, actor, town.person, fields, PURPOSE, history=False)


async def found(world: World, actor: Actor, asked: PersonFilter | None = None) -> list[str]:
    page = await search.search(world.registry, actor, asked or PersonFilter(), NAME, PURPOSE, PageRequest(100))
    return [one.name.name_zh for one in page.items if one.name]


async def consent_to(world: World, town: Town, recipient: UUID, *fields: PersonField) -> None:
    asked = consents.NewConsent(recipient, PURPOSE, fields, date(2026, 12, 31))
    await consents.grant(world.registry, town.me, asked, world.key())


async def test_a_look_is_noted_with_exactly_what_was_shown(world: World) -> None:
    town = await a_town(world)
    await look(world, town.home_hr, town, frozenset({PersonField.NAME, PersonField.HOUSEHOLD}))
    page = await accesses.list_accesses(world.registry, town.me, PageRequest())
    assert [(a.organisation_id, a.fields, a.purpose, a.basis, a.at) for a in page.items] == [
        (town.home, (PersonField.NAME, PersonField.HOUSEHOLD), PURPOSE, "HOME_UNIT", world.clock())
    ]


async def test_the_looks_are_asked_for_by_who_why_when_and_what_and_come_newest_first(world: World) -> None:
    town, other = await a_town(world), "协同创新"
    for purpose, fields in ((PURPOSE, NAME), (other, frozenset({PersonField.HOUSEHOLD})), (PURPOSE, NAME)):
        await accesses.look_at(world.registry, town.home_hr, town.person, fields, purpose, history=False)
        world.clock.now += timedelta(days=1)

    async def days(**asked: Any) -> list[int]:
        page = await accesses.list_accesses(
            world.registry, town.me, PageRequest(), LookFilter(**asked), newest_first=True
        )
        return [(one.at - first).days for one in page.items]

    first = (await accesses.list_accesses(world.registry, town.me, PageRequest())).items[0].at
    day = first.astimezone(SHANGHAI).date()
    assert await days() == [2, 1, 0]
    assert await days(organisation_id=town.home) == [2, 1, 0]
    assert await days(organisation_id=town.person) == await days(by_people=True) == await days(nothing_shown=True) == []
    assert await days(purposes=(other,)) == await days(field=PersonField.HOUSEHOLD) == [1]
    assert await days(since=day + timedelta(days=1)) == [2, 1]
    assert await days(until=day + timedelta(days=1)) == [1, 0]
    assert await days(since=day, until=day) == [0]
    newest = await accesses.list_accesses(world.registry, town.me, PageRequest(1), newest_first=True)
    rest = await accesses.list_accesses(world.registry, town.me, PageRequest(5, newest.end), newest_first=True)
    assert ([one.purpose for one in rest.items], rest.has_next) == ([other, PURPOSE], False)
    assert set(await list_lookers(world.registry, town.me)) == {Looker(town.home, PURPOSE), Looker(town.home, other)}
    for nonsense in (
        {"organisation_id": town.home, "by_people": True},
        {"field": PersonField.NAME, "nothing_shown": True},
        {"since": day, "until": day - timedelta(days=1)},
    ):
        with pytest.raises(InvalidInput) as refusal:
            await days(**nonsense)
        assert refusal.value.reason == "LOOK_FILTER"


async def test_a_look_at_oneself_is_not_noted(world: World) -> None:
    town = await a_town(world)
    await accesses.look_at_self(world.registry, town.me, ALL, history=True)
    await look(world, town.me, town)
    assert (await accesses.list_accesses(world.registry, town.me, PageRequest())).items == ()


async def test_what_cannot_be_noted_is_not_shown(world: World) -> None:
    town = await a_town(world)
    unknown_account = replace(town.home_hr, account_id=uuid4())
    with pytest.raises(DBAPIError):
        await look(world, unknown_account, town)


@pytest.mark.parametrize("purpose", ["", " ", "x" * 201])
async def test_nobody_looks_without_a_purpose(world: World, purpose: str) -> None:
    town = await a_town(world)
    for person in (town.person, UUID(int=1)):
        with pytest.raises(InvalidInput) as refusal:
            await accesses.look_at(world.registry, town.home_hr, person, ALL, purpose, history=False)
        assert refusal.value.reason == "PURPOSE"
    with pytest.raises(InvalidInput):
        await search.search(world.registry, town.home_hr, PersonFilter(), NAME, purpose, PageRequest())


async def test_an_unknown_caller_is_asked_to_sign_in(world: World) -> None:
    town = await a_town(world)
    for question in (
        look(world, ANONYMOUS, town),
        accesses.look_at_self(world.registry, ANONYMOUS, ALL, history=False),
        accesses.list_accesses(world.registry, ANONYMOUS, PageRequest()),
        search.search(world.registry, ANONYMOUS, PersonFilter(), NAME, PURPOSE, PageRequest()),
    ):
        with pytest.raises(NotPermitted) as refusal:
            await question
        assert refusal.value.reason == "SIGN_IN_FIRST"
    (seen,) = await accesses.look_at_each(world.registry, ANONYMOUS, [Look(town.person, ALL, PURPOSE)])
    assert seen is None


async def test_a_stranger_reads_the_same_as_for_an_absent_person(world: World) -> None:
    town = await a_town(world)
    said = set()
    strangers = [
        town.host_hr,
        town.chongqing_officer,
        town.agency_client,
        Actor(ActorKind.ISSUER, None, town.home),
        Actor(ActorKind.RESEARCHER, researcher_id=uuid4()),
        OPERATOR,
    ]
    for actor in strangers:
        for person in (town.person, town.public_number, UUID(int=1), "TR-0000-0000-0000-9998", "x"):
            with pytest.raises(NotFound) as refusal:
                await accesses.look_at(world.registry, actor, person, ALL, PURPOSE, history=False)
            said.add((refusal.value.message, refusal.value.path))
    assert len(said) == 1
    assert (await accesses.list_accesses(world.registry, town.me, PageRequest())).items == ()


async def test_the_authority_of_the_province_sees_own_people(world: World) -> None:
    town = await a_town(world)
    seen = await look(world, town.sichuan_officer, town)
    assert seen.disclosure.basis == "AUTHORITY"
    assert seen.household is not None


async def test_a_host_unit_sees_a_person_while_the_placement_lives(world: World, database_urls: DatabaseUrls) -> None:
    town = await a_town(world)
    place(database_urls, town, "AGREED")
    seen = await look(world, town.host_hr, town)
    assert (seen.disclosure.basis, seen.relation is not None) == ("HOST_UNIT", True)
    assert (seen.household, seen.documents) == (None, ())
    officer = await look(world, town.chongqing_officer, town)
    assert officer.disclosure.basis == "AUTHORITY_OF_PLACEMENT"
    assert officer.disclosure.shown == seen.disclosure.shown
    assert await found(world, town.chongqing_officer, PersonFilter(division="510107")) == []
    assert await found(world, town.host_hr) == ["单雄信"]
    assert await found(world, town.host_hr, PersonFilter(division="510107")) == []
    assert await found(world, town.chongqing_officer) == ["单雄信"]
    with as_superuser(database_urls) as connection:
        connection.execute("UPDATE placement SET state = 'WITHDRAWN'")
    with pytest.raises(NotFound):
        await look(world, town.host_hr, town)
    assert await found(world, town.host_hr) == []


async def test_an_issuer_sees_name_and_document_of_its_own_holders(world: World, database_urls: DatabaseUrls) -> None:
    town = await a_town(world)
    issuer = Actor(ActorKind.ISSUER, None, town.chongqing)
    with pytest.raises(NotFound):
        await look(world, issuer, town)
    certify(database_urls, town, town.chongqing)
    seen = await look(world, issuer, town)
    assert seen.disclosure.shown == {PersonField.NAME, PersonField.DOCUMENTS, PersonField.CREDENTIALS}
    assert await found(world, issuer) == ["单雄信"]
    assert await found(world, issuer, PersonFilter(division="510107")) == []
    officer = await look(world, town.chongqing_officer, town)
    assert officer.disclosure.basis == "AUTHORITY_OF_ISSUER"
    assert officer.disclosure.shown == seen.disclosure.shown
    history = await accesses.look_at(world.registry, town.chongqing_officer, town.person, ALL, PURPOSE, history=True)
    assert (history.history, history.history_withheld is not None, history.household) == (False, True, None)
    assert await found(world, town.chongqing_officer) == ["单雄信"]
    assert await found(world, town.chongqing_officer, PersonFilter(division="510107")) == []


async def test_a_consent_opens_its_fields_from_the_next_request_and_closes_them_again(world: World) -> None:
    town = await a_town(world)
    await consent_to(world, town, town.agency, PersonField.NAME, PersonField.CONTACT)
    edit = profiles.ProfileEdit(contact=profiles.ContactEdit("li@example.org", None, Visibility.PRIVATE))
    await profiles.edit(world.registry, town.me, edit, world.key())
    seen = await look(world, town.agency_client, town)
    assert (seen.disclosure.basis, set(seen.disclosure.shown)) == ("CONSENTED", {PersonField.NAME, PersonField.CONTACT})
    assert (seen.household, seen.documents, seen.name is not None) == (None, (), True)
    given = (await consents.list_own(world.registry, town.me, PageRequest())).items[0]
    await consents.withdraw(world.registry, town.me, given.id, world.key())
    with pytest.raises(NotFound):
        await look(world, town.agency_client, town)


async def test_a_consent_ends_with_its_last_day(world: World) -> None:
    town = await a_town(world)
    asked = consents.NewConsent(town.agency, PURPOSE, (PersonField.NAME,), date(2026, 11, 24))
    await consents.grant(world.registry, town.me, asked, world.key())
    await look(world, town.agency_client, town)
    world.clock.go_on(days=1)
    with pytest.raises(NotFound):
        await look(world, town.agency_client, town)


async def test_a_public_item_is_for_whoever_signed_in_and_nothing_else_is(world: World) -> None:
    town = await a_town(world)
    edit = profiles.ProfileEdit(
        orcid=profiles.TextEdit("0000-0002-1825-0097", Visibility.PUBLIC),
        discipline=profiles.TextEdit("桥梁工程", Visibility.RECOGNISED_PARTIES),
        contact=profiles.ContactEdit(None, "028 8540 0000", Visibility.PRIVATE),
    )
    await profiles.edit(world.registry, town.me, edit, world.key())
    seen = await look(world, town.host_hr, town)
    assert (seen.disclosure.basis, set(seen.profile)) == ("ANYONE", {PersonField.ORCID})
    assert {one.reason for one in seen.disclosure.withheld} == {"CONSENT_REQUIRED"}
    seen = await look(world, town.home_hr, town)
    assert set(seen.profile) == {PersonField.ORCID, PersonField.DISCIPLINE}
    with pytest.raises(NotFound):
        await look(world, town.host_hr, town, NAME)


async def test_history_is_for_the_person_and_the_authority_of_the_province(world: World) -> None:
    town = await a_town(world)
    for actor, allowed in ((town.sichuan_officer, True), (town.home_hr, False)):
        seen = await accesses.look_at(world.registry, actor, town.person, NAME, PURPOSE, history=True)
        assert (seen.history, seen.history_withheld is None) == (allowed, allowed)
        assert bool(seen.households) == allowed
    asked = [histories.EntriesOf(town.person, PageRequest(1)), histories.EntriesOf(UUID(int=1), PageRequest(1))]
    (own, other) = await histories.list_entries(world.registry, town.me, asked)
    assert own is not None
    assert ([entry.name for entry in own.items], own.has_next, other) == (["registerResearcher"], False, None)
    assert await histories.list_entries(world.registry, town.home_hr, asked) == [None, None]
    later = replace(asked[0], request=PageRequest(5, own.places[-1]))
    (rest,) = await histories.list_entries(world.registry, town.sichuan_officer, [later])
    assert rest is not None
    assert rest.items == ()
    (foreign,) = await histories.list_entries(
        world.registry, town.me, [replace(asked[0], request=PageRequest(5, ("x",)))]
    )
    assert foreign is not None


async def test_only_the_person_sees_who_looked(world: World) -> None:
    town = await a_town(world)
    await look(world, town.home_hr, town)
    for actor in (town.home_hr, town.sichuan_officer, OPERATOR):
        with pytest.raises(NotFound):
            await accesses.list_accesses(world.registry, actor, PageRequest())
        with pytest.raises(NotFound):
            await accesses.look_at_self(world.registry, actor, ALL, history=False)
    stranger = Actor(ActorKind.RESEARCHER, researcher_id=uuid4())
    assert (await accesses.list_accesses(world.registry, stranger, PageRequest())).items == ()
    with pytest.raises(NotFound):
        await accesses.look_at_self(world.registry, stranger, ALL, history=False)


async def test_a_look_is_final(world: World, database_urls: DatabaseUrls) -> None:
    town = await a_town(world)
    await look(world, town.home_hr, town)
    async with world.registry.noting(town.home_hr) as connection:
        with pytest.raises(DBAPIError):
            await connection.execute(text("UPDATE access SET purpose = 'another'"))
    with as_superuser(database_urls) as connection:
        row = connection.execute("SELECT count(*) FROM access").fetchone()
    assert row == (1,)
