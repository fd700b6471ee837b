"""Workbooks as offices deliver them, and hostile ones refused within bounds."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from time import monotonic

import pytest
from openpyxl import Workbook, load_workbook

from talent_registry.documents.rosters import (
    answered_rows,
    as_csv,
    as_workbook,
    read_roster,
    template_as_csv,
    template_as_workbook,
)
from talent_registry.documents.tables import Limits
from talent_registry.documents.workbooks import read_workbook
from talent_registry.domain.errors import InvalidInput

HEADER = ["姓名", "证件号码", "证书编号", "取得时间"]


def workbook(*rows: Sequence[object], before: str | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if before is not None:
        sheet.title = before
        sheet.append(["说明"])
        sheet = book.create_sheet("名单")
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def altered(data: bytes, part: str, change: bytes | None, extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body if name != part or change is None else change)
        for name, body in (extra or {}).items():
            new.writestr(name, body)
    return out.getvalue()


GOOD = workbook(HEADER, ["甲乙", "990000198001010017", "A1", date(2020, 4, 17)])
SHEET = "xl/worksheets/sheet1.xml"


def test_the_fitting_sheet_is_taken_and_cells_are_read_as_they_were_meant() -> None:
    data = workbook(["名单"], HEADER, ["甲乙", 990000198001010000, 12, date(2020, 4, 17)], ["合计", 1], before="封面")
    found = read_roster(data)
    assert (found.encoding, found.header_line, found.data_rows) == ("XLSX", 2, 1)
    assert [row[2] for row in found.rows if row[2]] == [
        {"name": "甲乙", "document": "9.9000019800101E+17", "number": "12", "obtained_on": "2020-04-17"}
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (altered(GOOD, "", None, {"xl/media/zero.bin": bytes(40_000_000)}), "ZIP_BOMB"),
        (
            altered(
                GOOD, SHEET, b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
            ),
            "DOCTYPE",
        ),
        (altered(GOOD, SHEET, b"<worksheet><sheetData><row><c"), "UNREADABLE_WORKBOOK"),
        (GOOD[:300], "NOT_A_WORKBOOK"),
        (altered(GOOD, "xl/workbook.xml", b""), "UNREADABLE_WORKBOOK"),
        (workbook(["别的", "表"], ["a", "b"]), "HEADER_NOT_FOUND"),
        (workbook(HEADER), "HEADER_ONLY"),
        (workbook(), "EMPTY_FILE"),
    ],
    ids=["bomb", "external entity", "torn sheet", "torn archive", "no book", "no header", "header only", "empty"],
)
def test_a_hostile_workbook_is_refused_in_both_languages(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_roster(data)
    assert refusal.value.reason == reason
    assert refusal.value.message.zh
    assert refusal.value.message.en


def test_a_cell_at_the_far_corner_costs_neither_memory_nor_minutes() -> None:
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    began = monotonic()
    with pytest.raises(InvalidInput) as refusal:
        read_roster(altered(GOOD, SHEET, far))
    assert refusal.value.reason in {"UNREADABLE_WORKBOOK", "TOO_MANY_COLUMNS", "HEADER_NOT_FOUND"}
    assert monotonic() - began < 60


def test_a_sheet_with_too_many_rows_is_refused() -> None:
    many = workbook(HEADER, *[["甲乙", "", f"A{place}", ""] for place in range(20)])
    assert len(read_workbook(many, Limits(rows=10))[0].rows) == 11


def test_what_goes_out_is_never_a_formula() -> None:
    cells = ["=1+1", "＝1", "+1", "-1", "@a", "\tx", "\rx", "甲\x07乙", "plain"]
    rows = list(answered_rows([(1, cells, None)], 1, len(cells), lambda _: None, str))
    text = as_csv(rows).decode("utf-8-sig")
    assert text.startswith("'=1+1,'＝1,'+1,'-1,'@a,")
    sheet = load_workbook(io.BytesIO(as_workbook(rows))).worksheets[0]
    assert [cell.data_type for cell in sheet[1]][:5] == ["s"] * 5
    assert sheet["H1"].value == "甲乙"


def test_the_templates_are_read_back_and_offer_the_levels() -> None:
    for data in (template_as_csv(), template_as_workbook()):
        with pytest.raises(InvalidInput) as refusal:
            read_roster(data)
        assert refusal.value.reason == "HEADER_ONLY"
    sheet = load_workbook(io.BytesIO(template_as_workbook())).worksheets[0]
    assert sheet["B2"].number_format == "@"
    assert len(sheet.data_validations.dataValidation) == 1
