"""One credential by number, pages of 20 and 100 people, another page: the registry, its peers and the limit over HTTP.

`make bench PART=pages`, with other numbers of people PEOPLE=1000000, rounds ROUNDS=5 and seconds a round SECONDS=6.
Bodies are compared for equality of content before anything is measured. Peers connect on behalf of the same officer, so
that row security answers them as it answers the registry; once more "unguarded", as a role that it does not concern:
they then do less than the registry does, and find everybody's people. No peer notes who looked at whom; the registry
does. An officer may see much and asks much: the goals are about that caller.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from talent_registry.api.context import Context
from talent_registry.api.plans.guarded import answer_by_plan
from talent_registry.api.schema import schema
from talent_registry.services.registry import caller_of
from talent_registry.storage.session import Database
from tests.bench import goals, servers
from tests.bench.loading import Asked
from tests.bench.measuring import Figures, in_turn, post, table
from tests.bench.processes import resident_megabytes
from tests.bench.questions import MERCURIUS, POSTGRAPHILE, REGISTRY, Question, by_number, credentials_page, page_of
from tests.bench.sample import Sample, filled
from tests.bench.servers import Server
from tests.conftest import DatabaseUrls, as_superuser

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = float(os.environ.get("SECONDS", "4"))
OURS, STOCK, LIMIT = "registry", "stock Strawberry", "bare SQL"
ONE_SQL, LOADERS = "Mercurius, one SQL", "Mercurius, loaders"
# By name: the schema it is asked in.
SCHEMA = {OURS: REGISTRY, STOCK: REGISTRY, POSTGRAPHILE: POSTGRAPHILE, LOADERS: MERCURIUS, ONE_SQL: MERCURIUS}
Sent = list[tuple[str, Sequence[Any], bool]]


def test_the_registry_beside_its_peers_and_the_limit(
    fresh_database: Callable[..., DatabaseUrls], tmp_path: Path
) -> None:
    servers.installed()
    sample = asyncio.run(filled(fresh_database(), tmp_path, PEOPLE))
    questions = [by_number(sample.numbers), page_of(20), page_of(100), credentials_page(100)]
    sent = tmp_path / "sent"
    sent.write_bytes(pickle.dumps(asyncio.run(_recorded(sample, questions))))
    _say(_setting(sample))
    with ExitStack() as held:
        running = [
            held.enter_context(one)
            for one in (
                servers.registry(sample, OURS),
                servers.registry(sample, STOCK, planned=False),
                servers.peer(sample, POSTGRAPHILE, "postgraphile.mjs", guarded=True),
                servers.peer(sample, ONE_SQL, "mercurius.mjs", guarded=True, way="sql"),
                servers.peer(sample, LOADERS, "mercurius.mjs", guarded=True, way="loaders"),
                servers.peer(sample, _free(POSTGRAPHILE), "postgraphile.mjs", guarded=False),
                servers.peer(sample, _free(ONE_SQL), "mercurius.mjs", guarded=False, way="sql"),
                servers.limit(sent),
            )
        ]
        for number, question in enumerate(questions):
            _compare(sample, question, running)
            asked = [(server, _asking(sample, question, server, number)) for server in running]
            found = in_turn(asked, sample.postmaster, SECONDS, ROUNDS)
            _say(table(question.name, found))
            _reach(question.name, found)
        goals.reached("memory: api worker under load", resident_megabytes(running[0].process))


def _free(name: str) -> str:
    return f"{name}, unguarded"


def _say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")
    sys.stdout.flush()


def _setting(sample: Sample) -> str:
    names = ("server_version", "shared_buffers", "work_mem", "fsync", "max_connections")
    with as_superuser(sample.urls) as connection:
        told = [f"{name} {connection.execute(f'SHOW {name}'.encode()).fetchone()[0]}" for name in names]  # type: ignore[index]  # one row
    load_average = os.getloadavg()[0]
    return (
        f"{sample.people} people, {os.cpu_count()} cores, load before {load_average:.1f}; PostgreSQL: {', '.join(told)}"
    )


def _asking(sample: Sample, question: Question, server: Server, number: int) -> Callable[[], Asked]:
    if server.name == LIMIT:
        return lambda: Asked(f"{server.url}/{number}", ["{}"])
    bodies = question.bodies(_schema(server))

    def asked() -> Asked:
        return Asked(server.url, bodies, asyncio.run(sample.token()) if _schema(server) == REGISTRY else None)

    return asked


def _schema(server: Server) -> str:
    return SCHEMA[server.name.removesuffix(", unguarded")]


def _compare(sample: Sample, question: Question, running: Sequence[Server]) -> None:
    """Every server that works under the same guard says the same, and the stock way says it byte for byte."""
    today, token = sample.registry().today(), asyncio.run(sample.token())
    first, *others = [one for one in running if one.name in SCHEMA]
    for turn in range(min(5, len(question.variables))):

        def content(server: Server, turn: int = turn) -> list[Any]:
            body = question.bodies(_schema(server))[turn]
            said = post(server, body, token if _schema(server) == REGISTRY else None)
            return question.content(_schema(server), said, today)

        expected = content(first)
        assert expected
        for server in others:
            assert content(server) == expected, (question.name, server.name)


async def _recorded(sample: Sample, questions: Sequence[Question]) -> dict[str, Any]:
    """What the registry sends for each request of each question, to be sent again bare."""
    registry = sample.registry()
    sent: Sent = []
    at_once = Database.at_once

    async def seen(self: Database, *given: Any, writes: bool = False) -> Any:
        sent.append((given[2], given[3], writes))
        return await at_once(self, *given, writes=writes)

    requests: dict[str, list[Sent]] = {}
    with pytest.MonkeyPatch.context() as watched:
        watched.setattr(Database, "at_once", seen)
        for number, question in enumerate(questions):
            for variables in question.variables:
                sent.clear()
                context = Context(registry, sample.officer, "bench")
                given = {**variables, "purpose": "岗位聘任审核"}
                assert await answer_by_plan(schema, question.documents[REGISTRY], given, None, context) is not None
                requests.setdefault(str(number), []).append(list(sent))
    await registry.database.close()
    caller = caller_of(sample.officer)
    return {"url": sample.urls.app_url, "caller": caller, "today": registry.today(), "requests": requests}


def _reach(job: str, found: dict[str, Figures]) -> None:
    ours = found[OURS]
    note = f"{PEOPLE} people"
    goals.reached(f"{job}: CPU of PostGraphile", ours.total / found[POSTGRAPHILE].total, note)
    if job == "any other document":
        goals.reached(f"{job}: times cheaper than stock Strawberry", found[STOCK].total / ours.total, note)
        return
    goals.reached(f"{job}: CPU of Mercurius, one SQL", ours.total / found[ONE_SQL].total, note)
    if job.startswith("page"):
        goals.reached(f"{job}: CPU of the bare SQL", ours.total / found[LIMIT].total, note)
    if job == "page of 100":
        goals.reached(f"{job}: server CPU of PostGraphile", ours.server / found[POSTGRAPHILE].server, note)
        goals.reached(f"{job}: server CPU of Mercurius, one SQL", ours.server / found[ONE_SQL].server, note)
