"""The two languages of the pages: which one a visitor reads, and how it writes days, instants and numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from starlette.requests import Request

from talent_registry.domain.messages import Message
from talent_registry.domain.periods import SHANGHAI

COOKIE: Final = "language"
_PATTERNS: Final = {
    "zh": ("yyyy年M月d日", "yyyy年M月d日 HH:mm", "北京时间"),
    "en": ("d MMMM yyyy", "d MMMM yyyy HH:mm", "Beijing time"),
}


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages: `code` "zh" or "en"; Chinese is the first."""

    code: str

    @property
    def tag(self) -> str:
        """The language tag of the page (BCP 47)."""
        return "zh-Hans" if self.code == "zh" else "en"

    @property
    def other(self) -> str:
        """The code of the other language."""
        return "en" if self.code == "zh" else "zh"

    def say(self, zh: str, en: str) -> str:
        """The one of two sentences that the visitor reads."""
        return zh if self.code == "zh" else en

    def message(self, message: Message) -> str:
        """A message in the visitor's language."""
        return self.say(message.zh, message.en)

    def day(self, value: date | None) -> str:
        """A day, or a dash where there is none."""
        if value is None:
            return "—"
        return format_date(value, _PATTERNS[self.code][0], locale=self._locale)

    def instant(self, value: datetime | None) -> str:
        """An instant by the clock of Beijing, which is named, or a dash."""
        if value is None:
            return "—"
        _, pattern, clock = _PATTERNS[self.code]
        written = format_datetime(value.astimezone(SHANGHAI), pattern, locale=self._locale)
        return f"{written}（{clock}）" if self.code == "zh" else f"{written} ({clock})"

    def number(self, value: int | Decimal) -> str:
        """A number with its thousands set apart."""
        return format_decimal(value, locale=self._locale)

    @property
    def _locale(self) -> str:
        return "zh_Hans_CN" if self.code == "zh" else "en_GB"


ZH: Final = Language("zh")
EN: Final = Language("en")


def language_of(request: Request) -> Language:
    """What the visitor chose last; Chinese at first."""
    return EN if request.cookies.get(COOKIE) == "en" else ZH
