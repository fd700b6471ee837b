"""Reading a file of cases item by item, however long: a JSON array, or one JSON object after the other."""

import json
import re
from collections.abc import Iterator
from typing import NoReturn, Protocol

from talent_registry.domain.case_facts import malformed
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

CHUNK = 1 << 16
LONGEST_ITEM = 1 << 20
# An item cut off by the end of a chunk fails at most so near to it, unless a text is cut off.
NEAR_THE_END = 16
CUT_OFF_TEXT = "Unterminated string"
BYTE_ORDER_MARK = "\ufeff"
SPACE = re.compile(r"[ \t\r\n]*")
# Where an object that stands after a spoilt one may begin.
NEXT_OBJECT = re.compile(r"\n[ \t]{0,8}(?=\{)")
# More digits than any fact has, and fewer than Python refuses to read.
LONGEST_NUMBER = 1000


class TextSource(Protocol):
    """Where text is read from, in pieces of at most `size` characters; an empty one is the end."""

    def read(self, size: int, /) -> str:
        """The next piece."""


class ItemReader:
    """Yields the values of the file in order; raises InvalidInput (MALFORMED_CASE), path ("[n]",), where it is no JSON.

    In the place of an item that cannot be used while others can be read after it, its InvalidInput is yielded: a key
    that occurs twice, a number that is none or endless, and of objects one a line whatever is no JSON. Holds one chunk
    and one item at a time.
    """

    def __init__(self, stream: TextSource) -> None:
        self.stream = stream
        self.buffer = ""
        self.at = 0
        self.ended = False
        self.count = 0
        self.fault: Message | None = None
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self._object_once, parse_constant=self._no_constant, parse_int=self._number
        )

    def __iter__(self) -> Iterator[object]:
        """The items, one after the other."""
        if self._next_character() == BYTE_ORDER_MARK:
            self.at += 1
        first = self._next_character()
        if not first:
            self._refuse(Message(zh="文件是空的", en="the file is empty"))
        if first == "[":
            self.at += 1
            yield from self._list_array()
        else:
            while self._next_character():
                try:
                    item = self._next_item()
                except InvalidInput as error:
                    if not self._skip_spoilt():
                        raise
                    item = error
                yield item
                self.count += 1

    def _list_array(self) -> Iterator[object]:
        if self._next_character() != "]":
            yield self._next_item()
            self.count += 1
            while self._next_character() == ",":
                self.at += 1
                yield self._next_item()
                self.count += 1
        if self._next_character() != "]":
            self._refuse(Message(zh="此处应为逗号或 ]", en="a comma or ] is missing here"))
        self.at += 1
        if self._next_character():
            self._refuse(Message(zh="列表之后还有内容", en="something follows after the list"))

    def _next_character(self) -> str:
        while True:
            self._skip_space()
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._read_more():
                return ""

    def _next_item(self) -> object:
        self._next_character()
        while True:
            self.fault = None
            try:
                item, end = self.decoder.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                near = error.pos >= len(self.buffer) - NEAR_THE_END or error.msg.startswith(CUT_OFF_TEXT)
                if not near or not self._read_more():
                    self._refuse(Message(zh="不是有效的 JSON", en=f"this is not valid JSON ({error.msg})"))
            except (ValueError, RecursionError) as error:
                self._refuse(Message(zh="不是可用的 JSON", en=f"this JSON cannot be used ({error})"))
            else:
                self.at = end
                return self._refused() or item

    def _refused(self) -> InvalidInput | None:
        """The refusal of the item that was just read, where it cannot be used."""
        return None if self.fault is None else malformed((f"[{self.count}]",), self.fault)

    def _skip_spoilt(self) -> bool:
        """Go on at the next line that begins an object; False where there is none."""
        while (found := NEXT_OBJECT.search(self.buffer, self.at)) is None:
            # What was looked through is dropped, but for a line that may have begun.
            self.at = max(self.at, self.buffer.rfind("\n"))
            if len(self.buffer) - self.at > CHUNK:
                self.at = len(self.buffer) - 1
            if not self._read_more():
                return False
        self.at = found.end()
        return True

    def _skip_space(self) -> None:
        found = SPACE.match(self.buffer, self.at)
        self.at = found.end() if found else self.at

    def _read_more(self) -> bool:
        if self.ended:
            return False
        self.buffer, self.at = self.buffer[self.at :], 0
        if len(self.buffer) > LONGEST_ITEM:
            self._refuse(Message(zh="单个案例过大", en="a single case is larger than 1 MB"))
        try:
            chunk = self.stream.read(CHUNK)
        except UnicodeDecodeError:
            self._refuse(Message(zh="文件不是 UTF-8", en="the file is not UTF-8"))
        self.ended = not chunk
        self.buffer += chunk
        return True

    def _refuse(self, what: Message) -> NoReturn:
        raise malformed((f"[{self.count}]",), what)

    def _object_once(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.fault = Message(
                zh="同一对象中某个键出现两次，请删去一个", en="a key occurs twice in one object; remove one"
            )
        return found

    def _no_constant(self, name: str) -> None:
        self.fault = Message(zh=f"{name} 不是 JSON 的值", en=f"{name} is no value of JSON")

    def _number(self, digits: str) -> int:
        if len(digits) <= LONGEST_NUMBER:
            return int(digits)
        self.fault = Message(zh="数字过长", en="a number is too long")
        return 0
