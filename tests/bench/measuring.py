"""Servers measured beside one another: rounds in turn, CPU of server and PostgreSQL for each request, medians."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import httpx

from tests.bench.loading import CONNECTIONS, Asked, Load, load
from tests.bench.processes import cpu_seconds
from tests.bench.servers import Server


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one server and one job: requests each second, p50 and p99 and CPU of a request in milliseconds."""

    per_second: float
    p50: float
    p99: float
    server: float
    database: float

    @property
    def total(self) -> float:
        """CPU of a request, server and PostgreSQL together."""
        return self.server + self.database


def post(server: Server, body: str, token: str | None) -> bytes:
    """The answer to one POST."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    return httpx.post(server.url, content=body.encode(), headers=headers, timeout=120).content


def spent(server: Server, asked: Asked, postmaster: int, seconds: float, connections: int = CONNECTIONS) -> Figures:
    """One round: CPU is what was used over the requests that were answered."""
    before = cpu_seconds(server.process), cpu_seconds(postmaster)
    told = load(asked, seconds, connections)
    after = cpu_seconds(server.process), cpu_seconds(postmaster)
    assert told.answered, f"{server.name} answered none of {told.failed}"
    return _figures(told, *(1000 * (now - then) / told.answered for now, then in zip(after, before, strict=True)))


def _figures(told: Load, server: float, database: float) -> Figures:
    return Figures(told.per_second, told.p50, told.p99, server, database)


def medians(rounds: Sequence[Figures]) -> Figures:
    """Of each figure the median of the rounds."""
    names = ("per_second", "p50", "p99", "server", "database")
    return Figures(*(median(getattr(one, name) for one in rounds) for name in names))


def in_turn(
    servers: Iterable[tuple[Server, Callable[[], Asked]]], postmaster: int, seconds: float, rounds: int
) -> dict[str, Figures]:
    """Every server once warm, then each in turn in every round; what is asked is made anew, tokens age."""
    held = list(servers)
    found: dict[str, list[Figures]] = {server.name: [] for server, _ in held}
    for _, asked in held:
        # Long enough for every connection of a pool to have its statements planned, and a JIT its paths known.
        load(asked(), 2 * seconds)
    for _ in range(rounds):
        for server, asked in held:
            found[server.name].append(spent(server, asked(), postmaster, seconds))
    return {name: medians(figures) for name, figures in found.items()}


def table(job: str, found: Mapping[str, Figures]) -> str:
    """The figures of one job, and how the first server's CPU stands to each of the others'."""
    heading = (
        f"{job:32} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'server':>8} {'postgres':>8} {'CPU ms':>8} {'of it':>6}"
    )
    first = next(iter(found.values()))
    lines = [
        f"{name:32} {one.per_second:8.0f} {one.p50:8.1f} {one.p99:8.1f} {one.server:8.2f} {one.database:8.2f} "
        f"{one.total:8.2f} {first.total / one.total:6.2f}"
        for name, one in found.items()
    ]
    return "\n".join([heading, *lines])
