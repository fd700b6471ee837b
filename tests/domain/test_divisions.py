"""Which province a division belongs to, when it existed, what it covers."""

from datetime import date

import pytest

from talent_registry.domain.divisions import covers, is_in_force, province_of
from talent_registry.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("code", "province"), [("510107", "510000"), ("500157", "500000"), ("510000", "510000"), ("110101", "110000")]
)
def test_a_division_belongs_to_the_province_of_its_code(code: str, province: str) -> None:
    assert province_of(code) == province


@pytest.mark.parametrize("code", ["", "5101", "51010a", "５１０１０７", "5101070"])
def test_what_is_no_division_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        province_of(code)
    assert refusal.value.reason == "DIVISION"


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("500112", date(2024, 12, 31), True),
        ("500112", date(2026, 1, 1), False),
        ("500157", date(2024, 12, 31), False),
        ("500157", date(2026, 1, 1), True),
        ("510202", date(1990, 1, 1), True),
        ("510202", date(1998, 1, 1), False),
        ("999999", date(2024, 1, 1), False),
    ],
)
def test_a_division_is_in_force_in_its_years(code: str, day: date, *, expected: bool) -> None:
    assert is_in_force(code, day) is expected


@pytest.mark.parametrize(
    ("listed", "code", "expected"),
    [
        ("510000", "510107", True),
        ("510000", "500107", False),
        ("510100", "510107", True),
        ("510100", "510182", True),
        ("510100", "510100", True),
        ("510100", "510703", False),
        ("510100", "510000", False),
        ("500107", "500107", True),
        ("500107", "500106", False),
    ],
)
def test_a_province_covers_all_of_it_and_a_prefecture_its_districts(listed: str, code: str, *, expected: bool) -> None:
    assert covers(listed, code) is expected
