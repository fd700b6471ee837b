"""Workbooks (XLSX) become rows of text: what the archive says of itself is checked first, then a process reads it."""

import json
import subprocess
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final

from talent_registry.documents.tables import Grid, Limits
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

SIGNATURE: Final = b"PK\x03\x04"
MOST_BYTES: Final = 32 * 1024 * 1024
_MOST_UNPACKED: Final = 400 * 1024 * 1024
_MOST_PARTS: Final = 2_000
# What Excel writes shrinks ten to forty times; a bomb a thousand times.
_MOST_RATIO: Final = 200
_SMALL: Final = 1024 * 1024
_SECONDS: Final = 60
_READER: Final = Path(__file__).with_name("workbook_reader.py")


def read_workbook(data: bytes, limits: Limits) -> list[Grid]:
    """The visible sheets in their order. InvalidInput FILE_TOO_LARGE, NOT_A_WORKBOOK, ZIP_BOMB, DOCTYPE, UNREADABLE."""
    _check_archive(data)
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_READER), str(limits.rows)],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _unreadable() from None
    if done.returncode != 0:
        raise _unreadable()
    return [Grid(json.loads(line), limits) for line in done.stdout.splitlines()]


def _check_archive(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise _refusal(
            "FILE_TOO_LARGE",
            f"文件超过 {MOST_BYTES // 2**20} MB。请拆分为多个文件，或只保留需要的列。",
            f"The file is larger than {MOST_BYTES // 2**20} MB. Split it, or keep only the columns that are needed.",
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise _not_a_workbook()
            _check_sizes(parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        raise _not_a_workbook() from None


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > _SMALL and part.file_size > _MOST_RATIO * max(part.compress_size, 1) for part in parts
    )
    if swollen or unpacked > _MOST_UNPACKED or len(parts) > _MOST_PARTS:
        raise _refusal(
            "ZIP_BOMB",
            "文件解压后异常庞大，已拒绝读取。请另存为新的 XLSX 或 CSV 文件后再提交。",
            "Unpacked, the file would be abnormally large, so it is not read. "
            "Save it as a new XLSX or CSV file and resubmit.",
        )


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part may declare a document type: entities are never expanded, and no spreadsheet program writes one."""
    with archive.open(part) as opened:
        if b"<!" in opened.read(4_096).replace(b"<!--", b"").replace(b"\0", b""):
            raise _refusal(
                "DOCTYPE",
                "文件内含外部实体或文档类型声明，已拒绝读取。请另存为新的 XLSX 文件后再提交。",
                "The file declares a document type or entities, so it is not read. Save it as a new XLSX file.",
            )


def _not_a_workbook() -> InvalidInput:
    return _refusal(
        "NOT_A_WORKBOOK",
        "该文件是压缩包，但不是可读取的 XLSX 表格，或已损坏。请在表格软件中另存为 XLSX 或 CSV UTF-8 后再提交。",
        "The file is an archive but no readable XLSX workbook, or it is damaged. "
        "Save it as XLSX or “CSV UTF-8” in the spreadsheet program and resubmit.",
    )


def _unreadable() -> InvalidInput:
    return _refusal(
        "UNREADABLE_WORKBOOK",
        "XLSX 表格无法在限定的时间和内存内读取。请删除空白的远端单元格和多余的工作表，另存后再提交，或改用 CSV UTF-8。",
        "The XLSX workbook cannot be read within the time and memory allowed. Delete stray far-away cells and spare "
        "sheets, save it again and resubmit, or use “CSV UTF-8”.",
    )


def _refusal(reason: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason, path=("file",))
