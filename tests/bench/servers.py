"""The servers that are measured beside one another: registry, peers, limit; each a process of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.sample import Sample

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
FOLDER = ROOT / ".bench"
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `url`."""

    name: str
    url: str
    process: int


def installed() -> Path:
    """The folder of the peers, set up by package name; once, until the list of packages changes."""
    FOLDER.mkdir(exist_ok=True)
    packages = FOLDER / "package-lock.json"
    wanted = (PEERS / "package-lock.json").read_bytes()
    if not packages.exists() or packages.read_bytes() != wanted or not _node().exists():
        shutil.copy(PEERS / "package.json", FOLDER)
        (FOLDER / "package-lock.json").write_bytes(wanted)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)
        if not _node().exists():
            # The one package whose program another package brings, chosen by a step that npm may leave out.
            subprocess.run(["npm", "rebuild", "node"], cwd=FOLDER, check=True)
    # Beside what it imports.
    for one in PEERS.glob("*.mjs"):
        shutil.copy(one, FOLDER)
    return FOLDER


def _node() -> Path:
    return FOLDER / "node_modules" / "node" / "bin" / "node"


@contextmanager
def registry(sample: Sample, name: str = "registry", *, planned: bool = True) -> Iterator[Server]:
    """The registry as `talent-registry serve` serves it, one process; ordinary resolvers alone unless `planned`."""
    told = {
        "TALENT_REGISTRY_DATABASE_URL": sample.urls.app_url,
        "TALENT_REGISTRY_DATA": str(sample.data),
        "TALENT_REGISTRY_ALLOW_TEST_IDENTITIES": "true",
        "TALENT_REGISTRY_PLANNED_READS": str(planned).lower(),
    }
    port = free_port()
    command = [sys.executable, "-m", "talent_registry", "serve", "--port", str(port)]
    with _running(name, command, port, "/graphql", told) as server:
        yield server


@contextmanager
def peer(sample: Sample, name: str, script: str, *, guarded: bool, way: str = "") -> Iterator[Server]:
    """One of the peers in tests/bench/peers, as `sample.pool` connects it."""
    port = free_port()
    told = {
        "BENCH_POOL": sample.pool(guarded=guarded),
        "BENCH_PORT": str(port),
        "BENCH_WAY": way,
        "NODE_ENV": "production",
        "GRAPHILE_ENV": "production",
    }
    command = [str(_node()), str(FOLDER / script)]
    with _running(name, command, port, "/graphql", told) as server:
        yield server


@contextmanager
def limit(sent: Path) -> Iterator[Server]:
    """The endpoint of tests/bench/limit.py under the server that the registry runs under."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.bench.limit:app", "--port", str(port), "--lifespan", "off"]
    with _running("bare SQL", [*command, "--no-access-log"], port, "", {"BENCH_SENT": str(sent)}) as server:
        yield server


@contextmanager
def _running(name: str, command: list[str], port: int, path: str, told: Mapping[str, str]) -> Iterator[Server]:
    said = FOLDER / f"{port}.log"
    FOLDER.mkdir(exist_ok=True)
    with said.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told}, stdout=log, stderr=log)
    try:
        until = time.monotonic() + _PATIENCE_SECONDS
        while not _listens(port):
            assert process.poll() is None, f"{name} ended: {said.read_text()[-2000:]}"
            assert time.monotonic() < until, f"{name} does not listen: {said.read_text()[-2000:]}"
            time.sleep(0.1)
        yield Server(name, f"http://127.0.0.1:{port}{path}", process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said.unlink(missing_ok=True)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
