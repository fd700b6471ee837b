"""Verifications that are carried out together answer, log, note, attest and limit as if each had been asked alone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from psycopg import DataError
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.errors import Conflict, InvalidInput, Limited
from talent_registry.domain.ledger import walk
from talent_registry.domain.verification import Typed, Verdict
from talent_registry.services import receipts, standing, verification, verification_batches
from talent_registry.services.gathering import Gathering
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.registry import Registry, caller_of
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked, Limits, Verification
from talent_registry.storage import ledger
from talent_registry.storage import verification_batches as storage
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import Caller, Database, Pipe
from tests.conftest import DatabaseUrls
from tests.postings import account_of
from tests.registries import open_world
from tests.titles import NAME, NUMBER, Titles, document, open_titles

REVOKED, SUSPENDED, COMING = "512020000002", "512020000003", "512020000004"
NUMBERS = (NUMBER, NUMBER, REVOKED, SUSPENDED, COMING, "512020999999")
MANY = Limits(*[100_000] * 6)
PLENTY = 32


@dataclass
class Counter:
    """A registry that carries out verifications together, and one that does not, on the same database."""

    titles: Titles
    alone: Registry
    together: Registry
    sizes: list[int] = field(default_factory=list)
    alone_after_all: int = 0

    async def ask(
        self, registry: Registry, actor: Actor, typed: Typed, key: str | None = None, limits: Limits = MANY
    ) -> Verification:
        asked = Asked(typed, "聘用核验")
        return await verification.verify(registry, actor, asked, key, "192.0.2.1", limits)

    async def entries(self) -> list[Any]:
        """The ledger's entries of verifications, as far as two ways of carrying them out can agree."""
        async with self.alone.reading(OPERATOR) as connection:
            sealed = [one async for page in ledger.entries_from(connection) for one in page]
            assert walk(sealed).intact
            assert await ledger.count_commands_without_entry(connection) == 0
        found = [one.entry for one in sealed if one.entry.name == "verifyCredential"]
        return [(one.actor_kind, one.organisation_id, one.subjects, one.body, one.recorded_at) for one in found]

    async def looks(self) -> list[Any]:
        """The looks that the holder is shown."""
        async with self.alone.reading(self.titles.holder) as connection:
            rows = await connection.execute(
                text("SELECT account_id, organisation_id, at, purpose, basis, fields FROM access ORDER BY id")
            )
            return [tuple(row) for row in rows]

    async def counts(self) -> list[Any]:
        """What is counted of attempts."""
        async with self.alone.reading(OPERATOR) as connection:
            rows = await connection.execute(text("SELECT scope, subject_digest, count FROM attempt ORDER BY 1, 2"))
            return [tuple(row) for row in rows]


@pytest.fixture
async def counter(
    database_urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Counter]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    titles = await open_titles(world)
    await titles.record()
    for number, change in ((REVOKED, standing.revoke), (SUSPENDED, standing.suspend)):
        credential = await titles.record(number)
        await change(world.registry, titles.officer, StatusChange(credential, "核查"), world.key())
    database = Database(database_urls.app_url, pool_size=PLENTY)
    counter = Counter(titles, world.registry, replace(world.registry, database=database, gathering=Gathering(PLENTY)))
    carry_out = verification_batches.carry_out

    async def seen(registry: Registry, asked: Any) -> Any:
        counter.sizes.append(len(asked))
        carried = await carry_out(registry, asked)
        counter.alone_after_all += carried.count(None)
        return carried

    monkeypatch.setattr(verification, "carry_out", seen)
    yield counter
    await database.close()
    await world.registry.database.close()


def told(registry: Registry, found: Verification) -> Any:
    """An answer as far as two of the same question agree."""
    (given,) = found.done.receipts
    claims = receipts.check_receipt(registry, given.compact)
    place = claims.pop("ledger")
    assert (place["sequence"], place["command"]) == (found.done.sequence, str(found.done.command_id))
    assert claims.pop("jti") == str(given.id)
    parties = (given.kind, given.researcher_id, given.account_id, given.organisation_id, given.issued_at)
    answer = (found.verdict, found.reason, found.message, found.as_of, found.coverage, found.record)
    return answer, found.done.result, found.done.replayed, claims, parties


