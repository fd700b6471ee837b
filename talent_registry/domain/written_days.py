"""Days as people write them in tables: ISO, slashes, dots, Chinese, or eight digits."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

_MIDNIGHT = r"(?:[T ]0{1,2}:00(?::00(?:\.0+)?)?)?"
_SHAPES = (
    re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_MIDNIGHT}"),
    re.compile(r"(\d{4})(年)(\d{1,2})月(\d{1,2})日?"),
    re.compile(r"(\d{4})()(\d{2})(\d{2})"),
)
_YEARS = range(1900, 2200)


@lru_cache(maxsize=50_000)
def read_day(text: str) -> date | None:
    """The day written as 2010-08-21, 2010/8/21, 2010.8.21, 2010年8月21日 or 20100821; None if there is no such day.

    Full-width digits are read; a time of midnight, which exports add, is ignored. Day-first forms and a spreadsheet's
    day numbers are refused, because they are ambiguous.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    compact = "".join(folded.split()) if "年" in folded else folded
    for shape in _SHAPES:
        if (found := shape.fullmatch(compact)) is not None:
            year, month, day = int(found[1]), int(found[3]), int(found[4])
            try:
                return date(year, month, day) if year in _YEARS else None
            except ValueError:
                return None
    return None
