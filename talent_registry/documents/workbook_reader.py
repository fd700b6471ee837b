"""Reads a workbook (XLSX) on standard input in a process of its own, with little memory and little time.

Started by path, so that it imports nothing of the program. It writes one JSON list for each sheet's rows, or fails.
"""

import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime, time
from html import unescape
from io import BytesIO

MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 30
# Beyond this a spreadsheet keeps no digits.
_EXACT = 10**15
_WIDEST = 1_000


def _cell(value: object) -> str:
    """A cell as text: dates in ISO, whole numbers without a fraction, numbers that lost digits with their exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*\bname=\"([^\"]*)\"[^>]*\bid=\"([^\"]*)\"")
_TARGET = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_FORMULA = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*>\s*<(?:\w+:)?f\b[^>/]*>([^<]*)<")


def _formulas(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The XML of each sheet by its name."""
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for found in _TARGET.findall(relations):
        named = dict(re.findall(r"\b(Id|Target)=\"([^\"]*)\"", found))
        targets[named.get("Id")] = named.get("Target", "")
    parts = {}
    for name, relation in _SHEET.findall(archive.read("xl/workbook.xml").decode("utf-8", "replace")):
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        parts[unescape(name)] = archive.read(path) if path in archive.NameToInfo else b""
    return parts


def _show_formulas(rows: list[list[str]], xml: bytes) -> None:
    """A formula without a value is shown as such; of any other its value counts."""
    for letters, number, formula in _FORMULA.findall(xml):
        at = 0
        for letter in letters:
            at = at * 26 + letter - 64
        line = int(number) - 1
        if line < len(rows) and (at > len(rows[line]) or not rows[line][at - 1]) and at <= _WIDEST:
            rows[line].extend([""] * (at - len(rows[line])))
            rows[line][at - 1] = "=" + unescape(formula.decode("utf-8", "replace"))


def main(most_rows: int) -> None:
    """Write the rows of each visible sheet, in their order; no more rows than allowed, and one."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - within the limits

    data = sys.stdin.buffer.read()
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheets = _formulas(archive)
    for number, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet or about.visible is not SheetVisibleEnum.Visible:
            continue
        rows = []
        for row in book.get_sheet_by_index(number).to_python(skip_empty_area=False, nrows=most_rows + 1):
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            rows.append(cells)
        _show_formulas(rows, sheets.get(about.name, b""))
        sys.stdout.write(json.dumps(rows, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
