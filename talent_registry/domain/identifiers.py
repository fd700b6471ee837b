"""Identifiers of people, organisations and certificates: what is written the same, what cannot be right."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from talent_registry.domain.check_characters import (
    ROR_ALPHABET,
    USCC_ALPHABET,
    is_ascii_digits,
    iso7064_mod_11_2,
    ror_check_digits,
    uscc_check_character,
)
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.records import DocumentKind

RESIDENT_ID = "RESIDENT_ID"
TEST_RESIDENT_ID = "TEST_RESIDENT_ID"
TEST_PREFIX = "990000"
LONGEST_NUMBER = 64
_EIGHTEEN = 18

# The first two digits that GB/T 2260 has given to a province. The other four are not looked up: a code may be
# older or younger than the list, and a number keeps the code of the day it was issued, whatever became of the place.
_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
# Spreadsheets keep 15 digits: they write 5.10107E+17, 510107199001010000.0, or zeros in the last three places.
_ROUNDED = re.compile(r"\d(\.\d*)?E\+?\d{1,3}|\d{12,}\.0*", re.ASCII)
# What most numbers are, of which only the case is changed.
_PLAIN = re.compile(r"[0-9A-Za-z/._()-]*", re.ASCII)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_NUMBER_MARKS = frozenset("-/._()[]〔〕【】〈〉#:·")


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """An identity document that may exist: its kind and its number in normal form; the number is not shown by repr."""

    kind: str
    number: str = field(repr=False)


def normalise_number(text: str) -> str:
    """Full-width to ASCII, lower case to upper, every kind of space and invisible character removed, dashes to '-'.

    A leading apostrophe, by which spreadsheets mark text, goes as well.
    """
    if _PLAIN.fullmatch(text):
        return text.upper()
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    seen = "".join(c for c in folded if unicodedata.category(c) not in _UNSEEN)
    return seen.removeprefix("'").upper()


def check_document(kind_code: str, text: str, *, allow_test_identities: bool) -> CheckedDocument:
    """The document in normal form; InvalidInput says in `reason` why it cannot be one, never quoting the number.

    Reasons: KIND, MISSING, DIGITS_LOST, LENGTH, PATTERN, REGION, TEST_IDENTITY_NOT_ALLOWED, CHECKSUM, DATE.
    A sample number given as RESIDENT_ID comes back as TEST_RESIDENT_ID. A future birth date is not an error here.
    """
    kind = catalogue().find_document_kind(kind_code)
    if kind is None:
        raise _refusal(
            "KIND",
            "该证件类型不在目录中，请选用目录中的类型。",
            "This document kind is not in the catalogue; choose one that is.",
        )
    number = normalise_number(text)
    if not number:
        raise _refusal("MISSING", "缺少证件号码，请填写。", "The document number is missing; enter it.")
    if kind.code == RESIDENT_ID and number.startswith(TEST_PREFIX):
        kind = catalogue().document_kinds.get(TEST_RESIDENT_ID)
    if kind.has_check_character:
        _check_eighteen_places(kind, number, allow_test_identities=allow_test_identities)
    elif kind.pattern is None:
        normalise_certificate_number(text)
    else:
        _check_pattern(kind, number)
    return CheckedDocument(kind.code, number)


def guess_kind(text: str) -> str | None:
    """The kind of document that the number looks like, None where it looks like none or like several.

    A guess for a form to propose; the person who enters the number decides.
    """
    number = normalise_number(text)
    kinds = [k.code for k in catalogue().document_kinds if k.pattern and re.fullmatch(k.pattern, number, re.ASCII)]
    with_check = [code for code in kinds if catalogue().document_kinds.get(code).has_check_character]
    if with_check:
        # 81, 82 and 83 followed by 0000 also fit the wide pattern of a resident number.
        return max(with_check, key=lambda code: code != RESIDENT_ID)
    specific = [code for code in kinds if code != "FOREIGN_PASSPORT"]
    return specific[0] if len(specific) == 1 else None


def mask(number: str) -> str:
    """The number with its middle hidden: at most 3 leading and 4 trailing characters stay, fewer of a short one."""
    leading, trailing = min(3, len(number) // 6), min(4, len(number) // 4)
    return number[:leading] + "*" * (len(number) - leading - trailing) + number[len(number) - trailing :]


def check_uscc(text: str) -> str:
    """A social credit code in normal form (GB 32100); reasons MISSING, DIGITS_LOST, LENGTH, PATTERN, CHECKSUM."""
    code = normalise_number(text)
    _check_length(code, _EIGHTEEN, "统一社会信用代码", "social credit code")
    if not set(code) <= set(USCC_ALPHABET) or not is_ascii_digits(code[2:8]):
        raise _refusal(
            "PATTERN",
            "统一社会信用代码含有不允许的字符，请核对（不使用 I、O、Z、S、V，第三至八位为数字）。",
            "The social credit code has a character that cannot stand there; compare it with the licence "
            "(no I, O, Z, S, V; places 3 to 8 are digits).",
        )
    if code[-1] != uscc_check_character(code):
        raise _wrong_check_character("统一社会信用代码", "social credit code")
    return code


def check_orcid(text: str) -> str:
    """An ORCID iD as 0000-0000-0000-000X, from that form, from sixteen characters or from its address."""
    bare = re.sub(r"^(HTTPS?://)?(WWW\.)?ORCID\.ORG/", "", normalise_number(text)).rstrip("/").replace("-", "")
    if not re.fullmatch(r"\d{15}[0-9X]", bare, re.ASCII):
        raise _refusal(
            "PATTERN",
            "ORCID 应为 16 位，形如 0000-0000-0000-0000，请核对。",
            "An ORCID iD has 16 characters, like 0000-0000-0000-0000; check it.",
        )
    if bare[-1] != iso7064_mod_11_2(bare[:-1]):
        raise _wrong_check_character("ORCID", "ORCID iD")
    return "-".join(bare[place : place + 4] for place in range(0, 16, 4))


def check_ror(text: str) -> str:
    """A ROR id as https://ror.org/0abcdef12, from that address or from its nine characters."""
    bare = re.sub(r"^(https?://)?(www\.)?ror\.org/", "", normalise_number(text).lower()).rstrip("/")
    if not re.fullmatch(rf"0[{ROR_ALPHABET}]{{6}}[0-9]{{2}}", bare):
        raise _refusal(
            "PATTERN",
            "ROR 标识应为 0 开头的 9 位字符，请核对。",
            "A ROR id has nine characters and begins with 0; check it.",
        )
    if bare[-2:] != ror_check_digits(bare[:-2]):
        raise _wrong_check_character("ROR 标识", "ROR id")
    return f"https://ror.org/{bare}"


