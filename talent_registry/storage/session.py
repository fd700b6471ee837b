"""Connections: one transaction at a time, told to the database on whose behalf it runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncRawCursor, OperationalError
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine
from sqlalchemy.util import greenlet_spawn

from talent_registry.storage.failures import lost_connection

_TOLD = ("kind", "account", "organisation", "researcher", "province", "today", "command")
# Nor was anybody seen yet, as migration 0056 remembers it.
_NO_DUTY = "set_config('registry.duty', '', true), set_config('registry.seen', '', true)"
_SET = text("SELECT " + ", ".join([*(f"set_config('registry.{one}', :{one}, true)" for one in _TOLD), _NO_DUTY]))
# A single statement sees one snapshot; that it writes nothing is told with the rest.
_AT_ONCE = {
    writes: "SELECT {}, {}, set_config('plan_cache_mode', 'force_generic_plan', true), {}".format(
        ", ".join(f"set_config('registry.{one}', ${place}, true)" for place, one in enumerate(_TOLD, 1)),
        _NO_DUTY,
        f"set_config('transaction_read_only', '{'off' if writes else 'on'}', true)",
    ).encode()
    for writes in (False, True)
}
_ON_BEHALF = "SELECT {}, set_config('registry.duty', ${}, true) AS duty".format(
    ", ".join(f"set_config('registry.{one}', ${place}, true) AS {one}" for place, one in enumerate(_TOLD, 1)),
    len(_TOLD) + 1,
)
# One batch waits for nobody for long: whoever is in it can also be served alone.
_BATCH = (
    "SELECT set_config('lock_timeout', '2s', true) AS waits, "
    "set_config('plan_cache_mode', 'force_generic_plan', true) AS plans"
)
_NOW = text("SELECT clock_timestamp()")
_DUTY = text("SELECT current_setting('registry.duty', true) AS before, set_config('registry.duty', :duty, true)")


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a transaction runs, as row security sees it."""

    kind: str
    account_id: UUID | None = None
    organisation_id: UUID | None = None
    researcher_id: UUID | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement with its values as $1, $2, …; prepared once for each connection."""

    sql: str
    values: Sequence[Any] = ()


class Pipe:
    """One transaction whose statements are sent several at a time, without waiting for the answers between them."""

    def __init__(self, driver: Any) -> None:  # noqa: ANN401 - the driver's own connection
        self._driver = driver

    async def send(self, *statements: Sent, last: bool = False) -> list[list[Any]]:
        """The rows of each statement, in order; the transaction is committed with the `last` ones."""
        cursors = []
        async with self._driver.pipeline():
            for each in statements:
                cursor = AsyncRawCursor(self._driver, row_factory=namedtuple_row)
                await cursor.execute(each.sql.encode(), each.values, prepare=True)
                cursors.append(cursor)
            if last:
                await self._driver.commit()
        return [await cursor.fetchall() if cursor.description else [] for cursor in cursors]


def on_behalf(caller: Caller, today: date, command: str, duty_name: str = "") -> Sent:
    """What tells the database on whose behalf, and under which duty, the statements that follow are sent."""
    return Sent(_ON_BEHALF, [*_introduction(caller, today, command), duty_name])


class Database:
    """A pool of connections to one PostgreSQL database, as the application's role.

    `pool_size` connections are kept and `pool_overflow` more opened under load; a request waits `pool_seconds` for one;
    `statement_ms` (milliseconds) ends a statement that runs away.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_overflow: int = 0,
        pool_seconds: float = 10,
        statement_ms: int = 15_000,
    ) -> None:
        self.engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=pool_overflow,
            pool_timeout=pool_seconds,
            connect_args={
                "connect_timeout": 5,
                # Instants are read in UTC wherever the database stands. Compiling a statement costs more than it saves:
                # each row that row security asks about counts as dear, and what is asked most takes milliseconds.
                "options": f"-c statement_timeout={statement_ms}ms -c idle_in_transaction_session_timeout=60s"
                " -c TimeZone=UTC -c jit=off",
            },
        )
        # The same pool; the transaction begins as one snapshot that can write nothing, in the statement that begins it.
        self._snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def close(self) -> None:
        """Close every connection of the pool."""
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self, caller: Caller, today: date) -> AsyncIterator[AsyncConnection]:
        """One consistent snapshot that can write nothing."""
        async with _begun(self._snapshots, caller, today, "") as transaction:
            yield transaction.connection

    async def at_once(
        self, caller: Caller, today: date, statement: str, values: Sequence[Any], *, writes: bool = False
    ) -> list[tuple[Any, ...]]:
        """The rows of one statement (its values as $1, $2, …) in a transaction of its own, sent in one go.

        It is planned once for each connection, whatever its values. What was read on a connection that broke while it
        lay in the pool is read again on a new one; what was to be written is not, since nobody knows what became of it.
        """
        try:
            return await self._at_once(caller, today, statement, values, writes=writes)
        except OperationalError as failure:
            if writes or not lost_connection(failure):
                raise
            # Whatever else lies in the pool broke with it.
            await self.engine.dispose()
            return await self._at_once(caller, today, statement, values, writes=writes)

    async def _at_once(
        self, caller: Caller, today: date, statement: str, values: Sequence[Any], *, writes: bool
    ) -> list[tuple[Any, ...]]:
        held = await self.engine.raw_connection()
        driver: Any = held.driver_connection
        try:
            # What is sent in one go is one transaction by that alone: neither its beginning nor its end is sent.
            await driver.set_autocommit(True)
            async with driver.pipeline():
                told = AsyncRawCursor(driver)
                await told.execute(_AT_ONCE[writes], _introduction(caller, today, ""), prepare=True)
                # A cursor of its own: the rows are read after everything was sent.
                asked = AsyncRawCursor(driver)
                await asked.execute(statement.encode(), values, prepare=True)
            await driver.set_autocommit(False)
            return await asked.fetchall() if asked.description else []
        finally:
            if driver.autocommit:
                await driver.close()
            # As elsewhere: what is not whole any more is rolled back or thrown away by the pool.
            await greenlet_spawn(held.invalidate if driver.closed else held.close)

    @asynccontextmanager
    async def piping(self) -> AsyncIterator[tuple[Pipe, Sent]]:
        """One transaction for a batch, and the statement that has to begin it; undone unless the last were sent.

        Errors are the driver's own (psycopg).
        """
        held = await self.engine.raw_connection()
        driver: Any = held.driver_connection
        try:
            yield Pipe(driver), Sent(_BATCH)
        finally:
            # What was not committed is rolled back by the pool.
            await greenlet_spawn(held.invalidate if driver.closed else held.close)

    @asynccontextmanager
    async def writing(self, caller: Caller, today: date, command: str) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block is left, undone when it raises."""
        async with _begun(self.engine, caller, today, command) as transaction:
            yield transaction.connection

    @asynccontextmanager
    async def trying(self, caller: Caller, today: date, command: str) -> AsyncIterator[AsyncConnection]:
        """One transaction that is undone whatever comes of it."""
        async with _begun(self.engine, caller, today, command) as transaction:
            try:
                yield transaction.connection
            finally:
                await transaction.rollback()


@asynccontextmanager
async def _begun(engine: AsyncEngine, caller: Caller, today: date, command: str) -> AsyncIterator[AsyncTransaction]:
    """A transaction that the database was told of, on a connection that was found alive by it.

    A connection that broke while it lay in the pool is noticed here, before anything was done on it: another is taken.
    """
    async with AsyncExitStack() as held:
        connection = await held.enter_async_context(engine.connect())
        try:
            transaction = await held.enter_async_context(connection.begin())
            await _introduce(connection, caller, today, command)
        except DBAPIError as failure:
            if not failure.connection_invalidated:
                raise
            await held.aclose()
            connection = await held.enter_async_context(engine.connect())
            transaction = await held.enter_async_context(connection.begin())
            await _introduce(connection, caller, today, command)
        yield transaction


async def _introduce(connection: AsyncConnection, caller: Caller, today: date, command: str) -> None:
    await connection.execute(_SET, dict(zip(_TOLD, _introduction(caller, today, command), strict=True)))


def _introduction(caller: Caller, today: date, command: str) -> list[str]:
    """What the database is told, in the order of `_TOLD`."""
    return [
        caller.kind,
        str(caller.account_id or ""),
        str(caller.organisation_id or ""),
        str(caller.researcher_id or ""),
        caller.province or "",
        today.isoformat(),
        command,
    ]


async def read_instant(connection: AsyncConnection) -> datetime:
    """The present instant by the database's clock, in UTC, however long the transaction has lasted."""
    now: datetime = (await connection.execute(_NOW)).scalar_one()
    return now.astimezone(UTC)


