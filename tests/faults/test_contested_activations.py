"""Two server processes with several connections each contend for the same days: no day is ever more than full."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from talent_registry.services import placement_life
from talent_registry.services.placement_life import Grounded
from tests.conftest import DatabaseUrls, as_superuser
from tests.faults.contenders import TASKS, Contest, contend
from tests.postings import Person, Postings, another_person, open_postings
from tests.registries import open_world

PEOPLE = 20
PROCESSES = 2


@pytest.fixture
async def posts(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Postings]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield await open_postings(world)
    await world.registry.database.close()


async def a_contest(posts: Postings, person: Person) -> Contest:
    """A placement of 60 % that an authority suspended, and one of 60 % that was agreed meanwhile."""
    registry, key, officer = posts.registry, posts.world.key, posts.titles.officer
    suspended = await posts.agree_for(person, workload_percent=60)
    await placement_life.activate(registry, person.me, suspended, key())
    await placement_life.suspend(registry, officer, Grounded(suspended, "核查"), key())
    agreed = await posts.agree_for(person, workload_percent=60, host_unit_id=posts.other_host)
    return Contest(person.me, officer, suspended, agreed)


async def test_no_day_is_filled_beyond_a_full_post_however_many_contend(
    posts: Postings, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    people = [await another_person(posts, serial) for serial in range(2, 2 + PEOPLE)]
    contests = list(await asyncio.gather(*(a_contest(posts, person) for person in people)))
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        asked = (database_urls.app_url, str(tmp_path / "keys"), contests)
        counts = await asyncio.gather(*(loop.run_in_executor(pool, contend, *asked, seed) for seed in range(PROCESSES)))
    with as_superuser(database_urls) as connection:
        totals = connection.execute(
            "SELECT sum(workload_percent) FROM placement WHERE state = 'ACTIVE' GROUP BY researcher_id"
        ).fetchall()
        entries = connection.execute(
            "SELECT count(*) FROM ledger_entry WHERE name IN ('resumePlacement', 'activatePlacement')"
        ).fetchone()
    assert totals == [(60,)] * PEOPLE
    assert sum(one["begun"] for one in counts) == PEOPLE
    assert entries == (2 * PEOPLE,)  # half of them began the placements that were suspended then
    assert sum(sum(one.values()) for one in counts) == PROCESSES * TASKS * 2 * PEOPLE
