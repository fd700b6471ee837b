"""Administrative divisions: which province a division belongs to, when it existed, what it covers."""

from datetime import date

from talent_registry.domain.check_characters import is_ascii_digits
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue

_CODE_LENGTH = 6


def province_of(code: str) -> str:
    """The province-level code of a division code; InvalidInput (DIVISION) if it is not six digits.

    Only for codes of divisions. The first digits of an identity number name the place of first registration under the
    codes of its day: numbers beginning with 5102 were issued where Chongqing is now.
    """
    if len(code) != _CODE_LENGTH or not is_ascii_digits(code):
        raise InvalidInput(
            Message(
                zh="行政区划代码应为六位数字，请核对。",
                en="A division code has six digits; check it.",
            ),
            reason="DIVISION",
        )
    return f"{code[:2]}0000"


def is_in_force(code: str, day: date) -> bool:
    """Whether the division exists in the year of the day; the lists know years, so both years of a change count."""
    return catalogue().find_division(code, day.year) is not None


def covers(listed: str, code: str) -> bool:
    """Whether the listed division is the other or contains it: a province all its own, a prefecture its districts."""
    if listed == province_of(listed):
        return province_of(code) == listed
    if listed.endswith("00"):
        return code.startswith(listed[:4]) and province_of(code) == province_of(listed)
    return listed == code
