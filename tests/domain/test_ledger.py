"""The chain of the ledger: what holds, and what any tampering breaks."""

import dataclasses
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.ledger import GENESIS, ChainReport, Entry, SealedEntry, canonical, entry_hash, walk

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def a_chain(length: int) -> list[SealedEntry]:
    chain: list[SealedEntry] = []
    previous = GENESIS
    for sequence in range(1, length + 1):
        entry = Entry(
            sequence,
            UUID(int=sequence),
            NOON,
            "AUTHORITY",
            UUID(int=7),
            None,
            "revokeCredential",
            ("credential:1",),
            {},
        )
        chain.append(SealedEntry(entry, previous, entry_hash(entry, previous)))
        previous = chain[-1].hash
    return chain


def test_an_untouched_chain_is_intact_and_names_its_head() -> None:
    chain = a_chain(5)
    report = walk(chain)
    assert (report.intact, report.entries, report.head) == (True, 5, chain[-1].hash)


def test_an_empty_ledger_is_intact() -> None:
    assert walk([]) == ChainReport(0, GENESIS)


def test_a_chain_can_be_walked_in_parts() -> None:
    chain = a_chain(5)
    assert walk(chain[3:], walk(chain[:3])) == walk(chain)


@given(st.integers(0, 4), st.sampled_from(["name", "actor_kind", "subjects", "body", "recorded_at", "account_id"]))
def test_an_altered_entry_is_found_at_its_place(position: int, field: str) -> None:
    chain = a_chain(5)
    other: dict[str, Any] = {
        "name": "importRoll",
        "actor_kind": "HR",
        "subjects": (),
        "body": {"x": 1},
        "recorded_at": datetime(2027, 1, 1, tzinfo=UTC),
        "account_id": None,
    }
    altered = dataclasses.replace(chain[position].entry, **{field: other[field]})
    chain[position] = dataclasses.replace(chain[position], entry=altered)
    assert walk(chain).fault_at == position + 1


@pytest.mark.parametrize("position", [0, 1, 3])
def test_a_removed_entry_is_found_at_its_place(position: int) -> None:
    chain = a_chain(5)
    del chain[position]
    assert walk(chain).fault_at == position + 1


def test_an_entry_forged_with_a_fitting_hash_breaks_the_one_after_it() -> None:
    chain = a_chain(5)
    forged = dataclasses.replace(chain[2].entry, name="nothing")
    chain[2] = SealedEntry(forged, chain[2].previous_hash, entry_hash(forged, chain[2].previous_hash))
    report = walk(chain)
    assert report.fault_at == 4
    assert "does not follow" in report.fault


def test_the_same_value_always_gives_the_same_bytes() -> None:
    assert canonical({"b": 1, "a": "重"}) == canonical({"a": "重", "b": 1}) == '{"a":"重","b":1}'.encode()
