"""Reads a workbook (XLSX) on standard input in a process of its own, with little memory and little time.

Started by path, so that it imports nothing of the program. It writes one JSON list for each sheet's rows, or fails.
"""

import json
import resource
import sys
from datetime import date, datetime, time
from io import BytesIO

MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 30
# Beyond this a spreadsheet keeps no digits.
_EXACT = 10**15


def _cell(value: object) -> str:
    """A cell as text: dates in ISO, whole numbers without a fraction, numbers too long for a spreadsheet as they are."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def main(most_rows: int) -> None:
    """Write the rows of each visible sheet, in their order; no more rows than allowed, and one."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415 - within the limits

    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    for number, about in enumerate(book.sheets_metadata):
        if about.typ is not SheetTypeEnum.WorkSheet or about.visible is not SheetVisibleEnum.Visible:
            continue
        rows = []
        for row in book.get_sheet_by_index(number).to_python(skip_empty_area=False, nrows=most_rows + 1):
            cells = [_cell(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            rows.append(cells)
        sys.stdout.write(json.dumps(rows, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
