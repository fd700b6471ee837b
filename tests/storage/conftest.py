"""A registry on a database of its own, for the tests of what is stored."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import DatabaseUrls
from tests.registries import World, open_world


@pytest.fixture
async def world(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    """A registry with its clock."""
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()
