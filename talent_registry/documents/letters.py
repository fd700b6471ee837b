"""Letters as PDF (A4, PDF/UA-1): the receipt attached, the QR code drawn, the same bytes for the same data."""

import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import noto_cjk_sans_otc  # type: ignore[import-untyped]
import typst

from talent_registry.documents.qr import qr_svg
from talent_registry.domain.messages import Message

LARGEST: Final = 4 << 20
_LONGEST_RECEIPT: Final = 32_768
_MARK: Final = b"%talent-registry-seal "
_END: Final = b"startxref"
_ATTACHED = re.compile(
    rb"<<(/Length \d{1,9}/Type/EmbeddedFile(?:/Filter/FlateDecode)?/Subtype/application#2Fjose)"
    rb"/Params<</Size \d{1,9}>>>>\nstream\n"
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and rows of what and how it stands."""

    title: Message
    rows: Sequence[tuple[Message, str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says; plain text throughout. `link` is what the QR code opens, `receipt` the JWS attached."""

    title: Message
    registry: Message
    number: str
    sections: Sequence[Section]
    closing: Sequence[Message]
    link: str | None = None
    receipt: str | None = field(default=None, repr=False)


class NoLetter(Exception):
    """The file is no letter of ours as it was made; `reason` is SIZE, NOT_SEALED, ALTERED or NO_RECEIPT."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def letter_pdf(letter: Letter) -> bytes:
    """The letter as PDF; takes some 0.2 seconds, so callers ask from a thread."""
    return typst.compile(
        _template(),
        sys_inputs={"data": json.dumps(_data(letter), ensure_ascii=False)},
        font_paths=_fonts(),
        format="pdf",
        pdf_standards="ua-1",
        timestamp=0,
    )


def sealed_pdf(pdf: bytes, seal: str) -> bytes:
    """The PDF with its seal (a compact JWS over its digest) behind it, in a comment that readers pass over.

    The end of the PDF is repeated after the comment, so that the file ends as every PDF does.
    """
    pdf = pdf.rstrip(b"\n") + b"\n"
    return pdf + _MARK + seal.encode() + b"\n" + _tail(pdf)


def split_sealed(content: bytes) -> tuple[bytes, str]:
    """The PDF and the seal behind it, every byte accounted for. Raises `NoLetter`; bounded in time and memory."""
    if len(content) > LARGEST:
        raise NoLetter("SIZE")
    place = content.rfind(b"\n" + _MARK)
    if place < 0 or not content.startswith(b"%PDF-"):
        raise NoLetter("NOT_SEALED")
    pdf, rest = content[: place + 1], content[place + 1 + len(_MARK) :]
    seal, _, tail = rest.partition(b"\n")
    if tail != _tail(pdf) or not seal.isascii():
        raise NoLetter("ALTERED")
    return pdf, seal.decode("ascii")


def attached_receipt(pdf: bytes) -> str:
    """The receipt attached to a letter. Raises `NoLetter`; nothing else of the file is interpreted."""
    found = _ATTACHED.search(pdf)
    if found is None:
        raise NoLetter("NO_RECEIPT")
    raw = pdf[found.end() : pdf.find(b"endstream", found.end())]
    if b"/FlateDecode" in found.group(1):
        try:
            raw = zlib.decompressobj().decompress(raw, _LONGEST_RECEIPT)
        except zlib.error:
            raise NoLetter("NO_RECEIPT") from None
    try:
        return raw[:_LONGEST_RECEIPT].strip().decode("ascii")
    except UnicodeDecodeError:
        raise NoLetter("NO_RECEIPT") from None


def _tail(pdf: bytes) -> bytes:
    return pdf[pdf.rfind(_END) :] if _END in pdf else b""


@cache
def _template() -> bytes:
    return files("talent_registry.documents").joinpath("templates", "letter.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    # No font of the machine: the same letter is to come out everywhere.
    folder = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def _data(letter: Letter) -> dict[str, object]:
    return {
        "title": _both(letter.title),
        "registry": _both(letter.registry),
        "number": letter.number,
        "number_label": "编号 No.",
        "item": "事项 Item",
        "content": "内容 Content",
        "sections": [
            {"title": _both(one.title), "rows": [[_both(name), text] for name, text in one.rows]}
            for one in letter.sections
        ],
        "closing": [_both(line) for line in letter.closing],
        "qr": None if letter.link is None else qr_svg(letter.link),
        "qr_words": f"扫码查看现时状态 Scan for the present status: {letter.link}",
        "footer": letter.number,
        "receipt": letter.receipt,
    }


def _both(message: Message) -> str:
    return f"{message.zh}  {message.en}"
