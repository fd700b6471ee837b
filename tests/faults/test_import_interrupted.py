"""An import that is killed half-way leaves nothing; repeated, it is complete."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url

from talent_registry.settings import PREFIX
from tests.conftest import DatabaseUrls, as_superuser
from tests.faults.servers import ROOT, wait_until
from tests.rolls import roll, row

ROWS = 1_500
KILLS = int(os.environ.get("FAULTS_KILLS", "2"))
SEED = int(os.environ.get("FAULTS_SEED", "20261124"))


@pytest.fixture
def env(database_urls: DatabaseUrls, tmp_path: Path) -> dict[str, str]:
    """What a deployment on this database sets."""
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return others | {
        f"{PREFIX}DATABASE_URL": database_urls.app_url,
        f"{PREFIX}DATA": str(tmp_path / "data"),
        f"{PREFIX}ALLOW_TEST_IDENTITIES": "true",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(tmp_path / "compiled"),
        "LANG": "en_GB.UTF-8",
        "LC_ALL": "",
        "LC_MESSAGES": "",
    }


def begun(env: dict[str, str], file: Path) -> "subprocess.Popen[str]":
    """The import as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "talent_registry", "import", str(file), "--as", "510000"],
        env=env,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def counts(urls: DatabaseUrls) -> dict[str, int]:
    """The rows of the tables that an import writes to."""
    with as_superuser(urls) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name: int(_one(connection.execute(f"SELECT count(*) FROM {name}").fetchone())) for (name,) in tables}


def _one(row: object) -> int:
    assert isinstance(row, tuple)
    return int(row[0])


def writing(urls: DatabaseUrls) -> str | None:
    """The statement that somebody's transaction on this database has under way, if it has written anything."""
    with as_superuser(urls) as connection:
        found = connection.execute(
            "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND backend_xid IS NOT NULL"
        ).fetchone()
    return None if found is None else str(found[0])


def alone(urls: DatabaseUrls) -> bool:
    """Whether nobody but us is connected."""
    with as_superuser(urls) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'",
            (make_url(urls.app_url).database,),
        ).fetchone()
    return found == (0,)


def test_an_import_killed_half_way_leaves_nothing_and_repeated_is_complete(
    env: dict[str, str], database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(roll(row(index) for index in range(50)))
    second.write_bytes(roll(row(index) for index in range(1_000, 1_000 + ROWS)))
    said, warned = begun(env, first).communicate(timeout=120)
    assert "50 rows, 0 refused" in said, warned
    before = counts(database_urls)
    chance = random.Random(SEED)  # noqa: S311  # moments of a kill, no secret
    for _ in range(KILLS):
        process = begun(env, second)
        wait_until(lambda: writing(database_urls) is not None, "the import to write")
        time.sleep(chance.uniform(0, 0.3))
        under_way = writing(database_urls) is not None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        wait_until(lambda: alone(database_urls), "the connection to end")
        # Where the kill came too late, all of it is there; where it came in the middle, none.
        if process.returncode == -signal.SIGKILL and under_way:
            assert counts(database_urls) == before
    said, warned = begun(env, second).communicate(timeout=120)
    assert f"{ROWS} rows, 0 refused" in said, said + warned
    after = counts(database_urls)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert (grown["researcher"], grown["credential"]) == (ROWS, ROWS)
    assert (grown["command"], grown["ledger_entry"]) == (1, 1)
    again, _ = begun(env, second).communicate(timeout=120)
    assert "was imported before" in again
    assert counts(database_urls) == after
    verified = subprocess.run(
        [sys.executable, "-m", "talent_registry", "ledger", "verify"], env=env, cwd=ROOT, check=False, timeout=60
    )
    assert verified.returncode == 0
