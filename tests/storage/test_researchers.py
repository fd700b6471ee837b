"""The second wall around people: what the database shows and takes, whatever a service asks of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.profiles import Visibility
from talent_registry.services import profiles
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.storage.relations import Reach, within
from talent_registry.storage.tables import (
    household_registration,
    identity_document,
    personnel_relation,
    profile_item,
    researcher,
    researcher_name,
)
from tests.conftest import DatabaseUrls
from tests.people import CHONGQING, a_town
from tests.registries import World, open_world

FACTS = (researcher_name, identity_document, household_registration, personnel_relation)


@pytest.fixture
async def world(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()


async def rows_seen(world: World, actor: Actor, table: Any) -> int:
    async with world.registry.reading(actor) as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_the_database_shows_facts_to_those_with_a_relation_alone(world: World) -> None:
    town = await a_town(world)
    stranger = Actor(ActorKind.RESEARCHER, researcher_id=uuid4())
    for table in FACTS:
        for actor in (town.me, town.home_hr, town.sichuan_officer):
            assert await rows_seen(world, actor, table) == 1
        for actor in (ANONYMOUS, stranger, town.host_hr, town.chongqing_officer, town.agency_client):
            assert await rows_seen(world, actor, table) == 0


async def test_the_database_shows_public_items_to_whoever_signed_in(world: World) -> None:
    town = await a_town(world)
    edit = profiles.ProfileEdit(
        discipline=profiles.TextEdit("桥梁工程", Visibility.PUBLIC),
        orcid=profiles.TextEdit("0000-0002-1825-0097", Visibility.RECOGNISED_PARTIES),
    )
    await profiles.edit(world.registry, town.me, edit, world.key())
    seen = [await rows_seen(world, actor, profile_item) for actor in (ANONYMOUS, town.host_hr, town.home_hr)]
    assert seen == [0, 1, 2]


async def test_no_household_is_written_outside_the_commands_that_exist_for_it(world: World) -> None:
    town = await a_town(world)
    async with world.registry.noting(town.sichuan_officer) as connection:
        row = (await connection.execute(select(household_registration))).mappings().one()
        with pytest.raises(DBAPIError, match="a placement moves nothing"):
            await connection.execute(insert(household_registration).values({**row, "id": uuid4()}))


async def test_whoever_has_no_ties_reaches_nobody(world: World) -> None:
    town = await a_town(world)
    today = world.registry.today()
    async with world.registry.reading(town.sichuan_officer) as connection:
        for reach in (Reach(today), Reach(today, province=CHONGQING)):
            reached = select(researcher.c.id).where(within(reach, researcher.c.id))
            assert (await connection.execute(reached)).all() == []
