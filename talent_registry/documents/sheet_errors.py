"""Refusals of a table as a whole, each naming the place and what to do."""

from collections.abc import Sequence

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

_QUOTED = 40


def header_not_found(required: Sequence[str]) -> InvalidInput:
    """No row names the columns."""
    names = "、".join(required)
    return _refusal(
        "HEADER_NOT_FOUND",
        f"前 50 行中没有找到表头行。表头应包含：{names}。请补上表头行；若文字显示为乱码，请另存为“CSV UTF-8”。",
        f"None of the first 50 rows is a header. A header names the columns {names}. "
        "Add the header row; if the text looks garbled, save the file as “CSV UTF-8”.",
    )


def duplicate_columns(line: int, columns: Sequence[tuple[str, str]]) -> InvalidInput:
    """Two headers claim the same column; `columns` are letter and header as typed."""
    names = "、".join(f"{letter}（{_shown(name)}）" for letter, name in columns)
    return _refusal(
        "DUPLICATE_COLUMNS",
        f"第 {line} 行表头中有重复的列：{names}。请只保留一列，或改名其余的列。",
        f"The header in row {line} names a column more than once: {names}. Keep one of them, or rename the others.",
    )


def missing_columns(line: int, headers: Sequence[str]) -> InvalidInput:
    """Required columns are absent."""
    names = "、".join(headers)
    return _refusal(
        "MISSING_COLUMNS",
        f"第 {line} 行表头缺少必需的列：{names}。请补上这些列后重新提交。",
        f"The header in row {line} lacks the required columns {names}. Add them and resubmit.",
    )


def header_only(line: int) -> InvalidInput:
    """Nothing below the header."""
    return _refusal(
        "HEADER_ONLY",
        f"第 {line} 行表头之下没有任何数据行。请确认导出了数据后再提交。",
        f"There is no data below the header in row {line}. Check that the export holds the rows, and resubmit.",
    )


def too_many_columns(line: int, limit: int) -> InvalidInput:
    """A row is wider than the bound."""
    return _refusal(
        "TOO_MANY_COLUMNS",
        f"第 {line} 行超过 {limit} 列。请删除多余的列，并确认分隔符正确。",
        f"Row {line} has more than {limit} columns. Remove what is not needed, and check the delimiter.",
    )


def too_many_rows(limit: int) -> InvalidInput:
    """The table is longer than the bound."""
    return _refusal(
        "TOO_MANY_ROWS",
        f"数据超过 {limit} 行。请拆分为多个文件分别提交。",
        f"There are more than {limit} rows. Split the table into several files and submit each.",
    )


def line_too_long(line: int, limit: int) -> InvalidInput:
    """A physical line is longer than the bound."""
    return _refusal(
        "LINE_TOO_LONG",
        f"文件第 {line} 行超过 {limit} 个字符，不像表格。请确认文件正确后重新导出。",
        f"Line {line} of the file is longer than {limit} characters, which no table is. "
        "Check the file and export it again.",
    )


def cell_too_long(ref: str, limit: int) -> InvalidInput:
    """A cell is longer than the bound, often because a quote before it was never closed."""
    return _refusal(
        "CELL_TOO_LONG",
        f"单元格 {ref} 超过 {limit} 个字符。请缩短内容，并检查此处的双引号是否成对。",
        f"Cell {ref} is longer than {limit} characters. Shorten it, and check that each double quote there is closed.",
    )


def malformed_quotes(row: int, line: int) -> InvalidInput:
    """Quotes are unbalanced in a row that begins at `row` and is given up at the file's `line`."""
    return _refusal(
        "MALFORMED_QUOTES",
        f"从表格第 {row} 行开始的双引号不成对（读到文件第 {line} 行）。"
        "请检查该行的双引号，单元格内的双引号应写成两个。",
        f"The double quotes of row {row} do not match (read up to line {line} of the file). "
        "Check that row; a double quote inside a cell is written twice.",
    )


def _shown(text: str) -> str:
    """A header as typed, bounded and without control characters."""
    return "".join(char for char in text if char.isprintable())[:_QUOTED]


def _refusal(reason: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason, path=("file",))
