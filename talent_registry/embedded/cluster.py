"""One PostgreSQL cluster on disk: made once, started, found running, stopped."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

from talent_registry.embedded.failures import CannotStart
from talent_registry.embedded.places import Places, owned_folder
from talent_registry.embedded.programs import Programs, client_name

SUPERUSER = "talent_registry_superuser"
ROLES = (SUPERUSER, "talent_registry_migrator", "talent_registry_api")
PORT = 5432
_FIRST_WITH_BUILTIN_LOCALE = 17
_PATIENCE = 60.0
# After a kill -9 of the server its last children take a moment to notice; one that just starts is not listening yet.
_PASSING = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')

_CONFIGURATION = """\
# Written by talent-registry at each start; changes are lost.
shared_buffers = 128MB
dynamic_shared_memory_type = posix
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
port = {port}
max_connections = {max_connections}
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# Values of our rows never reach a log: no statement, no detail of a violated constraint.
log_statement = none
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""
# Survives a kill -9 of the server all the same, which tests need: only a crash of the machine loses anything.
_NOT_DURABLE = "fsync = off\nfull_page_writes = off\nautovacuum_naptime = 1h\n"


def prepare(programs: Programs, places: Places, *, durable: bool, max_connections: int) -> None:
    """Make the cluster if it is not there, and write who may connect and how it runs."""
    if not (places.data / "PG_VERSION").exists():
        _initialise(programs, places, durable=durable)
    found = int((places.data / "PG_VERSION").read_text(encoding="ascii").split(".")[0])
    if found != programs.major:
        raise CannotStart(
            f"{places.data} 中的数据属于 PostgreSQL {found}，而程序是 {programs.major}。"
            "请用 TALENT_REGISTRY_PG_BINDIR 指定同版本程序，或在 TALENT_REGISTRY_DATA 中另选一处。",
            f"The data in {places.data} is PostgreSQL {found}'s, the programs are {programs.major}. "
            "Name programs of that version in TALENT_REGISTRY_PG_BINDIR, or choose another TALENT_REGISTRY_DATA.",
        )
    settings = _CONFIGURATION.format(sockets=_quoted(places.sockets), port=PORT, max_connections=max_connections)
    _write(programs, places.data / "postgresql.conf", settings + ("" if durable else _NOT_DURABLE))
    # The kernel tells the server who is at the other end of the socket. That user alone may connect, under the names
    # below; neither the server's own user (nobody, when we are root) nor anybody else who finds the socket.
    _write(programs, places.data / "pg_hba.conf", "local all all peer map=talent_registry\n")
    client = client_name().replace('"', '""')
    mapping = "".join(f'talent_registry "{client}" {role}\n' for role in ROLES)
    _write(programs, places.data / "pg_ident.conf", mapping)


def start(programs: Programs, places: Places) -> None:
    """Start the server and wait until it answers. The caller holds the start lock."""
    _forget_stranger(programs, places)
    deadline = time.monotonic() + _PATIENCE
    while True:
        log = _log(programs, places)
        mark = log.stat().st_size
        answer = programs.run("pg_ctl", "start", "-s", "-w", "-t", "60", "-D", places.data, "-l", log)
        if answer.returncode == 0:
            return
        if is_running(places):
            return  # somebody began to start it and was killed before it answered
        said = log.read_bytes()[mark:].decode(errors="replace")
        if not any(text in said for text in _PASSING) or time.monotonic() > deadline:
            last = said.strip().splitlines()[-1:] or answer.stderr.strip().splitlines()[-1:]
            raise CannotStart(
                f"PostgreSQL 无法启动（{''.join(last)}）。详见 {places.log}。",
                f"PostgreSQL does not start ({''.join(last)}). See {places.log}.",
            )
        time.sleep(0.2)


def stop(programs: Programs, places: Places) -> None:
    """Stop the server: open transactions are rolled back, everything committed is on disk."""
    answer = programs.run("pg_ctl", "stop", "-s", "-w", "-t", "60", "-m", "fast", "-D", places.data)
    if answer.returncode != 0 and is_running(places):
        programs.run("pg_ctl", "stop", "-s", "-w", "-t", "30", "-m", "immediate", "-D", places.data)


def is_running(places: Places) -> bool:
    """Whether a server listens on the socket; a process number proves nothing, it may be another's by now."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(places.sockets / f".s.PGSQL.{PORT}"))
        except OSError:
            return False
    return True


def _initialise(programs: Programs, places: Places, *, durable: bool) -> None:
    """Beside its place first, so that a cluster is either complete or not there."""
    for left in places.home.glob("data.draft-*"):
        shutil.rmtree(left, ignore_errors=True)
    # A name of its own: an initdb whose caller was killed may still be writing to the last one.
    draft = owned_folder(places.home / f"data.draft-{time.time_ns():x}", programs.owner)
    locale = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if programs.major >= _FIRST_WITH_BUILTIN_LOCALE
        else ["--locale=C"]
    )
    answer = programs.run(
        "initdb", "-D", draft, "-U", SUPERUSER, "--encoding=UTF8", *locale, "--auth=peer", "--no-instructions",
        *([] if durable else ["--no-sync"]),
    )  # fmt: skip
    if answer.returncode != 0:
        last = "".join(answer.stderr.strip().splitlines()[-1:])
        raise CannotStart(f"无法建立数据库（{last}）。", f"The database cannot be made ({last}).")
    draft.rename(places.data)


def _forget_stranger(programs: Programs, places: Places) -> None:
    """Make a process number in postmaster.pid or in the socket's lock that is no server of ours harmless.

    PostgreSQL refuses to start while a process of the same user has the number it left behind, as after a reboot or
    in a container that restarts with low numbers. Removing the file would also remove the check for children that
    still use the old shared memory; our own number in its place does not, PostgreSQL overlooks its parents'.
    """
    for file in (places.data / "postmaster.pid", places.sockets / f".s.PGSQL.{PORT}.lock"):
        if not file.exists():
            continue
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), encoding="utf-8") as opened:
            first, _, rest = opened.read().partition("\n")
        if first.strip().isdecimal() and not _is_postgres(int(first)):
            _write(programs, file, f"{os.getpid()}\n{rest}")


def _is_postgres(number: int) -> bool:
    """Whether the process is a living PostgreSQL; a zombie, which waits for a negligent parent, is not."""
    answer = subprocess.run(
        ["ps", "-o", "state=,comm=", "-p", str(number)],  # noqa: S607 - every system has its own place for ps
        capture_output=True, text=True, check=False, timeout=10,
    )  # fmt: skip
    return re.match(r"[^Z\s]\S*\s+.*postgres", answer.stdout.strip()) is not None


def _write(programs: Programs, path: Path, text: str) -> None:
    """Write a file of the server's user, wholly or not at all.

    The folder may be that user's, and we may be root: a link they put there is not followed.
    """
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)
        if programs.owner.stepped_down:
            os.fchown(file.fileno(), programs.owner.uid, programs.owner.gid)
    draft.replace(path)


def _log(programs: Programs, places: Places) -> Path:
    """The log, which the server's user may write though the folder is not theirs; a large one starts afresh."""
    if not places.log.exists() or places.log.stat().st_size > 16_000_000:  # noqa: PLR2004 - bytes
        _write(programs, places.log, "")
    return places.log


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
