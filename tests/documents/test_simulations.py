"""The CSV of a simulation opens in a spreadsheet, and no cell of it is a formula."""

import csv
import io
from typing import Any

import pytest

from talent_registry.documents.simulations import simulation_as_csv


def result(**change: Any) -> dict[str, Any]:
    ruled = {"rule": "R2b", "variant": None, "outcome": "VERIFY"}
    one = {
        "change": "GAIN",
        "group": 1,
        "division": None,
        "before": ruled,
        "after": {"rule": "R8", "variant": "officer", "outcome": "CONFIRM"},
        "kind": "TITLE",
        "series": "01",
        "level": "ENTRY",
        "issued_in": "510100",
        "count": 7,
        "example": "x",
    }
    return {"groups": [{"number": 1, "divisions": ["500107", "500106"]}], "changes": [one | change]}


def rows(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_each_change_is_a_row_with_its_targets_and_both_rules() -> None:
    head, row = rows(simulation_as_csv(result()))

    assert len(head) == len(row)
    assert row == [
        "GAIN",
        "500107 500106",
        "R2b",
        "VERIFY",
        "R8/officer",
        "CONFIRM",
        "TITLE",
        "01",
        "ENTRY",
        "510100",
        "7",
        "x",
    ]


def test_what_holds_for_one_division_names_that_one() -> None:
    assert rows(simulation_as_csv(result(division="500107")))[1][1] == "500107"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start: str) -> None:
    hostile = f'{start}HYPERLINK("x")'
    ruled = {"rule": hostile, "variant": None, "outcome": "VERIFY"}
    text = simulation_as_csv(result(level=hostile, before=ruled))

    row = list(csv.reader(io.StringIO(text[1:], newline="")))[1]
    assert [cell for cell in row if cell[:1] in "=+-@\t\r" and cell] == []
    assert row[8] == f"'{hostile}"


def test_what_is_not_stated_is_empty() -> None:
    assert rows(simulation_as_csv(result(series=None)))[1][7] == ""
