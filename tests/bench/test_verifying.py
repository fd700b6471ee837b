"""Verifications each by itself, together, and the same writes bare: CPU of this process and of PostgreSQL.

`make bench`, or with other numbers of people and of those who ask at once: VERIFY_PEOPLE=20000 VERIFY_AT_ONCE=32.
Medians of interleaved rounds; only ratios within one run count. The limit is what the batches write, bare: the same
writes for the same questions in one statement, for each question or for as many as a batch has, as the owner: without
row security, guards, counters, hashes or signatures.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import psycopg

from talent_registry.domain.verification import Typed, Verdict
from talent_registry.services import verification
from talent_registry.services.gathering import Gathering
from talent_registry.services.generation import SampleRequest, generate
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.services.registry import Registry
from talent_registry.services.verification import Asked, Limits
from talent_registry.storage.session import Database
from tests.bench.test_reads import Cost, Meter, Way, _postmaster
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import authority, open_world

PEOPLE = int(os.environ.get("VERIFY_PEOPLE", "5000"))
AT_ONCE = int(os.environ.get("VERIFY_AT_ONCE", "32"))
FILLED = 20_000
TEN_TIMES = "together, ten times"
ROUNDS = 5
UNLIMITED = Limits(*[10**9] * 6)
_WRITES = """
    WITH asked AS (
        SELECT gen_random_uuid() AS id, typed.number, typed.name, place
        FROM unnest(%(numbers)s::text[], %(names)s::text[]) WITH ORDINALITY AS typed (number, name, place)
    ), held AS MATERIALIZED (
        SELECT id FROM researcher WHERE id IN (SELECT researcher_id FROM credential WHERE number = ANY (%(numbers)s))
        ORDER BY id FOR SHARE
    ), claimed AS (
        INSERT INTO command (id, caller, idempotency_key, name, input_digest, started_at, result)
        SELECT id, 'bench', id::text, 'verifyCredential', sha256(id::text::bytea), now(),
            '{"verdict": "VALID"}' FROM asked
    ), entered AS (
        INSERT INTO ledger_entry
            (sequence, command_id, recorded_at, actor_kind, name, subjects, body, previous_hash, hash)
        SELECT head.sequence + place, id, now(), 'AUTHORITY', 'verifyCredential',
            jsonb_build_array('credential:' || id),
            jsonb_build_object('verdict', 'VALID', 'asked', repeat('0', 64)), head.hash, sha256(id::text::bytea)
        FROM asked, (SELECT sequence, hash FROM ledger_entry ORDER BY sequence DESC LIMIT 1) head
    ), found AS (
        SELECT asked.id, asked.place, credential.id AS credential, credential.researcher_id
        FROM asked JOIN credential USING (number) JOIN held ON held.id = credential.researcher_id
        JOIN credential_version version ON version.credential_id = credential.id AND version.superseded_at IS NULL
        JOIN researcher_name bearer ON bearer.researcher_id = credential.researcher_id AND bearer.superseded_at IS NULL
            AND bearer.name_zh = asked.name
    ), noted AS (
        INSERT INTO access (id, researcher_id, at, purpose, basis, fields, command_id)
        SELECT gen_random_uuid(), researcher_id, now(), 'bench', 'VERIFICATION', '{CREDENTIALS}', id FROM found
    ), attested AS (
        INSERT INTO receipt (id, kind, researcher_id, issued_at, compact, command_id)
        SELECT gen_random_uuid(), 'VERIFICATION', researcher_id, now(), repeat('x', 1200), id FROM found
    )
    SELECT count(*) FROM found
"""


async def test_verifications_together_beside_each_by_itself_and_the_limit(
    fresh_database: Callable[..., DatabaseUrls], tmp_path: Path
) -> None:
    urls = fresh_database()
    owner = open_world(urls.migrator_url, tmp_path / "keys", statement_seconds=3_600)
    await generate(owner.registry, OPERATOR, SampleRequest(PEOPLE, 1), lambda *_: None)
    await owner.registry.database.close()
    with as_superuser(urls) as connection:
        connection.execute("ANALYZE")
        typed = [
            Typed(number, name)
            for number, name in connection.execute(
                "SELECT number, name_zh FROM credential JOIN researcher_name USING (researcher_id) "
                "WHERE superseded_at IS NULL ORDER BY credential.id LIMIT 2000"
            )
        ]
    world, meter = open_world(urls.app_url, tmp_path / "keys"), Meter(_postmaster(urls))
    alone = replace(world.registry, database=Database(urls.app_url, pool_size=10))
    gathered = replace(alone, gathering=Gathering(AT_ONCE))
    bare = psycopg.connect(urls.superuser_url.replace("+psycopg", ""))
    bare.execute("SET session_replication_role = replica")
    bare.execute("SET plan_cache_mode = force_generic_plan")
    bare.commit()
    ways: dict[str, Way] = {
        "each by itself": _asking(alone, typed),
        "together": _asking(gathered, typed),
        TEN_TIMES: _asking(gathered, typed, 10 * AT_ONCE),
        "bare, one by one": _bare(bare, typed, 1),
        "bare, together": _bare(bare, typed, AT_ONCE),
    }
    # As large as after a busy day, and known to the planner: what is planned for an empty ledger reads all of it.
    for _ in range(FILLED // AT_ONCE):
        await ways["bare, together"]()
    with as_superuser(urls) as connection:
        connection.execute("ANALYZE")
    spent: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            one = await meter.spent(way)
            many = 10 * AT_ONCE if name == TEN_TIMES else AT_ONCE
            spent[name].append(Cost(one.server / many, one.database / many))
    bare.close()
    await alone.database.close()
    await world.registry.database.close()
    told = {
        name: Cost(median(one.server for one in costs), median(one.database for one in costs))
        for name, costs in spent.items()
    }
    _print(told)
    assert told["together"].total < told["each by itself"].total


def _asking(registry: Registry, typed: list[Typed], at_once: int = AT_ONCE) -> Way:
    actor, turn = authority("510000"), iter(range(10**9))

    async def way() -> None:
        found = await asyncio.gather(*[_ask(registry, actor, typed[next(turn) % len(typed)]) for _ in range(at_once)])
        assert not {one.verdict for one in found} & {Verdict.NOT_FOUND, Verdict.MISMATCH}

    return way


async def _ask(registry: Registry, actor: Actor, typed: Typed) -> verification.Verification:
    return await verification.verify(registry, actor, Asked(typed, "bench"), None, "192.0.2.1", UNLIMITED)


def _bare(connection: psycopg.Connection, typed: list[Typed], together: int) -> Way:
    turn = iter(range(10**9))

    async def way() -> None:
        for _ in range(AT_ONCE // together):
            some = [typed[next(turn) % len(typed)] for _ in range(together)]
            values = {"numbers": [one.number for one in some], "names": [one.name for one in some]}
            connection.execute(_WRITES, values, prepare=True)
            connection.commit()

    return way


def _print(told: dict[str, Cost]) -> None:
    alone = told["each by itself"].total
    lines = [f"CPU ms a verification: server + PostgreSQL, {AT_ONCE} at once, {PEOPLE} people, {ROUNDS} rounds"]
    for name, cost in told.items():
        spent = f"{cost.server:7.3f} + {cost.database:7.3f} = {cost.total:7.3f}"
        lines.append(f"{name:22} {spent}   {cost.total / alone:5.2f} of the first")
    growth = told[TEN_TIMES].total / told["together"].total
    lines.append(f"at ten times the load {growth:.2f} of what one costs (goal: 1.10 at most)")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
