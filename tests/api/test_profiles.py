"""Profiles through the API."""

from tests.api.conftest import Asking
from tests.people import a_town
from tests.registries import World


async def test_a_person_edits_the_own_profile_item_by_item(world: World, ask: Asking) -> None:
    town = await a_town(world)
    first = {
        "contact": {"visibility": "PRIVATE", "email": "li@example.org", "phone": "028 8540 0000"},
        "discipline": {"visibility": "PUBLIC", "value": "桥梁工程"},
        "keywords": {"visibility": "PUBLIC", "words": ["桥梁", "抗震"]},
        "orcid": {"visibility": "RECOGNISED_PARTIES", "value": "https://orcid.org/0000-0002-1825-0097"},
        "idempotencyKey": world.key(),
    }
    data = await ask(town.me, "researcher/edit_profile", input=first)
    assert data["editProfile"]["items"] == ["CONTACT", "DISCIPLINE", "KEYWORDS", "ORCID"]
    then = {"keywords": {"visibility": "PUBLIC", "words": []}, "idempotencyKey": world.key()}
    person = (await ask(town.me, "researcher/edit_profile", input=then))["editProfile"]["researcher"]
    assert person == {
        "contact": {"email": "li@example.org", "phone": "028 8540 0000", "visibility": "PRIVATE"},
        "discipline": {"value": "桥梁工程", "visibility": "PUBLIC"},
        "keywords": None,
        "orcid": {"value": "0000-0002-1825-0097", "visibility": "RECOGNISED_PARTIES"},
    }


async def test_an_item_that_cannot_be_is_refused_by_its_path(world: World, ask: Asking) -> None:
    town = await a_town(world)
    asked = {"orcid": {"visibility": "PUBLIC", "value": "0000-0002-1825-0098"}, "idempotencyKey": world.key()}
    data = await ask(town.me, "researcher/edit_profile", input=asked)
    assert (data["editProfile"]["__typename"], data["editProfile"]["path"]) == (
        "InvalidInput",
        ["input", "orcid", "value"],
    )


async def test_an_office_edits_nobodys_profile(world: World, ask: Asking) -> None:
    town = await a_town(world)
    asked = {"discipline": {"visibility": "PUBLIC", "value": "桥梁工程"}, "idempotencyKey": world.key()}
    data = await ask(town.home_hr, "researcher/edit_profile", input=asked)
    assert data["editProfile"]["__typename"] == "NotPermitted"
