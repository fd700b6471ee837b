"""Samples written into a real database: past no guard, readable, reproducible, once."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotPermitted
from talent_registry.domain.generation_numbers import number_at
from talent_registry.domain.names import normalise_name
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import ledger, recognition, researchers, search
from talent_registry.services.generation import SampleRequest, generate
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.registry import Done
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority, open_world

PEOPLE = 300
SICHUAN, CHONGQING = "510000", "500000"


@pytest.fixture
async def owner(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    """The registry of `world`, opened as the role that owns the tables."""
    world = open_world(database_urls.migrator_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()


async def sample(world: World, people: int = PEOPLE, seed: int = 7, actor: Actor = OPERATOR) -> Done:
    return await generate(world.registry, actor, SampleRequest(people, seed), lambda *_: None)


def asked(urls: DatabaseUrls, question: str) -> list[tuple[object, ...]]:
    with as_superuser(urls) as connection:
        return connection.execute(question).fetchall()


def counted(urls: DatabaseUrls, question: str) -> int:
    ((number,),) = asked(urls, question)
    assert isinstance(number, int)
    return number


async def test_a_sample_is_one_command_and_the_ledger_stays_whole(
    owner: World, world: World, database_urls: DatabaseUrls
) -> None:
    told: list[tuple[int, int]] = []
    done = await generate(owner.registry, OPERATOR, SampleRequest(PEOPLE, 7), lambda *step: told.append(step))
    assert told[-1] == (PEOPLE, PEOPLE)
    assert done.result["people"] == PEOPLE
    for table, key in (
        ("credential", "credentials"),
        ("recognition_decision", "decisions"),
        ("placement", "placements"),
    ):
        assert counted(database_urls, f"SELECT count(*) FROM {table}") == done.result[key] > 0
    ((name, body),) = asked(database_urls, "SELECT name, body FROM ledger_entry")
    assert name == "generateSample"
    assert isinstance(body, dict)
    assert body == {
        "seed": 7,
        "people": PEOPLE,
        "rows": done.result["rows"],
        **{key: done.result[key] for key in ("credentials", "decisions", "placements")},
        "asked": body["asked"],
    }
    report = await ledger.verify(world.registry, OPERATOR)
    assert report.sound
    assert report.chain.entries == 1


async def test_the_same_sample_again_is_a_replay(owner: World, database_urls: DatabaseUrls) -> None:
    first = await sample(owner, 20)
    again = await sample(owner, 20)
    assert (again.replayed, again.result, again.sequence) == (True, first.result, first.sequence)
    assert counted(database_urls, "SELECT count(*) FROM researcher") == 20


async def test_a_second_seed_comes_beside_the_first_and_shares_its_organisations(
    owner: World, database_urls: DatabaseUrls
) -> None:
    await sample(owner, 40, 1)
    units = counted(database_urls, "SELECT count(*) FROM organisation")
    second = await sample(owner, 60, 2)
    assert second.result["people"] == 60
    assert counted(database_urls, "SELECT count(*) FROM researcher") == 100
    assert counted(database_urls, "SELECT count(DISTINCT number_digest) FROM identity_document") == 100
    assert counted(database_urls, "SELECT count(DISTINCT public_number) FROM researcher") == 100
    assert counted(database_urls, "SELECT count(*) FROM organisation") == units
    # The same seed with another number is another sample.
    await sample(owner, 30, 1)
    assert counted(database_urls, "SELECT count(*) FROM researcher") == 130


async def test_organisations_that_were_registered_before_are_used(owner: World, world: World) -> None:
    before = await world.organisation("四川大学", "UNIVERSITY", "510107")
    await sample(owner, 30)
    async with world.registry.reading(OPERATOR) as connection:
        found = await search.researcher_facts.organisations_named(connection) if False else None
    assert found is None
    assert before


@pytest.mark.parametrize(("people", "seed"), [(PEOPLE, 3)])
async def test_every_kept_decision_is_reproducible(
    owner: World, world: World, database_urls: DatabaseUrls, people: int, seed: int
) -> None:
    await sample(owner, people, seed)
    decided = asked(database_urls, "SELECT id, target_province, rule FROM recognition_decision")
    assert len({rule for _, _, rule in decided}) > 10
    for decision, province, _ in decided:
        again = await recognition.recompute(world.registry, authority(str(province)), UUID(str(decision)))
        assert again.same
