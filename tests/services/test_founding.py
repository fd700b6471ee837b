"""A registry opens with both authorities, however often it is opened and whatever was registered since."""

from talent_registry.domain.pages import PageRequest
from talent_registry.services.founding import found_authorities
from talent_registry.services.organisations import NewOrganisation, list_organisations, register
from talent_registry.services.permissions import OPERATOR
from tests.registries import World


async def test_a_second_bureau_of_a_province_does_not_keep_the_registry_from_opening(world: World) -> None:
    await found_authorities(world.registry)
    await register(world.registry, OPERATOR, NewOrganisation("样例省人社厅", "HRSS_BUREAU", "510000"), world.key())
    await found_authorities(world.registry)
    found = await list_organisations(world.registry, OPERATOR, PageRequest(50))
    assert sum(one.division == "510000" for one in found.items) == 2
