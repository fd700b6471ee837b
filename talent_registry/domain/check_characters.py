"""Check characters of the identifiers, each by its own standard."""

import string

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ROR_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

_USCC_PLACES = 17


def iso7064_mod_11_2(digits: str) -> str:
    """The check character (0-9 or X) behind ASCII digits by ISO 7064 MOD 11-2: GB 11643 and ORCID use it."""
    remainder = 0
    for digit in digits:
        remainder = (remainder + int(digit)) * 2 % 11
    value = (12 - remainder) % 11
    return "X" if value == 10 else str(value)  # noqa: PLR2004 - the eleventh value is written X by the standard


def uscc_check_character(body: str) -> str:
    """The 18th character of a unified social credit code, from the first 17, by GB 32100 (MOD 31, weights 3**n)."""
    total = sum(
        USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body[:_USCC_PLACES])
    )
    return USCC_ALPHABET[-total % 31]


def ror_check_digits(body: str) -> str:
    """The last two digits of a ROR id, from its first seven characters, by ISO 7064 MOD 97-10 over base 32."""
    number = 0
    for character in body:
        number = number * 32 + ROR_ALPHABET.index(character)
    return f"{98 - number * 100 % 97:02d}"


def is_ascii_digits(text: str) -> bool:
    """Whether the text is one or more of 0-9 (`str.isdigit` would also take other scripts)."""
    return bool(text) and all(character in string.digits for character in text)
