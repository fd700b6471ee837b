"""Two server processes bargain over the same terms and keep the same time; each end is told once."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from talent_registry.domain.placement_states import EndReason
from talent_registry.domain.placements import Terms
from talent_registry.services import placement_histories, placement_life
from talent_registry.services.placement_life import Ending
from tests.conftest import DatabaseUrls, as_superuser
from tests.faults.time_keepers import TASKS, Bargain, bargain, keep_time
from tests.postings import Postings, another_person, open_postings
from tests.registries import open_world

PEOPLE = 12
PROCESSES = 2


@pytest.fixture
async def posts(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Postings]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield await open_postings(world)
    await world.registry.database.close()


async def a_bargain(posts: Postings, serial: int) -> Bargain:
    """Proposed by the person and signed by all but the host."""
    person = await another_person(posts, serial)
    ours = {"researcher": person.id, "credential_id": person.credential}
    placement_id = await posts.propose(person.me, **ours)
    await posts.sign(placement_id, person.me, posts.home_hr)
    (history,) = await placement_histories.list_histories(posts.registry, person.me, [placement_id])
    assert history is not None
    return Bargain(placement_id, history.rounds[0].digest, posts.host_hr, posts.home_hr)


async def test_terms_are_agreed_as_signed_or_answered_and_never_both(
    posts: Postings, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    bargains = [await a_bargain(posts, serial) for serial in range(2, 2 + PEOPLE)]
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        asked = (database_urls.app_url, str(tmp_path / "keys"), bargains)
        counts = await asyncio.gather(*(loop.run_in_executor(pool, bargain, *asked, seed) for seed in range(PROCESSES)))
    with as_superuser(database_urls) as connection:
        found = connection.execute(
            """
            SELECT state, round, open_round, (SELECT count(*) FROM placement_signature s
                WHERE s.placement_id = p.id AND s.round = p.round),
                (SELECT count(*) FROM placement_round r WHERE r.placement_id = p.id)
            FROM placement p
            """
        ).fetchall()
    agreed, answered = ("AGREED", 1, None, 3, 1), ("PROPOSED", 2, 2, 0, 2)
    assert set(found) <= {agreed, answered}
    assert len(found) == PEOPLE
    assert sum(one["signed"] for one in counts) == found.count(agreed)
    assert sum(one["answered"] for one in counts) == found.count(answered)
    assert sum(sum(one.values()) for one in counts) == PROCESSES * TASKS * 2 * PEOPLE


async def test_each_end_is_recorded_once_however_many_keep_the_time(
    posts: Postings, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    due = [await posts.begin(workload_percent=5, term_until=posts.today) for _ in range(PEOPLE)]
    noticed = await posts.begin(workload_percent=5, terms=Terms(return_notice_days=1))
    ending = Ending(noticed, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, ending, posts.world.key())
    later = await posts.begin(workload_percent=5)
    loop, spawn = asyncio.get_running_loop(), multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn) as pool:
        asked = (database_urls.app_url, str(tmp_path / "keys"), 2)
        runs = await asyncio.gather(*(loop.run_in_executor(pool, keep_time, *asked) for _ in range(PROCESSES)))
    recorded = [placement_id for run in runs for placement_id in run]
    assert sorted(recorded) == sorted([*due, noticed])
    with as_superuser(database_urls) as connection:
        ends = connection.execute(
            "SELECT placement_id, count(*) FROM placement_event WHERE event = 'ENDED' GROUP BY placement_id"
        ).fetchall()
        entries = connection.execute(
            "SELECT count(*) FROM ledger_entry WHERE name = 'closeDuePlacement' AND actor_kind = 'OPERATOR'"
        ).fetchone()
        active = connection.execute("SELECT id FROM placement WHERE state = 'ACTIVE'").fetchall()
    assert sorted(ends) == sorted((placement_id, 1) for placement_id in [*due, noticed])
    assert entries == (PEOPLE + 1,)
    assert active == [(later,)]
