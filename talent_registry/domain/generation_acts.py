"""The acts by which a sample placement came to where it stands: rounds of terms, signatures and events, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from talent_registry.domain.generation_careers import Career, Sources
from talent_registry.domain.generation_units import SampleUnit
from talent_registry.domain.periods import SHANGHAI, Period
from talent_registry.domain.placement_states import EndReason, Party, PlacementEventKind, PlacementState
from talent_registry.domain.placements import Placement, PlacementEvent, Signature, Terms, TermsRound, terms_digest

_OPENS: Final = time(9, 0)


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """An account that signed: of a person or (HR) of a unit; nobody can sign in to it."""

    id: UUID
    organisation_id: UUID | None
    researcher_id: UUID | None


class Accounts:
    """The accounts of those who sign, each opened when first needed."""

    def __init__(self, sources: Sources) -> None:
        self._draws = sources.draws
        self._of_units: dict[UUID, UUID] = {}
        self._of_person: tuple[UUID, UUID] | None = None
        self._opened: list[SampleAccount] = []

    def of_unit(self, unit: SampleUnit) -> UUID:
        """The account of the unit's personnel office."""
        organisation = unit.organisation.id
        if organisation not in self._of_units:
            self._of_units[organisation] = self._open(organisation, None)
        return self._of_units[organisation]

    def of_person(self, person: UUID) -> UUID:
        """The person's own account; people come one after the other, so only the last is remembered."""
        if self._of_person is None or self._of_person[0] != person:
            self._of_person = (person, self._open(None, person))
        return self._of_person[1]

    def take_opened(self) -> list[SampleAccount]:
        """Those opened since this was last asked."""
        opened, self._opened = self._opened, []
        return opened

    def _open(self, organisation: UUID | None, person: UUID | None) -> UUID:
        account = SampleAccount(self._draws.new_id(), organisation, person)
        self._opened.append(account)
        return account.id


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is party to a placement."""

    career: Career
    home: SampleUnit
    host: SampleUnit
    proposer: Party


@dataclass(slots=True)
class Acts:
    """One placement while its story is told; every act takes place on its day, one after the other.

    `placement` is how it stands after the last act.
    """

    sources: Sources
    accounts: Accounts
    parties: Parties
    placement: Placement
    terms: Terms
    rounds: list[TermsRound] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    events: list[PlacementEvent] = field(default_factory=list)

    def propose(self) -> None:
        """The first terms, on the day of the proposal."""
        self._offer(self.placement.term, self.placement.workload_percent, self.placement.proposed_at)
        self._happened(PlacementEventKind.PROPOSED, self.placement.proposed_at, self.parties.proposer)

    def sign(self, day: date, parties: Sequence[Party]) -> None:
        """These parties sign the terms that wait, an hour after each other."""
        waiting = self.rounds[-1]
        for hours, party in enumerate(parties, 1):
            at = moment(day, hours)
            account = self._account(party)
            self.signatures.append(Signature(self.placement.id, waiting.number, party, waiting.digest, account, at))
            self._happened(PlacementEventKind.SIGNED, at, party)

    def agree(self, day: date, parties: Sequence[Party]) -> None:
        """All three sign the first terms, the last of them brings the agreement about."""
        self.sign(day, parties)
        at = self._agree_round()
        self.placement = replace(self.placement, state=PlacementState.AGREED, open_round=None)
        self._happened(PlacementEventKind.AGREED, at, parties[-1])

    def activate(self, day: date, decision: UUID) -> None:
        """Work begins, on the recognition of that day."""
        changes = {"state": PlacementState.ACTIVE, "activated_on": day, "decision_id": decision}
        self.placement = replace(self.placement, **changes)  # type: ignore[arg-type]  # fields of three types
        self._happened(PlacementEventKind.ACTIVATED, moment(day, 0), self.parties.proposer)

    def offer_extension(self, day: date, until: date) -> None:
        """Terms with a later last day, for all three to sign anew."""
        at = moment(day, 0)
        self._offer(Period(self.placement.term.start, until), self.placement.workload_percent, at)
        self.placement = replace(self.placement, open_round=self.rounds[-1].number)
        self._happened(PlacementEventKind.EXTENSION_PROPOSED, at, self.parties.proposer)

    def extend(self, day: date, parties: Sequence[Party], decision: UUID) -> None:
        """All three sign the extension, and it takes effect."""
        self.sign(day, parties)
        at, agreed = self._agree_round(), self.rounds[-1]
        changes = {"term": agreed.term, "round": agreed.number, "open_round": None, "decision_id": decision}
        self.placement = replace(self.placement, **changes)  # type: ignore[arg-type]  # fields of several types
        self._happened(PlacementEventKind.EXTENDED, at, parties[-1])

    def close(self, day: date, state: PlacementState, party: Party) -> None:
        """Declined or withdrawn."""
        self.placement = replace(self.placement, state=state, open_round=None)
        self._happened(PlacementEventKind(state.value), moment(day, 8), party)

    def suspend(self, day: date, event: PlacementEventKind, reason: str, province: str) -> None:
        """An authority suspends it, or the credential's suspension does."""
        self.placement = replace(self.placement, state=PlacementState.SUSPENDED)
        self._happened(event, moment(day, 8), "AUTHORITY", reason=reason, province=province)

    def end(self, day: date, reason: EndReason, by: Party | str, province: str | None = None) -> None:
        """It ends with this last day."""
        changes = {"state": PlacementState.ENDED, "ended_on": day, "end_reason": reason, "open_round": None}
        self.placement = replace(self.placement, **changes)  # type: ignore[arg-type]  # fields of several types
        self._happened(PlacementEventKind.ENDED, moment(day, 8), by, reason=reason.value, province=province)

    def _offer(self, term: Period, percent: int, at: datetime) -> None:
        self.rounds.append(
            TermsRound(
                placement_id=self.placement.id,
                number=len(self.rounds) + 1,
                term=term,
                workload_percent=percent,
                terms=self.terms,
                digest=terms_digest(self.placement, term, percent, self.terms),
                proposed_by=self.parties.proposer,
                proposed_at=at,
            )
        )

    def _agree_round(self) -> datetime:
        at = self.signatures[-1].signed_at
        self.rounds[-1] = replace(self.rounds[-1], agreed_at=at)
        return at

    def _account(self, party: Party) -> UUID:
        if party is Party.RESEARCHER:
            return self.accounts.of_person(self.placement.researcher_id)
        return self.accounts.of_unit(self.parties.home if party is Party.HOME_UNIT else self.parties.host)

    def _happened(
        self,
        event: PlacementEventKind,
        at: datetime,
        by: Party | str,
        *,
        reason: str | None = None,
        province: str | None = None,
    ) -> None:
        party = by.value if isinstance(by, Party) else by
        record, state, day = self.sources.draws.new_id(), self.placement.state, at.date()
        self.events.append(PlacementEvent(record, self.placement.id, at, day, event, state, party, reason, province))


def moment(day: date, hours: int) -> datetime:
    """So many hours after nine o'clock in Shanghai."""
    return datetime.combine(day, _OPENS, SHANGHAI) + timedelta(hours=hours)
