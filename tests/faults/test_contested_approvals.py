"""Two server processes approve rival releases at once: one becomes law, by one approval of each province."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from tests.chambers import FIRST, Chamber, open_chamber
from tests.conftest import DatabaseUrls, as_superuser
from tests.drafts import widened
from tests.faults.approvers import Rival, approve_all
from tests.registries import open_world

RIVALS, PROCESSES = 8, 2
# What an officer may be told who comes too late.
LATE = {"OVERTAKEN", "ALREADY_APPROVED_BY_PROVINCE", "APPROVED_BY_BOTH"}


@pytest.fixture
async def chamber(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Chamber]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield await open_chamber(world)
    await world.registry.database.close()


async def test_of_rival_releases_one_becomes_law_however_many_approve(
    chamber: Chamber, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    rivals = []
    for number in range(RIVALS):
        release = await chamber.proposed(widened(FIRST, name=f"rival-{number}"))
        rivals.append(Rival(release, (await chamber.get(release)).digest))
    officers = [chamber.sichuan, chamber.chongqing, chamber.chongqing_too]
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        asked = (database_urls.app_url, str(tmp_path / "keys"), rivals, officers)
        counts = await asyncio.gather(
            *(loop.run_in_executor(pool, approve_all, *asked, 10 * seed) for seed in range(PROCESSES))
        )

    assert sum(one.get("enacted", 0) for one in counts) == 1
    assert set().union(*counts) <= {"enacted", "approved"} | LATE
    assert sum(sum(one.values()) for one in counts) == PROCESSES * len(officers) * RIVALS
    with as_superuser(database_urls) as connection:
        law = connection.execute("SELECT release_id, enacted_at FROM agreement_enactment").fetchall()
        approvals = connection.execute(
            "SELECT release_id, province, count(*), max(approved_at) FROM agreement_release_approval GROUP BY 1, 2"
        ).fetchall()
        entries = connection.execute("SELECT count(*) FROM ledger_entry WHERE name = 'approveRelease'").fetchone()
    assert len(law) == 1
    of_law: dict[str, datetime] = {province: at for release, province, _, at in approvals if release == law[0][0]}
    assert set(of_law) == {"510000", "500000"}
    assert max(of_law.values()) == law[0][1]
    assert all(number == 1 for _, _, number, _ in approvals)
    # No other was approved by both, and each approval has its entry.
    assert len({release for release, *_ in approvals}) == len(approvals) - 1
    assert entries == (len(approvals),)
