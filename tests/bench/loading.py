"""Load on a server of this machine, by a process of its own.

Not by a stock tool: those leave what is under way at the end unanswered and uncounted, and the server still pays for it
when the next one is measured.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load: requests answered with 200 and otherwise; p50 and p99 in milliseconds."""

    answered: int
    failed: int
    seconds: float
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """POSTs of JSON to one address of 127.0.0.1: the bodies are sent in turn."""

    url: str
    bodies: list[str]
    token: str | None = None


def load(asked: Asked, seconds: float, connections: int = CONNECTIONS) -> Load:
    """Keep this many connections busy for so many seconds; what is begun by then is answered to the end."""
    given = json.dumps({"asked": asdict(asked), "seconds": seconds, "connections": connections})
    command = [sys.executable, str(Path(__file__))]
    ran = subprocess.run(command, input=given, check=True, capture_output=True, text=True)
    return Load(**json.loads(ran.stdout))


async def _loaded(asked: Asked, seconds: float, connections: int) -> Load:
    took: list[float] = []
    failed = 0
    until = time.perf_counter() + seconds

    async def connection(first: int) -> None:
        nonlocal failed
        address = urlsplit(asked.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        number = first
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(_request(asked, address.path, number))
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            await reader.readexactly(int(length[1]) if length else 0)
            if b" 200 " in head.split(b"\r\n", 1)[0]:
                took.append(time.perf_counter() - began)
            else:
                failed += 1
            number += connections
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(connection(one) for one in range(connections)))
    parts = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return Load(len(took), failed, time.perf_counter() - began, parts[49] * 1000, parts[98] * 1000)


def _request(asked: Asked, path: str, number: int) -> bytes:
    body = asked.bodies[number % len(asked.bodies)].encode()
    bearer = f"Authorization: Bearer {asked.token}\r\n" if asked.token else ""
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{bearer}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


if __name__ == "__main__":
    given = json.loads(sys.stdin.read())
    found = asyncio.run(_loaded(Asked(**given["asked"]), given["seconds"], given["connections"]))
    sys.stdout.write(json.dumps(asdict(found)))
