"""The organisations and filings that a roll names: which are recorded, which are new, which rows contradict them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import check_ror, normalise_certificate_number
from talent_registry.domain.organisations import CommitteeFiling, Organisation, normalise_unit_name
from talent_registry.domain.rolls import RollEntry
from talent_registry.reference.catalogue import catalogue
from talent_registry.storage.ids import new_id
from talent_registry.storage.rolls import RecordedFiling

# The kind under which an issuer is registered that no list knows, by the kind of issuer the roll states.
_KIND_OF_ISSUER: Final = {
    "PROVINCIAL_HRSS": "HRSS_BUREAU",
    "PREFECTURE_HRSS": "HRSS_BUREAU",
    "COUNTY_HRSS": "HRSS_BUREAU",
    "SELF_REVIEW_UNIT": "PUBLIC_INSTITUTION",
    "CENTRAL_UNIT": "PUBLIC_INSTITUTION",
    "MILITARY": "MILITARY_UNIT",
    "EMPLOYER": "ENTERPRISE",
}
_OTHER_ISSUER: Final = "GOVERNMENT"
_ACTIVE: Final = "active"


def unit_name(text: str) -> str:
    """The name of an organisation in the form in which names are stored, as far as it can be brought into it."""
    try:
        return normalise_unit_name(text)
    except InvalidInput:
        return text


@dataclass(slots=True)
class Units:
    """Organisations by name: those recorded, and those to be recorded with the roll."""

    by_name: defaultdict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))
    new: list[Organisation] = field(default_factory=list)

    def find_issuer(self, name: str, division: str) -> Organisation | None:
        """The organisation of this name in this division."""
        return next((unit for unit in self.by_name[name] if unit.division == division), None)

    def issuer_of(self, entry: RollEntry) -> Organisation:
        """The issuer of the entry, to be recorded if it is not."""
        name = unit_name(entry.issuer_name)
        found = self.find_issuer(name, entry.issuer_division)
        return found or self._add(name, entry.issuer_division, _KIND_OF_ISSUER.get(entry.issuer_kind, _OTHER_ISSUER))

    def home_of(self, entry: RollEntry) -> Organisation | str | None:
        """The home unit of the entry, to be recorded if a list knows its place; None if unstated, else the problem."""
        if entry.home_unit_name is None:
            return None
        name = unit_name(entry.home_unit_name)
        listed = catalogue().find_institution(name)
        known = self.by_name[name]
        if len(known) > 1:
            places = (listed.division_code if listed else None, entry.issuer_division)
            chosen = [unit for place in places for unit in known if unit.division == place]
            return chosen[0] if chosen else "HOME_UNIT_AMBIGUOUS"
        if known:
            return known[0]
        if listed is None:
            return "HOME_UNIT_UNKNOWN"
        return self._add(name, listed.division_code, listed.organisation_kind)

    def _add(self, name: str, division: str, kind: str) -> Organisation:
        listed = catalogue().find_institution(name)
        if listed is not None and listed.division_code == division:
            ror = check_ror(listed.ror_id) if listed.ror_id and listed.ror_status == _ACTIVE else None
            unit = Organisation(new_id(), name, listed.name_en or None, listed.organisation_kind, division, None, ror)
        else:
            unit = Organisation(new_id(), name, None, kind, division, None, None)
        self.by_name[name].append(unit)
        self.new.append(unit)
        return unit


def names_in(entries: Iterable[RollEntry]) -> list[str]:
    """Every organisation's name in the roll, in stored form."""
    names = {unit_name(entry.issuer_name) for entry in entries}
    return sorted(names | {unit_name(entry.home_unit_name) for entry in entries if entry.home_unit_name})


def filing_number(text: str) -> str:
    """The number of a filing in the form in which it is stored, as far as it can be brought into it."""
    try:
        return normalise_certificate_number(text)
    except InvalidInput:
        return text


def settle_filing(
    number: str,
    entries: Sequence[RollEntry],
    authority_id: UUID,
    recorded: RecordedFiling | None,
    *,
    may_amend: bool,
    now: datetime,
) -> CommitteeFiling | str | None:
    """What the entries that cite a filing say of it: a filing to record, None if it is recorded so, else the problem.

    Where a roll does not say the highest level, it is the highest that the committee's certificates show; the series,
    which no roll states, are those of the certificates, unless the authority filed them itself.
    """
    stated = {(unit_name(entry.committee_name or ""), entry.filed_from, entry.filed_to) for entry in entries}
    levels = {entry.filing_max_level for entry in entries if entry.filing_max_level}
    if len(stated) > 1 or len(levels) > 1:
        return "FILING_TWICE"
    ((name, filed_from, filed_to),) = stated
    if filed_from is None or filed_to is None:  # unreachable for a filing is stated whole; said for the type checker
        return None
    shown = max((entry.level for entry in entries), key=_rank)
    level = next(iter(levels), None)
    series = {catalogue().title(entry.title_code).series_code for entry in entries}
    if recorded is None:
        kept = tuple(sorted(series))
        return CommitteeFiling(new_id(), number, authority_id, name, filed_from, filed_to, level or shown, kept, now)
    before = recorded.filing
    if not may_amend:
        other = (name, filed_from, filed_to) != (before.committee_name, before.filed_from, before.filed_to)
        return "FILING_DIFFERS" if other or level not in (None, before.max_level) else None
    if recorded.from_roll:
        series |= set(before.series)
        level = level or max(before.max_level, shown, key=_rank)
    else:
        series = set(before.series)
        level = level or before.max_level
    said = (name, filed_from, filed_to, level, tuple(sorted(series)))
    if said == (before.committee_name, before.filed_from, before.filed_to, before.max_level, before.series):
        return None
    return CommitteeFiling(new_id(), number, before.authority_id, *said, now)


def _rank(level: str) -> int:
    return catalogue().level(level).rank
