"""Tables with their header anywhere, read by column name, and hostile ones refused."""

from dataclasses import dataclass

import pytest

from talent_registry.documents.sheets import Row, Sheet, Skipped, SkippedAs, clean, open_sheet
from talent_registry.documents.tables import Limits, column_letter
from talent_registry.domain.errors import InvalidInput


@dataclass(frozen=True)
class AColumn:
    key: str
    header: str
    aliases: tuple[str, ...] = ()
    required: bool = True


COLUMNS = (
    AColumn("name", "姓名", ("name",)),
    AColumn("number", "证书编号", ("证书号", "certificate number")),
    AColumn("day", "取得时间", (), required=False),
)


def read(text: str, limits: Limits | None = None) -> tuple[Sheet, list[Row], list[Skipped]]:
    sheet = open_sheet(text, COLUMNS, limits=limits)
    found = list(sheet.rows())
    return sheet, [r for r in found if isinstance(r, Row)], [r for r in found if isinstance(r, Skipped)]


def refusal(text: str, limits: Limits | None = None) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        read(text, limits)
    assert caught.value.path == ("file",)
    return caught.value


def test_the_header_is_found_below_title_rows_and_totals_are_skipped() -> None:
    above = "某市职称名册,,\r\n\r\n填报单位：某局,,\r\n"
    below = "合计,2 人,\r\n填表人：丙,,\r\n"
    text = f"{above}序号,证书编号,姓名\r\n1,A1,甲\r\n,,\r\n2,A2,乙\r\n{below}"
    sheet, rows, skipped = read(text)
    assert (sheet.header_line, sheet.delimiter, sheet.unknown) == (4, ",", ("序号",))
    assert sheet.above == (Skipped(1, SkippedAs.ABOVE_HEADER), Skipped(3, SkippedAs.ABOVE_HEADER))
    assert [(row.line, row.cells) for row in rows] == [
        (5, {"number": "A1", "name": "甲"}),
        (7, {"number": "A2", "name": "乙"}),
    ]
    assert rows[1].ref("name") == "C7"
    assert rows[1].ref("day") == ""
    assert [(skip.line, skip.reason) for skip in skipped] == [
        (8, SkippedAs.TOTALS_OR_NOTE),
        (9, SkippedAs.TOTALS_OR_NOTE),
    ]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_recognised(delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(cells) for cells in [("姓名", "证书编号"), ("甲", "A1"), ("乙", "A2")])
    sheet, rows, _ = read(text)
    assert (sheet.delimiter, len(rows)) == (delimiter, 2)
    assert sheet.lines() >= len(rows)


@pytest.mark.parametrize(
    "header", ["姓 名", "【姓名】", "\ufeff姓名", "姓名*", "（姓名）", "NAME", "Ｎａｍｅ", "　姓名　", "姓\n名"]
)
def test_headers_match_whatever_surrounds_them(header: str) -> None:
    _, rows, _ = read(f'"{header}",证书号\n甲,A1\n')
    assert rows[0].cells == {"name": "甲", "number": "A1"}


def test_a_quoted_cell_may_hold_line_breaks_quotes_and_delimiters() -> None:
    _, rows, _ = read('姓名,证书编号\n"甲\n乙","A,""1"""\n丙,A2\n')
    assert rows[0].cells == {"name": "甲\n乙", "number": 'A,"1"'}
    assert rows[1].line == 3


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" \u3000A1\u00a0", "A1"),
        ("\u200bA1 \ufeff ", "A1"),
        ("'0501", "0501"),
        ('="0501"', "0501"),
        ("=A1+1", "=A1+1"),
        ("", ""),
        ("\u200b", ""),
    ],
)
def test_a_cell_is_trimmed_and_freed_of_spreadsheet_tricks(written: str, meant: str) -> None:
    assert clean(written) == meant


def test_a_row_of_line_numbers_alone_and_a_repeated_header_are_no_data() -> None:
    _, rows, skipped = read("序号,姓名,证书编号\n1,甲,A1\n序号,姓名,证书编号\n2,,\n")
    assert len(rows) == 1
    assert [skip.reason for skip in skipped] == [SkippedAs.REPEATED_HEADER, SkippedAs.NO_KNOWN_CELL]


