"""Placements: the record, the terms the three parties sign, and what is possible when.

Nothing here holds a household registration, personnel relation, file or insurance: a placement moves none of them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.ledger import canonical
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import (
    ACT_NAMES,
    POSSIBLE,
    STATE_NAMES,
    EndReason,
    Party,
    PlacementAct,
    PlacementEventKind,
    PlacementState,
    ResultsHolder,
)


@dataclass(frozen=True, slots=True)
class Moves:
    """What an agreement says it would move; a placement moves none of it."""

    household_registration: bool = False
    personnel_relation: bool = False
    file: bool = False
    social_insurance: bool = False

    @property
    def anything(self) -> bool:
        """Whether it would move something: then it is a transfer."""
        return self.household_registration or self.personnel_relation or self.file or self.social_insurance


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the parties agree on beside term and share; None: the agreement is silent.

    `paid_by` and `insured_by` name a side; the declared facts (`position` STAFF, MIDDLE_LEADER, LEADER or HEAD,
    `classified_work`, `internal_notice`, `work_injury_insurance`) are what the rules of placements ask for.
    `confidential_years` count from the end; the notices are in days, the term to reply in working days. The facts of
    the company are those of the host, `contract_years` whole years of the person's contract at home.
    """

    paid_by: Party | None = None
    insured_by: Party | None = None
    pay: str | None = None
    intellectual_property: str | None = None
    confidentiality: str | None = None
    other: str | None = None
    position: str | None = None
    classified_work: bool | None = None
    internal_notice: bool | None = None
    work_injury_insurance: bool | None = None
    insurance: str | None = None
    work_schedule: str | None = None
    days_per_year: int | None = None
    results_held_by: ResultsHolder | None = None
    confidential_years: int | None = None
    return_notice_days: int | None = None
    recall_notice_days: int | None = None
    release_notice_days: int | None = None
    reply_working_days: int | None = None
    company_founded_or_owned: bool | None = None
    company_registered_on: date | None = None
    company_rd_spending: bool | None = None
    company_profitable: bool | None = None
    contract_years: int | None = None


