"""The text of an answer put together from what the database wrote and what the caller is shown of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from talent_registry.domain.frames import as_json, object_text
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.profiles import Contact
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import CELL, ITEM, NAME_OF, PART, Asked
from talent_registry.services.permissions import Permission
from talent_registry.services.profiles import open_item
from talent_registry.services.read_sights import Sight
from talent_registry.services.relations import Disclosure, Withheld
from talent_registry.signing.keys import KeySet
from talent_registry.storage.profiles import KeptItem
from talent_registry.storage.reads.profiles import items_in
from talent_registry.storage.reads.slots import (
    Entries,
    Fact,
    History,
    Item,
    Kept,
    Person,
    Records,
    Refusals,
    Slot,
)
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


Items = Mapping[PersonField, tuple[KeptItem, str]]


@dataclass(slots=True)
class Texts:
    """The texts of one read's rows. `along` collects the people taken along, with what was shown of them."""

    sight: Sight
    keys: KeySet
    values: Mapping[str, Any]
    along: dict[tuple[Any, frozenset[PersonField]], Disclosure]

    def of_record(self, found: Found, slots: Sequence[Slot]) -> str:
        """The text of a record about a person."""
        return self._filled(found, slots, NOTHING, {}, iter(found.text.split(PART)))

    def of_person(
        self, found: Found, slots: Sequence[Slot], fields: frozenset[PersonField]
    ) -> tuple[Disclosure, str] | None:
        """What is shown of a person of whom these fields are asked, and the text; None where nothing is."""
        return self._shown(found, slots, fields, iter(found.text.split(PART)))

    def _shown(
        self, found: Found, slots: Sequence[Slot], fields: frozenset[PersonField], parts: Iterator[str]
    ) -> tuple[Disclosure, str] | None:
        items: Items = {}
        if slots and isinstance(slots[0], Kept):
            # Nothing stands before it.
            next(parts)
            items, slots = items_in(next(parts), found.person_id), slots[1:]
        disclosure = self.sight.person(found, fields, {item: kept.visibility for item, (kept, _) in items.items()})
        # What is not shown is passed over part by part all the same.
        text = self._filled(found, slots, disclosure or NOTHING, items, parts)
        return None if disclosure is None else (disclosure, text)

    def _filled(
        self, found: Found, slots: Sequence[Slot], disclosure: Disclosure, items: Items, parts: Iterator[str]
    ) -> str:
        text = [next(parts)]
        for slot in slots:
            if isinstance(slot, Person):
                text.append(self._along(found, slot, parts))
            elif isinstance(slot, Item):
                text.append(self._item(slot, disclosure, items))
            else:
                text.append(self._of_person(found, slot, disclosure, parts))
            text.append(next(parts))
        return "".join(text)

    def _along(self, found: Found, slot: Person, parts: Iterator[str]) -> str:
        shown = self._shown(found, slot.slots, slot.fields, parts)
        if shown is None:
            return NULL
        disclosure, text = shown
        self.along.setdefault((found.person_id, slot.fields), disclosure)
        return text

    def _item(self, slot: Item, disclosure: Disclosure, items: Items) -> str:
        if slot.field not in disclosure.shown or slot.field not in items:
            return NULL
        kept, recorded_at = items[slot.field]
        opened = open_item(self.keys, kept)
        contact = opened.value if isinstance(opened.value, Contact) else Contact(None, None)
        values = {
            "email": contact.email,
            "phone": contact.phone,
            "value": opened.value,
            "words": opened.value,
            "visibility": opened.visibility.value,
            "recordedAt": recorded_at,
        }
        return object_text(slot.asked, lambda one: as_json(values[one.name]))

    def _of_person(self, found: Found, slot: Slot, disclosure: Disclosure, parts: Iterator[str]) -> str:
        if isinstance(slot, Fact):
            content = next(parts)
            return content if slot.field in disclosure.shown else NULL
        if isinstance(slot, Records):
            content = next(parts)
            return self._records(found, slot, content) if slot.field in disclosure.shown else NULL
        if isinstance(slot, Entries):
            content = next(parts)
            seen = self.sight.history_of_record(found) if slot.of_record else self.sight.history(found)
            return self._entries(slot, content) if seen else NULL
        if isinstance(slot, History):
            content = next(parts)
            return content if self.sight.history_of_record(found) else NULL
        if isinstance(slot, Refusals):
            return _refusals(slot.asked, disclosure.withheld) if disclosure.withheld else "[]"
        return as_json(disclosure.basis)

    def _entries(self, slot: Entries, content: str) -> str:
        cells = [item.split(CELL) for item in content.split(ITEM)] if content else []
        number = self._number(slot.asked)
        page = [((sequence,), text) for sequence, text in cells[:number]]
        return slot.frame.filled(page, has_next=len(cells) > number)

    def _number(self, asked: Asked) -> int:
        """How many records a page has."""
        first = asked.value("first")
        number: int = self.values[first] if first else PageRequest().first
        return number

    def _records(self, found: Found, slot: Records, content: str) -> str:
        number, after = self._number(slot.asked), slot.asked.value("after")
        cells = [item.split(CELL) for item in content.split(ITEM)] if content else []
        # All of a person's credentials were read and the page is cut from those that are shown; of decisions the page
        # was read, and one more.
        page = cells if slot.of_all else cells[:number]
        permission, sees = _READS[slot.field], {}
        for own in {cell[0] for cell in page}:
            sees[own] = self.sight.record(found, permission, slot.field, own=own == "true") is not None
        seen = [((record_id,), text) for own, record_id, text in page if sees[own]]
        if slot.of_all:
            place = self.values[after] if after else None
            start = place[0] if place else ""
            rest = [item for item in seen if item[0][0] > start]
            return slot.frame.filled(rest[:number], has_next=len(rest) > number)
        has_next = len(cells) > number
        # Where more follow, the page ends where it was read to, also where that record is not shown.
        return slot.frame.filled(seen, has_next=has_next, end=(page[-1][1],) if has_next else None)
