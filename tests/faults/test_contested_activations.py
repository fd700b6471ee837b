"""Two server processes, with eight connections each, contend for the same days: no day is ever more than full."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import DatabaseUrls, as_superuser
from tests.faults.contenders import OVERFULL, PROCESSES, TASKS, contend_together, open_contests
from tests.registries import World, open_world

PEOPLE = 8


@pytest.fixture
async def world(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()


async def test_no_day_is_filled_beyond_a_full_post_however_many_contend(
    world: World, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    contests = await open_contests(world, PEOPLE)
    counts = await contend_together(database_urls.app_url, tmp_path / "keys", contests)
    with as_superuser(database_urls) as connection:
        totals = connection.execute(
            "SELECT sum(workload_percent) FROM placement WHERE state = 'ACTIVE' GROUP BY researcher_id"
        ).fetchall()
        entries = connection.execute(
            "SELECT count(*) FROM ledger_entry WHERE name IN ('resumePlacement', 'activatePlacement')"
        ).fetchone()
        loads = connection.execute(OVERFULL.encode()).fetchone()
    assert totals == [(60,)] * PEOPLE
    assert counts["begun"] == PEOPLE
    assert entries == (2 * PEOPLE,)  # half of them began the placements that were suspended then
    assert counts.total() == PROCESSES * TASKS * 2 * PEOPLE
    assert loads == (366 * PEOPLE, 0)
