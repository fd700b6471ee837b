"""Bytes of a delivered file become text: byte-order mark, strict UTF-8, GB18030; never a statistical guess."""

import codecs
import re
from dataclasses import dataclass, field

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16LE"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16BE"),
)
_GUESSES = (("utf-8", "UTF-8"), ("gb18030", "GB18030"))
_NOT_TEXT = ((b"PK\x03\x04", "XLSX/ZIP"), (b"\xd0\xcf\x11\xe0", "XLS"), (b"%PDF", "PDF"))

# GB 18030-2000, which Python's codec still follows, parked these characters in the private-use area. The 2005 edition
# moved the first, the 2022 edition the vertical punctuation and eight ideographs; the remaining six have code points in
# CJK Extension B, which the 2022 edition tells everyone to use.
_FIXED_BY_STANDARD = {
    0xE7C7: 0x1E3F,
    0xE78D: 0xFE10,
    0xE78E: 0xFE12,
    0xE78F: 0xFE11,
    0xE790: 0xFE13,
    0xE791: 0xFE14,
    0xE792: 0xFE15,
    0xE793: 0xFE16,
    0xE794: 0xFE17,
    0xE795: 0xFE18,
    0xE796: 0xFE19,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE832: 0x9FB8,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE864: 0x9FBB,
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE831: 0x215D7,
    0xE83B: 0x2298F,
    0xE855: 0x241FE,
}


def _fixed_after_gbk() -> dict[int, int]:
    """Code points of the older GBK, found in UTF-8 converted from it: U+E815–E864 stand for bytes FE50–FEA0."""
    bytes_in_order = [*range(0xFE50, 0xFE7F), *range(0xFE80, 0xFEA1)]  # 7F is no trail byte
    found = {0xE815 + n: ord(b.to_bytes(2, "big").decode("gb18030")) for n, b in enumerate(bytes_in_order)}
    found |= {0xE7E7 + n: ord((0xA989 + n).to_bytes(2, "big").decode("gb18030")) for n in range(13)}
    return found | {0xE7C8: 0x01F9, 0xE76C: 0x20AC}


FINAL_CODE_POINTS = _fixed_after_gbk() | _FIXED_BY_STANDARD
_PARKED = re.compile("[" + "".join(map(chr, FINAL_CODE_POINTS)) + "]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without byte-order mark, with final code points; `encoding` is UTF-8, UTF-16LE, UTF-16BE or GB18030."""

    text: str = field(repr=False)
    encoding: str


def decode(data: bytes) -> Decoded:
    """Read a file's bytes as text; InvalidInput EMPTY_FILE, NOT_TEXT, UNDECODABLE, NUL_BYTES, with the byte offset."""
    if not data:
        raise empty_file()
    for signature, kind in _NOT_TEXT:
        if data.startswith(signature):
            raise _not_text(kind)
    text, encoding = _by_mark(data) or _by_trial(data)
    if not text or text.isspace():
        raise empty_file()
    if (at := text.find("\0")) >= 0:
        raise _nul_bytes(_offset(text, at, encoding, data))
    return Decoded(_PARKED.sub(lambda found: chr(FINAL_CODE_POINTS[ord(found[0])]), text), encoding)


def empty_file() -> InvalidInput:
    """The refusal of a file in which nothing is written."""
    return InvalidInput(
        Message(
            zh="文件为空，没有可读取的内容。请确认选对了文件，重新导出后再提交。",
            en="The file is empty, so there is nothing to read. "
            "Check that it is the right file, export it again and resubmit.",
        ),
        reason="EMPTY_FILE",
        path=("file",),
    )


def _by_mark(data: bytes) -> tuple[str, str] | None:
    for mark, codec, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(codec), encoding
            except UnicodeDecodeError as error:
                raise _undecodable(encoding, len(mark) + error.start) from None
    return None


def _by_trial(data: bytes) -> tuple[str, str]:
    furthest = 0
    for codec, encoding in _GUESSES:
        try:
            return data.decode(codec), encoding
        except UnicodeDecodeError as error:
            furthest = max(furthest, error.start)
    raise _undecodable("UTF-8, GB18030", furthest)


def _offset(text: str, at: int, encoding: str, data: bytes) -> int:
    mark = next((len(mark) for mark, _, _ in _MARKS if data.startswith(mark)), 0)
    return mark + len(text[:at].encode(encoding))


def _not_text(kind: str) -> InvalidInput:
    return InvalidInput(
        Message(
            zh=f"该文件是 {kind} 文件，不是文本表格。请在表格软件中“另存为”CSV UTF-8 后再提交。",
            en=f"The file is of kind {kind}, not a text table. "
            "Save it as “CSV UTF-8” in the spreadsheet program and resubmit.",
        ),
        reason="NOT_TEXT",
        path=("file",),
    )


def _undecodable(encodings: str, offset: int) -> InvalidInput:
    return InvalidInput(
        Message(
            zh=f"文件第 {offset} 字节（从 0 起）处不是有效的 {encodings} 文字，无法读取。"
            "请另存为“CSV UTF-8”后重新提交。",
            en=f"At byte {offset} (counted from 0) the file is not valid {encodings} text, so it cannot be read. "
            "Save it as “CSV UTF-8” and resubmit.",
        ),
        reason="UNDECODABLE",
        path=("file",),
    )


def _nul_bytes(offset: int) -> InvalidInput:
    return InvalidInput(
        Message(
            zh=f"文件第 {offset} 字节（从 0 起）处含空字符，说明它不是文本表格或已损坏。"
            "请另存为“CSV UTF-8”后重新提交。",
            en=f"Byte {offset} (counted from 0) is a NUL, so the file is no text table or is damaged. "
            "Save it as “CSV UTF-8” and resubmit.",
        ),
        reason="NUL_BYTES",
        path=("file",),
    )
