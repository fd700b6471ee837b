"""How names are written, and which are refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.names import has_han, normalise_name


@pytest.mark.parametrize("separator", ["•", "・", "‧", "．", ".", "･", "·", " · ", "··", "\u2219"])
def test_every_separator_becomes_the_middle_dot(separator: str) -> None:
    assert normalise_name(f"阿果{separator}史布") == "阿果\u00b7史布"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" 梁欣佳　", "梁欣佳"),
        ("张　三", "张三"),
        ("张 三 丰", "张三丰"),
        ("赵䶮", "赵䶮"),
        ("𬱖𫍲", "𬱖𫍲"),
        ("王\U000323af", "王\U000323af"),
        ("李〇", "李〇"),
        ("John   Smith", "John Smith"),
        ("J. R. Smith, Jr.", "J. R. Smith, Jr."),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("Anna · Maria", "Anna\u00b7Maria"),
        ("O’Brien-Jones", "O’Brien-Jones"),
        ("Mu\u0308ller", "Müller"),
        ("王\u200b芳\ufeff", "王芳"),
        ("ئەخمەت", "ئەخمەت"),
    ],
)
def test_a_name_has_one_written_form(text: str, name: str) -> None:
    assert normalise_name(text) == name
    assert normalise_name(name) == name


@pytest.mark.parametrize(
    ("private", "fixed"),
    [("\ue863", "䶮"), ("\ue81e", "\u9fb4"), ("\ue864", "\u9fbb"), ("\ue816", "\U00020087"), ("\ue840", "䓖")],
)
def test_private_code_points_that_the_standard_fixed_are_read_as_fixed(private: str, fixed: str) -> None:
    assert normalise_name(f"赵{private}") == f"赵{fixed}"


def test_every_chinese_character_that_gb_18030_can_write_is_accepted() -> None:
    blocks = [(0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0), (0x2A700, 0x2F800), (0x30000, 0x323B0)]
    characters = [code for start, end in blocks for code in range(start, end)]
    for start in range(0, len(characters), 80):
        name = "".join(map(chr, characters[start : start + 80]))
        assert normalise_name(name) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "MISSING"),
        ("　 \u200b", "MISSING"),
        ("王\x00芳", "CONTROL_CHARACTER"),
        ("王\n芳", "CONTROL_CHARACTER"),
        ("王\u202e芳", "CONTROL_CHARACTER"),
        ("王\ue000", "PRIVATE_CHARACTER"),
        ("=1+1陆若", "FORMULA"),
        ("＝1＋1", "FORMULA"),
        ("@sum", "FORMULA"),
        ("王芳2", "PATTERN"),
        ("王<芳>", "PATTERN"),
        ("··", "PATTERN"),
        ("王" * 101, "LENGTH"),
    ],
)
def test_a_text_that_is_no_name_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        normalise_name(text)
    assert refusal.value.reason == reason
    assert "王" not in refusal.value.message.zh


def test_a_name_of_a_hundred_characters_is_accepted() -> None:
    assert len(normalise_name("王" * 100)) == 100


def test_a_name_has_one_written_form_across_separators_and_spaces() -> None:
    assert normalise_name("旦增・卓嘎") == normalise_name("旦增·卓嘎")
    assert normalise_name(" John  Smith") == normalise_name("John Smith")


def test_names_that_only_look_alike_are_not_the_same() -> None:
    assert normalise_name("Anna") != normalise_name("\u0410nna")
    assert normalise_name("己") != normalise_name("已")


def test_only_chinese_characters_count_as_chinese() -> None:
    assert has_han("Wang 芳")
    assert not has_han("Smith·Kim")


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    try:
        name = normalise_name(text)
    except InvalidInput:
        return
    assert normalise_name(name) == name
    assert unicodedata.is_normalized("NFC", name)
