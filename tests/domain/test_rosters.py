"""The reference of a row says of which roster it is a row, and which."""

from uuid import UUID

import pytest

from talent_registry.domain.rosters import line_of, record_of

ROSTER = UUID(int=0xABC)


def test_a_reference_names_its_row() -> None:
    assert record_of(ROSTER, 17) == f"{ROSTER.hex}-17"
    assert line_of(ROSTER, f" {record_of(ROSTER, 17).upper()} ") == 17


@pytest.mark.parametrize(
    "record", ["", "17", f"{UUID(int=1).hex}-17", f"{ROSTER.hex}-", f"{ROSTER.hex}-１７", f"{ROSTER.hex}-12345678"]
)
def test_whatever_else_names_none_of_it(record: str) -> None:
    assert line_of(ROSTER, record) is None
