"""A roll of 100,000 credentials imported the whole way, beside COPY and beside a roll of 10,000 in the same run.

Every row is checked, its document digested and sealed, its name romanised, its person matched, all of it in one
command with one entry in the ledger.
"""

import gc
import resource
from pathlib import Path
from statistics import median
from time import perf_counter

from talent_registry.services.rolls import import_roll
from tests.bench import goals
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import authority, open_world
from tests.rolls import roll, row

# Rolls of one year and the next: people beyond so many stand in an earlier one with another certificate.
COUNTS = (10_000, 100_000)
ROUNDS = 3
PEOPLE = 300_000
SC = authority("510000")
COLUMNS = "line int, name text, document text, number text, title text, day date, issued date"


async def test_a_roll_is_imported_in_sets(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys", statement_seconds=300)
    gc.freeze()
    per_row: dict[int, float] = {}
    first = 0
    for count in COUNTS:
        seconds = []
        for _ in range(ROUNDS):
            lines = range(first, first + count)
            data = roll(row(line % PEOPLE, 证书编号=f"51{line:010}") for line in lines)
            first += count
            began = perf_counter()
            outcome = await import_roll(world.registry, SC, data)
            seconds.append(perf_counter() - began)
            assert outcome.complete
            assert outcome.counts.credentials_new == count
            with as_superuser(database_urls) as connection:
                connection.execute("ANALYZE")
        per_row[count] = median(seconds) / count
        print(f"\n{count} rows: {median(seconds):.1f} s, {1 / per_row[count]:,.0f} rows/s")
    copied = _copied(database_urls)
    longest = COUNTS[-1]
    share, grown = 1 / per_row[longest] / copied, per_row[longest] / per_row[COUNTS[0]]
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    goals.reached("import: of COPY", share)
    goals.reached("growth: bulk, per row", grown, "10,000 to 100,000 rows")
    print(f"resident at most {resident} MB")
    await world.registry.database.close()


def _copied(urls: DatabaseUrls) -> float:
    """How many rows a second COPY takes in, of what a row of the roll says about a certificate."""
    seconds = []
    with as_superuser(urls) as connection:
        rows = connection.execute(
            "SELECT row_number() OVER (), 'name', number_masked, number, title_code, approval_date, version.valid_from "
            "FROM credential JOIN credential_version version ON credential_id = credential.id "
            "JOIN identity_document document USING (researcher_id) LIMIT 100000"
        ).fetchall()
        assert len(rows) == COUNTS[-1]
        for turn in range(ROUNDS):
            connection.execute(f"CREATE TEMP TABLE bare_{turn} ({COLUMNS})".encode())
            began = perf_counter()
            with connection.cursor().copy(f"COPY bare_{turn} FROM STDIN".encode()) as copy:
                for each in rows:
                    copy.write_row(each)
            seconds.append(perf_counter() - began)
    return len(rows) / median(seconds)
