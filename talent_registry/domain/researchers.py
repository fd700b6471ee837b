"""Researchers: the person is the id; names, documents, household and personnel relation are dated facts about it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message


class PersonField(StrEnum):
    """What can be disclosed of a person, each on its own; an access and a consent name these."""

    NAME = "NAME"
    DOCUMENTS = "DOCUMENTS"
    HOUSEHOLD = "HOUSEHOLD"
    PERSONNEL_RELATION = "PERSONNEL_RELATION"
    CONTACT = "CONTACT"
    DISCIPLINE = "DISCIPLINE"
    KEYWORDS = "KEYWORDS"
    ORCID = "ORCID"
    CREDENTIALS = "CREDENTIALS"
    DECISIONS = "DECISIONS"
    PLACEMENTS = "PLACEMENTS"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact comes from and when it holds: `source_id` is None where the person stated it; days inclusive."""

    source_id: UUID | None
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    superseded_at: datetime | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the fact, as now recorded, holds on `day`."""
        return self.superseded_at is None and self.valid_from <= day and (self.valid_until or day) >= day


@dataclass(frozen=True, slots=True)
class Researcher:
    """The person as the registry counts people: an internal id and a public number, nothing more."""

    id: UUID
    public_number: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name the person bears or bore, in normal form, with its reading in Latin letters."""

    id: UUID
    name_zh: str = field(repr=False)
    name_en: str | None = field(repr=False)
    pinyin: str = field(repr=False)
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class PersonDocument:
    """An identity document, its number masked; the number itself stays sealed."""

    id: UUID
    kind: str
    number_masked: str = field(repr=False)
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Household:
    """The division (GB/T 2260) of the household registration."""

    id: UUID
    division: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class PersonnelRelation:
    """The home unit; where the personnel file is kept and social insurance is paid, None where not stated."""

    id: UUID
    home_unit_id: UUID
    file_unit_id: UUID | None
    insurance_division: str | None
    provenance: Provenance


Fact = PersonName | PersonDocument | Household | PersonnelRelation


class Amendment(StrEnum):
    """How a fact is amended: the world changed on a day, or the record was wrong."""

    CHANGE = "CHANGE"
    CORRECTION = "CORRECTION"


@dataclass(frozen=True, slots=True)
class Amended:
    """What an amendment does: the row it supersedes, until when that row's fact stays true, when the new one holds."""

    superseded: UUID | None
    kept_until: date | None
    valid_from: date
    valid_until: date | None


def latest(facts: list[Fact]) -> Fact | None:
    """The fact now recorded that begins last; None if there is none."""
    recorded = [fact for fact in facts if fact.provenance.superseded_at is None]
    return max(recorded, key=lambda fact: fact.provenance.valid_from, default=None)


def amend(present: Fact | None, earlier: list[Fact], how: Amendment, since: date | None, today: date) -> Amended:
    """What must be written so that a new fact holds since a day (a change) or in the place of `present` (a correction).

    A change needs a day after the present fact began and not after today; a correction keeps the period, or moves
    its first day to `since`, but never into the period of an `earlier` fact. Raises InvalidInput.
    """
    if since is not None and since > today:
        raise _refusal(
            "IN_THE_FUTURE",
            "起始日晚于今天。请在事项发生后再办理。",
            "The first day is later than today. Record the fact once it has happened.",
        )
    if present is None:
        return Amended(None, None, since or today, None)
    span = present.provenance
    if how is Amendment.CHANGE:
        if since is None or since <= span.valid_from:
            raise _refusal(
                "CHANGE_BEFORE_PRESENT",
                "变更须写明起始日，且晚于现有记录的起始日。现有记录有误的，请按更正办理。",
                "A change needs a first day that is later than that of the present record. If the present record is "
                "wrong, make a correction.",
            )
        kept = min(since - timedelta(days=1), span.valid_until or date.max)
        return Amended(present.id, kept, since, None)
    first = since or span.valid_from
    overlaps = any((fact.provenance.valid_until or date.max) >= first for fact in earlier)
    if overlaps or (span.valid_until is not None and span.valid_until < first):
        raise _refusal(
            "OVERLAPS_EARLIER",
            "更正后的起始日与其他时期的记录重叠。请核对起始日。",
            "With this first day the record would overlap that of another period. Check the first day.",
        )
    return Amended(present.id, None, first, span.valid_until)


def _refusal(reason: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason, path=("input", "since"))
