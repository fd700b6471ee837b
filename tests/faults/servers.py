"""Server processes that are started, killed and started again, and the database they share."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from talent_registry import embedded
from talent_registry.settings import Settings, environment_of

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@dataclass
class Server:
    """One `talent-registry serve` with all its processes, which form a process group of their own."""

    process: "subprocess.Popen[str]"
    address: str

    def kill(self) -> None:
        """Every process of the group at once, without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in children.split() if _is_worker(int(pid))]

    def status(self, path: str, *, seconds: float = 30) -> int:
        """The status of one request on a connection of its own; 0 where none was answered."""
        try:
            return httpx.get(f"{self.address}{path}", timeout=seconds).status_code
        except httpx.TransportError:
            return 0

    def wait_for(self, path: str, status: int) -> None:
        """Until the path answers so."""
        wait_until(lambda: self.status(path) == status, f"{path} to answer {status}")


def _is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something that must come to hold."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


def ended(pids: list[int]) -> bool:
    """Whether none of the processes lives; a zombie that waits for its parent does not."""
    return not any(_state(pid) not in {"", "Z", "X"} for pid in pids)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return ""


def environment(settings: Settings) -> dict[str, str]:
    """The settings for a process of ours, which may keep compiled modules: many start after one another."""
    kept = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(settings.data / "compiled")}
    return environment_of(settings) | kept


@contextmanager
def serving(settings: Settings, *, workers: int = 2) -> Iterator[Server]:
    """A server that is ready; killed at the end if the test has not done so."""
    process = subprocess.Popen(
        [sys.executable, "-m", "talent_registry", "serve", "--port", "0", "--workers", str(workers)],
        env=environment(settings),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(process, "")
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+:\d+", process.stdout.readline())
        assert found, "the server ended before it listened"
        server.address = found.group()
        server.wait_for("/readyz", 200)
        yield server
    finally:
        server.kill()


def program(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """One command of the program, as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "talent_registry", *arguments],
        env=environment(settings),
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )


@dataclass
class OwnDatabase:
    """A throw-away PostgreSQL of a test's own, which the servers find in their data folder and may start themselves."""

    settings: Settings
    running: embedded.Running | None = field(default=None, repr=False)

    def start(self) -> embedded.Running:
        """Running, and held by this process as long as it wants it."""
        if self.running is None:
            self.running = embedded.start(self.settings, durable=False)
        return self.running

    def stop(self) -> None:
        """Stopped, unless a server still uses it."""
        self.start().stop()
        self.running = None

    @property
    def superuser_url(self) -> str:
        """Where nothing is forbidden."""
        url = self.start().superuser_url
        assert url is not None
        return url

    @property
    def postmaster(self) -> int:
        """The process that all others of this PostgreSQL descend from."""
        return int((self.settings.data / "postgres" / "data" / "postmaster.pid").read_text("utf-8").split("\n")[0])


@contextmanager
def own_database() -> Iterator[OwnDatabase]:
    """An empty PostgreSQL in a folder of its own; the folder is gone afterwards."""
    bindir = os.environ.get("TALENT_REGISTRY_PG_BINDIR")
    # The server's user must get in, which pytest's own folders forbid.
    data = Path(tempfile.mkdtemp(prefix="tr-"))
    data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    database = OwnDatabase(
        Settings(
            database_url=None,
            data=data / "d",
            pg_bindir=Path(bindir) if bindir else None,
            allow_test_identities=True,
            request_seconds=5,
        )
    )
    database.start()
    try:
        yield database
    finally:
        database.stop()
        shutil.rmtree(data, ignore_errors=True)
