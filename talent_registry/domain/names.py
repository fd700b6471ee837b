"""Names of people: one written form for each."""

import re
import unicodedata

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

LONGEST_NAME = 100
SEPARATOR = "\u00b7"

# Ideographs and radicals, those of later Unicode versions than Python's own table included.
_HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_SPACE_IN_CHINESE = re.compile(f"(?<=[{_HAN}]) +(?=[{_HAN}])")
_DOT_IN_CHINESE = re.compile(f"(?<=[{_HAN}]) *\\. *(?=[{_HAN}])")
_SPACED_SEPARATORS = re.compile(f" *{SEPARATOR}[ {SEPARATOR}]*")
_SEPARATORS = dict.fromkeys(map(ord, "•・‧．･∙⋅\u0387\u30fb"), SEPARATOR)
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code != ord("．")}
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
# What most names are, which every step below leaves as it is.
_PLAIN = re.compile("[\u4e00-\u9fff]{1,100}|[A-Za-z]{1,40}(?: [A-Za-z]{1,40})?")
_MARKS = frozenset(" -'’.,()" + SEPARATOR)
_FORMULA_STARTS = ("=", "+", "-", "@")


def _fixed_private_characters() -> dict[int, str]:
    """Where the 80 private-use code points of GBK (U+E815 to U+E864, bytes FE50 to FEA0) stand today.

    Python's table knows those that the editions of GB 18030 of 2000 fixed; eight more were fixed by the edition of
    2022, and six are the same characters in extension B.
    """
    trails = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    table = {0xE815 + place: bytes((0xFE, trail)).decode("gb18030") for place, trail in enumerate(trails)}
    table |= {0xE81E: "\u9fb4", 0xE826: "\u9fb5", 0xE82B: "\u9fb6", 0xE82C: "\u9fb7"}
    table |= {0xE832: "\u9fb8", 0xE843: "\u9fb9", 0xE854: "\u9fba", 0xE864: "\u9fbb"}
    table |= {0xE816: "\U00020087", 0xE817: "\U00020089", 0xE818: "\U000200cc"}
    return table | {0xE831: "\U000215d7", 0xE83B: "\U0002298f", 0xE855: "\U000241fe"}


_TABLE = _fixed_private_characters() | _SEPARATORS | _FULL_WIDTH | _UNSEEN


def normalise_name(text: str) -> str:
    """The name as it is stored: trimmed, one kind of separator (U+00B7), single spaces, none inside Chinese names.

    Reasons of InvalidInput: MISSING, CONTROL_CHARACTER, PRIVATE_CHARACTER, FORMULA, PATTERN, LENGTH (over 100).
    Characters that merely look alike (Latin A and Cyrillic А, 己 and 已) stay different: folding them would let one
    person pass for another, so a form that shows a name to a verifier must not rely on its look alone.
    """
    if _PLAIN.fullmatch(text):
        return text
    name = unicodedata.normalize("NFC", text.translate(_TABLE)).strip()
    if not name:
        raise _refusal("MISSING", "缺少姓名，请填写。", "The name is missing; enter it.")
    _check_characters(name)
    name = re.sub(r"\s+", " ", name)
    name = _DOT_IN_CHINESE.sub(SEPARATOR, _SPACE_IN_CHINESE.sub("", name))
    name = _SPACED_SEPARATORS.sub(SEPARATOR, name)
    if len(name) > LONGEST_NAME:
        raise _refusal(
            "LENGTH",
            f"姓名超过 {LONGEST_NAME} 个字符，请核对。",
            f"The name is longer than {LONGEST_NAME} characters; check it.",
        )
    return name


def has_han(text: str) -> bool:
    """Whether the text has a Chinese character."""
    return _HAN_CHARACTER.search(text) is not None


def _check_characters(name: str) -> None:
    if name.startswith(_FORMULA_STARTS):
        raise _refusal(
            "FORMULA",
            "姓名以公式符号开头，可能是电子表格公式，请填写姓名本身。",
            "The name begins like a spreadsheet formula; enter the name itself.",
        )
    categories = {unicodedata.category(character) for character in name}
    if categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        raise _refusal(
            "CONTROL_CHARACTER",
            "姓名含有不可见的控制字符，请重新键入。",
            "The name has an invisible control character; type it again.",
        )
    if "Co" in categories:
        raise _refusal(
            "PRIVATE_CHARACTER",
            "姓名含有自造字，无法与其他系统比对，请使用该字在 GB 18030—2022 中的编码。",
            "The name has a private-use character, which other systems cannot compare; use its code in GB 18030-2022.",
        )
    if not all(map(_may_stand_in_name, name)) or not any(
        unicodedata.category(c)[0] in "LN" or has_han(c) for c in name
    ):
        raise _refusal(
            "PATTERN",
            "姓名含有数字或符号，请只填写姓名。",
            "The name has a digit or a symbol; enter the name only.",
        )


def _may_stand_in_name(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LM" or kind in {"Nl", "Zs"} or character in _MARKS or has_han(character)


def _refusal(reason: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason)
