"""A proposal alone opens nobody's record: not to the host that made it, not to the host's province."""

import pytest

from talent_registry.domain.errors import NotFound
from tests.conftest import DatabaseUrls
from tests.people import a_town, place, take_part
from tests.registries import World
from tests.services.test_accesses import found, look


@pytest.mark.parametrize("state", ["PROPOSED", "DECLINED", "WITHDRAWN"])
async def test_a_proposal_that_nobody_agreed_to_opens_the_person_to_neither_host_nor_its_province(
    world: World, database_urls: DatabaseUrls, state: str
) -> None:
    town = await a_town(world)
    place(database_urls, town, state)
    for actor in (town.host_hr, town.chongqing_officer):
        with pytest.raises(NotFound):
            await look(world, actor, town)
        assert await found(world, actor) == []
        for table in ("researcher_name", "personnel_relation"):
            async with world.registry.reading(actor) as connection:
                assert (await connection.exec_driver_sql(f"SELECT FROM {table}")).all() == []


@pytest.mark.parametrize("by", ["PROPOSAL", "SIGNATURE"])
async def test_a_proposal_in_which_the_person_took_part_opens_the_person_to_the_host(
    world: World, database_urls: DatabaseUrls, by: str
) -> None:
    town = await a_town(world)
    place(database_urls, town)
    take_part(database_urls, town, by)
    assert (await look(world, town.host_hr, town)).disclosure.basis == "HOST_UNIT"
    assert await found(world, town.host_hr) == ["单雄信"]
    with pytest.raises(NotFound):
        await look(world, town.chongqing_officer, town)
