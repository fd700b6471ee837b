"""The queue of procrastinate beside the records: a job only says "look at this"; the records say what is to be done.

What is added in a command's transaction is there if the command is, and not otherwise. Its arguments are ids alone.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from procrastinate import PsycopgConnector
from psycopg.conninfo import make_conninfo
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.queue import Task
from talent_registry.storage.session import Database

_SECONDS_TO_CONNECT = 5
_SECONDS_TO_WAIT = 10.0
_STATEMENT_MS = 15_000
# Beside these, one more listens.
_MOST_CONNECTIONS = 2
_JOB = "queue.procrastinate_job_to_defer_v1"
# Where `once`, whatever waits already under the same lock is enough. A lock keeps jobs in turn: one at a time.
_ADD = text(f"""
    SELECT queue.procrastinate_defer_jobs_v1(array_agg(ROW(CAST(:task AS text), CAST(:task AS text), 0, job.lock, NULL,
        job.arguments, CAST(:at AS timestamptz))::{_JOB}))
    FROM jsonb_to_recordset(CAST(:jobs AS jsonb)) AS job (lock text, arguments jsonb)
    WHERE NOT :once OR NOT EXISTS (SELECT FROM queue.procrastinate_jobs waiting
        WHERE waiting.lock = job.lock AND waiting.status = 'todo')
    HAVING count(*) > 0
""")
_ADD_TOLD = text(f"""
    SELECT queue.procrastinate_defer_jobs_v1(array_agg(ROW('{Task.DELIVER}', '{Task.DELIVER}', 0, 'webhook:' || webhook,
        NULL, jsonb_build_object('webhook_id', webhook), NULL)::{_JOB}))
    FROM webhooks_told(:command) webhook
    HAVING count(*) > 0
""")


async def add_told(connection: AsyncConnection, command_id: UUID) -> None:
    """Have what this transaction's command announced delivered to the webhooks of those who are told."""
    await connection.execute(_ADD_TOLD, {"command": command_id})


async def add_deliveries(connection: AsyncConnection, webhook_ids: Iterable[UUID], *, once: bool = False) -> None:
    """Have what waits for these webhooks delivered, to each in its turn; `once`: where no job asks for that yet."""
    jobs = [{"lock": f"webhook:{one}", "arguments": {"webhook_id": str(one)}} for one in webhook_ids]
    await _add(connection, Task.DELIVER, jobs, once=once)


async def add_delivery_at(connection: AsyncConnection, webhook_id: UUID, at: datetime) -> None:
    """Have delivery to a webhook tried again at an instant.

    Without a lock: a job that waits for its hour would keep every later one of its lock waiting.
    """
    await _add(connection, Task.DELIVER_AGAIN, [{"arguments": {"webhook_id": str(webhook_id)}}], at=at)


async def add_simulation(connection: AsyncConnection, *, once: bool = False) -> None:
    """Have the simulation that has waited longest carried out, one at a time; `once`: where no job asks for that."""
    await _add(connection, Task.SIMULATE, [{"lock": Task.SIMULATE.value, "arguments": {}}], once=once)


async def add_rosters(connection: AsyncConnection) -> None:
    """Have the rosters that wait verified."""
    await _add(connection, Task.VERIFY_ROSTERS, [{"arguments": {}}])


def connector(database: Database) -> PsycopgConnector:
    """How a worker reaches the queue in this database, with a few connections of its own; not open yet."""
    url = database.engine.url
    # A socket's folder stands among the query's parameters, and then no host in its own place.
    parts: dict[str, Any] = {"user": url.username, "password": url.password, "host": url.host, "port": url.port}
    return PsycopgConnector(
        conninfo=make_conninfo(**(parts | dict(url.query)), dbname=url.database),
        min_size=1,
        max_size=_MOST_CONNECTIONS,
        timeout=_SECONDS_TO_WAIT,
        kwargs={
            "connect_timeout": _SECONDS_TO_CONNECT,
            "options": f"-c search_path=queue -c statement_timeout={_STATEMENT_MS}ms",
        },
    )


async def _add(
    connection: AsyncConnection,
    task: Task,
    jobs: list[dict[str, Any]],
    *,
    at: datetime | None = None,
    once: bool = False,
) -> None:
    await connection.execute(_ADD, {"task": task.value, "jobs": json.dumps(jobs), "at": at, "once": once})
