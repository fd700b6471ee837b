"""The server as people start and stop it: processes, an ephemeral port, signals."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from talent_registry.api.schema import sdl
from tests.cli.conftest import Run

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(environment: dict[str, str], *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server process and its address; ended if the test has not done so."""
    server = subprocess.Popen(
        [sys.executable, "-m", "talent_registry", "serve", "--port", "0", *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert server.stdout is not None
        found = re.search(r"http://\S+:\d+", server.stdout.readline())
        assert found, server.communicate(timeout=10)
        yield server, found.group()
    finally:
        if server.poll() is None:
            server.kill()
        server.communicate()


def wait_until_ready(client: httpx.Client) -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(httpx.TransportError):
            if client.get("/readyz").status_code == 200:
                return
        assert time.monotonic() < deadline, "the server did not become ready"
        time.sleep(0.1)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_serves_until_it_is_told_to_stop(environment: dict[str, str], workers: str) -> None:
    with (
        serving(environment, "--workers", workers) as (server, address),
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        wait_until_ready(client)
        assert client.get("/livez").json() == {"status": "alive"}
        assert client.get("/version").json()["name"] == "talent-registry"
        assert client.get("/schema.graphql").text == sdl()
        answer = client.post("/graphql", json={"query": "{ organisations(first: 1) { edges { cursor } } }"})
        assert (answer.status_code, "errors" in answer.json()) == (200, False)
        assert "server" not in answer.headers
        if workers == "2" and sys.platform == "linux":
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
            assert len(children) >= 2
        server.send_signal(signal.SIGTERM)
        _, logged = server.communicate(timeout=30)
        assert server.returncode == 0, logged
        assert '"event": "request"' in logged
        assert "Traceback" not in logged


def test_an_address_in_use_is_explained(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = run("serve", "--port", str(taken.getsockname()[1]))
    assert refused.exit_code == 3
    assert "--port" in refused.output
