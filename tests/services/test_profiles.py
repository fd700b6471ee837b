"""People edit their own profile."""

import pytest

from talent_registry.domain.errors import InvalidInput, NotFound, NotPermitted
from talent_registry.domain.profiles import Contact, Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, profiles
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls, as_superuser
from tests.people import Town, a_town
from tests.registries import World

MAIL = "li@example.org"


async def profile_of(world: World, town: Town) -> dict[PersonField, object]:
    seen = await accesses.look_at_self(world.registry, town.me, frozenset(PersonField), history=False)
    return {item: one.value for item, one in seen.profile.items()}


async def test_only_the_items_given_change(world: World) -> None:
    town = await a_town(world)
    first = profiles.ProfileEdit(
        contact=profiles.ContactEdit(MAIL, None, Visibility.PRIVATE),
        discipline=profiles.TextEdit("桥梁工程", Visibility.PUBLIC),
        keywords=profiles.WordsEdit(("桥梁", "抗震"), Visibility.PUBLIC),
        orcid=profiles.TextEdit("0000-0002-1825-0097", Visibility.PUBLIC),
    )
    done = await profiles.edit(world.registry, town.me, first, world.key())
    assert done.result["items"] == ["CONTACT", "DISCIPLINE", "KEYWORDS", "ORCID"]
    then = profiles.ProfileEdit(
        discipline=profiles.TextEdit("隧道工程", Visibility.PRIVATE), keywords=profiles.WordsEdit((), Visibility.PUBLIC)
    )
    await profiles.edit(world.registry, town.me, then, world.key())
    assert await profile_of(world, town) == {
        PersonField.CONTACT: Contact(MAIL, None),
        PersonField.DISCIPLINE: "隧道工程",
        PersonField.ORCID: "0000-0002-1825-0097",
    }


async def test_contact_data_is_sealed_and_earlier_items_stay_on_record(
    world: World, database_urls: DatabaseUrls
) -> None:
    town = await a_town(world)
    for phone in ("028 8540 0000", "028 8540 0001"):
        edit = profiles.ProfileEdit(contact=profiles.ContactEdit(MAIL, phone, Visibility.PRIVATE))
        await profiles.edit(world.registry, town.me, edit, world.key())
    with as_superuser(database_urls) as connection:
        rows = connection.execute("SELECT p::text, superseded_at IS NULL FROM profile_item p").fetchall()
        ledger = connection.execute("SELECT string_agg(body::text, '') FROM ledger_entry").fetchone()
    assert sorted(row[1] for row in rows) == [False, True]
    assert not any("8540" in row[0] or MAIL in row[0] for row in rows)
    assert ledger is not None
    assert MAIL not in ledger[0]
    assert MAIL not in repr(edit)


async def test_a_malformed_item_leaves_the_others_as_they_were(world: World) -> None:
    town = await a_town(world)
    edit = profiles.ProfileEdit(
        discipline=profiles.TextEdit("桥梁工程", Visibility.PUBLIC),
        orcid=profiles.TextEdit("0000-0002-1825-0098", Visibility.PUBLIC),
    )
    with pytest.raises(InvalidInput) as refusal:
        await profiles.edit(world.registry, town.me, edit, world.key())
    assert refusal.value.path == ("input", "orcid", "value")
    assert await profile_of(world, town) == {}


async def test_nobody_else_edits_a_profile(world: World) -> None:
    town = await a_town(world)
    edit = profiles.ProfileEdit(discipline=profiles.TextEdit("桥梁工程", Visibility.PUBLIC))
    for actor in (ANONYMOUS, town.home_hr, town.sichuan_officer, town.agency_client):
        with pytest.raises(NotPermitted):
            await profiles.edit(world.registry, actor, edit, world.key())
    stranger = Actor(ActorKind.RESEARCHER, researcher_id=new_id())
    with pytest.raises(NotFound):
        await profiles.edit(world.registry, stranger, edit, world.key())