def public_number(sequence: int) -> str:
    """The public number of a researcher, TR-0000-0000-0000-000X, from a sequence of 1 to 15 digits (ValueError)."""
    if not 0 < sequence < 10**15:
        raise ValueError("a public number is made from a sequence between 1 and 10**15 - 1")
    digits = f"{sequence:015d}"
    whole = digits + iso7064_mod_11_2(digits)
    return "TR-" + "-".join(whole[place : place + 4] for place in range(0, 16, 4))


def check_public_number(text: str) -> str:
    """A public number in normal form; hyphens and the prefix may be left out; reasons PATTERN, CHECKSUM."""
    bare = normalise_number(text).replace("-", "").removeprefix("TR")
    if not re.fullmatch(r"\d{15}[0-9X]", bare, re.ASCII) or int(bare[:-1]) == 0:
        raise _refusal(
            "PATTERN",
            "公开编号形如 TR-0000-0000-0000-000X，请核对。",
            "A public number looks like TR-0000-0000-0000-000X; check it.",
        )
    if bare[-1] != iso7064_mod_11_2(bare[:-1]):
        raise _wrong_check_character("公开编号", "public number")
    return public_number(int(bare[:-1]))


def normalise_certificate_number(text: str) -> str:
    """A certificate number in the form in which it is stored and sought: NFKC, no spaces, upper case, hyphens kept.

    Numbers are opaque: leading zeros count. Reasons MISSING, LENGTH (over 64), DIGITS_LOST, PATTERN.
    """
    number = normalise_number(text)
    if not number:
        raise _refusal("MISSING", "缺少编号，请填写。", "The number is missing; enter it.")
    if len(number) > LONGEST_NUMBER:
        raise _refusal("LENGTH", "编号超过 64 个字符，请核对。", "The number is longer than 64 characters; check it.")
    if _ROUNDED.fullmatch(number):
        raise _digits_lost()
    if number.startswith("-") or not (number.isalnum() or all(c.isalnum() or c in _NUMBER_MARKS for c in number)):
        raise _refusal(
            "PATTERN",
            "编号含有不允许的字符，请只用文字、数字、连字符和括号。",
            "The number has a character that is not allowed; use letters, digits, hyphens and brackets only.",
        )
    return number


