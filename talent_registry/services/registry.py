"""What every service is handed, and the one way in which a command begins and ends."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Agreement
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.events import CHANGE_NOTHING
from talent_registry.domain.ledger import canonical
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.receipts import Attested, Receipt
from talent_registry.domain.sandbox import SandboxTerms
from talent_registry.services.gathering import Gathering
from talent_registry.services.permissions import Actor
from talent_registry.services.signed_receipts import signed
from talent_registry.signing.keys import KeySet
from talent_registry.signing.sealing import digest
from talent_registry.storage import events, ledger, queue, receipts
from talent_registry.storage.failures import is_out_of_reach, is_worth_repeating, refusal_behind
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import Caller, Database, duty, read_instant

_ATTEMPTS = 4
_LONGEST_KEY = 200
log = structlog.get_logger()


def new_key() -> str:
    """A fresh idempotency key, for a face that acts once on its own behalf."""
    return str(new_id())


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry as a service sees it: its database, its keys, the agreement and the clock.

    `agreement` is what ships with the program; `services.agreements` says what both provinces approved since. `clock`
    is the server's own, for days and the terms of tokens; `instant` is the database's, one order for what all servers
    record and know: a server that is slow would otherwise change what was known before.
    """

    database: Database
    keys: KeySet
    agreement: Agreement
    clock: Callable[[], datetime] = utc_now
    instant: Callable[[AsyncConnection], Awaitable[datetime]] = read_instant
    allow_test_identities: bool = False
    allow_loopback_webhooks: bool = False
    public_url: str = "http://127.0.0.1:8000"
    # How long the rows and answers of rosters are kept.
    roster_days: int = 730
    # None: this is no sandbox.
    sandbox: SandboxTerms | None = None
    # What is asked at the same time may be carried out together.
    gathering: Gathering = field(default_factory=Gathering)

    def today(self) -> date:
        """The legal day: Asia/Shanghai."""
        return shanghai_today(self.clock())

    @asynccontextmanager
    async def reading(self, actor: Actor) -> AsyncIterator[AsyncConnection]:
        """One read session on behalf of `actor`."""
        async with self.database.reading(caller_of(actor), self.today()) as connection:
            yield connection

    @asynccontextmanager
    async def noting(self, actor: Actor) -> AsyncIterator[AsyncConnection]:
        """A short transaction that only notes a look or an attempt; it is no command and changes no record."""
        async with self.database.writing(caller_of(actor), self.today(), "") as connection:
            yield connection


