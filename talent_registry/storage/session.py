"""Connections: one transaction at a time, told to the database on whose behalf it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from psycopg.pq import TransactionStatus
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

_SET = text(
    "SELECT set_config('registry.kind', :kind, true), set_config('registry.account', :account, true),"
    " set_config('registry.organisation', :organisation, true), set_config('registry.researcher', :researcher, true),"
    " set_config('registry.province', :province, true), set_config('registry.today', :today, true),"
    " set_config('registry.command', :command, true), set_config('registry.duty', '', true)"
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
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                "options": f"-c statement_timeout={statement_ms}ms -c idle_in_transaction_session_timeout=60s",
            },
        )

    async def close(self) -> None:
        """Close every connection of the pool."""
        await self.engine.dispose()

    @asynccontextmanager
    async def reading(self, caller: Caller, today: date) -> AsyncIterator[AsyncConnection]:
        """One consistent snapshot that can write nothing."""
        async with self.engine.connect() as connection, connection.begin():
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            await _introduce(connection, caller, today, "")
            yield connection

    @asynccontextmanager
    async def writing(self, caller: Caller, today: date, command: str) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block is left, undone when it raises."""
        async with self.engine.connect() as connection, connection.begin():
            await _introduce(connection, caller, today, command)
            yield connection

    @asynccontextmanager
    async def trying(self, caller: Caller, today: date, command: str) -> AsyncIterator[AsyncConnection]:
        """One transaction that is undone whatever comes of it."""
        async with self.engine.connect() as connection:
            transaction = await connection.begin()
            try:
                await _introduce(connection, caller, today, command)
                yield connection
            finally:
                await transaction.rollback()


async def _introduce(connection: AsyncConnection, caller: Caller, today: date, command: str) -> None:
    await connection.execute(
        _SET,
        {
            "kind": caller.kind,
            "account": str(caller.account_id or ""),
            "organisation": str(caller.organisation_id or ""),
            "researcher": str(caller.researcher_id or ""),
            "province": caller.province or "",
            "today": today.isoformat(),
            "command": command,
        },
    )


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
