"""The same command sent many times at once has one effect and one answer, whichever server it reaches."""

import random
import threading
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from tests.faults.clients import Command, Fate, People, Sent, check, send
from tests.faults.conftest import Place
from tests.faults.servers import serving

TIMES = 16
ROUNDS = 3
SEED = 16


@pytest.fixture(scope="module")
def addresses(place: Place) -> Iterator[list[str]]:
    """Two servers, in turn."""
    place.database.start()
    settings = place.database.settings
    with serving(settings, workers=1) as one, serving(settings, workers=1) as other:
        yield [one.address, other.address] * (TIMES // 2)


def test_sixteen_at_once_over_two_servers_have_one_effect_and_one_answer(place: Place, addresses: list[str]) -> None:
    for command in [one for _ in range(ROUNDS) for one in _commands(place.people)]:
        answers = _at_once([(command, address) for address in addresses])
        assert [sent.fate for sent in answers] == [Fate.ACKED] * TIMES, [(sent.status, sent.code) for sent in answers]
        assert all(sent.first == answers[0].first for sent in answers)
        assert sum(not sent.receipt["replayed"] for sent in answers) == 1
        check(answers, place.database.superuser_url)


def test_another_request_under_a_used_key_is_a_conflict(place: Place, addresses: list[str]) -> None:
    commands = {one.name: one for one in _commands(place.people)}
    with httpx.Client(timeout=60) as http:
        for command in commands.values():
            assert send(http, addresses[0], command).fate is Fate.ACKED
        for other in _commands(place.people):
            differing = send(http, addresses[1], replace(other, key=commands[other.name].key))
            assert (differing.fate, differing.answer.get("reason")) == (Fate.REFUSED, "KEY_USED_BEFORE")
        crossed = replace(commands["grantConsent"], key=commands["editProfile"].key)
        assert send(http, addresses[0], crossed).answer["reason"] == "KEY_USED_BEFORE"
    check([Sent(one, Fate.REFUSED, {}) for one in _commands(place.people)], place.database.superuser_url)


def test_a_key_belongs_to_whoever_used_it(place: Place, addresses: list[str]) -> None:
    officers, researchers = (
        next(one for one in _commands(place.people) if one.name == name)
        for name in ("registerOrganisation", "editProfile")
    )
    with httpx.Client(timeout=60) as http:
        assert send(http, addresses[0], officers).fate is Fate.ACKED
        theirs = send(http, addresses[0], replace(researchers, key=officers.key))
    assert (theirs.fate, theirs.receipt["replayed"]) == (Fate.ACKED, False)


def test_of_two_requests_at_once_under_one_key_one_is_carried_out(place: Place, addresses: list[str]) -> None:
    for command, other in zip(_commands(place.people), _commands(place.people), strict=True):
        rivals = [command, command, replace(other, key=command.key), replace(other, key=command.key)] * (TIMES // 4)
        answers = _at_once(list(zip(rivals, addresses, strict=True)))
        acked = [sent for sent in answers if sent.fate is Fate.ACKED]
        assert len(acked) == TIMES // 2
        assert len({sent.receipt["id"] for sent in acked}) == 1
        assert {sent.answer.get("reason") for sent in answers if sent.fate is not Fate.ACKED} == {"KEY_USED_BEFORE"}
        check(acked, place.database.superuser_url)


def _commands(people: People) -> list[Command]:
    """One command of each kind that succeeds."""
    chance = random.Random(SEED)  # noqa: S311  # an order of commands, no secret
    found: dict[str, Command] = {}
    while len(found) < 5:
        command = people.command(chance)
        if not _is_refused(command):
            found[command.name] = command
    return list(found.values())


def _is_refused(command: Command) -> bool:
    return command.asked.get("division") == "500106" or command.asked.get("until") == "2020-01-01"


def _at_once(tries: list[tuple[Command, str]]) -> list[Sent]:
    """All tries as close to one moment as threads allow; the answers in their order."""
    answers: list[Sent | None] = [None] * len(tries)
    start = threading.Barrier(len(tries))

    def one(place: int, command: Command, address: str) -> None:
        with httpx.Client(timeout=60) as http:
            start.wait()
            answers[place] = send(http, address, command)

    threads = [threading.Thread(target=one, args=(place, *each)) for place, each in enumerate(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in answers
    return [answer for answer in answers if answer is not None]