def _check_eighteen_places(kind: DocumentKind, number: str, *, allow_test_identities: bool) -> None:
    _check_length(number, _EIGHTEEN, "证件号码", "document number")
    _check_pattern(kind, number)
    if kind.code == RESIDENT_ID and number[:2] not in _PROVINCES:
        raise _refusal(
            "REGION",
            "证件号码开头的地区代码从未启用，请与证件核对。",
            "The document number begins with a region that was never assigned; compare it with the document.",
        )
    if kind.code == TEST_RESIDENT_ID and not allow_test_identities:
        raise _refusal(
            "TEST_IDENTITY_NOT_ALLOWED",
            "这是样例号码，本系统只接受真实证件，请填写真实证件号码。",
            "This is a sample number and this installation takes real documents only; enter the real number.",
        )
    if number[-1] != iso7064_mod_11_2(number[:-1]):
        raise _digits_lost() if number.endswith("000") else _wrong_check_character("证件号码", "document number")
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise _refusal(
            "DATE",
            "证件号码中的出生日期不存在，请与证件核对。",
            "The document number holds a birth date that does not exist; compare it with the document.",
        ) from None


def _check_length(number: str, length: int, zh: str, en: str) -> None:
    if not number:
        raise _refusal("MISSING", f"缺少{zh}，请填写。", f"The {en} is missing; enter it.")
    if _ROUNDED.fullmatch(number):
        raise _digits_lost()
    if len(number) != length:
        raise _refusal(
            "LENGTH",
            f"{zh}应为 {length} 位，现为 {len(number)} 位，请核对。",
            f"The {en} must have {length} characters and has {len(number)}; check it.",
        )


def _check_pattern(kind: DocumentKind, number: str) -> None:
    if re.fullmatch(kind.pattern or ".*", number, re.ASCII):
        return
    if _ROUNDED.fullmatch(number):
        raise _digits_lost()
    raise _refusal(
        "PATTERN",
        f"号码不符合“{kind.name_zh}”的格式，请核对号码与证件类型。",
        f"The number does not have the form of: {kind.name_en}; check the number and the kind of document.",
    )


def _digits_lost() -> InvalidInput:
    return _refusal(
        "DIGITS_LOST",
        "号码的末尾数字已被电子表格舍去，请将该列设为文本格式后重新填写。",
        "A spreadsheet has dropped the last digits of the number; set the column to text and enter the number again.",
    )


def _wrong_check_character(zh: str, en: str) -> InvalidInput:
    return _refusal(
        "CHECKSUM",
        f"{zh}的校验位不符，请逐位核对。",
        f"The check character of the {en} does not fit; compare it character by character.",
    )


def _refusal(reason: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason)
