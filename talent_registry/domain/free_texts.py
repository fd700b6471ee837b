"""Words that people write: an identity number among them is refused, for such words are kept and others read them."""

import re
import unicodedata
from datetime import date

from talent_registry.domain.check_characters import iso7064_mod_11_2
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

# Eighteen places, however they are grouped; found also where they run into one another.
_PLACES = re.compile(r"(?=([0-9](?:[ .\-]?[0-9]){16}[ .\-]?[0-9X]))")
_APART = str.maketrans("", "", " .-")


def check_no_identity_number(text: str, *path: str) -> str:
    """The text as it is; InvalidInput (IDENTITY_NUMBER), which does not repeat it, where it holds a resident number.

    Known by its place of the day of birth and its check character (GB 11643), in whatever width and grouping.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    if any(_is_resident_number(found[1].translate(_APART)) for found in _PLACES.finditer(plain)):
        raise InvalidInput(
            Message(
                zh="文字中含有身份证号码。请删去号码，以姓名或登记编号指称本人。",
                en="The text holds an identity number. Leave it out, and name the person by name or public number.",
            ),
            reason="IDENTITY_NUMBER",
            path=path,
        )
    return text


def _is_resident_number(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return iso7064_mod_11_2(number[:17]) == number[17]
