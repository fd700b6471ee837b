"""Questions answered by plan, the ordinary way, and the same statement bare: CPU of this process and of PostgreSQL.

`make bench`, or with other numbers of people: READS_PEOPLE=2000,20000. Medians of interleaved rounds; only ratios
within one run count. The limit is what the plan sends, sent bare: its rows passed on unread, the same looks noted. The
answers are compared before anything is measured.
"""

import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from talent_registry.api.context import Context
from talent_registry.api.guarding import execute_guarded
from talent_registry.api.nodes import to_node_id
from talent_registry.api.plans.guarded import answer_by_plan
from talent_registry.api.schema import schema
from talent_registry.services.generation import SampleRequest, generate
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.services.registry import Registry, caller_of
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import Database
from tests.bench import goals
from tests.conftest import DatabaseUrls, as_superuser
from tests.people import SICHUAN
from tests.registries import authority, open_world

SIZES = [int(one) for one in os.environ.get("READS_PEOPLE", "2000,20000").split(",")]
ROUNDS = 5
SECONDS = 1.0
AT_LEAST = 5
_PERSON = """
  id publicNumber basis name { nameZh pinyin } documents { kind numberMasked } household { division province }
  personnelRelation { homeUnit { nameZh } } withheld { path reason }
  credentials(first: 10) { edges { node { id number kind title { code name level } validity { from until } standing
    isValid issuer { nameZh province } } } pageInfo { hasNextPage } }
  decisions(first: 5) { edges { node { id decidedFor outcome rule reasonCode agreementVersion target { division } } } }
"""
PAGE = f"""query P($purpose: String!, $first: Int!) {{ researchers(purpose: $purpose, first: $first) {{
  edges {{ cursor node {{ {_PERSON} }} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
CREDENTIALS = """query C($purpose: String!, $first: Int!) { credentials(purpose: $purpose, first: $first) {
  edges { cursor node { id number title { name level } issuer { nameZh } holder { publicNumber }
    committee { filingNumber } source { organisation { nameZh } } standing } } pageInfo { endCursor hasNextPage } } }"""
ONE = """query O($id: ID!, $purpose: String!) { credential(id: $id, purpose: $purpose) {
  id number kind title { name level } validity { from until } standing isValid issuer { nameZh } } }"""
Way = Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of CPU a request: of this process and of PostgreSQL."""

    server: float
    database: float

    @property
    def total(self) -> float:
        return self.server + self.database


@dataclass(frozen=True, slots=True)
class Meter:
    """Counts what this process and the processes of one PostgreSQL server use."""

    postmaster: int

    async def spent(self, way: Way) -> Cost:
        """What one way of answering costs, warmed up before it is measured."""
        for _ in range(3):
            await way()
        server, database, started, count = time.process_time(), self._ticks(), time.perf_counter(), 0
        while time.perf_counter() - started < SECONDS or count < AT_LEAST:
            await way()
            count += 1
        ticks = (self._ticks() - database) / os.sysconf("SC_CLK_TCK")
        return Cost((time.process_time() - server) / count * 1000, ticks / count * 1000)

    def _ticks(self) -> int:
        processes = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
        return sum(ticks for parent, ticks in map(_stat, processes) if parent == self.postmaster)


async def test_reads_by_plan_beside_the_ordinary_way_and_the_limit(
    fresh_database: Callable[..., DatabaseUrls], tmp_path: Path
) -> None:
    told: dict[tuple[int, str], dict[str, Cost]] = {}
    for people in SIZES:
        urls = fresh_database()
        owner = open_world(urls.migrator_url, tmp_path / "keys", statement_seconds=3_600)
        await generate(owner.registry, OPERATOR, SampleRequest(people, 1), lambda *_: None)
        await owner.registry.database.close()
        with as_superuser(urls) as connection:
            connection.execute("ANALYZE")
        world, meter = open_world(urls.app_url, tmp_path / "keys"), Meter(_postmaster(urls))
        for name, (document, variables) in _questions(urls).items():
            told[people, name] = await _measured(world.registry, meter, document, variables)
        await world.registry.database.close()
    _print(told)
    for (_, name), costs in told.items():
        assert costs["plan"].total < costs["ordinary"].total, name


