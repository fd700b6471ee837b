"""Servers killed with -9 in the middle of commands lose nothing, double nothing, leave nothing half-done."""

import os
import random
import signal
import time

from tests.faults.clients import Fate, Sent, check, crowd, heard_from, repeat_unknown
from tests.faults.conftest import Place
from tests.faults.servers import ended, program, serving, wait_until

KILLS = int(os.environ.get("FAULTS_KILLS", "2"))
SEED = int(os.environ.get("FAULTS_SEED", "20261124"))


def test_what_was_acked_before_a_kill_is_there_once_and_what_was_refused_is_not(place: Place) -> None:
    database, chance = place.database, random.Random(SEED)  # noqa: S311  # moments of a kill, no secret
    sent: list[Sent] = []
    for kill in range(KILLS):
        # The server starts PostgreSQL itself and leaves it behind, running, when it is killed; or both are killed.
        database.stop()
        with serving(database.settings) as server, crowd(place.people, server.address, SEED + kill) as at_work:
            wait_until(heard_from(at_work, 10), "the first answers")
            time.sleep(chance.uniform(0, 0.8))
            server.kill()
            if kill % 3 == 2:
                os.kill(database.postmaster, signal.SIGKILL)
            wait_until(lambda: at_work.count(Fate.UNKNOWN) > 0, "a client that notices")
        sent += at_work.sent
        check(at_work.sent, database.superuser_url, unknown_may_remain=True)
    assert {one.fate for one in sent} == set(Fate)
    with serving(database.settings) as server:
        known = repeat_unknown(sent, server.address)
        # Asked again under its key, what was done and acked is answered as before.
        acked = [one for one in sent if one.fate is Fate.ACKED]
        again = repeat_unknown(
            [Sent(one.command, Fate.UNKNOWN, {}) for one in chance.sample(acked, 10)], server.address
        )
    assert all(one.receipt["replayed"] for one in again)
    check(known + again, database.superuser_url)
    verified = program(database.settings, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_killed_worker_is_replaced_and_none_outlives_the_process_that_watches_over_them(place: Place) -> None:
    database = place.database
    database.start()
    with serving(database.settings) as server:
        wait_until(lambda: len(server.workers()) == 2, "two workers")
        before = server.workers()
        with crowd(place.people, server.address, SEED - 2) as at_work:
            wait_until(heard_from(at_work, 10), "the first answers")
            os.kill(before[0], signal.SIGKILL)
            wait_until(lambda: len(set(server.workers()) - set(before)) == 1, "a new worker")
            wait_until(heard_from(at_work, 10), "more answers")
        assert before[1] in server.workers()
        known = repeat_unknown(at_work.sent, server.address)
        workers = server.workers()
        os.kill(server.process.pid, signal.SIGKILL)
        try:
            wait_until(lambda: ended(workers), "the workers to end with the process that watches over them")
        finally:
            _end(workers)
    check(known, database.superuser_url)


def _end(pids: list[int]) -> None:
    for pid in pids:
        if not ended([pid]):
            os.kill(pid, signal.SIGKILL)