# Written only where stated, so that terms signed before there were any read, and are digested, as they were.
STATED_LATER = frozenset(
    {
        "insurance",
        "work_schedule",
        "days_per_year",
        "results_held_by",
        "confidential_years",
        "return_notice_days",
        "recall_notice_days",
        "release_notice_days",
        "reply_working_days",
        "company_founded_or_owned",
        "company_registered_on",
        "company_rd_spending",
        "company_profitable",
        "contract_years",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A person's work at a host unit in the other province; days inclusive, the share in whole percents.

    `round` is the number of the terms in force, `open_round` of those that wait for signatures (the same before all
    three signed; None where nothing waits). `ends_on` and `ends_reason`: the earliest end of which notice was given.
    """

    id: UUID
    researcher_id: UUID
    home_unit_id: UUID
    host_unit_id: UUID
    kind: str
    post: str
    post_series: str | None
    term: Period
    workload_percent: int
    state: PlacementState
    round: int
    open_round: int | None
    decision_id: UUID | None
    credential_id: UUID
    activated_on: date | None
    ended_on: date | None
    end_reason: EndReason | None
    proposed_at: datetime
    ends_on: date | None = None
    ends_reason: EndReason | None = None

    @property
    def last_day(self) -> date | None:
        """The last day of work as things stand: of the term, or before it where notice of an earlier end was given."""
        return min((day for day in (self.term.until, self.ends_on) if day is not None), default=None)

    def is_active_on(self, day: date, credential_until: date | None = None) -> bool:
        """Whether it is active on a day: one of its term, no later than `last_day` and `credential_until`, if known."""
        ends = (self.ends_on, credential_until)
        holds = self.term.contains(day) and all(end is None or day <= end for end in ends)
        return self.state is PlacementState.ACTIVE and holds


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsRound:
    """One version of the terms, with the digest that the parties sign; `agreed_at` once all three did.

    `answers`: the version to which it is a counter-proposal.
    """

    placement_id: UUID
    number: int
    term: Period
    workload_percent: int
    terms: Terms
    digest: str
    proposed_by: Party
    proposed_at: datetime
    agreed_at: datetime | None = None
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """One party's signature under one version of the terms."""

    placement_id: UUID
    round: int
    party: Party
    digest: str
    account_id: UUID
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class PlacementEvent:
    """Something that happened: the day it holds from, the state after it, who (of which province), the ground given."""

    id: UUID
    placement_id: UUID
    at: datetime
    on_day: date
    event: PlacementEventKind
    state: PlacementState
    by: str
    reason: str | None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class PlacementFilter:
    """Which placements to list; None leaves a field open. `unit_id`: as home or host unit."""

    researcher_id: UUID | None = None
    unit_id: UUID | None = None
    credential_id: UUID | None = None
    state: PlacementState | None = None


def terms_digest(placement: Placement, term: Period, workload_percent: int, terms: Terms) -> str:
    """SHA-256 (hex) of everything that a party signs: who, where, which post, which days, which share, which terms."""
    signed = {
        "researcher": str(placement.researcher_id),
        "home_unit": str(placement.home_unit_id),
        "host_unit": str(placement.host_unit_id),
        "kind": placement.kind,
        "post": placement.post,
        "post_series": placement.post_series,
        "term": [term.start.isoformat(), str(term.until)],
        "workload_percent": workload_percent,
        "terms": terms_as_json(terms),
    }
    return hashlib.sha256(canonical(signed)).hexdigest()


def terms_as_json(terms: Terms) -> dict[str, str | bool | int | None]:
    """The terms as they are stored and signed."""
    stated = {name: getattr(terms, name) for name in Terms.__slots__}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in stated.items()
        if value is not None or name not in STATED_LATER
    }


def terms_from_json(stored: Mapping[str, Any]) -> Terms:
    """The terms from what `terms_as_json` gave."""
    sides = {name: None if stored[name] is None else Party(stored[name]) for name in ("paid_by", "insured_by")}
    holder, registered = stored.get("results_held_by"), stored.get("company_registered_on")
    read = {
        "results_held_by": None if holder is None else ResultsHolder(holder),
        "company_registered_on": None if registered is None else date.fromisoformat(registered),
    }
    return Terms(**{**stored, **sides, **read})


def missing_signatures(signatures: Iterable[Signature], terms: TermsRound) -> tuple[Party, ...]:
    """The parties whose signature under exactly these terms is missing."""
    signed = {s.party for s in signatures if s.round == terms.number and s.digest == terms.digest}
    return tuple(party for party in Party if party not in signed)


def check_possible(placement: Placement, act: PlacementAct) -> None:
    """Conflict, with the present state and what is possible, unless the act fits the state."""
    possible = possible_acts(placement)
    if act in possible:
        return
    state = STATE_NAMES[placement.state]
    names = [ACT_NAMES[one] for one in possible]
    can = Message(zh="、".join(n.zh for n in names) or "无", en=", ".join(n.en for n in names) or "nothing")
    raise Conflict(
        Message(
            zh=f"该柔性流动当前状态为“{state.zh}”，不能{ACT_NAMES[act].zh}。现在可以：{can.zh}。",
            en=f"The placement is {state.en}, so it is not possible to {ACT_NAMES[act].en} it. Possible now: {can.en}.",
        ),
        reason=f"PLACEMENT_IS_{placement.state}",
    )


def possible_acts(placement: Placement) -> tuple[PlacementAct, ...]:
    """What can be done in the present state.

    An extension that waits can be signed, answered, declined and withdrawn; a placement with a declared end is not
    extended.
    """
    possible = POSSIBLE[placement.state]
    if placement.state is PlacementState.ACTIVE and placement.open_round is not None:
        possible = (*POSSIBLE[PlacementState.PROPOSED], *possible)
    if placement.ends_on is not None and placement.state in (PlacementState.ACTIVE, PlacementState.SUSPENDED):
        kept = tuple(act for act in possible if act is not PlacementAct.EXTEND)
        possible = (*kept, PlacementAct.WITHDRAW_END)
    return possible
