"""A database that accepts and never answers: the server stays alive, answers in time, and recovers."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.faults.clients import Fate, as_owner_of_all, check, crowd, heard_from, repeat_unknown
from tests.faults.conftest import Place
from tests.faults.servers import OwnDatabase, Server, wait_until

# The settings of the place give a request five seconds, and a slow machine is given a few times that.
BOUND = 20.0
SEED = int(os.environ.get("FAULTS_SEED", "20261124"))


def test_requests_end_in_time_with_a_code_while_the_database_hangs(place: Place, standing: Server) -> None:
    with crowd(place.people, standing.address, SEED) as at_work:
        wait_until(heard_from(at_work, 10), "the first answers")
        with _stopped(place.database):
            time.sleep(0.5)
            already, began = len(at_work.sent), time.monotonic()
            assert [standing.status("/livez", seconds=10) for _ in range(5)] == [200] * 5
            assert standing.status("/readyz") == 503
            # Requests that were under way, and others that begin only now.
            wait_until(lambda: len(at_work.sent) >= already + 12, "answers")
            assert time.monotonic() - began < 2 * BOUND
            hung = list(at_work.sent)[already:]
            assert standing.status("/livez", seconds=10) == 200
        standing.wait_for("/readyz", 200)
        wait_until(heard_from(at_work, 10), "answers afterwards")
    check(repeat_unknown(at_work.sent, standing.address), place.database.superuser_url)
    assert {one.fate for one in hung} == {Fate.UNKNOWN}
    assert {one.status for one in hung} == {503}
    assert {one.code for one in hung} <= {"DEADLINE", "UNAVAILABLE"}


def test_a_request_of_nobody_and_a_sign_in_end_in_time_too(place: Place, standing: Server) -> None:
    query = {"json": {"query": "{ organisations(first: 1) { edges { cursor } } }"}}
    client = {"data": {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "nothing"}}
    answers: list[int] = []

    def ask(path: str, what: dict[str, Any]) -> None:
        answers.append(httpx.post(f"{standing.address}{path}", timeout=2 * BOUND, **what).status_code)

    ask("/graphql", query)
    with _stopped(place.database):
        threads = [
            threading.Thread(target=ask, args=each)
            for each in (("/graphql", query), ("/oauth/token", client), ("/graphql", query))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [200, 503, 503, 503]
    standing.wait_for("/readyz", 200)
    ask("/graphql", query)
    assert answers[-1] == 200


def test_a_command_the_database_held_up_is_done_once_or_not_at_all(place: Place, standing: Server) -> None:
    with crowd(place.people, standing.address, SEED + 1) as at_work:
        wait_until(heard_from(at_work, 10), "the first answers")
        for _ in range(3):
            with _stopped(place.database):
                time.sleep(0.3)
            wait_until(heard_from(at_work, 3), "answers afterwards")
    check(repeat_unknown(at_work.sent, standing.address), place.database.superuser_url)


@contextmanager
def _stopped(database: OwnDatabase) -> Iterator[None]:
    """PostgreSQL with all its processes stands still: sockets stay open, new ones are accepted, nobody answers."""
    with as_owner_of_all(database.superuser_url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'talent_registry_api' AND backend_type = 'client backend'"
        ).fetchall()
    still = [database.postmaster, *(pid for (pid,) in found)]
    for pid in still:
        _signal(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in still:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it left by itself
