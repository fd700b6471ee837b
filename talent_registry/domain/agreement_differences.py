"""What one version of the agreement says otherwise than another, entry by entry and key by key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from talent_registry.domain.agreement_documents import LISTS
from talent_registry.domain.agreements import AgreementVersion

# What names the version itself, and who agreed: neither is a rule.
_NO_RULES = frozenset({"parties", "versions"})
# Entries without an id or a code of their own are known by these together.
_NAMED_BY = ("of", "province", "code", "other_province", "other_code", "issuer", "target", "names", "grade")
_SHARED_CODE = "equivalences"


class EntryChange(StrEnum):
    """What became of an entry."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    CHANGED = "CHANGED"


@dataclass(frozen=True, slots=True)
class KeyDifference:
    """One key of an entry (a nested one with dots); None where the version has no such key."""

    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """An entry of a section (a clause by its id, a listing by its two places) that is not as it was."""

    section: str
    name: str
    change: EntryChange
    keys: tuple[KeyDifference, ...]


def differences_between(before: AgreementVersion, after: AgreementVersion) -> tuple[EntryDifference, ...]:
    """The entries that differ, in the order of the sections and, within one, as the older version has them."""
    found: list[EntryDifference] = []
    for section in LISTS:
        if section not in _NO_RULES:
            found += _of_section(section, _entries(section, before), _entries(section, after))
    return tuple(found)


def _of_section(
    section: str, before: Mapping[str, Mapping[str, str]], after: Mapping[str, Mapping[str, str]]
) -> list[EntryDifference]:
    found = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, {}), after.get(name, {})
        keys = tuple(
            KeyDifference(key, old.get(key), new.get(key))
            for key in dict.fromkeys([*old, *new])
            if old.get(key) != new.get(key)
        )
        if keys:
            found.append(EntryDifference(section, name, _change(known=name in before, stays=name in after), keys))
    return found


def _change(*, known: bool, stays: bool) -> EntryChange:
    if known and stays:
        return EntryChange.CHANGED
    return EntryChange.REMOVED if known else EntryChange.ADDED


def _entries(section: str, version: AgreementVersion) -> dict[str, dict[str, str]]:
    """The entries of a section by name, each flat; one of a name that stands there before gets a number."""
    found: dict[str, dict[str, str]] = {}
    tables = version.content.get(section, ())
    for table in tables if isinstance(tables, list | tuple) else ():
        name = _name_of(section, table)
        names = (name if number == 1 else f"{name} #{number}" for number in count(1))
        found[next(one for one in names if one not in found)] = _flat(table)
    return found


def _name_of(section: str, table: Mapping[str, object]) -> str:
    own = table.get("id", None if section == _SHARED_CODE else table.get("code"))
    if own is not None:
        return str(own)
    return " · ".join(_shown(table[key]) for key in _NAMED_BY if key in table)


def _flat(table: Mapping[str, object], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        found |= _flat(value, f"{before}{key}.") if isinstance(value, Mapping) else {f"{before}{key}": _shown(value)}
    return found


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str).strip('"')
