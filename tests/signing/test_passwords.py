"""Passwords: argon2id alone, bounded, and the same work for a login that does not exist."""

import asyncio
import time
from threading import BoundedSemaphore, Event

import pytest
from passlib.hash import argon2  # type: ignore[import-untyped] # libpass ships no types

from talent_registry.domain.errors import InvalidInput, Limited
from talent_registry.signing import passwords
from talent_registry.signing.passwords import hash_password, hashed, needs_rehash, verified, verify_password

PASSWORD = "长江 Yangtze 2026 两地"


def test_a_hash_is_argon2id_with_the_chosen_parameters() -> None:
    stored = hash_password(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(stored, PASSWORD)
    assert not verify_password(stored, PASSWORD + "!")
    assert not needs_rehash(stored)


def test_a_hash_of_weaker_parameters_is_to_be_renewed() -> None:
    weaker = argon2.using(memory_cost=1024, time_cost=1, parallelism=1).hash(PASSWORD)
    assert verify_password(weaker, PASSWORD)
    assert needs_rehash(weaker)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("eleven char", "PASSWORD_TOO_SHORT"),
        ("", "PASSWORD_TOO_SHORT"),
        ("x" * 1025, "PASSWORD_UNUSABLE"),
        ("两" * 342, "PASSWORD_UNUSABLE"),
        ("with a NUL \0 inside", "PASSWORD_UNUSABLE"),
        ("with a surrogate \ud800", "PASSWORD_UNUSABLE"),
    ],
)
def test_an_unfit_password_is_not_set_and_verifies_nothing(password: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        hash_password(password)
    assert refused.value.reason == reason
    assert not verify_password(hash_password(PASSWORD), password)


def test_the_longest_password_is_accepted() -> None:
    assert verify_password(hash_password("x" * 1024), "x" * 1024)


def test_full_width_and_half_width_letters_are_one_password() -> None:
    assert verify_password(hash_password("Chongqing-Sichuan"), "Ｃhongqing－Sichuan")


@pytest.mark.parametrize("stored", [None, "", "plain", "$2b$12$" + "a" * 53, "$argon2id$v=19$m=1,t=1,p=1$x$y"])
def test_no_sound_hash_means_no_sign_in(stored: str | None) -> None:
    assert not verify_password(stored, PASSWORD)


def test_an_unknown_login_takes_the_time_of_a_known_one() -> None:
    stored = hash_password(PASSWORD)
    passwords.decoy()

    def least(known: str | None) -> float:
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            verify_password(known, "not the password")
            times.append(time.perf_counter() - begin)
        return min(times)

    unknown, known = least(None), least(stored)
    assert 0.4 < unknown / known < 2.5


async def test_hashing_leaves_the_event_loop_free() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)

    ticking = asyncio.create_task(tick())
    stored = await hashed(PASSWORD)
    assert await verified(stored, PASSWORD)
    ticking.cancel()
    assert ticks > 3


async def test_too_many_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_places", BoundedSemaphore(2))
    release = Event()
    waiting = [asyncio.create_task(passwords._in_pool(release.wait, 30)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Limited) as refused:
        await verified(None, PASSWORD)
    assert refused.value.retry_after
    release.set()
    assert await asyncio.gather(*waiting) == [True, True]
    assert not await verified(None, PASSWORD)
