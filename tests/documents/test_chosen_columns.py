"""A file whose header nobody knows is read with the columns that a person chose."""

import pytest

from talent_registry.documents.chosen import Chosen, read_head
from talent_registry.documents.rosters import LIMITS, as_workbook, read_roster
from talent_registry.domain.errors import InvalidInput

ROWS = [["职称人员一览", "", ""], ["人", "号", "备注"], ["王芳", "SC-0000", "x"], ["李雷", "SC-0001", ""]]
TEXT = "\n".join("\t".join(row) for row in ROWS).encode("gb18030")


@pytest.mark.parametrize("data", [TEXT, as_workbook(ROWS)], ids=["text", "workbook"])
def test_columns_that_were_chosen_are_read(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_roster(data)
    head = read_head(data, LIMITS)
    assert (head.header_line, head.places()) == (2, [(0, "A", "人"), (1, "B", "号"), (2, "C", "备注")])
    file = read_roster(data, Chosen(2, {"name": 0, "number": 1}, head.digest))
    assert (file.data_rows, file.unknown, file.letters()) == (2, ("备注",), {"name": "A", "number": "B"})
    assert file.rows[2] == (3, ["王芳", "SC-0000", "x"], {"name": "王芳", "number": "SC-0000"})


def test_a_choice_that_does_not_fit_is_refused() -> None:
    head = read_head(TEXT, LIMITS)
    for places, reason in (
        ({"name": 0}, "MISSING_COLUMNS"),
        ({"name": 0, "number": 99}, "MISSING_COLUMNS"),
        ({"name": 0, "number": 0}, "DUPLICATE_COLUMNS"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            read_roster(TEXT, Chosen(2, places, head.digest))
        assert refusal.value.reason == reason
    other = TEXT.replace("备注".encode("gb18030"), "单位".encode("gb18030"))
    with pytest.raises(InvalidInput) as refusal:
        read_roster(other, Chosen(2, {"name": 0, "number": 1}, head.digest))
    assert refusal.value.reason == "OTHER_HEADER"
    for nothing in (b"", b"\n\n"):
        with pytest.raises(InvalidInput):
            read_head(nothing, LIMITS)