def drawn(titles: Titles, chance: Random) -> tuple[Actor, Typed, int]:
    """Somebody who asks about something, under one of a few keys (0: none)."""
    actor = chance.choice((ANONYMOUS, titles.hr, titles.officer, titles.other_officer, titles.issuer, titles.holder))
    typed = Typed(
        chance.choice(NUMBERS),
        chance.choice((NAME, NAME, NAME, "别人", "")),
        chance.choice((None, None, document(1), document(2))),
        chance.choice((None, None, "2020-04-17", "2020-04-18")),
        chance.choice((None, None, "副高级", "正高级")),
    )
    return actor, typed, chance.choice((0, 0, 0, 1))


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_asked_together_is_answered_as_if_asked_one_by_one(counter: Counter, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - the same questions each time
    questions = [drawn(counter.titles, chance) for _ in range(40)]
    # Of the same words under the same key one is first: which, the order of those who ask at once does not say.
    keys = [f"{n} {key}" if key else None for n, (_, _, key) in enumerate(questions)]

    async def all_of(way: Registry, name: str) -> list[Verification]:
        asked = [
            counter.ask(way, actor, typed, key and f"{name} {key}")
            for (actor, typed, _), key in zip(questions, keys, strict=True)
        ]
        return list(await asyncio.gather(*asked)) if way is counter.together else [await one for one in asked]

    first = await all_of(counter.alone, "a")
    entries, looks, counts = await counter.entries(), await counter.looks(), await counter.counts()
    second = await all_of(counter.together, "b")
    assert (max(counter.sizes) > 1, counter.alone_after_all) == (True, 0)
    assert [told(counter.alone, one) for one in second] == [told(counter.alone, one) for one in first]
    assert sorted(map(str, (await counter.entries())[len(entries) :])) == sorted(map(str, entries))
    assert sorted(map(str, (await counter.looks())[len(looks) :])) == sorted(map(str, looks))
    assert await counter.counts() == [(scope, subject, 2 * count) for scope, subject, count in counts]
    # And each is answered the same again, from what was kept.
    repeated = [one for one, key in zip(second, keys, strict=True) if key]
    again = [
        await counter.ask(counter.together, actor, typed, f"b {key}")
        for (actor, typed, _), key in zip(questions, keys, strict=True)
        if key
    ]
    assert [(one.done.command_id, one.done.receipts, one.record) for one in again] == [
        (one.done.command_id, one.done.receipts, one.record) for one in repeated
    ]
    assert all(one.done.replayed for one in again)


async def test_two_servers_at_once_write_one_chain_and_keep_nobody_waiting(
    counter: Counter, database_urls: DatabaseUrls
) -> None:
    database = Database(database_urls.app_url, pool_size=PLENTY)
    other = replace(counter.together, database=database, gathering=Gathering(PLENTY))
    chance, few = Random(7), Limits(account_a_minute=100_000, target_by_accounts_an_hour=100_000)  # noqa: S311
    hr = counter.titles.hr
    asked = [
        counter.ask(way, hr, Typed(chance.choice(NUMBERS), chance.choice((NAME, NAME, NAME, "别人"))), limits=few)
        for _ in range(45)
        for way in (counter.together, other)
    ]
    found = await asyncio.gather(*asked)
    assert (len(await counter.entries()), counter.alone_after_all) == (len(found), 0)
    wrong = sum(one.verdict in (Verdict.MISMATCH, Verdict.NOT_FOUND) for one in found)
    assert sum(count for scope, _, count in await counter.counts() if scope.startswith("verify-target")) == wrong
    await database.close()


async def test_of_one_key_asked_twice_at_once_there_is_one_command(counter: Counter) -> None:
    hr, fitting = counter.titles.hr, Typed(NUMBER, NAME)
    found = await asyncio.gather(*[counter.ask(counter.together, hr, fitting, "same") for _ in range(6)])
    assert len({one.done.command_id for one in found}) == 1
    assert [one.done.replayed for one in found].count(False) == 1
    assert len(await counter.entries()) == 1
    with pytest.raises(Conflict):
        await counter.ask(counter.together, hr, Typed(NUMBER, "别人"), "same")


async def test_who_asks_too_often_is_limited_and_the_others_of_the_batch_are_not(counter: Counter) -> None:
    wrong, few = Typed(NUMBER, "别人"), Limits(target_by_accounts_an_hour=5)
    asked = [counter.ask(counter.together, counter.titles.hr, wrong, limits=few) for _ in range(9)]
    others = [counter.ask(counter.together, ANONYMOUS, Typed(NUMBER, NAME), limits=MANY) for _ in range(3)]
    found = await asyncio.gather(*asked, *others, return_exceptions=True)
    assert sum(isinstance(one, Limited) for one in found[:9]) == 4
    assert all(isinstance(one, Verification) and one.verdict is Verdict.VALID for one in found[9:])
    assert len(await counter.entries()) == 8


async def test_one_that_fails_fails_alone(counter: Counter) -> None:
    stranger = replace(counter.titles.hr, account_id=new_id())
    fitting = Typed(NUMBER, NAME)
    found = await asyncio.gather(
        *[counter.ask(counter.together, one, fitting) for one in (ANONYMOUS, stranger, counter.titles.hr)],
        return_exceptions=True,
    )
    assert isinstance(found[1], IntegrityError)
    assert counter.alone_after_all
    with pytest.raises(IntegrityError):
        await counter.ask(counter.alone, stranger, fitting)
    assert [isinstance(one, Verification) and one.verdict for one in (found[0], found[2])] == [Verdict.VALID] * 2
    assert len(await counter.entries()) == 2


async def test_a_key_that_cannot_be_kept_fails_alone(counter: Counter) -> None:
    titles, fitting = counter.titles, Typed(NUMBER, NAME)
    account = Account(new_id(), "hr", AccountKind.HR, titles.home, None, frozenset(), titles.world.clock.now)
    hr = replace(titles.hr, account_id=await account_of(titles.world, account))
    asked = [counter.ask(counter.together, hr, fitting, key) for key in ("one", "t\0wo", "x" * 201, "three")]
    one, nul, long, three = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(one, Verification)
    assert isinstance(three, Verification)
    assert (type(nul), type(long)) == (DataError, InvalidInput)
    assert len(await counter.entries()) == 2


async def test_whoever_waits_for_a_holder_keeps_nobody_else_waiting(counter: Counter) -> None:
    titles, waiting = counter.titles, Typed(NUMBER, NAME)
    async with counter.alone.database.writing(caller_of(titles.officer), titles.world.registry.today(), "") as held:
        await held.execute(text("SELECT set_config('registry.duty', 'verify', true)"))
        await held.execute(text("SELECT id FROM researcher FOR UPDATE"))
        blocked = asyncio.create_task(counter.ask(counter.together, titles.hr, waiting))
        free = [counter.ask(counter.together, titles.hr, Typed("512020999999", NAME)) for _ in range(5)]
        found = await asyncio.wait_for(asyncio.gather(*free), 5)
        assert {one.verdict for one in found} == {Verdict.NOT_FOUND}
        assert not blocked.done()
    assert (await blocked).verdict is Verdict.VALID
    assert counter.alone_after_all == 1


async def test_a_batch_is_sent_in_two_goes_and_a_single_one_in_few_statements(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends: list[int] = []
    at_once: list[str] = []
    statements: list[str] = []
    send, once = Pipe.send, Database.at_once

    async def sent(self: Pipe, *given: Any, last: bool = False) -> Any:
        sends.append(len(given))
        return await send(self, *given, last=last)

    async def asked(self: Database, *given: Any, **more: Any) -> Any:
        at_once.append(given[2])
        return await once(self, *given, **more)

    monkeypatch.setattr(Pipe, "send", sent)
    monkeypatch.setattr(Database, "at_once", asked)
    for registry in (counter.alone, counter.together):
        event.listen(
            registry.database.engine.sync_engine, "before_cursor_execute", lambda *given: statements.append(given[2])
        )
    await counter.ask(counter.together, counter.titles.hr, Typed(NUMBER, NAME))
    # The counters; what is read; what is written.
    assert (len(at_once), sends, statements) == (1, [11, 7], [])
    await asyncio.gather(*[counter.ask(counter.together, counter.titles.hr, Typed(NUMBER, NAME)) for _ in range(20)])
    assert len(sends) == 2 * len(counter.sizes) < 20
    at_once.clear()
    await counter.ask(counter.alone, counter.titles.hr, Typed(NUMBER, NAME))
    assert (len(at_once), len(statements)) == (1, 20)


async def test_the_database_attributes_no_receipt_of_a_batch_to_somebody_else(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification_batches, "caller_of", lambda _: Caller("HR", None, new_id()))
    found = await counter.ask(counter.together, counter.titles.hr, Typed(NUMBER, NAME))
    # Carried out by itself, under its own name.
    assert (found.verdict, counter.alone_after_all) == (Verdict.VALID, 1)
    assert len(await counter.entries()) == 1


async def test_whatever_the_database_does_each_is_carried_out_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any) -> Any:
        raise DBAPIError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(storage, "claim_and_read", lost)
    found = await asyncio.gather(
        *[counter.ask(counter.together, counter.titles.hr, Typed(NUMBER, NAME)) for _ in range(3)]
    )
    assert [one.verdict for one in found] == [Verdict.VALID] * 3
    assert len(await counter.entries()) == 3
