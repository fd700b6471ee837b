"""The text of an answer put together from what the database wrote and what the caller is shown of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from talent_registry.domain.frames import as_json, object_text
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import CELL, ITEM, NAME_OF, PART, Asked
from talent_registry.services.permissions import Permission
from talent_registry.services.read_sights import Sight
from talent_registry.services.relations import Disclosure, Withheld
from talent_registry.storage.reads.slots import Basis, Fact, Person, Records, Refusals, Slot
from talent_registry.storage.reads.statements import Found

NULL: Final = "null"
_READS: Final = {
    PersonField.CREDENTIALS: Permission.READ_CREDENTIAL,
    PersonField.DECISIONS: Permission.READ_DECISION,
}
NOTHING: Final = Disclosure("", frozenset(), ())


def _refusals(asked: Sequence[Asked], withheld: Sequence[Withheld]) -> str:
    def written(one: Withheld) -> str:
        def message(part: Asked) -> str:
            return as_json(one.message.zh if part.name == "zh" else one.message.en)

        def value(part: Asked) -> str:
            if part.name == "message":
                return object_text(part.below, message)
            return as_json([NAME_OF[one.field]] if part.name == "path" else one.reason)

        return object_text(asked, value)

    return f"[{','.join(written(one) for one in withheld)}]"


@dataclass(slots=True)
class Texts:
    """The texts of one read's rows. `along` collects the people taken along, with what was shown of them."""

    sight: Sight
    values: Mapping[str, Any]
    along: dict[tuple[Any, frozenset[PersonField]], Disclosure]

    def of(self, found: Found, slots: Sequence[Slot], disclosure: Disclosure = NOTHING) -> str:
        """The text of a row; `disclosure` is what is shown of the person, where the row is one."""
        return self._filled(found, slots, disclosure, iter(found.text.split(PART)))

    def _filled(self, found: Found, slots: Sequence[Slot], disclosure: Disclosure, parts: Iterator[str]) -> str:
        text = [next(parts)]
        for slot in slots:
            if isinstance(slot, Person):
                text.append(self._person(found, slot, parts))
            else:
                text.append(self._of_person(found, slot, disclosure, parts))
            text.append(next(parts))
        return "".join(text)

    def _person(self, found: Found, slot: Person, parts: Iterator[str]) -> str:
        disclosure = self.sight.person(found, slot.fields)
        # What is not shown is passed over part by part all the same.
        text = self._filled(found, slot.slots, disclosure or NOTHING, parts)
        if disclosure is None:
            return NULL
        self.along.setdefault((found.person_id, slot.fields), disclosure)
        return text

    def _of_person(
        self, found: Found, slot: Fact | Basis | Refusals | Records, disclosure: Disclosure, parts: Iterator[str]
    ) -> str:
        if isinstance(slot, Basis):
            return as_json(disclosure.basis)
        if isinstance(slot, Refusals):
            return _refusals(slot.asked, disclosure.withheld)
        content = next(parts)
        if slot.field not in disclosure.shown:
            return NULL
        return content if isinstance(slot, Fact) else self._records(found, slot, content)

    def _records(self, found: Found, slot: Records, content: str) -> str:
        cells = [item.split(CELL) for item in content.split(ITEM)] if content else []
        first, after = slot.asked.value("first"), slot.asked.value("after")
        request = PageRequest(
            self.values[first] if first else PageRequest().first, self.values[after] if after else None
        )

        def is_seen(own: str) -> bool:
            return self.sight.record(found, _READS[slot.field], slot.field, own=own == "true") is not None

        if slot.of_all:
            seen = [((record_id,), text) for own, record_id, text in cells if is_seen(own)]
            start = request.after[0] if request.after else ""
            rest = [item for item in seen if item[0][0] > start]
            return slot.frame.filled(rest[: request.first], has_next=len(rest) > request.first)
        shown = cells[: request.first]
        places = tuple((record_id,) for _, record_id, _ in shown)
        page = Page(tuple(shown), places, len(cells) > len(shown)).only(lambda cell: is_seen(cell[0]))
        items = [(place, cell[2]) for place, cell in zip(page.places, page.items, strict=True)]
        return slot.frame.filled(items, has_next=page.has_next, end=page.end)
