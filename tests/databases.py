"""A migrated database lent to one test after another: emptied between them, replaced where more than rows changed.

Making a database costs more than most tests do; finding the rows that a test left costs little.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg

if TYPE_CHECKING:
    from tests.conftest import DatabaseUrls

# After so many tests, or grown by so many bytes, a database is replaced by a new one.
_MOST_TESTS = 60
_MOST_GROWTH = 48 << 20

_OURS = "(SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)')"
_TABLES = f"""SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace IN {_OURS}
    AND relpersistence = 'p' ORDER BY 1"""
_USED = _TABLES.replace("ORDER BY", "AND pg_relation_size(oid) > 0 ORDER BY")
_SEQUENCES = f"SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S' AND relnamespace IN {_OURS} ORDER BY 1"
# Whatever a statement that defines something would leave otherwise; TRUNCATE and ANALYZE leave it alone.
_DEFINED = f"""
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
    SELECT concat_ws(':', 'class', oid, relname, relkind, relowner, relacl, relrowsecurity,
            relforcerowsecurity, relchecks)
        FROM pg_class WHERE relnamespace IN {_OURS} AND relpersistence <> 't'
    UNION ALL SELECT concat_ws(':', 'column', attrelid, attnum, xmin) FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN {_OURS} AND relpersistence <> 't')
    UNION ALL SELECT concat_ws(':', 'default', oid, xmin) FROM pg_attrdef
    UNION ALL SELECT concat_ws(':', 'trigger', oid, tgname, tgenabled, xmin) FROM pg_trigger
    UNION ALL SELECT concat_ws(':', 'policy', oid, xmin) FROM pg_policy
    UNION ALL SELECT concat_ws(':', 'constraint', oid, xmin) FROM pg_constraint
    UNION ALL SELECT concat_ws(':', 'function', oid, xmin) FROM pg_proc WHERE pronamespace IN {_OURS}
    UNION ALL SELECT concat_ws(':', 'schema', oid, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'
    UNION ALL SELECT concat_ws(':', 'settings', setrole, setconfig) FROM pg_db_role_setting s
        JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()
    UNION ALL SELECT concat_ws(':', 'database', datacl) FROM pg_database WHERE datname = current_database()
) AS defined (line)"""
_OTHERS = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@dataclass(frozen=True, slots=True)
class Held:
    """What a database holds: the rows of its tables, as COPY writes them, and where its sequences are."""

    rows: dict[str, list[bytes]]
    sequences: dict[str, tuple[int, bool]]


@dataclass(slots=True)
class _Lent:
    name: str
    defined: str
    size: int
    first: Held
    tests: int = 0


@dataclass(slots=True)
class Lender:
    """Lends this worker's database; `superuser` opens a connection to a database by its name."""

    urls: "DatabaseUrls"
    make: Callable[[str], None]
    drop: Callable[[str], None]
    superuser: Callable[[str], AbstractContextManager[psycopg.Connection]]
    _kept: _Lent | None = field(default=None, init=False)

    @contextmanager
    def lent(self) -> Iterator["DatabaseUrls"]:
        """A migrated, empty database for one test."""
        lent, self._kept = self._kept or self._new(), None
        try:
            yield self.urls.of(lent.name)
        finally:
            if self._emptied(lent):
                self._kept = lent
            else:
                self.drop(lent.name)

    def close(self) -> None:
        """Nothing is left of what was lent."""
        if self._kept is not None:
            self.drop(self._kept.name)
            self._kept = None

    def _new(self) -> _Lent:
        name = f"t_{uuid4().hex[:16]}"
        self.make(name)
        with self.superuser(name) as connection:
            return _Lent(name, _told(connection, _DEFINED), _size(connection), held(connection))

    def _emptied(self, lent: _Lent) -> bool:
        lent.tests += 1
        if lent.tests >= _MOST_TESTS:
            return False
        try:
            with self.superuser(lent.name) as connection:
                connection.execute(_OTHERS)
                if _told(connection, _DEFINED) != lent.defined or _size(connection) > lent.size + _MOST_GROWTH:
                    return False
                put_back(connection, lent.first)
        except psycopg.Error:
            return False
        return True


def held(connection: psycopg.Connection) -> Held:
    """What the database of this connection, a superuser's, holds now."""
    rows = {table: _copied(connection, table) for table in _names(connection, _USED)}
    rows = {table: found for table, found in rows.items() if found}
    return Held(rows, {one: _position(connection, one) for one in _names(connection, _SEQUENCES)})


def put_back(connection: psycopg.Connection, first: Held) -> None:
    """Every table holds again what it held then, and nothing else; no trigger and no foreign key is asked."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in _names(connection, _USED):
            connection.execute(f"DELETE FROM {table}".encode())
        for table, rows in first.rows.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write(row)
        for sequence, (value, called) in first.sequences.items():
            connection.execute("SELECT setval(%s::regclass, %s, %s)", (sequence, value, called))
        # As in a new database, the planner knows nothing of the rows there were.
        connection.execute(
            f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace IN {_OURS})"
        )


def _names(connection: psycopg.Connection, question: str) -> list[str]:
    return [row[0] for row in connection.execute(question.encode())]


def _told(connection: psycopg.Connection, question: str) -> str:
    row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])


def _size(connection: psycopg.Connection) -> int:
    return int(_told(connection, "SELECT pg_database_size(current_database())"))


def _position(connection: psycopg.Connection, sequence: str) -> tuple[int, bool]:
    row = connection.execute(f"SELECT last_value, is_called FROM {sequence}".encode()).fetchone()
    assert row is not None
    return row[0], row[1]


def _copied(connection: psycopg.Connection, table: str) -> list[bytes]:
    with connection.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
        return [bytes(row) for row in copy]
