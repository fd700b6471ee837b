"""Entries of the ledger about one record."""

import pytest

from talent_registry.services.permissions import OPERATOR
from talent_registry.storage import ledger
from tests.people import a_town
from tests.registries import World


@pytest.mark.parametrize("after", [2**63 - 1, 2**63, 10**30])
async def test_a_place_beyond_what_the_chain_can_hold_ends_the_list(world: World, after: int) -> None:
    town = await a_town(world)
    about = f"researcher:{town.person}"
    async with world.registry.reading(OPERATOR) as connection:
        assert len(await ledger.list_entries_about(connection, about, after=0, limit=5)) == 1
        assert await ledger.list_entries_about(connection, about, after=after, limit=5) == []
        assert await ledger.list_entries_about_each(connection, [about], after=after, limit=5) == {about: []}
