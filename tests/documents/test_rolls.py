"""Whole roll files: the two sample rolls in every encoding, faults, digest, progress, hostile files."""

import codecs
from collections.abc import Callable
from datetime import date
from importlib.resources import files

import pytest

from talent_registry.documents.rolls import MOST_PROBLEMS, Roll, read_roll
from talent_registry.domain.errors import InvalidInput

TODAY = date(2026, 11, 24)
SICHUAN, CHONGQING = "510000", "500000"


def sample(name: str) -> str:
    return files("talent_registry").joinpath(f"demo/samples/roll_{name}.csv").read_bytes().decode("utf-8-sig")


def read(text: str | bytes, province: str = SICHUAN, progress: Callable[[int, int], None] | None = None) -> Roll:
    data = text.encode() if isinstance(text, str) else text
    return read_roll(data, province=province, today=TODAY, allow_test_identities=True, progress=progress)


def changed(text: str, *, row: int, old: str, new: str) -> str:
    lines = text.splitlines()
    assert old in lines[row - 1]
    lines[row - 1] = lines[row - 1].replace(old, new, 1)
    return "\n".join(lines)


@pytest.mark.parametrize(("name", "province", "rows"), [("sichuan", SICHUAN, 183), ("chongqing", CHONGQING, 117)])
def test_a_sample_roll_reads_without_problems_in_every_encoding(name: str, province: str, rows: int) -> None:
    text = sample(name)
    first = read(text, province)
    assert (len(first.entries), first.problems, first.rows, first.refused, first.repeated) == (rows, (), rows, 0, 0)
    assert (first.encoding, first.delimiter, first.header_line, first.unknown_columns) == ("UTF-8", ",", 1, ())
    for data, encoding in (
        (text.encode("gb18030"), "GB18030"),
        (codecs.BOM_UTF8 + text.encode(), "UTF-8"),
        (codecs.BOM_UTF16_LE + text.replace(",", "\t").encode("utf-16-le"), "UTF-16LE"),
    ):
        other = read(data, province)
        assert (other.encoding, other.digest, other.entries) == (encoding, first.digest, first.entries)


def test_title_rows_and_column_order_do_not_change_what_a_roll_says() -> None:
    text = sample("sichuan")
    turned = "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines())
    other = read(f"川渝职称名册\n\n{turned}\n合计,183\n")
    assert (other.digest, other.header_line, len(other.skipped)) == (read(text).digest, 3, 2)


def test_a_changed_cell_changes_the_digest() -> None:
    text = sample("sichuan")
    assert read(changed(text, row=2, old="信息安全", new="材料工程")).digest != read(text).digest


def test_good_rows_are_kept_and_bad_ones_reported_by_cell() -> None:
    text = changed(sample("sichuan"), row=5, old="主任医师", new="主任")
    text = changed(text, row=9, old=text.splitlines()[8].split(",")[2], new="9.90E+17")
    found = read(text)
    assert (len(found.entries), found.refused) == (181, 2)
    assert [(p.cell_ref, p.reason) for p in found.problems] == [("F5", "TITLE_NAME_MISMATCH"), ("C9", "DIGITS_LOST")]


def test_a_roll_of_the_other_province_is_refused_row_by_row() -> None:
    found = read(sample("chongqing"), SICHUAN)
    assert (found.entries, found.refused) == ((), 117)
    assert {p.reason for p in found.problems} == {"ISSUER_OUTSIDE_PROVINCE"}


def test_repeated_rows_are_kept_once_and_contradicting_ones_not_at_all() -> None:
    lines = sample("sichuan").splitlines()
    found = read("\n".join([*lines, lines[1], lines[2].replace("有效", "撤销")]))
    assert (len(found.entries), found.refused, found.repeated) == (182, 2, 1)
    assert [(p.line, p.reason) for p in found.problems] == [
        (3, "CERTIFICATE_TWICE"),
        (185, "DUPLICATE_ROW"),
        (186, "CERTIFICATE_TWICE"),
    ]


def test_formula_cells_are_reported_without_their_text() -> None:
    found = read(changed(sample("sichuan"), row=2, old="龙娟涵", new="=1+1龙娟涵"))
    assert [(p.cell_ref, p.reason) for p in found.problems] == [("A2", "FORMULA")]
    assert "龙娟涵" not in repr(found)


def test_an_unquoted_delimiter_is_noticed() -> None:
    found = read(changed(sample("sichuan"), row=2, old="信息安全", new="信息,安全"))
    assert found.problems[0].reason == "TOO_MANY_CELLS"
    assert "龙娟涵" not in repr(found.problems)


def test_mixed_name_separators_are_one_name() -> None:
    text = sample("chongqing")
    row = next(number for number, line in enumerate(text.splitlines(), start=1) if "·" in line)
    expected = read(text, CHONGQING).entries
    for separator in "•・‧．":
        assert read(changed(text, row=row, old="·", new=separator), CHONGQING).entries == expected


def test_the_number_of_problems_kept_is_bounded() -> None:
    header, line, *_ = sample("sichuan").splitlines()
    bad = ",".join("=x" for _ in line.split(","))
    found = read("\n".join([header, *[bad] * 600]))
    assert len(found.problems) == MOST_PROBLEMS
    assert found.problems_left_out == 600 * len(line.split(",")) - MOST_PROBLEMS
    assert found.refused == 600


def test_progress_is_reported_and_ends_complete() -> None:
    lines = sample("sichuan").splitlines()
    seen: list[tuple[int, int]] = []
    read("\n".join(lines[:1] + lines[1:] * 12), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1_000, 2_196), (2_000, 2_196), (2_196, 2_196)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "EMPTY_FILE"),
        (sample("sichuan").splitlines()[0].encode(), "HEADER_ONLY"),
        (b"PK\x03\x04\x14\x00", "NOT_A_WORKBOOK"),
        (bytes(range(256)) * 20, "UNDECODABLE"),
        (sample("sichuan").replace(",", "|").encode(), "HEADER_NOT_FOUND"),
        (sample("sichuan").replace("证书编号", "编号").encode(), "MISSING_COLUMNS"),
        (sample("sichuan").replace("专业", "姓名").encode(), "DUPLICATE_COLUMNS"),
        (sample("sichuan").encode() + b"9" * 1_000_000, "LINE_TOO_LONG"),
        (sample("sichuan").encode() + b'"', "MALFORMED_QUOTES"),
    ],
)
def test_a_hostile_file_is_refused_as_a_whole(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(data)
    assert caught.value.reason == reason