def test_a_person_with_few_cells_is_reported_on_rather_than_skipped() -> None:
    _, rows, skipped = read("姓名,证书编号\n甲,\n合计,A1\n")
    assert (len(rows), skipped) == (2, [])


def test_cells_beyond_the_header_are_pointed_at() -> None:
    _, rows, _ = read("姓名,证书编号\n甲,A1,,多\n乙,A2,,\n")
    assert [row.surplus for row in rows] == ["D2", ""]


@pytest.mark.parametrize(
    ("text", "reason", "named"),
    [
        ("", "EMPTY_FILE", "empty"),
        (" \n\u200b\n", "EMPTY_FILE", "empty"),
        ("姓名,证书编号\n", "HEADER_ONLY", "row 1"),
        ("姓名,证书编号\n,\n合计,\n", "HEADER_ONLY", "row 1"),
        ("甲|A1\n乙|A2\n", "HEADER_NOT_FOUND", "证书编号"),
        ("姓名|证书编号\n甲|A1\n", "HEADER_NOT_FOUND", "证书编号"),
        ("姓名,取得时间\n甲,2020-01-01\n", "MISSING_COLUMNS", "证书编号"),
        ("姓名,证书编号,证书号\n甲,A1,A2\n", "DUPLICATE_COLUMNS", "B（证书编号）、C（证书号）"),
        ('姓名,证书编号\n甲,"A1\n乙,A2\n', "MALFORMED_QUOTES", "row 2"),
        ('"姓名,证书编号\n甲,A1\n', "MALFORMED_QUOTES", "row 1"),
        ('姓名,证书编号\n"甲"x,A1\n', "MALFORMED_QUOTES", "row 2"),
        ("姓名,证书编号\n甲,A1\n乙," + "9" * 2_001 + "\n", "CELL_TOO_LONG", "B3"),
        ("姓名,证书编号\n甲," + "9" * 1_000_000 + "\n", "LINE_TOO_LONG", "Line 2"),
        (",".join(f"c{n}" for n in range(10_000)) + "\n甲\n", "TOO_MANY_COLUMNS", "256"),
        ("姓名,证书编号\n" + "甲," * 300 + "A1\n", "TOO_MANY_COLUMNS", "256"),
        ("\x01\x02\x03\x04" * 50, "HEADER_NOT_FOUND", "姓名"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_the_place(text: str, reason: str, named: str) -> None:
    error = refusal(text)
    assert error.reason == reason
    assert named in error.message.en


@pytest.mark.parametrize(
    ("later", "reason", "place"), [('"丙,A3\n', "MALFORMED_QUOTES", "row 2"), ('"\n', "CELL_TOO_LONG", "A2")]
)
def test_an_unclosed_quote_that_swallows_rows_is_refused_where_it_opens(later: str, reason: str, place: str) -> None:
    error = refusal('姓名,证书编号\n"甲,A1\n' + "乙,A2\n" * 1_000 + later)
    assert error.reason == reason
    assert place in error.message.en


def test_more_rows_than_the_limit_are_refused() -> None:
    assert refusal("姓名,证书编号\n" + "甲,A1\n" * 4, Limits(rows=3)).reason == "TOO_MANY_ROWS"


def test_empty_columns_to_the_right_do_not_count() -> None:
    _, rows, _ = read("姓名,证书编号" + "," * 1_000 + "\n甲,A1" + "," * 1_000 + "\n")
    assert rows[0].cells == {"name": "甲", "number": "A1"}


def test_a_refused_header_is_quoted_without_control_characters() -> None:
    error = refusal('姓名,证书编号,"证书\x1f号"\n甲,1,2\n')
    assert error.reason == "DUPLICATE_COLUMNS"
    assert "\x1f" not in error.message.en


def test_columns_beyond_z_have_two_letters() -> None:
    assert [column_letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_no_row_shows_its_cells_in_the_repr() -> None:
    sheet, rows, _ = read("姓名,证书编号\n甲乙丙,A1\n")
    assert "甲乙丙" not in repr(rows) + repr(sheet)
