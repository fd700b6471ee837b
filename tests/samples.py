"""Samples drawn once for several tests."""

from datetime import UTC, date, datetime
from functools import cache

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.credentials import CredentialVersion
from talent_registry.domain.generation import Sample, SamplePerson, SamplePlan
from talent_registry.domain.generation_placements import SamplePlacement
from talent_registry.domain.placement_states import PlacementState

TODAY = date(2026, 11, 1)
AT = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
MANY = 10_000
S = PlacementState


class Drawn:
    """A sample with all its people in memory."""

    def __init__(self, plan: SamplePlan) -> None:
        self.sample = Sample(plan, AT)
        self.filings = self.sample.know_units({})
        self.people = list(self.sample.people(self.filings, shipped_agreement()))
        self.units = {unit.organisation.id: unit.organisation for unit in self.sample.units}
        self.filed = {filing.filing_number: filing for filing in self.filings}

    @property
    def versions(self) -> list[CredentialVersion]:
        return [one.version for person in self.people for one in person.credentials]

    @property
    def placements(self) -> list[tuple[SamplePerson, SamplePlacement]]:
        return [(person, placed) for person in self.people for placed in person.placements]


@cache
def drawn(people: int = MANY, seed: int = 1, first: int = 0) -> Drawn:
    return Drawn(SamplePlan(people, seed, TODAY, first))


def digest(plan: SamplePlan) -> str:
    return Drawn(plan).sample.tally.digest()
