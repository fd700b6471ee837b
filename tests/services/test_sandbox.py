"""A sandbox holds invented people whose certificates answer as documented, and nobody else."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy.pool import QueuePool

from talent_registry.composition import CannotOpen, open_registry
from talent_registry.demo.cast import sample_roll
from talent_registry.domain.errors import InvalidInput, Limited
from talent_registry.domain.questions import Target
from talent_registry.domain.sandbox import (
    LIMITED_SECONDS,
    OFFICES,
    POST_SERIES,
    PURPOSE,
    SLOW_SECONDS,
    Documented,
    SandboxTerms,
    documented,
    is_always_slow,
)
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.services import ledger, organisations, researchers, verification
from talent_registry.services.founding import found_authorities
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry
from talent_registry.services.researchers import NewPerson
from talent_registry.services.rolls import import_roll
from talent_registry.services.sandbox import authority_of, found_sandbox
from talent_registry.services.verified_recognition import recognise_verified
from talent_registry.settings import Settings
from tests.conftest import DatabaseUrls
from tests.registries import World

REAL = "11010519491231002X"


async def found(world: World) -> Registry:
    """The world's registry, founded as a sandbox."""
    registry = replace(world.registry, sandbox=SandboxTerms())
    await found_authorities(registry)
    assert [outcome.problems for outcome in await found_sandbox(registry)] == [(), ()]
    return registry


async def answer(registry: Registry, actor: Actor, one: Documented, document: str | None = None) -> tuple[str, str]:
    """Verdict and recognition in the other province, as an office that types what the table says gets them."""
    asked = verification.Asked(Typed(one.number, one.name, document), PURPOSE)
    try:
        answered = await verification.verify(registry, actor, asked, str(uuid4()), "here")
    except Limited as limited:
        return ("LIMITED" if limited.retry_after == LIMITED_SECONDS else "TOO_MANY_ATTEMPTS"), ""
    target = Target(division=one.office.post, employer_kind="UNIVERSITY", post_series=POST_SERIES)
    recognised = await recognise_verified(registry, actor, answered, target)
    return answered.verdict.value, recognised.decision.outcome.value if recognised else ""


async def test_every_documented_certificate_answers_as_documented(world: World) -> None:
    registry = await found(world)
    before = (await ledger.verify(registry, OPERATOR)).chain.entries
    # Founded again, as by every process that starts: nothing is written again.
    assert len(await found_sandbox(registry)) == len(OFFICES)
    assert (await ledger.verify(registry, OPERATOR)).chain.entries == before
    unit = organisations.NewOrganisation("沙箱机构", "AGENCY", "510100")
    made = UUID((await organisations.register(registry, OPERATOR, unit, "unit")).result["organisation_id"])
    agency = Actor(ActorKind.AGENCY, None, made, None, "510000", frozenset({PURPOSE}))
    for one in documented():
        if is_always_slow(one.number):
            continue
        expected = (one.fate.verdict, one.fate.outcome)
        assert (one.number, await answer(registry, agency, one)) == (one.number, expected)
        if one.fate.recorded_name == one.fate.name:
            assert (await answer(registry, agency, one, one.document))[0] == one.fate.verdict


async def test_a_slow_certificate_answers_late_and_holds_no_connection_while_it_waits(world: World) -> None:
    registry = await found(world)
    slow = [one for one in documented() if is_always_slow(one.number)]
    asked = [verification.Asked(Typed(one.number, one.name)) for one in slow]
    begun = time.monotonic()
    waiting = [asyncio.create_task(verification.verify(registry, ANONYMOUS, one, None, "here")) for one in asked]
    await asyncio.sleep(SLOW_SECONDS / 2)
    pool = registry.database.engine.pool
    assert isinstance(pool, QueuePool)
    assert (pool.checkedout(), [one.done() for one in waiting]) == (0, [False, False])
    answered = await asyncio.gather(*waiting)
    assert SLOW_SECONDS <= time.monotonic() - begun < SLOW_SECONDS * len(slow)
    assert {one.verdict for one in answered} == {Verdict.VALID}
    # Elsewhere the same number is like any other.
    begun = time.monotonic()
    await verification.verify(world.registry, ANONYMOUS, asked[0], None, "there")
    assert time.monotonic() - begun < SLOW_SECONDS


async def test_in_a_sandbox_nobody_uses_up_the_tries_of_another(world: World) -> None:
    registry = await found(world)
    missing = next(one for one in documented() if one.fate.verdict == "NOT_FOUND")
    asked = verification.Asked(Typed(missing.number, missing.name), PURPOSE)
    limits = verification.Limits(target_by_anonymous_an_hour=1)
    await verification.verify(registry, ANONYMOUS, asked, None, "here", limits)
    with pytest.raises(Limited):
        await verification.verify(registry, ANONYMOUS, asked, None, "here", limits)
    answered = await verification.verify(registry, ANONYMOUS, asked, None, "elsewhere", limits)
    assert answered.verdict is Verdict.NOT_FOUND
    # Outside a sandbox a certificate is guarded from all callers together, and none has a fate.
    real = world.registry
    await verification.verify(real, ANONYMOUS, asked, None, "a", limits)
    with pytest.raises(Limited):
        await verification.verify(real, ANONYMOUS, asked, None, "b", limits)
    limited = next(one for one in documented() if one.fate.verdict == "LIMITED")
    told = await verification.verify(
        real, ANONYMOUS, verification.Asked(Typed(limited.number, limited.name)), None, "c", limits
    )
    assert told.verdict is Verdict.NOT_FOUND


async def test_a_sandbox_takes_no_real_person_in(world: World) -> None:
    registry = await found(world)
    for kind, number in (("RESIDENT_ID", REAL), ("FOREIGN_PASSPORT", "E12345678")):
        with pytest.raises(InvalidInput) as refused:
            await researchers.register(registry, OPERATOR, NewPerson("王芳", kind, number), str(uuid4()))
        assert refused.value.reason == "SANDBOX_SAMPLES_ONLY"
    roll = sample_roll("510000").decode("utf-8-sig")
    first = next(line for line in roll.splitlines() if "990000" in line)
    mixed = roll.replace(first.split(",")[2], REAL)
    with pytest.raises(InvalidInput) as refused:
        await import_roll(registry, await authority_of(registry, OFFICES[0]), mixed.encode())
    assert refused.value.reason == "SANDBOX_SAMPLES_ONLY"


async def test_a_registry_of_real_people_is_never_opened_as_a_sandbox(
    world: World, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    settings = Settings(database_url=SecretStr(database_urls.app_url), data=tmp_path, sandbox=True)
    async with open_registry(settings) as registry:
        assert registry.allow_test_identities
        assert registry.sandbox == SandboxTerms(settings.sandbox_key_days, settings.sandbox_keys_a_day)
    await researchers.register(world.registry, OPERATOR, NewPerson("王芳", "RESIDENT_ID", REAL), "real")
    with pytest.raises(CannotOpen, match="TALENT_REGISTRY_SANDBOX"):
        async with open_registry(settings):
            pass
    assert REAL not in str(settings)


async def test_where_a_sandbox_was_founded_no_registry_is_opened(
    world: World, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    settings = Settings(database_url=SecretStr(database_urls.app_url), data=tmp_path)
    async with open_registry(settings):
        pass
    await found(world)
    with pytest.raises(CannotOpen, match="invented"):
        async with open_registry(settings):
            pass
    async with open_registry(settings.model_copy(update={"sandbox": True})) as registry:
        assert registry.sandbox is not None
