"""What of a record's text is decided upon after it was read: marked off by the database, filled in later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from talent_registry.domain.frames import Frame
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import PART, Asked
from talent_registry.storage.reads.texts import Piece, joined


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about a person, shown or withheld as a whole."""

    field: PersonField


@dataclass(frozen=True, slots=True)
class Basis:
    """The relations on which a person is shown."""


@dataclass(frozen=True, slots=True)
class Refusals:
    """What of a person is withheld, and why."""

    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Items of the person's profile as they are kept: known before it is decided what is shown, and no part of it."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the person's profile, shown or withheld as a whole."""

    field: PersonField
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A person taken along with a record about them, shown or not as a whole."""

    fields: frozenset[PersonField]
    slots: tuple["Slot", ...]


@dataclass(frozen=True, slots=True)
class Records:
    """A page of records about a person, each shown or not. `of_all`: all of them were read, not one page."""

    field: PersonField
    asked: Asked
    frame: Frame
    of_all: bool


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of the ledger's entries about a person, or about the record of the row; shown or not as a whole."""

    asked: Asked
    frame: Frame
    of_record: bool


@dataclass(frozen=True, slots=True)
class History:
    """All that was ever recorded in the record of the row, shown or not as a whole."""


Slot = Entries | Fact | History | Basis | Refusals | Kept | Item | Person | Records


@dataclass(frozen=True, slots=True)
class Held:
    """A slot with what the database writes into it; None where it is left empty."""

    slot: Slot
    content: ColumnElement[Any] | None


Part = Piece | Held


def text_of(parts: Iterable[Part]) -> tuple[ColumnElement[str], tuple[Slot, ...]]:
    """The text with its slots marked off, and the slots in their order."""
    pieces: list[Piece] = []
    slots: list[Slot] = []
    for part in parts:
        if isinstance(part, Held):
            slots.append(part.slot)
            pieces += [PART] if part.content is None else [PART, part.content, PART]
        else:
            pieces.append(part)
    return joined(pieces), tuple(slots)


def plain(parts: Sequence[Part]) -> list[Piece]:
    """The parts of a text that has no slots."""
    return [part for part in parts if not isinstance(part, Held)]
