"""Connections cut and PostgreSQL crashed under running servers: nothing is lost, and they recover by themselves."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from talent_registry.embedded import cluster
from talent_registry.embedded.places import prepared_places
from talent_registry.embedded.programs import Programs, find_programs, server_owner
from tests.faults.clients import Fate, as_owner_of_all, check, crowd, heard_from, repeat_unknown
from tests.faults.conftest import Place
from tests.faults.servers import OwnDatabase, Server, program, wait_until

CUTS = int(os.environ.get("FAULTS_CUTS", "6"))
SEED = int(os.environ.get("FAULTS_SEED", "20261124"))


def test_a_server_whose_database_is_cut_off_and_crashes_recovers_and_loses_nothing(
    place: Place, standing: Server
) -> None:
    database, server = place.database, standing
    with watched(server) as seen:
        with crowd(place.people, server.address, SEED) as at_work:
            wait_until(heard_from(at_work, 10), "the first answers")
            for _ in range(CUTS):
                _cut_all(database)
                wait_until(heard_from(at_work, 3), "answers after a cut")
            with _crashed(database):
                server.wait_for("/readyz", 503)
                assert server.status("/livez") == 200
            server.wait_for("/readyz", 200)
            wait_until(heard_from(at_work, 10), "answers after a crash")
        known = repeat_unknown(at_work.sent, server.address)
        assert server.process.poll() is None
    # A crash is no refusal: what is not known to have failed is never called refused.
    assert {one.code for one in at_work.sent if one.fate is Fate.REFUSED} <= {"NOT_PERMITTED", "INVALID_INPUT"}
    assert seen == {200}
    check(known, database.superuser_url)
    assert program(database.settings, "ledger", "verify").returncode == 0


def test_a_caller_is_told_that_the_database_is_away_and_not_of_a_defect(place: Place, standing: Server) -> None:
    database, server = place.database, standing
    with crowd(place.people, server.address, SEED + 1) as at_work:
        wait_until(heard_from(at_work, 5), "the first answers")
        with _crashed(database):
            already = len(at_work.sent)
            wait_until(lambda: len(at_work.sent) >= already + 20, "answers without a database")
            told = [one for one in list(at_work.sent)[already:] if one.fate is Fate.UNKNOWN]
        server.wait_for("/readyz", 200)
    assert told
    assert {(one.status, one.code) for one in told} == {(503, "UNAVAILABLE")}


@contextmanager
def watched(server: Server) -> Iterator[set[int]]:
    """What /livez answers while the block runs."""
    seen: set[int] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.add(server.status("/livez"))
            time.sleep(0.1)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _cut_all(database: OwnDatabase) -> None:
    """Every connection of the application, whatever it is doing."""
    with as_owner_of_all(database.superuser_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'talent_registry_api'"
        )


@contextmanager
def _crashed(database: OwnDatabase) -> Iterator[None]:
    """PostgreSQL stopped without a goodbye, and started again afterwards."""
    programs = _programs(database)
    places = prepared_places(database.settings.data, programs.owner)
    answer = programs.run("pg_ctl", "stop", "-s", "-w", "-m", "immediate", "-D", places.data)
    assert answer.returncode == 0, answer.stderr
    try:
        yield
    finally:
        cluster.start(programs, places)


def _programs(database: OwnDatabase) -> Programs:
    owner = server_owner()
    return find_programs(database.settings.pg_bindir, owner, prepared_places(database.settings.data, owner).home)
