"""A registry's worth of sample people, the same to the last byte for the same number, seed and day."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.agreements import Agreement
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.generation_acts import SampleAccount
from talent_registry.domain.generation_careers import Career, Careers, Sources
from talent_registry.domain.generation_certificates import Certificates
from talent_registry.domain.generation_decisions import Decisions
from talent_registry.domain.generation_draws import Draws
from talent_registry.domain.generation_numbers import Places, check_room, number_at
from talent_registry.domain.generation_placements import Placings, SamplePlacement
from talent_registry.domain.generation_titles import Titles
from talent_registry.domain.generation_units import SampleUnit, Units, as_recorded, list_filings, list_units
from talent_registry.domain.ledger import canonical
from talent_registry.domain.organisations import CommitteeFiling, Organisation


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """How many people, by which seed, as of which day, after how many of earlier samples in the same registry."""

    people: int
    seed: int
    today: date
    first: int = 0


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A person with all that is recorded of them, and the accounts opened for what they and their units signed."""

    career: Career
    credentials: tuple[CredentialRecord, ...]
    decisions: tuple[RecognitionDecision, ...]
    placements: tuple[SamplePlacement, ...]
    accounts: tuple[SampleAccount, ...]


class Sample:
    """A sample while it is drawn: first its units and filings, to be matched with the registry's, then its people.

    `at` is the instant of recording; it and the ids that the registry gave its own organisations are no part of the
    digest.
    """

    def __init__(self, plan: SamplePlan, at: datetime) -> None:
        check_room(plan.people, plan.first)
        self.plan = plan
        self._at = at
        self._draws = Draws(f"talent-registry sample {plan.seed}/{plan.people}/{plan.first}/{plan.today}", plan.today)
        self.units = list_units(self._draws, plan.today)
        self.tally = Tally()

    def know_units(self, recorded: Mapping[tuple[str, str], Organisation]) -> list[CommitteeFiling]:
        """Take organisations as the registry records them, by name and division; the filings of all committees."""
        self.units = as_recorded(self.units, recorded)
        return list_filings(self._draws, self.units, self.plan.today, self._at)

    def people(self, filings: Iterable[CommitteeFiling], agreement: Agreement) -> Iterator[SamplePerson]:
        """Every person in turn, decided about by these filings and this agreement; nothing is held in memory."""
        units = Units(self.units, {filing.filing_number: filing for filing in filings})
        sources = Sources(self._draws, units, self.plan.today, self._at)
        careers, titles, certificates = Careers(sources), Titles(sources), Certificates(sources)
        decisions = Decisions(sources, agreement)
        placings = Placings(sources, decisions)
        places = Places(self._draws, self.plan.people, self.plan.first)
        for place in range(self.plan.people):
            serial = places.at(place)
            career = careers.one(number_at(serial), serial)
            ranks = titles.of(career)
            held = [*ranks, *certificates.of(career)]
            placed = placings.of(career, ranks, held)
            decided = [*decisions.of(held), *(one for each in placed for one in each.decisions)]
            person = SamplePerson(
                career, tuple(held), tuple(decided), tuple(placed), tuple(placings.accounts.take_opened())
            )
            self.tally.count(person, self.units)
            yield person


@dataclass(slots=True)
class Tally:
    """What a sample holds so far, and the digest of its rows."""

    people: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)
    _names: dict[UUID, str] = field(default_factory=dict, repr=False)

    def count(self, person: SamplePerson, units: Iterable[SampleUnit]) -> None:
        """Count one more person in."""
        if not self._names:
            self._names = {one.organisation.id: f"{one.place}" for one in units}
        self.people += 1
        self.kinds.update(one.credential.kind for one in person.credentials)
        self.levels.update(one.version.level for one in person.credentials if one.version.level)
        self.rules.update(one.decision.rule for one in person.decisions)
        self.states.update(one.placement.state.value for one in person.placements)
        self._hash.update(canonical(row_of(person, self._names)))

    def counts(self) -> dict[str, int]:
        """How many of each kind of record."""
        return {
            "people": self.people,
            "credentials": sum(self.kinds.values()),
            "decisions": sum(self.rules.values()),
            "placements": sum(self.states.values()),
        }

    def digest(self) -> str:
        """SHA-256 (hex) of every row so far."""
        return str(self._hash.hexdigest())


_STATED: Final = (
    "title_code",
    "level",
    "route",
    "issuer_kind",
    "issuer_division",
    "filing_number",
    "approval_date",
    "found_in_lookup",
    "delegation_level",
    "targeted_area",
    "origin_division",
    "valid_from",
    "valid_until",
)


def row_of(person: SamplePerson, units: Mapping[UUID, str]) -> dict[str, Any]:
    """What is stated of a person, as plain JSON; `units` names organisations by their place in the sample."""
    career = person.career
    return {
        "id": str(career.id),
        "number": career.number.text,
        "name": career.name,
        "household": [career.residence.division, career.residence.since.isoformat()],
        "relations": [[one.unit.place, str(one.since), str(one.until)] for one in career.employments],
        "credentials": [_credential_row(one, units) for one in person.credentials],
        "decisions": [
            [str(one.id), one.target.division, str(one.decided_for), one.decision.rule, one.decision.digest]
            for one in person.decisions
        ],
        "placements": [
            [
                str(one.placement.id),
                units[one.placement.host_unit_id],
                one.placement.kind,
                one.placement.state.value,
                str(one.placement.term.start),
                str(one.placement.term.until),
                [[event.event.value, event.at.isoformat(), event.by] for event in one.events],
            ]
            for one in person.placements
        ],
    }


def _credential_row(record: CredentialRecord, units: Mapping[UUID, str]) -> list[Any]:
    credential, version = record.credential, record.version
    return [
        str(credential.id),
        credential.kind,
        credential.number,
        units[credential.issuer_id],
        [str(getattr(version, name)) for name in _STATED],
        version.details.stated(),
        [[span.status.value, str(span.valid_from), str(span.valid_until)] for span in record.spans],
    ]