@asynccontextmanager
async def duty(connection: AsyncConnection, name: str) -> AsyncIterator[None]:
    """Open row security for one stated duty that must look beyond the caller's own rows, and go back to the one before.

    Duties: `verify` a certificate, `match` a person by document, `import` a roll, end the `consequences` of a
    revocation, add up a `workload`, look up the home unit to `propose` a placement, `recognise` a credential for a post
    in one's own province, open an `account`, `simulate` a draft over every credential, look for who is `matching` an
    open opportunity of one's own among those who opted in, see whether there is anything to `deliver`, count a
    closed quarter to `publish` it, give a `receipt` again to whoever repeats the command that it is of, `share` what
    a person opened to whoever holds a code, keep who holds a `sandbox-key`.
    """
    before = (await connection.execute(_DUTY, {"duty": name})).one().before
    try:
        yield
    except Exception:
        # Whoever catches it and goes on does so without the duty; a failed transaction is undone with its settings.
        if await _goes_on(connection):
            await connection.execute(_DUTY, {"duty": before or ""})
        raise
    await connection.execute(_DUTY, {"duty": before or ""})


async def _goes_on(connection: AsyncConnection) -> bool:
    """Whether the connection is open and its transaction still takes statements."""
    if connection.closed or connection.invalidated:
        return False
    raw: Any = (await connection.get_raw_connection()).driver_connection
    return not raw.closed and raw.info.transaction_status is TransactionStatus.INTRANS
