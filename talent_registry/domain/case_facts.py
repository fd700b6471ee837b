"""Reading the facts of a worked case strictly: every fault names the path of the key and what is wrong."""

import math
import re
from collections.abc import Collection, Mapping
from datetime import date

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A record that never ends is written as valid until 9999-12-31.
YEARS = range(1900, 10_000)
MOST_YEARS = 1000
DIVISION = re.compile(r"[1-8][0-9]{5}")
COUNTRY = re.compile(r"[A-Z]{2}")
SERIES = re.compile(r"[0-9]{2}")


def malformed(path: tuple[str, ...], what: Message) -> InvalidInput:
    """The error for a fault of a case; the path is in the message too, for instance `[3].credential.level`."""
    place = ".".join(path) or "."
    return InvalidInput(
        Message(zh=f"{place}：{what.zh}。", en=f"{place}: {what.en}."), reason="MALFORMED_CASE", path=path
    )


class FactReader:
    """One object of a case; null counts as not stated, and keys that nobody read are refused at the end."""

    def __init__(self, value: object, path: tuple[str, ...]) -> None:
        if not isinstance(value, Mapping):
            raise malformed(path, Message(zh="应为对象 { … }", en="this must be an object { … }"))
        self.facts: Mapping[str, object] = value
        self.path = path
        self.unread = set(value)

    def has(self, key: str) -> bool:
        """Whether the key is stated."""
        return self.facts.get(key) is not None

    def require(self, key: str) -> None:
        """Refuses the object when the key is not stated."""
        if not self.has(key):
            raise self.fault(key, Message(zh="缺少这个键，请补上", en="this key is missing; add it"))

    def find_text(self, key: str) -> str | None:
        """A text that can be written in UTF-8."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.fault(key, Message(zh="应为文字", en="this must be a text"))
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise self.fault(key, Message(zh="含有残缺字符", en="this contains half a character"))
        return value

    def find_code(self, key: str, known: Collection[str]) -> str | None:
        """A code out of a list."""
        value = self.find_text(key)
        if value is not None and value not in known:
            listed = ", ".join(sorted(known)[:30])
            raise self.fault(
                key, Message(zh=f"不认识的代码，请用：{listed}", en=f"this code is not known; use one of: {listed}")
            )
        return value

    def get_code(self, key: str, known: Collection[str]) -> str:
        """A code out of a list that must be stated."""
        self.require(key)
        return self.find_code(key, known) or ""

    def find_division(self, key: str) -> str | None:
        """A GB/T 2260 code."""
        return self._shaped(
            key, DIVISION, Message(zh="应为六位行政区划代码", en="this must be a division code of six digits")
        )

    def find_country(self, key: str) -> str | None:
        """An ISO 3166 code of two capital letters."""
        return self._shaped(
            key,
            COUNTRY,
            Message(zh="应为两个大写字母的国家或地区代码", en="this must be a country code of two capitals"),
        )

    def find_day(self, key: str) -> date | None:
        """A day written YYYY-MM-DD."""
        text = self.find_text(key)
        if text is None:
            return None
        try:
            day = date.fromisoformat(text) if DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            raise self.fault(
                key,
                Message(zh="没有这一天，请写成 2024-03-01", en="there is no such day; write it like 2024-03-01"),
            )
        return day

    def get_day(self, key: str) -> date:
        """A day that must be stated."""
        day = self.find_day(key)
        if day is None:
            raise self.fault(key, Message(zh="缺少这一天，请补上", en="this day is missing; add it"))
        return day

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        found = self.find_flag(key)
        return default if found is None else found

    def find_flag(self, key: str) -> bool | None:
        """True, false or not stated."""
        value = self._take(key)
        if value is not None and not isinstance(value, bool):
            raise self.fault(key, Message(zh="应为 true 或 false", en="this must be true or false"))
        return value

    def find_number(self, key: str) -> int | None:
        """A whole number."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fault(key, Message(zh="应为整数", en="this must be a whole number"))
        return value

    def find_whole_years(self, key: str) -> int | None:
        """A length in years, of which the full ones count."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_YEARS:
            raise self.fault(key, Message(zh="应为年数", en="this must be a number of years"))
        return math.floor(value)

    def find_scalar(self, key: str) -> str | None:
        """A text, or a whole number as its text: skill levels are written 3 or "3"."""
        value = self.facts.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(self.find_number(key))
        return self.find_text(key)

    def find_codes(self, key: str, shape: re.Pattern[str]) -> frozenset[str] | None:
        """A list of codes of the shape."""
        values = self._find_list(key)
        if values is None:
            return None
        for place, value in enumerate(values):
            if not isinstance(value, str) or not shape.fullmatch(value):
                raise malformed(
                    (*self.path, f"{key}[{place}]"), Message(zh="代码写法不对", en="this is not written as a code")
                )
        return frozenset(value for value in values if isinstance(value, str))

    def find_listed(self, key: str, known: Collection[str]) -> frozenset[str] | None:
        """A list of codes out of a closed list."""
        values = self._find_list(key)
        if values is None:
            return None
        for place, value in enumerate(values):
            if not isinstance(value, str) or value not in known:
                listed = ", ".join(sorted(known))
                raise malformed(
                    (*self.path, f"{key}[{place}]"),
                    Message(zh=f"不认识的代码，请用：{listed}", en=f"this code is not known; use one of: {listed}"),
                )
        return frozenset(value for value in values if isinstance(value, str))

    def find_objects(self, key: str) -> list["FactReader"]:
        """A list of objects, each read by its own reader; none where it is left out."""
        values = self._find_list(key) or []
        return [FactReader(value, (*self.path, f"{key}[{place}]")) for place, value in enumerate(values)]

    def find_object(self, key: str) -> "FactReader | None":
        """An object, read by its own reader."""
        value = self._take(key)
        return None if value is None else FactReader(value, (*self.path, key))

    def fault(self, key: str, what: Message) -> InvalidInput:
        """The error for a fault at a key of this object."""
        return malformed((*self.path, key), what)

    def done(self) -> None:
        """Refuses keys that nobody read."""
        for key in sorted(self.unread):
            raise self.fault(
                key, Message(zh="不认识这个键，请更正或删去", en="this key is not known; correct or remove it")
            )

    def _find_list(self, key: str) -> list[object] | None:
        values = self._take(key)
        if values is not None and not isinstance(values, list):
            raise self.fault(key, Message(zh="应为列表 [ … ]", en="this must be a list [ … ]"))
        return values

    def _take(self, key: str) -> object:
        self.unread.discard(key)
        return self.facts.get(key)

    def _shaped(self, key: str, shape: re.Pattern[str], what: Message) -> str | None:
        value = self.find_text(key)
        if value is not None and not shape.fullmatch(value):
            raise self.fault(key, what)
        return value