def _questions(urls: DatabaseUrls) -> dict[str, tuple[str, dict[str, Any]]]:
    with as_superuser(urls) as connection:
        row = connection.execute(
            "SELECT credential.id FROM credential JOIN organisation issuer ON issuer.id = issuer_id "
            "WHERE issuer.province = %s ORDER BY credential.id OFFSET 100 LIMIT 1",
            (SICHUAN,),
        ).fetchone()
    assert row is not None
    return {
        "one credential": (ONE, {"id": to_node_id("Credential", row[0]), "purpose": "x"}),
        "20 credentials": (CREDENTIALS, {"first": 20, "purpose": "x"}),
        "1 person": (PAGE, {"first": 1, "purpose": "x"}),
        "20 people": (PAGE, {"first": 20, "purpose": "x"}),
        "100 people": (PAGE, {"first": 100, "purpose": "x"}),
    }


async def _measured(registry: Registry, meter: Meter, document: str, variables: dict[str, Any]) -> dict[str, Cost]:
    actor = authority(SICHUAN)

    async def ordinary() -> str:
        context = Context(registry, actor, "t")
        result = await execute_guarded(schema, document, variables, None, context)
        assert not result.errors
        return json.dumps(result.data, ensure_ascii=False, separators=(",", ":"))

    async def plan() -> str:
        answered = await answer_by_plan(schema, document, variables, None, Context(registry, actor, "t"))
        assert answered is not None
        return answered.data

    assert await plan() == await ordinary()
    ways: dict[str, Way] = {"ordinary": ordinary, "plan": plan, "limit": await _bare(registry, actor, plan)}
    spent: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            spent[name].append(await meter.spent(way))
    return {
        name: Cost(median(one.server for one in costs), median(one.database for one in costs))
        for name, costs in spent.items()
    }


async def _bare(registry: Registry, actor: Actor, plan: Way) -> Way:
    """What the plan sends, sent again as it stands."""
    sent: list[tuple[str, Sequence[Any], bool]] = []
    at_once = Database.at_once

    async def seen(self: Database, *given: Any, writes: bool = False) -> Any:
        sent.append((given[2], given[3], writes))
        return await at_once(self, *given, writes=writes)

    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(Database, "at_once", seen)
        await plan()
    caller, today = caller_of(actor), registry.today()

    async def bare() -> bytes:
        text = b""
        for statement, values, writes in sent:
            # Looks are noted under ids of their own, which stand first.
            fresh = [[new_id() for _ in values[0]], *values[1:]] if writes else values
            rows = await registry.database.at_once(caller, today, statement, fresh, writes=writes)
            text += b"".join(row[-1].encode() for row in rows)
        return text

    return bare


def _postmaster(urls: DatabaseUrls) -> int:
    with as_superuser(urls) as connection:
        return _stat(connection.info.backend_pid)[0]


def _stat(process: int) -> tuple[int, int]:
    """The parent of a process, and the ticks of CPU it used."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        # It ended since.
        return 0, 0
    fields = said.rsplit(")", 1)[1].split()
    return int(fields[1]), int(fields[11]) + int(fields[12])


def _print(told: dict[tuple[int, str], dict[str, Cost]]) -> None:
    names = f"{'ordinary':>18} {'plan':>18} {'limit':>18} {'plan/ordinary':>14} {'plan/limit':>11}"
    heading = f"{'people':>8} {'question':16} {names}"
    lines = [f"CPU ms a request: server + PostgreSQL, medians of {ROUNDS} rounds", heading]
    for (people, name), costs in told.items():
        ways = " ".join(f"{one.server:8.2f} + {one.database:7.2f}" for one in costs.values())
        plan = costs["plan"].total
        of_ordinary, of_limit = plan / costs["ordinary"].total, plan / costs["limit"].total
        lines.append(f"{people:8} {name:16} {ways} {of_ordinary:13.2f} {of_limit:11.2f}")
    first, last = SIZES[0], SIZES[-1]
    for name in dict.fromkeys(name for _, name in told):
        growth = told[last, name]["plan"].total / told[first, name]["plan"].total
        kind = "look-up" if name == "one credential" else "page"
        goals.reached(f"growth: {kind}, 10 thousand to 1 million people", growth, f"here {first} to {last}")
        lines.append(f"{name}: {growth:.2f} times from {first} to {last} people (goal: 1.3 at most)")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
