"""What a batch of verifications sends is answered by indexes, row security included, however large the registry is."""

import re

import psycopg
import pytest

from talent_registry.storage import attempts
from talent_registry.storage import verification_batches as batches
from tests.conftest import DatabaseUrls

# What is read of tables that grow; the rest of each statement reads the lists that it was given.
SENT = {
    "claim": batches._CLAIM,
    "records": batches._RECORDS,
    "spans": batches._SPANS,
    "names": batches._NAMES,
    "documents": batches._DOCUMENTS,
    "head": batches._HEAD,
    "results": batches._RESULTS,
    "given back": batches._GIVE_BACK,
    "counted": attempts._COUNT_ASKED,
}


@pytest.mark.parametrize("name", SENT)
def test_no_table_is_read_from_end_to_end(database_urls: DatabaseUrls, name: str) -> None:
    with psycopg.connect(database_urls.app_url.replace("+psycopg", "")) as connection:
        # An empty table is always read so; whether an index could serve is what is asked.
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE sent AS {SENT[name]}".encode())
        most = max((int(one) for one in re.findall(r"\$(\d+)", SENT[name])), default=0)
        given = f"({', '.join(['NULL'] * most)})" if most else ""
        rows = connection.execute(f"EXPLAIN EXECUTE sent{given}".encode()).fetchall()
    plan = [row[0] for row in rows]
    assert plan
    assert not [line for line in plan if "Seq Scan" in line and " organisation" not in line], "\n".join(plan)
