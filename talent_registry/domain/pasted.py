"""What somebody pasted into the one box of verification: told by its form alone, nothing looked up."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from talent_registry.domain.check_characters import iso7064_mod_11_2
from talent_registry.domain.identifiers import normalise_number
from talent_registry.domain.shares import PREFIX, is_meant_as_code


class PastedKind(StrEnum):
    """What a pasted text is taken for; whatever is nothing else may be the number of a certificate."""

    SHARE_CODE = "SHARE_CODE"
    RECEIPT = "RECEIPT"
    LETTER = "LETTER"
    DOCUMENT = "DOCUMENT"
    CERTIFICATE = "CERTIFICATE"


@dataclass(frozen=True, slots=True)
class Pasted:
    """What it is taken for, and the part that counts: the code, the receipt, the letter's id, or the text itself.

    `check` is the check value behind the address of a letter, "" where it was not pasted with it.
    """

    kind: PastedKind
    value: str = field(repr=False)
    check: str = field(default="", repr=False)


def recognise(text: str) -> Pasted:
    """What the text is, by its form."""
    bare = "".join(text.split())
    if _RECEIPT.fullmatch(bare):
        return Pasted(PastedKind.RECEIPT, bare)
    shared = _SHARE_ADDRESS.search(bare)
    if shared or is_meant_as_code(text):
        return Pasted(PastedKind.SHARE_CODE, shared.group(1) if shared else text.strip())
    letter = _LETTER_ADDRESS.search(bare) or _LETTER_NUMBER.fullmatch(bare)
    if letter:
        return Pasted(PastedKind.LETTER, str(UUID(letter.group(1))), (letter.group(2) or "").lower())
    number = normalise_number(text)
    # Certificates have numbers as long: only with a day of birth and the check character that belongs to it.
    if _RESIDENT.fullmatch(number) and iso7064_mod_11_2(number[:-1]) == number[-1]:
        return Pasted(PastedKind.DOCUMENT, number)
    return Pasted(PastedKind.CERTIFICATE, text.strip())


_UUID: Final = "([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})"
# A compact JWS: a JSON object in base64url, its claims, its signature.
_RECEIPT: Final = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_SHARE_ADDRESS: Final = re.compile(rf"/s(?:#|/)({PREFIX}[A-Za-z0-9-]+)", re.IGNORECASE)
_LETTER_ADDRESS: Final = re.compile(rf"/l/{_UUID}(?:#([0-9a-fA-F]{{20}}))?")
_LETTER_NUMBER: Final = re.compile(rf"{_UUID}(?:#([0-9a-fA-F]{{20}}))?")
_RESIDENT: Final = re.compile(
    r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]"
)
