"""A developer gets a key of the sandbox at once, tries a revocation with it, changes and deletes it; it ends alone."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.credentials import Standing
from talent_registry.domain.errors import Conflict, InvalidInput, Limited, NotFound, NotPermitted
from talent_registry.domain.questions import Target
from talent_registry.domain.queue import Task
from talent_registry.domain.sandbox import POST_SERIES, PURPOSE, SandboxTerms, documented
from talent_registry.domain.verification import Typed
from talent_registry.jobs.queue import look
from talent_registry.services import (
    events,
    identities,
    recognition,
    sandbox_keys,
    sandbox_people,
    verification,
    webhooks,
)
from talent_registry.services.attempts import count_attempts
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from talent_registry.services.sandbox_keys import GivenKey
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World
from tests.services.test_sandbox import found

MAIL = "dev@example.org"


async def given(registry: Registry, mail: str = MAIL, origin: str = "here") -> GivenKey:
    return await sandbox_keys.open_key(registry, mail, origin, str(uuid4()))


async def developer(registry: Registry, key: GivenKey) -> Actor:
    account = await identities.authenticate(registry, key.client_id, key.secret or "", "here")
    return await identities.actor_of(registry, account.id)


async def told(registry: Registry, actor: Actor) -> list[str]:
    """What changed in certificates, as the developer is told."""
    every = await events.list_events(registry, actor, 0)
    return [one.type for one in every if one.type.startswith("credential.")]


async def test_a_key_comes_at_once_and_a_repeat_shows_no_secret(world: World) -> None:
    registry = await found(world)
    key = str(uuid4())
    first = await sandbox_keys.open_key(registry, f"  {MAIL.upper()} ", "here", key)
    again = await sandbox_keys.open_key(registry, MAIL, "here", key)
    assert (again.client_id, again.secret, again.own) == (first.client_id, None, first.own)
    assert (first.own.standing, first.expires_at) == (Standing.VALID, world.clock().replace(month=12))
    actor = await developer(registry, first)
    assert actor.purposes == {PURPOSE}
    # Its own certificate and those of the table can be asked about: their holders agreed.
    one = next(each for each in documented() if each.fate.outcome == "CONFIRM")
    typed = verification.Asked(Typed(one.number, one.name), PURPOSE)
    verified = await verification.verify(registry, actor, typed, None, "here")
    assert verified.record is not None
    for credential_id, division, outcome in (
        (first.own.credential_id, "500106", "AUTO"),
        (verified.record.credential.id, one.office.post, "CONFIRM"),
    ):
        target = Target(division=division, employer_kind="UNIVERSITY", post_series=POST_SERIES)
        asked = recognition.AskedRecognition(credential_id, target, purpose=PURPOSE)
        computed = await recognition.compute(registry, actor, asked)
        assert computed.decision.outcome.value == outcome


async def test_a_test_revocation_is_told_to_its_developer_alone_and_another_certificate_takes_its_place(
    world: World,
) -> None:
    registry = await found(world)
    key, other = await given(registry), await given(registry, "other@example.org")
    mine, theirs = await developer(registry, key), await developer(registry, other)
    assert mine.account_id
    before = await told(registry, theirs)
    revoked = await sandbox_people.revoke_own(registry, mine.account_id, "act-1")
    assert (revoked.number, revoked.standing) == (key.own.number, Standing.REVOKED)
    assert (await told(registry, mine))[-1:] == ["credential.revoked"]
    with pytest.raises(Conflict) as refused:
        await sandbox_people.revoke_own(registry, mine.account_id, "act-2")
    assert refused.value.reason == "ALREADY_REVOKED"
    restored = await sandbox_people.restore_own(registry, mine.account_id, "act-3")
    assert restored == await sandbox_people.restore_own(registry, mine.account_id, "act-3")
    assert (restored.standing, restored.number == revoked.number) == (Standing.VALID, False)
    assert (await told(registry, mine))[-2:] == ["credential.revoked", "credential.recorded"]
    assert await told(registry, theirs) == before


async def test_a_secret_is_changed_and_a_key_deleted_with_all_that_hangs_on_it(
    world: World, database_urls: DatabaseUrls
) -> None:
    registry = await found(world)
    key = await given(registry)
    assert key.secret
    shown = await sandbox_keys.use_key(registry, key.client_id, key.secret, "here")
    assert shown == key
    renewed = await sandbox_keys.rotate_secret(registry, key.client_id, key.secret, "here", "act-1")
    assert renewed.secret not in (None, key.secret)
    for wrong in (key.secret, "no such secret"):
        with pytest.raises(NotPermitted):
            await sandbox_keys.use_key(registry, key.client_id, wrong, "here")
    actor = await developer(registry, renewed)
    made = await webhooks.register(registry, actor, "https://hook.example.org/", "act-2")
    await sandbox_keys.delete_key(registry, key.client_id, renewed.secret or "", "here")
    with pytest.raises(NotPermitted):
        await identities.actor_of(registry, actor.account_id or UUID(int=0))
    assert (await webhooks.list_webhooks(registry, actor), made.done.replayed) == ([], False)
    assert rows(database_urls) == 0


def rows(urls: DatabaseUrls) -> int:
    with as_superuser(urls) as connection:
        found = connection.execute("SELECT count(*) FROM sandbox_key").fetchone()
    assert found
    return int(found[0])


async def test_a_key_ends_by_itself_on_its_day(world: World, database_urls: DatabaseUrls) -> None:
    registry = await found(world)
    key = await given(registry)
    actor = await developer(registry, key)
    assert actor.account_id
    world.clock.go_on(days=30, seconds=-1)
    assert not await sandbox_keys.has_ended(registry, actor.account_id)
    assert (await sandbox_keys.end_expired(registry), rows(database_urls)) == (0, 1)
    world.clock.go_on(seconds=1)
    # Before anybody has come round to closing it, and afterwards.
    assert await sandbox_keys.has_ended(registry, actor.account_id)
    with pytest.raises(NotFound):
        await sandbox_keys.use_key(registry, key.client_id, key.secret or "", "here")
    await look(registry, Task.END_SANDBOX_KEYS)
    assert rows(database_urls) == 0
    with pytest.raises(NotPermitted):
        await identities.actor_of(registry, actor.account_id)
    assert await sandbox_keys.end_expired(registry) == 0


async def test_keys_are_limited_by_address_by_place_and_in_all(world: World) -> None:
    registry = await found(world)
    for text in ("", "nobody", "a@b", "a b@example.org", f"{'x' * 250}@example.org", "a@example.org, b@example.org"):
        with pytest.raises(InvalidInput) as refused:
            await sandbox_keys.open_key(registry, text, "here", "key")
        assert refused.value.reason == "MAIL_MALFORMED"
    for _ in range(sandbox_keys.OF_MAIL.limit):
        key = str(uuid4())
        first = await sandbox_keys.open_key(registry, MAIL, "here", key)
    assert await refused_until_tomorrow(registry) == 20 * 3600 + 1
    # Pressed twice it is no other key, and a stranger who names the address uses up none of its owner's.
    assert (await sandbox_keys.open_key(registry, MAIL, "here", key)).client_id == first.client_id
    await given(registry, origin="elsewhere")
    # Nothing of the kind outside a sandbox.
    with pytest.raises(NotFound):
        await given(world.registry, "other@example.org")
    assert not await sandbox_keys.has_ended(world.registry, UUID(int=0))
    assert await sandbox_keys.end_expired(world.registry) == 0


async def refused_until_tomorrow(registry: Registry, mail: str = MAIL, origin: str = "here") -> int | None:
    with pytest.raises(Limited) as refused:
        await given(registry, mail, origin)
    assert refused.value.reason == "NO_MORE_KEYS_TODAY"
    return refused.value.retry_after


async def test_one_place_never_uses_up_the_keys_that_all_may_have(world: World) -> None:
    registry = replace(await found(world), sandbox=SandboxTerms(keys_a_day=4))
    await count_attempts(registry, "crowd", sandbox_keys.OF_ORIGIN, amount=sandbox_keys.OF_ORIGIN.limit)
    for nth in range(5):
        assert await refused_until_tomorrow(registry, f"dev{nth}@example.org", "crowd")
    for nth in range(4):
        await given(registry, f"dev{nth}@example.org", f"place {nth}")
    assert await refused_until_tomorrow(registry, origin="place 9")
    world.clock.go_on(days=1)
    await given(registry)


async def test_a_key_of_a_sandbox_is_none_where_its_database_is_opened_as_a_real_registry(world: World) -> None:
    registry = await found(world)
    actor = await developer(registry, await given(registry))
    assert actor.account_id
    assert not await sandbox_keys.has_ended(registry, actor.account_id)
    assert await sandbox_keys.has_ended(world.registry, actor.account_id)
