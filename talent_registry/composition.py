"""The composition root: from settings to an open registry, for the server, the command line and the demonstration."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from talent_registry import embedded
from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.messages import Message
from talent_registry.domain.sandbox import SandboxTerms
from talent_registry.services.agreements import find_law_not_held
from talent_registry.services.founding import found_authorities
from talent_registry.services.gathering import Gathering
from talent_registry.services.registry import Registry
from talent_registry.services.sandbox import holds_real_people, is_founded
from talent_registry.settings import Settings
from talent_registry.signing.keys import KeySet
from talent_registry.storage import migrate
from talent_registry.storage.session import Database

_REAL_PEOPLE = Message(
    zh="这个登记库中有并非样例的证件，不能作为沙箱打开。请关闭 TALENT_REGISTRY_SANDBOX，或为沙箱另用一个空的数据库。",
    en="This registry holds identity documents that are no samples, so it cannot be opened as a sandbox. Unset "
    "TALENT_REGISTRY_SANDBOX, or give the sandbox an empty database of its own.",
)
_WAS_SANDBOX = Message(
    zh="这个数据库曾作为沙箱设立，其中的证书均为虚构，不能作为正式登记库打开。请设置 TALENT_REGISTRY_SANDBOX=true，"
    "或为登记库另用一个空的数据库。",
    en="A sandbox was founded in this database and its certificates are invented, so it cannot be opened as a "
    "registry. Set TALENT_REGISTRY_SANDBOX=true, or give the registry an empty database of its own.",
)


class CannotOpen(Exception):
    """The registry cannot be opened; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(f"{message.zh}\n{message.en}")
        self.message = message


@contextmanager
def running_database(settings: Settings, *, emptied: bool = False) -> Iterator[embedded.Running]:
    """The database the settings name, or our own, with its tables as this program expects them.

    Our own is migrated on the way; a server of a deployment never is (`talent-registry migrate` does that): when its
    tables are older or newer, CannotOpen. `emptied` forgets what our own held before, for the demonstration.
    Raises also `embedded.CannotStart`.
    """
    with embedded.start(settings, emptied=emptied) as running:
        if settings.database_url is None and running.migrator_url is not None:
            if not _is_current(running.migrator_url):
                migrate.upgrade(running.migrator_url)
        elif not _is_current(running.app_url):
            raise CannotOpen(
                Message(
                    zh="数据库的表结构与本程序版本不一致。请先执行 talent-registry migrate，再启动。",
                    en="The tables of the database are not those of this version. Run talent-registry migrate first.",
                )
            )
        yield running


@asynccontextmanager
async def open_registry(
    settings: Settings, *, statement_seconds: int | None = None, emptied: bool = False, as_owner: bool = False
) -> AsyncIterator[Registry]:
    """An open registry, closed again when the block is left.

    `statement_seconds` lets a single statement run longer than the settings do, for the import of a large roll.
    `as_owner` opens it with the rights of the role that owns the tables, for samples alone.
    Raises `CannotOpen`, `embedded.CannotStart`, `signing.keys.KeysUnusable`.
    """
    keys = KeySet.open(settings.keys_folder)
    with running_database(settings, emptied=emptied) as running:
        database = Database(
            _owner_url(running) if as_owner else running.app_url,
            pool_size=settings.pool_size,
            pool_overflow=settings.pool_overflow,
            pool_seconds=settings.pool_timeout_seconds,
            statement_ms=statement_seconds * 1000 if statement_seconds else settings.statement_timeout_ms,
        )
        try:
            registry = Registry(
                database,
                keys,
                shipped_agreement(),
                allow_test_identities=settings.allow_test_identities or settings.sandbox,
                allow_loopback_webhooks=settings.allow_loopback_webhooks,
                public_url=settings.public_url,
                roster_days=settings.roster_days,
                gathering=Gathering(settings.verify_together),
                sandbox=SandboxTerms(settings.sandbox_key_days, settings.sandbox_keys_a_day)
                if settings.sandbox
                else None,
            )
            if registry.sandbox is not None and await holds_real_people(registry):
                raise CannotOpen(_REAL_PEOPLE)
            if registry.sandbox is None and await is_founded(registry):
                raise CannotOpen(_WAS_SANDBOX)
            await found_authorities(registry)
            yield registry
        finally:
            await database.close()


def _owner_url(running: embedded.Running) -> str:
    if running.migrator_url is not None:
        return running.migrator_url
    raise CannotOpen(
        Message(
            zh="样例数据须以表的所有者身份写入。请设置 TALENT_REGISTRY_MIGRATOR_DATABASE_URL。",
            en="Samples are written as the owner of the tables. Set TALENT_REGISTRY_MIGRATOR_DATABASE_URL.",
        )
    )


def migrate_database(settings: Settings) -> str | None:
    """Bring the tables to the state this program expects; the newest migration then run.

    A server of a deployment is reached as the role that owns the tables (`migrator_database_url`), our own directly.
    Raises `CannotOpen`, `embedded.CannotStart`.
    """
    if settings.migrator_database_url is not None:
        url = settings.migrator_database_url.get_secret_value()
        if not _is_current(url):
            migrate.upgrade(url)
        return migrate.current(url)
    if settings.database_url is not None:
        raise CannotOpen(
            Message(
                zh="迁移须以表的所有者身份连接。请设置 TALENT_REGISTRY_MIGRATOR_DATABASE_URL。",
                en="Migrations connect as the owner of the tables. Set TALENT_REGISTRY_MIGRATOR_DATABASE_URL.",
            )
        )
    with running_database(settings) as running:
        return migrate.current(running.app_url)


async def reason_unready(registry: Registry) -> str | None:
    """None when the database answers, its tables are those this program expects and its law is held, else a reason.

    VERSION_NOT_HELD: both provinces approved a version that does not come to its digest on the agreement that ships
    with this program, so that nothing can be decided.
    """
    async with registry.database.engine.connect() as connection:
        found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().first()
    expected = await asyncio.to_thread(_newest_migration)
    if found != expected:
        return "MIGRATIONS_DIFFER"
    return "VERSION_NOT_HELD" if await find_law_not_held(registry) is not None else None


async def warn_of_law_not_held(registry: Registry) -> None:
    """Say in the log, as the server starts, that the law in force is not held; the rest of the registry serves."""
    missing = await find_law_not_held(registry)
    if missing is not None:
        structlog.get_logger().error("law not held", reason="VERSION_NOT_HELD", zh=missing.zh, en=missing.en)


def write_logs(*, as_json: bool, level: int = logging.INFO) -> None:
    """Send the log to standard error, one line an event: JSON for machines, plain for a person at a terminal."""
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked at each line: what standard error is may change while the program runs.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Lines of theirs are no JSON and may hold more than an id; what matters of them is told by us.
    for library in ("procrastinate", "psycopg.pool"):
        logging.getLogger(library).addHandler(logging.NullHandler())


@cache
def _newest_migration() -> str | None:
    # Read once: it takes all migrations to know the last.
    return migrate.head()


def _is_current(url: str) -> bool:
    try:
        return migrate.is_current(url)
    except OperationalError:
        # The cause is cut off: a driver's words may quote the address with its password.
        raise CannotOpen(
            Message(
                zh="无法连接数据库。请检查 TALENT_REGISTRY_DATABASE_URL 以及数据库是否已启动。",
                en="The database does not answer. Check TALENT_REGISTRY_DATABASE_URL and that the server is running.",
            )
        ) from None
