"""A delivered table, whatever its kind: a text in any encoding, or a workbook of which the fitting sheet is taken."""

from collections.abc import Sequence

from talent_registry.documents.encodings import decode, empty_file
from talent_registry.documents.sheets import Column, Sheet, open_sheet
from talent_registry.documents.tables import Limits
from talent_registry.documents.workbooks import SIGNATURE, read_workbook
from talent_registry.domain.errors import InvalidInput

WORKBOOK = "XLSX"


def open_delivered(data: bytes, columns: Sequence[Column], *, limits: Limits | None = None) -> tuple[Sheet, str]:
    """The sheet and the encoding (`XLSX` for a workbook). Errors as `decode`, `read_workbook` and `open_sheet`."""
    limits = limits or Limits()
    if not data.startswith(SIGNATURE):
        decoded = decode(data)
        return open_sheet(decoded.text, columns, limits=limits), decoded.encoding
    failure: InvalidInput | None = None
    for grid in read_workbook(data, limits):
        if not any(grid.rows):
            continue
        try:
            return open_sheet(grid, columns, limits=limits), WORKBOOK
        except InvalidInput as refusal:
            # A header that lacks a column tells more than a sheet without one.
            if failure is None or refusal.reason != "HEADER_NOT_FOUND":
                failure = refusal
    raise failure or empty_file()
