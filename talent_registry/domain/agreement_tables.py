"""Reading the tables of an agreement's files: every fault names file, key, what is wrong and how to mend it."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TypeVar
from unicodedata import category

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

V = TypeVar("V")

# Beyond these nothing is meant, and arithmetic on days would run out of the calendar.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
MOST = 999_999
# Control characters, invisible ones and halves: what is read must be what is approved, stored and shown.
UNSEEN = frozenset({"Cc", "Cf", "Cs"})
# How far a source can be trusted; a status may say more after the first word (`sourced (secondary)`).
TRUST = ("sourced", "design", "general knowledge", "provisional")
_TRUSTED = re.compile(rf"({'|'.join(TRUST)})(?!\w)")


def fault(file: str, key: str, what: Message, mend: Message) -> InvalidInput:
    """The error for a fault of an agreement, with `path` (file, key)."""
    return InvalidInput(
        Message(
            zh=f"{file}：{key}：{what.zh}。{mend.zh}。",
            en=f"{file}: {key}: {what.en}. {mend.en}.",
        ),
        reason="AGREEMENT_FAULT",
        path=(file, key),
    )


def is_shown(text: str) -> bool:
    """Whether a text holds nothing that cannot be seen, beside line breaks and tabs."""
    return not any(category(one) in UNSEEN and one not in "\n\t" for one in text)


class TableReader:
    """One table of a file; reads keys by type and, at the end, refuses keys that nobody read."""

    def __init__(self, file: str, key: str, table: object) -> None:
        self.file = file
        self.key = key
        if not isinstance(table, Mapping):
            raise fault(
                file,
                key,
                Message(zh="应为一个表", en="this must be a table"),
                Message(zh="请写成 [表] 或 { … }", en="Write it as [table] or { … }"),
            )
        self.table: Mapping[str, object] = table
        self.unread = set(table)

    def fault(self, key: str, what: Message, mend: Message) -> InvalidInput:
        """The error for a fault at a key of this table."""
        return fault(self.file, f"{self.key}.{key}", what, mend)

    def has(self, key: str) -> bool:
        """Whether the key is written in the table."""
        return key in self.table

    def text(self, key: str, default: str | None = None) -> str:
        """A text; with a default the key may be left out."""
        value = self._read(key, str, default, Message(zh="文字", en="a text in quotes"))
        self._check_shown(key, value)
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        return self._read(key, bool, None, Message(zh="true 或 false", en="true or false"))

    def number(self, key: str) -> int:
        """A whole number."""
        value = self._read(key, int, None, Message(zh="整数", en="a whole number"))
        if isinstance(value, bool):
            raise self._wrong_type(key, Message(zh="整数", en="a whole number"))
        if not 0 <= value <= MOST:
            raise self.fault(
                key,
                Message(zh="数字不合理", en="the number cannot be meant"),
                Message(zh=f"请写 0 至 {MOST} 的整数", en=f"Write a whole number from 0 to {MOST}"),
            )
        return value

    def find_day(self, key: str) -> date | None:
        """A day without quotes, or None where the key is left out."""
        return self.day(key) if self.has(key) else None

    def day(self, key: str) -> date:
        """A day without quotes."""
        expected = Message(zh="日期（如 2021-03-29，不加引号）", en="a day such as 2021-03-29, without quotes")
        value = self._read(key, date, None, expected)
        if isinstance(value, datetime):
            raise self._wrong_type(key, expected)
        if not EARLIEST <= value <= LATEST:
            raise self.fault(
                key,
                Message(zh="日期不合理", en="the day cannot be meant"),
                Message(zh=f"请写 {EARLIEST} 至 {LATEST} 的日期", en=f"Write a day from {EARLIEST} to {LATEST}"),
            )
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> frozenset[str]:
        """A list of texts; with a default the key may be left out."""
        expected = Message(zh='文字列表，如 ["A", "B"]', en='a list of texts such as ["A", "B"]')
        values = self._read(key, list, None if default is None else list(default), expected)
        if not all(isinstance(value, str) for value in values):
            raise self._wrong_type(key, expected)
        for value in values:
            self._check_shown(key, value)
        return frozenset(values)

    def one_of(self, key: str, known: Collection[str]) -> str:
        """A text out of a closed list."""
        value = self.text(key)
        if value not in known:
            raise self.unknown(key, value, known)
        return value

    def some_of(self, key: str, known: Collection[str], default: tuple[str, ...] | None = None) -> frozenset[str]:
        """A list of texts out of a closed list."""
        values = self.texts(key, default)
        for value in sorted(values - set(known)):
            raise self.unknown(key, value, known)
        return values

    def status(self) -> str:
        """The key `status`: how far the source can be trusted."""
        value = self.text("status")
        if not _TRUSTED.match(value):
            raise self.unknown("status", value, TRUST)
        return value

    def message(self, prefix: str = "") -> Message:
        """The keys `zh` and `en`, or with a prefix `<prefix>zh` and `<prefix>en`."""
        message = Message(zh=self.text(f"{prefix}zh"), en=self.text(f"{prefix}en"))
        for language, said in (("zh", message.zh), ("en", message.en)):
            if not said.strip():
                raise self.fault(
                    f"{prefix}{language}",
                    Message(zh="没有内容", en="nothing is said here"),
                    Message(zh="请以两种语言写明", en="Say it in both languages"),
                )
        return message

    def find_table(self, key: str) -> "TableReader":
        """The table at the key; an empty one where it is left out."""
        self.unread.discard(key)
        return TableReader(self.file, f"{self.key}.{key}", self.table.get(key, {}))

    def tables(self, key: str) -> list["TableReader"]:
        """The list of tables at the key; none where it is left out."""
        expected = Message(zh="表的列表，如 [{ … }, { … }]", en="a list of tables such as [{ … }, { … }]")
        values = self._read(key, list, [], expected)
        return [TableReader(self.file, f"{self.key}.{key}[{number}]", value) for number, value in enumerate(values, 1)]

    def unknown(self, key: str, value: str, known: Collection[str]) -> InvalidInput:
        """The error for a value that is not on its list."""
        listed = ", ".join(sorted(known))
        return self.fault(
            key,
            Message(zh=f"不认识“{value}”", en=f'"{value}" is not known here'),
            Message(zh=f"请改用：{listed}", en=f"Use one of: {listed}"),
        )

    def done(self) -> None:
        """Refuses the keys that nobody read: a misspelt key must not silently do nothing."""
        for key in sorted(self.unread):
            raise self.fault(
                key,
                Message(zh="不认识这个键", en="this key is not known"),
                Message(zh="请更正拼写或删去", en="Correct its spelling or remove it"),
            )

    def _read(self, key: str, kind: type[V], default: V | None, expected: Message) -> V:
        self.unread.discard(key)
        value = self.table.get(key, default)
        if value is None:
            raise self.fault(
                key,
                Message(zh="缺少这个键", en="this key is missing"),
                Message(zh=f"请补上，应为{expected.zh}", en=f"Add it: {expected.en}"),
            )
        if not isinstance(value, kind):
            raise self._wrong_type(key, expected)
        return value

    def _check_shown(self, key: str, value: str) -> None:
        if not is_shown(value):
            raise self.fault(
                key,
                Message(zh="含有看不见的字符", en="this holds a character that cannot be seen"),
                Message(zh="请删去控制字符和不可见字符", en="Remove control and invisible characters"),
            )

    def _wrong_type(self, key: str, expected: Message) -> InvalidInput:
        return self.fault(
            key,
            Message(zh="类型不对", en="the value is of the wrong type"),
            Message(zh=f"应为{expected.zh}", en=f"Write {expected.en}"),
        )
