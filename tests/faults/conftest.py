"""A registry on a PostgreSQL of its own, which a test may stop and kill; and one on a database of the run's."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import DatabaseUrls
from tests.faults.clients import People, settle
from tests.faults.servers import OwnDatabase, Server, own_database, serving
from tests.registries import World, open_world


@dataclass(frozen=True, slots=True)
class Place:
    """A registry that somebody works in."""

    database: OwnDatabase
    people: People


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """One for all tests of a run: each asks about its own commands only."""
    with own_database() as database:
        yield Place(database, settle(database.settings))


@pytest.fixture(scope="module")
def standing(place: Place) -> Iterator[Server]:
    """A server with two workers that a module's tests share, because none of them kills it."""
    place.database.start()
    with serving(place.database.settings) as server:
        yield server


@pytest.fixture
async def world(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    """A registry with its clock, in this process."""
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()
