"""Ten thousand contested activations, sixteen at a time from two server processes, in both provinces: 0 violations."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import DatabaseUrls, as_superuser
from tests.faults.contenders import OVERFULL, PROCESSES, TASKS, contend_together, open_contests
from tests.registries import World, open_world

ACTIVATIONS = 10_000
# Each person is contended for by every task in two ways.
PEOPLE = -(-ACTIVATIONS // (PROCESSES * TASKS * 2))


@pytest.fixture
async def world(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    world = open_world(database_urls.app_url, tmp_path / "keys", statement_seconds=60)
    yield world
    await world.registry.database.close()


async def test_ten_thousand_contested_activations_violate_nothing(
    world: World, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    contests = await open_contests(world, PEOPLE)
    began = time.perf_counter()
    counts = await contend_together(database_urls.app_url, tmp_path / "keys", contests)
    seconds = time.perf_counter() - began
    with as_superuser(database_urls) as connection:
        days, violations = connection.execute(OVERFULL.encode()).fetchone() or (0, -1)
        provinces = connection.execute(
            "SELECT left(o.division, 2), count(*) FROM placement p JOIN organisation o ON o.id = p.host_unit_id"
            " WHERE p.state = 'ACTIVE' GROUP BY 1 ORDER BY 1"
        ).fetchall()
    print(
        f"{counts.total()} contested activations, {PROCESSES * TASKS} at a time, in {seconds:.0f} s: "
        f"{counts['begun']} began, {counts['full']} days were full, {counts['late']} came late; "
        f"{violations} violations on {days} days"
    )
    assert counts.total() >= ACTIVATIONS
    assert counts["begun"] == PEOPLE
    assert violations == 0
    assert [(province, count) for province, count in provinces] == [("50", -(-PEOPLE // 2)), ("51", PEOPLE // 2)]
