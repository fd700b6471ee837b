"""What is asked of records, without the words in which it was asked: the neutral form from which a read is planned."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from talent_registry.domain.researchers import PersonField

# Between the parts of a record's text that are decided upon after it was read. JSON holds no such characters.
PART: Final = "\x1e"
ITEM: Final = "\x1d"
CELL: Final = "\x1c"
OPEN: Final = "\x1b"
BESIDE: Final = "/"

# The fields of a researcher and what each discloses.
DISCLOSES: Final = {
    "name": PersonField.NAME,
    "formerNames": PersonField.NAME,
    "documents": PersonField.DOCUMENTS,
    "household": PersonField.HOUSEHOLD,
    "personnelRelation": PersonField.PERSONNEL_RELATION,
    "contact": PersonField.CONTACT,
    "discipline": PersonField.DISCIPLINE,
    "keywords": PersonField.KEYWORDS,
    "orcid": PersonField.ORCID,
    "credentials": PersonField.CREDENTIALS,
    "decisions": PersonField.DECISIONS,
    # Decisions rest on them and name their days.
    "integrityRecords": PersonField.DECISIONS,
    "placements": PersonField.PLACEMENTS,
}
NAME_OF: Final = {disclosed: name for name, disclosed in reversed(DISCLOSES.items())}


class NotPlanned(Exception):
    """This cannot be said as one read; it is answered the ordinary way."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field: `key` in the answer, `name` of what is asked, what is asked below it.

    `given` names, for each argument that was stated, the value that every request brings along. `constant` is the
    answer itself, as JSON, where it is known beforehand.
    """

    key: str
    name: str
    below: tuple["Asked", ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    constant: str | None = None

    def value(self, argument: str) -> str | None:
        """The name of the value of an argument; None where it was left out."""
        return dict(self.given).get(argument)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """All that is asked below one question. `kept` is what was made of it, so that it is made once."""

    below: tuple[Asked, ...]
    kept: dict[Any, Any] = field(default_factory=dict)


def one_of(asked: Iterable[Asked], name: str) -> Asked | None:
    """The field of this name; None where it is not asked. NotPlanned where it is asked twice, under two keys."""
    found = [one for one in asked if one.name == name]
    if len(found) > 1:
        raise NotPlanned
    return found[0] if found else None


def nodes_of(connection: Iterable[Asked]) -> tuple[Asked, ...]:
    """What is asked of the records of a list."""
    edges = one_of(connection, "edges")
    node = None if edges is None else one_of(edges.below, "node")
    return () if node is None else node.below


def disclosed_by(asked: Iterable[Asked]) -> frozenset[PersonField]:
    """What the fields asked of a researcher would disclose."""
    return frozenset(DISCLOSES[one.name] for one in asked if one.name in DISCLOSES)


def all_of(asked: Iterable[Asked]) -> Iterator[Asked]:
    """Every field asked, at whatever depth."""
    for one in asked:
        yield one
        yield from all_of(one.below)