@dataclass(slots=True)
class Work:
    """One command while it is carried out: its transaction, its moment, and what its ledger entry will say.

    `now` is the moment at which what it states is recorded; see `settle_moment`.
    """

    connection: AsyncConnection
    actor: Actor
    command_id: UUID
    name: str
    now: datetime
    today: date
    registry: Registry
    subjects: list[str] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)
    attested: list[Attested] = field(default_factory=list)

    def attest(self, what: Attested) -> None:
        """Have a receipt signed of what this command answers or decides; it names the command's place in the ledger."""
        self.attested.append(what)

    def about(self, kind: str, record_id: UUID) -> None:
        """Name a record that this command is about."""
        subject = f"{kind}:{record_id}"
        if subject not in self.subjects:
            self.subjects.append(subject)

    async def settle_moment(self) -> None:
        """Take the moment anew, once everything that the command is about is locked.

        Who held the lock before is through and recorded earlier; who waits for it will record later. So what was known
        at an instant never changes afterwards, however commands overlap.
        """
        self.now = await self.registry.instant(self.connection)

    def says(self, **facts: object) -> None:
        """Add codes, days and ids to the entry; never personal data."""
        self.body.update(facts)


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was carried out, now or (`replayed`) before under the same key."""

    command_id: UUID
    sequence: int
    result: dict[str, Any]
    replayed: bool
    receipts: tuple[Receipt, ...] = ()


Act = Callable[[Work], Awaitable[dict[str, Any]]]


async def perform(registry: Registry, actor: Actor, name: str, key: str, inputs: object, act: Act) -> Done:
    """Carry out one command: one transaction, one ledger entry, one answer for one idempotency key.

    `inputs` is what was asked (a dataclass or mapping of plain values): a repeat with the same key and the same
    inputs gets the first answer, other inputs under a used key are a `Conflict`. `act` does the work and returns the
    answer as JSON (ids and codes). Whatever it raises undoes everything, the key included.
    """
    if not is_key(key):
        raise InvalidInput(
            Message(
                zh="幂等键须为 1 至 200 个字符。请为每次办理生成一个新键。",
                en="The idempotency key must have 1 to 200 characters. Make a new one for each act.",
            ),
            path=("idempotencyKey",),
        )
    asked = digest_of(registry, name, inputs)
    return await _retried(lambda: _once(registry, actor, name, key, asked, act))


def is_key(key: str) -> bool:
    """Whether an idempotency key has a length that can be kept."""
    return 1 <= len(key) <= _LONGEST_KEY


T = TypeVar("T")


async def trying(registry: Registry, actor: Actor, name: str, act: Callable[["Work"], Awaitable[T]]) -> T:
    """What the command of this name would come to, by carrying it out and undoing it: no entry, no key, no trace.

    Whatever `act` raises is raised.
    """
    return await _retried(lambda: _tried(registry, actor, name, act))


async def _retried(once: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await once()
        except DBAPIError as failure:
            refusal = refusal_behind(failure)
            if refusal is not None:
                raise refusal from failure
            if attempt == _ATTEMPTS or not is_worth_repeating(failure):
                raise
            await asyncio.sleep(0.02 * attempt)
    raise AssertionError("unreachable")


async def _tried(registry: Registry, actor: Actor, name: str, act: Callable[["Work"], Awaitable[T]]) -> T:
    command_id = new_id()
    async with registry.database.trying(caller_of(actor), registry.today(), name) as connection:
        now = registry.clock()
        # Under a key that nobody else has, so that whoever acts is not kept waiting.
        await ledger.claim_key(
            connection, command_id=command_id, caller="", key=str(command_id), name=name, input_digest=b"", at=now
        )
        return await act(Work(connection, actor, command_id, name, now, shanghai_today(now), registry))


def digest_of(registry: Registry, name: str, inputs: object) -> bytes:
    """The keyed digest of what a command was asked, by which a repeat is known."""
    return digest(registry.keys, f"command:{name}", canonical(_plain(inputs)).decode())


async def _once(registry: Registry, actor: Actor, name: str, key: str, asked: bytes, act: Act) -> Done:
    who = whose_key(actor)
    command_id = new_id()
    async with registry.database.writing(caller_of(actor), registry.today(), name) as connection:
        now = registry.clock()
        claimed = await ledger.claim_key(
            connection, command_id=command_id, caller=who, key=key, name=name, input_digest=asked, at=now
        )
        if not claimed:
            before = _again(await ledger.get_remembered(connection, who, key), name, asked)
            # Whoever has the key and the same words was given them before.
            async with duty(connection, "receipt"):
                return replace(before, receipts=await receipts.list_of_command(connection, before.command_id))
        work = Work(connection, actor, command_id, name, now, shanghai_today(now), registry)
        result = await act(work)
        await ledger.remember_result(connection, command_id, result)
        position = await ledger.append_entry(
            connection,
            command_id=command_id,
            at=work.now,
            actor_kind=actor.kind.value,
            account_id=actor.account_id,
            organisation_id=actor.organisation_id,
            name=name,
            subjects=tuple(work.subjects),
            body={**work.body, "asked": asked.hex()},
        )
        given = [
            signed(
                registry.keys,
                registry.public_url,
                actor,
                what,
                command=(command_id, name),
                at=work.now,
                position=position,
            )
            for what in work.attested
        ]
        await receipts.add(connection, command_id, given)
        if name not in CHANGE_NOTHING and await events.announce(connection, command_id):
            await queue.add_told(connection, command_id)
    log_command(done := Done(command_id, position.sequence, result, False, tuple(given)), name, actor)
    return done


def log_command(done: Done, name: str, actor: Actor) -> None:
    """Tell the log that a command was carried out."""
    log.info("command", name=name, command=str(done.command_id), sequence=done.sequence, actor=actor.kind.value)


def whose_key(actor: Actor) -> str:
    """Among whose idempotency keys the actor's are: an account has its own, callers without one share theirs."""
    return str(actor.account_id) if actor.account_id else actor.kind.value


def _again(before: ledger.RememberedCommand, name: str, asked: bytes) -> Done:
    if before.name != name or before.input_digest != asked:
        raise Conflict(
            Message(
                zh="该幂等键已用于另一项内容不同的办理。请使用新的键。",
                en="This idempotency key was used for a different request. Use a new one.",
            ),
            reason="KEY_USED_BEFORE",
            path=("idempotencyKey",),
        )
    return Done(before.id, before.sequence, before.result, replayed=True)


def database_is_away(failure: BaseException) -> bool:
    """Whether the database could not be reached or was lost: nothing is known, the same key makes a repeat safe."""
    return is_out_of_reach(failure)


def caller_of(actor: Actor) -> Caller:
    """The actor as row security sees it."""
    return Caller(actor.kind.value, actor.account_id, actor.organisation_id, actor.researcher_id, actor.province)


def _plain(value: object) -> object:
    """A value as JSON: dates and ids as text, dataclasses as objects."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
