"""A throw-away PostgreSQL for one run of the tests, and a fresh, migrated database for each test that asks."""

import fcntl
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from talent_registry import embedded
from talent_registry.settings import Settings
from talent_registry.storage import migrate
from tests.databases import Lender
from tests.scenes import allow_on

TEMPLATE = "migrated"
# Where `make .venv/.jose` puts the library by which others verify receipts.
JOSE = Path(__file__).parents[1] / ".venv" / "jose" / "node_modules"
SYSTEM_PACKAGES = {
    "node": ("node", "apt-get install nodejs npm"),
    "jose": (str(JOSE / "jose" / "package.json"), "apt-get install nodejs npm, then make .venv/.jose"),
    "chromium": ("chromium", "apt-get install chromium fonts-noto-cjk"),
    "postgresql-15": ("/usr/lib/postgresql/15/bin/postgres", "apt-get install postgresql-15"),
}


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """SQLAlchemy addresses of one database, for the three roles."""

    app_url: str
    migrator_url: str
    superuser_url: str

    def of(self, database: str) -> "DatabaseUrls":
        """The same server, another database."""
        urls = (self.app_url, self.migrator_url, self.superuser_url)
        return DatabaseUrls(*(_moved(url, database) for url in urls))


def _moved(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.default_int_handler(number, frame)


def pytest_configure() -> None:
    """Keep asyncio from taking SIGINT over: at each call it would write out all that the last one answered."""
    signal.signal(signal.SIGINT, _stop)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`needs_system`: skip without the package and say how to get it; in CI nothing skips."""
    for marker in item.iter_markers("needs_system"):
        program, remedy = SYSTEM_PACKAGES[marker.args[0]]
        if shutil.which(program) is None and not Path(program).exists():
            told = f"needs {marker.args[0]}: {remedy}"
            if os.environ.get("CI") == "true":
                pytest.fail(told, pytrace=False)
            pytest.skip(told)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[DatabaseUrls]:
    """The run's server, shared by all workers: the first makes its template, the last to leave stops it."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    with _alone(shared / "server.lock"):
        note = shared / "server.json"
        # pytest's own folders are private to this user, and the server's user must get in: a folder beside them.
        first = not note.exists()
        data = Path(tempfile.mkdtemp(prefix="tr-")) if first else Path(json.loads(note.read_text())["data"])
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        bindir = os.environ.get("TALENT_REGISTRY_PG_BINDIR")
        settings = Settings(database_url=None, data=data / "d", pg_bindir=Path(bindir) if bindir else None)
        running = embedded.start(settings, durable=False, max_connections=300)
        assert running.migrator_url is not None
        assert running.superuser_url is not None
        urls = DatabaseUrls(running.app_url, running.migrator_url, running.superuser_url)
        if first:
            create_database(urls, TEMPLATE, "template0")
            migrate.upgrade(urls.of(TEMPLATE).migrator_url)
            note.write_text(json.dumps({"data": str(data)}))
        users = shared / "server.users"
        users.write_text(str(int(users.read_text() if users.exists() else 0) + 1))
    allow_on(str(make_url(urls.app_url).query["host"]), lambda name: as_superuser(urls.of(name)))
    try:
        yield urls
    finally:
        with _alone(shared / "server.lock"):
            running.stop()
            left = int(users.read_text()) - 1
            users.write_text(str(left))
            if left == 0:
                note.unlink()
                shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def create_database(urls: DatabaseUrls, name: str, template: str) -> None:
    """A database of the migrator's; what is granted on the database itself is not copied from a template."""
    new, old = sql.Identifier(name), sql.Identifier(template)
    with as_superuser(urls) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER talent_registry_migrator STRATEGY wal_log").format(new, old)
        )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(new))
        connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO talent_registry_app").format(new))
    if template == "template0":
        with as_superuser(urls.of(name)) as connection:
            connection.execute((Path(__file__).parents[1] / "docker" / "roles.sql").read_bytes())


def drop_database(urls: DatabaseUrls, name: str) -> None:
    """Gone, whoever is still connected."""
    with as_superuser(urls) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def as_superuser(urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """A plain psycopg connection that nothing is forbidden to; each statement commits."""
    url = make_url(urls.superuser_url)
    with psycopg.connect(user=url.username, dbname=url.database, autocommit=True, **url.query) as connection:  # type: ignore[arg-type]  # the query is host, port, requirepeer
        yield connection


@pytest.fixture
def fresh_database(server: DatabaseUrls) -> Iterator[Callable[..., DatabaseUrls]]:
    """A function that makes one more database for this test (`template="template0"`: with no tables)."""
    made: list[str] = []

    def make(template: str = TEMPLATE) -> DatabaseUrls:
        name = f"t_{uuid4().hex[:16]}"
        create_database(server, name, template)
        made.append(name)
        return server.of(name)

    yield make
    for name in made:
        drop_database(server, name)


@pytest.fixture(scope="session")
def lender(server: DatabaseUrls) -> Iterator[Lender]:
    """Lends this worker's tests one database after another."""
    lender = Lender(
        server,
        make=lambda name: create_database(server, name, TEMPLATE),
        drop=lambda name: drop_database(server, name),
        superuser=lambda name: as_superuser(server.of(name)),
    )
    yield lender
    lender.close()


@pytest.fixture
def database_urls(lender: Lender) -> Iterator[DatabaseUrls]:
    """A migrated, empty database: app_url, migrator_url, superuser_url."""
    with lender.lent() as urls:
        yield urls
