"""Signing in, and who is behind a token."""

import time
from uuid import uuid4

import pytest
from passlib.hash import argon2  # type: ignore[import-untyped]
from sqlalchemy import text, update

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.errors import Conflict, Limited, NotPermitted
from talent_registry.services import accounts, identities
from talent_registry.services.attempts import Allowance
from talent_registry.services.identities import BY_LOGIN, BY_LOGIN_ANYWHERE, BY_ORIGIN
from talent_registry.services.permissions import OPERATOR
from talent_registry.signing import tokens
from talent_registry.signing.sealing import digest
from talent_registry.storage.tables import account
from tests.offices import HOME, PASSWORD, Offices, open_offices
from tests.registries import World

ELSEWHERE = "198.51.100.7"


@pytest.fixture
async def offices(world: World) -> Offices:
    return await open_offices(world)


async def test_a_closed_account_is_nobody_from_the_next_request_on(offices: Offices) -> None:
    world = offices.world
    account_id = await offices.account(AccountKind.HR, offices.university)
    issued = await identities.sign_in(world.registry, "clerk-1", PASSWORD, HOME, seconds=900)
    assert (await identities.actor_of_token(world.registry, issued.access_token)).account_id == account_id
    await accounts.close_account(world.registry, OPERATOR, account_id, world.key())
    with pytest.raises(NotPermitted) as refused:
        await identities.actor_of_token(world.registry, issued.access_token)
    assert refused.value.reason == "ACCOUNT_CLOSED"
    with pytest.raises(NotPermitted) as wrong:
        await identities.sign_in(world.registry, "clerk-1", PASSWORD, HOME, seconds=900)
    assert wrong.value.reason == "WRONG_SIGN_IN"
    with pytest.raises(Conflict):
        await accounts.close_account(world.registry, OPERATOR, account_id, world.key())


async def test_a_changed_purpose_holds_from_the_next_request_on(offices: Offices) -> None:
    world = offices.world
    account_id = await offices.account(AccountKind.AGENCY, offices.agency)
    found = await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    token = identities.issue(world.registry, found, ("DECIDE", "VERIFY"), seconds=60).access_token
    async with world.registry.noting(OPERATOR) as connection:
        await connection.execute(update(account).where(account.c.id == account_id).values(purposes=["VERIFY"]))
    actor = await identities.actor_of_token(world.registry, token)
    assert actor.purposes == frozenset({"VERIFY"})


async def test_a_token_lives_as_long_as_it_says(offices: Offices) -> None:
    world = offices.world
    await offices.account(AccountKind.HR, offices.university)
    issued = await identities.sign_in(world.registry, "CLERK-1", PASSWORD, HOME, seconds=900)
    assert (issued.expires_at - world.clock()).total_seconds() == issued.expires_in == 900
    world.clock.go_on(seconds=899)
    await identities.actor_of_token(world.registry, issued.access_token)
    world.clock.go_on(seconds=1)
    with pytest.raises(NotPermitted) as refused:
        await identities.actor_of_token(world.registry, issued.access_token)
    assert refused.value.reason == "TOKEN_EXPIRED"


async def test_a_token_that_names_no_account_of_ours_is_refused(world: World) -> None:
    for subject, reason in (("nobody", "TOKEN_REFUSED"), (str(uuid4()), "ACCOUNT_CLOSED")):
        token = tokens.issue(world.registry.keys, subject, now=world.clock(), seconds=60)
        with pytest.raises(NotPermitted) as refused:
            await identities.actor_of_token(world.registry, token)
        assert refused.value.reason == reason
    with pytest.raises(NotPermitted) as odd:
        await identities.actor_of_token(world.registry, "a.b.c")
    assert odd.value.reason == "TOKEN_REFUSED"


