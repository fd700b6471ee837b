"""Starting the own server for this process, together with whoever else uses it, and leaving it."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql
from sqlalchemy import URL

from talent_registry.embedded import cluster
from talent_registry.embedded.failures import CannotStart
from talent_registry.embedded.places import Places, prepared_places
from talent_registry.embedded.programs import Owner, Programs, find_programs, server_owner
from talent_registry.installation import project_folder
from talent_registry.settings import Settings

DATABASE = "talent_registry"


@dataclass(frozen=True, slots=True)
class Running:
    """A database to use; the addresses are SQLAlchemy's and may hold a password, so they are not shown.

    `superuser_url` is None for a server that is not ours. Call `stop` once, or use it in a `with` statement: the
    server stops when the last process that uses it leaves. A server that is not ours is left alone.
    """

    app_url: str = field(repr=False)
    migrator_url: str | None = field(repr=False)
    superuser_url: str | None = field(repr=False)
    stop: Callable[[], None] = field(repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(settings: Settings, *, durable: bool = True, max_connections: int = 100, emptied: bool = False) -> Running:
    """The database the settings name; without one, our own server with roles and an empty database in place.

    `durable=False` gives up surviving a crash of the machine for speed: for tests alone. `emptied` forgets what the own
    server's database held before: for the demonstration alone, refused while somebody else uses it. Raises CannotStart.
    """
    if settings.database_url is not None:
        migrator = settings.migrator_database_url
        return Running(
            settings.database_url.get_secret_value(),
            migrator.get_secret_value() if migrator else None,
            None,
            lambda: None,
        )
    if sys.platform == "win32":
        raise CannotStart(
            "Windows 上不提供自带的 PostgreSQL。请设置 TALENT_REGISTRY_DATABASE_URL，或在 WSL 中运行。",
            "The own PostgreSQL is not offered on Windows. Set TALENT_REGISTRY_DATABASE_URL, or run inside WSL.",
        )
    owner = server_owner()
    places = prepared_places(settings.data, owner)
    with _locked(places.start_lock):
        programs = find_programs(settings.pg_bindir, owner, places.home)
        lock = _lock(places.users_lock, shared=True)
        try:
            if cluster.is_running(places):
                _refuse_if(emptied)
            else:
                cluster.prepare(programs, places, durable=durable, max_connections=max_connections)
                cluster.start(programs, places)
            _prepare_database(places, owner, emptied=emptied)
        except BaseException:
            os.close(lock)
            raise
    return Running(
        address(places.sockets, owner, "talent_registry_api"),
        address(places.sockets, owner, "talent_registry_migrator"),
        address(places.sockets, owner, cluster.SUPERUSER),
        _leaver(programs, places, lock),
    )


def address(sockets: Path, owner: Owner, role: str, database: str = DATABASE) -> str:
    """The address of our own server; `requirepeer` lets the client refuse a socket that another user planted."""
    query = {"host": str(sockets), "port": str(cluster.PORT), "requirepeer": owner.name}
    return URL.create("postgresql+psycopg", username=role, database=database, query=query).render_as_string(
        hide_password=False
    )


def _leaver(programs: Programs, places: Places, lock: int) -> Callable[[], None]:
    """What stops the server for this process; a second call does nothing."""
    held = [lock]

    def stop() -> None:
        if not held:
            return
        with _locked(places.start_lock):
            os.close(held.pop())
            try:
                alone = _lock(places.users_lock, shared=False, wait=False)
            except BlockingIOError:
                return
            try:
                cluster.stop(programs, places)
            finally:
                os.close(alone)

    return stop


def _refuse_if(emptied: bool) -> None:  # noqa: FBT001  # the question is whether it was asked
    if emptied:
        raise CannotStart(
            "演示正在此文件夹中运行。请等它结束，或在 TALENT_REGISTRY_DATA 中另选一处。",
            "The demonstration is running in this folder. Wait for its end, or choose another in TALENT_REGISTRY_DATA.",
        )


def _prepare_database(places: Places, owner: Owner, *, emptied: bool) -> None:
    """The roles, and the database that the migrator owns; harmless when they are there."""
    roles = project_folder("docker/roles.sql").read_bytes()
    with _connected(places, owner, "postgres") as connection:
        if emptied:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(DATABASE)))
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(DATABASE))
            connection.execute(statement)
    with _connected(places, owner, DATABASE) as connection, connection.transaction():
        connection.execute(roles)


def _connected(places: Places, owner: Owner, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection as superuser; waits for a server that somebody started, and was killed before it answered."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return psycopg.connect(
                host=str(places.sockets), port=cluster.PORT, requirepeer=owner.name, user=cluster.SUPERUSER,
                dbname=database, autocommit=True, connect_timeout=30,
            )  # fmt: skip
        except psycopg.OperationalError as error:
            if "starting up" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.1)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Alone at `path`; the kernel lets go of it even when the process is killed."""
    lock = _lock(path, shared=False)
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path, *, shared: bool, wait: bool = True) -> int:
    """An open, locked file; closing it lets go. Raises BlockingIOError when it would have to wait and may not."""
    import fcntl  # noqa: PLC0415 - Windows has none, and is told so in `start`

    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(file)
        raise
    return file
