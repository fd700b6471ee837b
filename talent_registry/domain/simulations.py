"""A draft tried on the whole registry: towards which divisions it is asked, and what it changes for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.agreements import AgreementVersion, Outcome
from talent_registry.domain.divisions import covers, province_of
from talent_registry.domain.recognition import Decision

# From the best for whoever asks to the worst. What is pending may still be mended; what the agreement does not speak of
# follows the ordinary procedure.
BEST_FIRST = (
    Outcome.AUTO,
    Outcome.VERIFY,
    Outcome.CONFIRM,
    Outcome.RE_REVIEW,
    Outcome.PENDING,
    Outcome.NOT_APPLICABLE,
    Outcome.NOT_RECOGNISED,
)


class Change(StrEnum):
    """What a draft does to an answer: a better outcome, a worse one, the same by another rule."""

    GAIN = "GAIN"
    LOSS = "LOSS"
    BASIS = "BASIS"


@dataclass(frozen=True, slots=True)
class Ruled:
    """What rules: the clause, the variant of it if one rules, and the outcome."""

    rule: str
    variant: str | None
    outcome: Outcome

    @property
    def basis(self) -> str:
        """The clause as it is named in lists, for instance `R8` or `R8/officer`."""
        return self.rule if self.variant is None else f"{self.rule}/{self.variant}"


def change_between(before: Ruled, after: Ruled) -> Change | None:
    """What became of an answer, None where it is the same."""
    if before.outcome is after.outcome:
        return None if before.basis == after.basis else Change.BASIS
    gained = BEST_FIRST.index(after.outcome) < BEST_FIRST.index(before.outcome)
    return Change.GAIN if gained else Change.LOSS


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """Divisions of one province towards which every untargeted credential gets the same answer, in both rulebooks."""

    number: int
    province: str
    divisions: tuple[str, ...]

    @property
    def asked(self) -> str:
        """The division asked about for all of them."""
        return self.divisions[0]


def targets_of(versions: Sequence[AgreementVersion], on: date) -> tuple[TargetGroup, ...]:
    """Each party as a whole, and each division that a listing in force on the day names; those treated alike together.

    Only listings and areas of targeted titles look at the division within a province.
    """
    provinces = sorted({party for version in versions for party in version.parties})
    named = {listing.target for version in versions for listing in version.reciprocity if listing.holds_on(on)}
    alike: dict[tuple[str, bool, tuple[frozenset[str], ...]], list[str]] = {}
    for division in [*provinces, *sorted(named - set(provinces))]:
        listed = tuple(_issuers_listed_for(version, division, on) for version in versions)
        alike.setdefault((province_of(division), division in provinces, listed), []).append(division)
    return tuple(
        TargetGroup(number, province, tuple(divisions))
        for number, ((province, *_), divisions) in enumerate(alike.items(), 1)
    )


def _issuers_listed_for(version: AgreementVersion, division: str, on: date) -> frozenset[str]:
    return frozenset(
        listing.issuer for listing in version.reciprocity if listing.holds_on(on) and covers(listing.target, division)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCount:
    """How many credentials of one kind get another answer towards the same divisions.

    `targeted`: titles of targeted evaluation, whose answer is that of one division alone. `prefecture`: where they were
    issued, by prefecture, in a municipality by district. `example`: one of them.
    """

    group: int
    divisions: tuple[str, ...]
    targeted: bool
    change: Change
    before: Ruled
    after: Ruled
    kind: str
    series: str | None
    level: str | None
    prefecture: str
    count: int
    example: UUID


@dataclass(frozen=True, slots=True)
class TargetTotals:
    """How many credentials were asked about towards some divisions, and how many of them change."""

    divisions: tuple[str, ...]
    asked: int
    gains: int
    losses: int
    changed_basis: int


@dataclass(frozen=True, slots=True)
class LostSupport:
    """Active placements whose credential is recognised as of right by the rules in force and would not be by the draft.

    `examples` are ids, at most so many as a sample holds.
    """

    before: Ruled
    after: Ruled
    count: int
    examples: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A credential whose answer changes, with both decisions in full."""

    change: Change
    credential_id: UUID
    division: str
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedOtherwise:
    """A kept decision that the draft would answer otherwise; nothing of whose it is.

    `before` and `after`: the rules in force and the draft, both on the day `on` and by the facts kept with it.
    """

    id: UUID
    decided_for: date
    division: str
    kind: str
    series: str | None
    level: str | None
    issuer_division: str | None
    version: str
    before: Decision
    after: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What a draft would change on a day, by what was known at an instant.

    `credentials` counts each recorded credential once; the totals count it once for each division it is asked towards.
    """

    on: date
    known_at: datetime
    in_force: AgreementVersion
    draft: AgreementVersion
    groups: tuple[TargetGroup, ...]
    credentials: int
    totals: tuple[TargetTotals, ...]
    changes: tuple[ChangedCount, ...]
    lost_support: tuple[LostSupport, ...]
    samples: tuple[Sample, ...]

    @property
    def placements_losing_support(self) -> int:
        """How many active placements would no longer rest on a recognition as of right."""
        return sum(lost.count for lost in self.lost_support)
