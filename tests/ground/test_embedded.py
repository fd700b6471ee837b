"""The own server: shared, killed, raced for, and left running by nobody."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy import make_url

from talent_registry import embedded
from talent_registry.embedded import cluster
from talent_registry.embedded.places import Places, prepared_places
from talent_registry.embedded.programs import find_programs, server_owner
from talent_registry.settings import Settings

ROOT = Path(__file__).parents[2]
CLIENT = """
import sys, time
from pathlib import Path
from talent_registry import embedded
from talent_registry.settings import Settings
running = embedded.start(Settings(data=Path(sys.argv[1])), durable=False)
print("started", flush=True)
time.sleep(float(sys.argv[2]))
running.stop()
"""


@pytest.fixture
def settings() -> Iterator[Settings]:
    with TemporaryDirectory(prefix="tr-") as folder:
        Path(folder).chmod(0o711)
        bindir = os.environ.get("TALENT_REGISTRY_PG_BINDIR")
        settings = Settings(database_url=None, data=Path(folder) / "d", pg_bindir=Path(bindir) if bindir else None)
        yield settings
        places = prepared_places(settings.data, server_owner())
        if cluster.is_running(places):  # the test failed before it could stop it
            cluster.stop(find_programs(settings.pg_bindir, server_owner(), places.home), places)


@pytest.fixture
def places(settings: Settings) -> Places:
    return prepared_places(settings.data, server_owner())


def ask(url: str, question: str) -> object:
    parts = make_url(url)
    with psycopg.connect(user=parts.username, dbname=parts.database, **parts.query) as connection:  # type: ignore[arg-type]  # host, port, requirepeer
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def server_process(places: Places) -> int:
    return int((places.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])


def client(settings: Settings, seconds: float) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", CLIENT, str(settings.data), str(seconds)]
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_three_roles_may_enter_and_none_but_the_superuser_rules(settings: Settings) -> None:
    with embedded.start(settings, durable=False) as running:
        assert running.migrator_url is not None
        assert ask(running.app_url, "SELECT current_user") == "talent_registry_api"
        assert ask(
            running.migrator_url,
            "SELECT pg_has_role(datdba, 'member') FROM pg_database WHERE datname = current_database()",
        )
        powers = (
            "SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_roles "
            "WHERE rolname LIKE 'talent_registry_%' AND rolname <> 'talent_registry_superuser'"
        )
        assert ask(running.app_url, powers) is False
        assert ask(running.app_url, "SELECT has_schema_privilege('public', 'CREATE')") is False
        assert ask(running.app_url, "SHOW listen_addresses") == ""
        assert "talent_registry_api" not in repr(running)


def test_the_server_stops_when_the_last_one_leaves(settings: Settings, places: Places) -> None:
    first = embedded.start(settings, durable=False)
    second = embedded.start(settings, durable=False)
    first.stop()
    first.stop()
    assert cluster.is_running(places)
    second.stop()
    assert not cluster.is_running(places)


def test_a_killed_server_starts_again_with_what_was_committed(settings: Settings, places: Places) -> None:
    running = embedded.start(settings, durable=False)
    assert running.migrator_url is not None
    ask(running.migrator_url, "CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(server_process(places), signal.SIGKILL)
    running.stop()
    with embedded.start(settings, durable=False) as again:
        assert again.migrator_url is not None
        assert ask(again.migrator_url, "SELECT n FROM kept") == 1


def test_a_stranger_with_the_old_process_number_is_no_obstacle(settings: Settings, places: Places) -> None:
    embedded.start(settings, durable=False).stop()
    owner = server_owner()
    user = owner.uid if owner.stepped_down else None
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", user=user)
    try:
        note = places.data / "postmaster.pid"
        note.write_text(f"{stranger.pid}\n{places.data}\n{int(time.time())}\n{cluster.PORT}\n", encoding="utf-8")
        if user is not None:
            os.chown(note, owner.uid, owner.gid)
        with embedded.start(settings, durable=False) as running:
            assert ask(running.app_url, "SELECT 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


def test_simultaneous_starts_share_one_server(settings: Settings, places: Places) -> None:
    clients = [client(settings, 0.3) for _ in range(3)]
    assert [one.communicate(timeout=90)[0] for one in clients] == ["started\n"] * 3
    assert [one.returncode for one in clients] == [0, 0, 0]
    assert not cluster.is_running(places)


def test_a_server_whose_user_was_killed_is_taken_over(settings: Settings, places: Places) -> None:
    killed = client(settings, 60)
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()
    killed.communicate()
    assert cluster.is_running(places)
    embedded.start(settings, durable=False).stop()
    assert not cluster.is_running(places)


def test_data_of_another_version_is_left_alone(settings: Settings, places: Places) -> None:
    embedded.start(settings, durable=False).stop()
    (places.data / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(embedded.CannotStart, match="is PostgreSQL 9's"):
        embedded.start(settings, durable=False)


def test_a_folder_too_deep_for_a_socket_gets_a_shorter_one(settings: Settings) -> None:
    deep = settings.data / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    for folder in (settings.data, deep.parent):
        folder.chmod(0o711)
    with embedded.start(settings.model_copy(update={"data": deep}), durable=False) as running:
        assert len(str(make_url(running.app_url).query["host"])) < 100
        assert ask(running.app_url, "SELECT 1") == 1


def test_a_named_database_is_used_and_left_alone() -> None:
    settings = Settings.model_validate({"database_url": "postgresql+psycopg://somebody@elsewhere/registry"})
    with embedded.start(settings) as running:
        assert running.app_url == "postgresql+psycopg://somebody@elsewhere/registry"
        assert running.superuser_url is None
