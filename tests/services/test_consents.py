"""People grant and withdraw consents."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from tests.people import Town, a_town, register_person
from tests.registries import World


async def grant(world: World, town: Town, recipient: UUID) -> UUID:
    asked = consents.NewConsent(recipient, "招聘", (PersonField.NAME,), date(2026, 12, 31))
    done = await consents.grant(world.registry, town.me, asked, world.key())
    return UUID(done.result["consent_id"])


async def test_the_person_and_the_recipient_see_a_consent_and_nobody_else_does(world: World) -> None:
    town = await a_town(world)
    given = await grant(world, town, town.agency)
    for actor in (town.me, town.agency_client):
        page = await consents.list_own(world.registry, actor, PageRequest())
        assert [one.id for one in page.items] == [given]
        assert [one and one.id for one in await consents.list_by_ids(world.registry, actor, [given])] == [given]
    for actor in (town.home_hr, town.host_hr, town.sichuan_officer, OPERATOR):
        assert (await consents.list_own(world.registry, actor, PageRequest())).items == ()
        assert await consents.list_by_ids(world.registry, actor, [given]) == [None]
    with pytest.raises(NotPermitted):
        await consents.list_own(world.registry, ANONYMOUS, PageRequest())


async def test_a_withdrawn_consent_stays_on_the_persons_record_and_leaves_the_recipients(world: World) -> None:
    town = await a_town(world)
    given = await grant(world, town, town.agency)
    await consents.withdraw(world.registry, town.me, given, world.key())
    (own,) = (await consents.list_own(world.registry, town.me, PageRequest())).items
    assert own.withdrawn_at == world.clock()
    assert (await consents.list_own(world.registry, town.agency_client, PageRequest())).items == ()
    with pytest.raises(Conflict) as refusal:
        await consents.withdraw(world.registry, town.me, given, world.key())
    assert refusal.value.reason == "WITHDRAWN_BEFORE"


async def test_nobody_else_grants_or_withdraws(world: World) -> None:
    town = await a_town(world)
    given = await grant(world, town, town.agency)
    other = Actor(ActorKind.RESEARCHER, researcher_id=await register_person(world, town.home, 2, "李雷", "510107"))
    said = set()
    for actor in (other, town.agency_client, town.home_hr, town.sichuan_officer):
        for consent in (given, uuid4()):
            with pytest.raises(NotFound) as refusal:
                await consents.withdraw(world.registry, actor, consent, world.key())
            said.add(refusal.value.message)
    assert len(said) == 1
    asked = consents.NewConsent(town.agency, "招聘", (PersonField.NAME,), date(2026, 12, 31))
    for actor in (ANONYMOUS, town.home_hr, town.sichuan_officer, town.agency_client):
        with pytest.raises(NotPermitted):
            await consents.grant(world.registry, actor, asked, world.key())
    with pytest.raises(NotPermitted):
        await consents.withdraw(world.registry, ANONYMOUS, given, world.key())


@pytest.mark.parametrize(
    ("purpose", "fields", "until", "reason"),
    [
        (" ", (PersonField.NAME,), date(2026, 12, 31), "PURPOSE"),
        ("招聘", (), date(2026, 12, 31), "FIELDS"),
        ("招聘", (PersonField.NAME,), date(2026, 11, 23), "TERM"),
        ("招聘", (PersonField.NAME,), date(2032, 1, 1), "TERM"),
    ],
)
async def test_a_consent_that_says_too_little_or_too_much_is_refused(
    world: World, purpose: str, fields: tuple[PersonField, ...], until: date, reason: str
) -> None:
    town = await a_town(world)
    with pytest.raises(InvalidInput) as refusal:
        await consents.grant(
            world.registry, town.me, consents.NewConsent(town.agency, purpose, fields, until), world.key()
        )
    assert refusal.value.reason == reason


async def test_a_consent_names_a_registered_organisation(world: World) -> None:
    town = await a_town(world)
    with pytest.raises(InvalidInput) as refusal:
        await grant(world, town, uuid4())
    assert refusal.value.path == ("input", "recipient")