async def test_wrong_password_and_unknown_login_read_and_cost_the_same(offices: Offices) -> None:
    world = offices.world
    await offices.account(AccountKind.HR, offices.university)
    words, seconds = set(), []
    for login in ("clerk-1", "nobody-1", "无此人", "clerk-1", "nobody-1"):
        began = time.perf_counter()
        with pytest.raises(NotPermitted) as refused:
            await identities.authenticate(world.registry, login, "wrong password 1", HOME)
        seconds.append(time.perf_counter() - began)
        words.add((refused.value.reason, refused.value.message))
    assert len(words) == 1
    # Each did the work of a password check, which nothing cheaper takes.
    assert min(seconds) > 0.005


async def spent(world: World, allowance: Allowance, subject: str, count: int) -> None:
    """As if so many tries had been counted."""
    async with world.registry.noting(OPERATOR) as connection:
        await connection.execute(
            text("INSERT INTO attempt VALUES (:scope, :subject, :window, :count)"),
            {
                "scope": allowance.scope,
                "subject": digest(world.registry.keys, allowance.scope, subject),
                "window": allowance.window_start(world.clock()),
                "count": count,
            },
        )


async def test_a_strangers_wrong_tries_lock_the_stranger_out_and_not_the_owner(offices: Offices) -> None:
    world = offices.world
    await offices.account(AccountKind.HR, offices.university)
    for _ in range(2):
        await identities.authenticate(world.registry, "clerk-1", PASSWORD, ELSEWHERE)
    for _ in range(BY_LOGIN.limit):
        with pytest.raises(NotPermitted):
            await identities.authenticate(world.registry, "clerk-1", "wrong password 1", ELSEWHERE)
    for _ in range(BY_LOGIN.limit):
        with pytest.raises(Limited) as limited:
            await identities.authenticate(world.registry, "clerk-1", PASSWORD, ELSEWHERE)
    assert limited.value.retry_after is not None
    assert 0 < limited.value.retry_after <= BY_LOGIN.seconds + 1
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    async with world.registry.reading(OPERATOR) as connection:
        counted = await connection.execute(
            text("SELECT count FROM attempt WHERE scope = :scope"), {"scope": BY_LOGIN_ANYWHERE.scope}
        )
    # A place that was shut out uses up nothing of what all places have together; right tries do not count.
    assert counted.scalar_one() == BY_LOGIN.limit
    world.clock.go_on(seconds=BY_LOGIN.seconds)
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, ELSEWHERE)


async def test_guessing_one_login_from_many_places_is_limited(offices: Offices) -> None:
    world = offices.world
    await offices.account(AccountKind.HR, offices.university)
    await spent(world, BY_LOGIN_ANYWHERE, "clerk-1", BY_LOGIN_ANYWHERE.limit)
    with pytest.raises(Limited):
        await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    world.clock.go_on(seconds=BY_LOGIN_ANYWHERE.seconds)
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)


async def test_many_logins_from_one_place_are_limited(world: World) -> None:
    await spent(world, BY_ORIGIN, HOME, BY_ORIGIN.limit)
    with pytest.raises(Limited):
        await identities.authenticate(world.registry, "nobody-1", PASSWORD, HOME)


async def test_an_agencys_client_is_sent_to_the_token_endpoint(offices: Offices) -> None:
    await offices.account(AccountKind.AGENCY, offices.agency)
    with pytest.raises(NotPermitted) as refused:
        await identities.sign_in(offices.world.registry, "clerk-1", PASSWORD, HOME, seconds=900)
    assert refused.value.reason == "USE_CLIENT_CREDENTIALS"


async def test_an_old_hash_is_renewed_when_its_owner_signs_in(offices: Offices) -> None:
    world = offices.world
    account_id = await offices.account(AccountKind.HR, offices.university)
    old = argon2.using(type="ID", memory_cost=8192, rounds=1, parallelism=1).hash(PASSWORD)

    async def stored() -> str:
        async with world.registry.reading(OPERATOR) as connection:
            found = await connection.execute(text("SELECT password_hash FROM account"))
            return str(found.scalar_one())

    async with world.registry.noting(OPERATOR) as connection:
        await connection.execute(update(account).where(account.c.id == account_id).values(password_hash=old))
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
    assert await stored() != old
    await identities.authenticate(world.registry, "clerk-1", PASSWORD, HOME)
