"""A worker killed with -9 again and again while hundreds of terms end: each is ended once, each party told once."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from talent_registry.settings import Settings
from tests.conftest import DatabaseUrls, as_superuser
from tests.faults.servers import ROOT, environment, wait_until
from tests.registries import open_world

TERMS = int(os.environ.get("FAULTS_TERMS", "500"))
KILLS = int(os.environ.get("FAULTS_KILLS", "3")) + 2
SEED = int(os.environ.get("FAULTS_SEED", "20261124"))


@contextmanager
def at_work(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    """`talent-registry worker` as a process, killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "talent_registry", "worker"],
        env=environment(settings),
        cwd=ROOT,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


async def test_each_term_ends_once_and_each_party_is_told_once(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    home = await world.organisation("样例大学", "UNIVERSITY", "510107")
    host = await world.organisation("样例研究院", "INSTITUTE", "500106")
    await world.registry.database.close()
    settings = Settings(
        database_url=SecretStr(database_urls.app_url), data=tmp_path, keys=tmp_path / "keys", allow_test_identities=True
    )
    with as_superuser(database_urls) as connection:
        place(connection, home, host)
        chance = random.Random(SEED)  # noqa: S311  # moments of a kill, no secret

        def one(question: str) -> int:
            row = connection.execute(question).fetchone()
            assert row is not None
            return int(row[0])

        def ended() -> int:
            return one("SELECT count(*) FROM placement WHERE state = 'ENDED'")

        for _ in range(KILLS):
            before = ended()
            with at_work(settings):
                wait_until(lambda before=before: ended() > min(before, TERMS - 1), "a term that ends")  # type: ignore[misc]
                await asyncio.sleep(chance.uniform(0, 0.4))
        assert ended() < TERMS, "killed in the middle"
        # Two at once, which meet each other, too.
        with at_work(settings), at_work(settings):
            while (before := ended()) < TERMS:
                wait_until(lambda before=before: ended() > before, "one more term to end")  # type: ignore[misc]
        assert one("SELECT count(*) FROM placement WHERE end_reason = 'TERM' AND ended_on = term_until") == TERMS
        assert one("SELECT count(*) FROM placement_event WHERE event = 'ENDED'") == TERMS
        assert one("SELECT count(DISTINCT placement_id) FROM placement_event WHERE event = 'ENDED'") == TERMS
        assert (
            one("SELECT count(*) FROM ledger_entry WHERE name = 'closeDuePlacement' AND actor_kind = 'CLOCK'") == TERMS
        )
        assert one("SELECT count(*) FROM event WHERE type = 'placement.ended'") == TERMS
        assert one("SELECT count(DISTINCT subject) FROM event WHERE type = 'placement.ended'") == TERMS
        for column, told in (("organisation_id", 2), ("researcher_id", 1), ("province", 2)):
            assert one(f"SELECT count(*) FROM event_receiver WHERE {column} IS NOT NULL") == told * TERMS


def place(connection: Any, home: object, host: object) -> None:
    """So many people, each with an active placement whose term was over yesterday, written past every guard."""
    connection.execute("SET session_replication_role = replica")
    connection.execute(
        "INSERT INTO researcher (id, public_number, registered_at, command_id) SELECT gen_random_uuid(), "
        "'X' || number, now(), (SELECT id FROM command LIMIT 1) FROM generate_series(1, %s) number",
        (TERMS,),
    )
    connection.execute(
        "INSERT INTO placement (id, researcher_id, home_unit_id, host_unit_id, kind, post, term_from, term_until, "
        "workload_percent, state, round, activated_on, proposed_at, command_id) SELECT gen_random_uuid(), id, %s, %s, "
        "'PART_TIME', 'x', current_date - 400, current_date - 2, 40, 'ACTIVE', 1, current_date - 400, now(), "
        "command_id FROM researcher",
        (home, host),
    )
    connection.execute("SET session_replication_role = DEFAULT")
