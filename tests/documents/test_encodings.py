"""Bytes of delivered files become text, or are refused with the place and a remedy."""

import codecs

import pytest

from talent_registry.documents.encodings import FINAL_CODE_POINTS, Decoded, decode
from talent_registry.domain.errors import InvalidInput

NAMES = "姓名\n䶮旭\n𬱖明\n旦增·卓嘎\n"


def refusal(data: bytes) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        decode(data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (NAMES.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + NAMES.encode(), "UTF-8"),
        (NAMES.encode("gb18030"), "GB18030"),
        (codecs.BOM_UTF16_LE + NAMES.encode("utf-16-le"), "UTF-16LE"),
        (codecs.BOM_UTF16_BE + NAMES.encode("utf-16-be"), "UTF-16BE"),
    ],
)
def test_rare_characters_survive_in_every_encoding(data: bytes, encoding: str) -> None:
    assert decode(data) == Decoded(NAMES, encoding)


@pytest.mark.parametrize(
    ("written", "final"),
    [
        (b"\xfe\x59", "\u9fb4"),
        (b"\xfe\xa0", "\u9fbb"),
        (b"\xfe\x51", "\U00020087"),
        (b"\xfe\x91", "\U000241fe"),
        (b"\xa6\xd9", "\ufe10"),
        (b"\xa6\xda", "\ufe12"),
        (b"\xa6\xdb", "\ufe11"),
        (b"\xa8\xbc", "\u1e3f"),
        (b"\xfe\x9f", "\u4dae"),
    ],
)
def test_characters_parked_in_the_private_use_area_get_their_final_code_point(written: bytes, final: str) -> None:
    assert decode(b"\xd0\xd5" + written).text == "姓" + final


def test_a_utf8_file_converted_from_gbk_gets_final_code_points_too() -> None:
    assert decode("\ue863\ue864\ue7c8€".encode()).text == "\u4dae\u9fbb\u01f9€"
    assert not any(0xE000 <= final <= 0xF8FF for final in FINAL_CODE_POINTS.values())


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, b" \r\n\t\n", codecs.BOM_UTF16_LE])
def test_a_file_without_content_is_refused_as_empty(data: bytes) -> None:
    assert refusal(data).reason == "EMPTY_FILE"


def test_undecodable_bytes_are_refused_with_their_offset() -> None:
    error = refusal("姓名,".encode() + b"\xff\xff,")
    assert (error.reason, error.path) == ("UNDECODABLE", ("file",))
    assert "byte 7" in error.message.en
    assert "7 字节" in error.message.zh


def test_the_offset_counts_the_byte_order_mark() -> None:
    error = refusal(codecs.BOM_UTF8 + b"abc\xff")
    assert error.reason == "UNDECODABLE"
    assert "byte 6" in error.message.en


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"name\0", 4),
        (codecs.BOM_UTF8 + "姓\0".encode(), 6),
        (codecs.BOM_UTF16_LE + "姓\0".encode("utf-16-le"), 4),
        ("姓\0".encode("gb18030"), 2),
        (codecs.BOM_UTF32_LE + "姓".encode("utf-32-le"), 2),
    ],
)
def test_a_nul_byte_is_refused_with_its_offset(data: bytes, offset: int) -> None:
    error = refusal(data)
    assert error.reason == "NUL_BYTES"
    assert f"Byte {offset} " in error.message.en


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"%PDF-1.7"])
def test_a_spreadsheet_or_pdf_is_refused_with_the_advice_to_save_as_csv(data: bytes) -> None:
    error = refusal(data)
    assert error.reason == "NOT_TEXT"
    assert "CSV UTF-8" in error.message.zh


def test_the_text_does_not_appear_in_the_repr() -> None:
    assert "䶮" not in repr(decode(NAMES.encode()))
