"""A registry on a fresh database for each test of a service."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from talent_registry.services.registry import Registry
from talent_registry.storage.session import Database
from tests.conftest import DatabaseUrls
from tests.registries import World, open_world


@pytest.fixture
async def world(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    """A registry with its clock."""
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()


@pytest.fixture
async def second(database_urls: DatabaseUrls, world: World) -> AsyncIterator[Registry]:
    """The same registry as another program holds it: connections of its own."""
    database = Database(database_urls.app_url, pool_size=5)
    yield replace(world.registry, database=database)
    await database.close()
