"""How fast a sample is drawn and written, beside the bare COPY of the same bytes.

`make bench`, or with another number of people: GENERATE_PEOPLE=10000.
"""

import os
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from psycopg.sql import SQL, Identifier

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.generation import Sample, SamplePlan
from talent_registry.services.generation import SampleRequest, generate
from talent_registry.services.permissions import OPERATOR
from talent_registry.storage.generation import ALL_TABLES
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import NOON, open_world

PEOPLE = int(os.environ.get("GENERATE_PEOPLE", "100000"))


def drawn_seconds(people: int) -> float:
    sample = Sample(SamplePlan(people, 1, NOON.date()), datetime.now(UTC))
    filings = sample.know_units({})
    start = perf_counter()
    for _ in sample.people(filings, shipped_agreement()):
        pass
    return perf_counter() - start


def copied(urls: DatabaseUrls) -> tuple[float, int, int]:
    """Seconds, bytes and rows of copying what the sample wrote into tables without index, guard or constraint."""
    seconds, size, rows = 0.0, 0, 0
    with as_superuser(urls) as connection:
        for table in ALL_TABLES:
            name, plain = Identifier(table.name), Identifier(f"plain_{table.name}")
            # COPY leaves computed columns out.
            stored = SQL(", ").join(Identifier(one.name) for one in table.c if one.computed is None)
            connection.execute(SQL("CREATE TABLE {} AS SELECT {} FROM {} WITH NO DATA").format(plain, stored, name))
            with connection.cursor().copy(SQL("COPY {} ({}) TO STDOUT (FORMAT binary)").format(name, stored)) as out:
                blocks = [bytes(block) for block in out]
            size += sum(map(len, blocks))
            start = perf_counter()
            with connection.cursor().copy(SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(plain, stored)) as into:
                for block in blocks:
                    into.write(block)
            seconds += perf_counter() - start
            counted = connection.execute(SQL("SELECT count(*) FROM {}").format(plain)).fetchone()
            rows += counted[0] if counted else 0
    return seconds, size, rows


async def test_a_sample_is_drawn_and_written(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.migrator_url, tmp_path / "keys", statement_seconds=3_600)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = perf_counter()
    done = await generate(world.registry, OPERATOR, SampleRequest(PEOPLE, 1), lambda *_: None)
    whole = perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await world.registry.database.close()
    drawn = drawn_seconds(PEOPLE)
    bare, size, rows = copied(database_urls)
    counts = {key: done.result[key] for key in ("people", "credentials", "decisions", "placements")}
    told = (
        f"{counts}; {rows} rows, {size / 1e6:.0f} MB",
        f"drawn only   {drawn:8.1f} s  {PEOPLE / drawn:8.0f} people/s",
        f"whole        {whole:8.1f} s  {PEOPLE / whole:8.0f} people/s  {rows / whole:8.0f} rows/s",
        f"bare COPY    {bare:8.1f} s  {rows / bare:8.0f} rows/s; the whole takes {whole / bare:.1f} times as long",
        f"greatest memory of the process {before / 1024:.0f} -> {memory / 1024:.0f} MB",
    )
    sys.stdout.write("\n" + "\n".join(told) + "\n")
    assert done.result["people"] == PEOPLE
