"""Sample placements: every one lawful by the agreement's rules on the days on which something was done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.credentials import CredentialRecord, RecordStatus, StatusSpan
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.generation_acts import Accounts, Acts, Parties, moment
from talent_registry.domain.generation_careers import Career, Sources
from talent_registry.domain.generation_decisions import Decisions
from talent_registry.domain.generation_draws import Weighted
from talent_registry.domain.generation_plans import WORKED, PlacementPlan, Plans
from talent_registry.domain.generation_units import PAIR
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_companies import company_of
from talent_registry.domain.placement_ends import day_of_loss
from talent_registry.domain.placement_rules import PlacementQuestion, PlacementRequest, PlacementResult, evaluate
from talent_registry.domain.placement_states import EndReason, Party, PlacementEventKind, PlacementState
from talent_registry.domain.placements import Placement, PlacementEvent, Signature, TermsRound
from talent_registry.domain.workload import Load, Share, heaviest_day

# Shared experts are senior in nine cases of ten (2023).
_PLACED: Final = {"SENIOR_FULL": 0.14, "SENIOR_DEPUTY": 0.12}
_PLACED_OF_OTHERS: Final = 0.01
_SECOND: Final = 0.15
_S = PlacementState
_STATES: Final = Weighted(
    {_S.ACTIVE: 46.0, _S.ENDED: 24.0, _S.SUSPENDED: 6.0, _S.AGREED: 7.0, _S.PROPOSED: 7.0, _S.DECLINED: 5.0}
    | {_S.WITHDRAWN: 5.0}
)
_UNSUPPORTED: Final = Weighted({_S.PROPOSED: 40.0, _S.DECLINED: 35.0, _S.WITHDRAWN: 25.0})
_REASONS: Final = Weighted(
    {EndReason.TERM: 55.0, EndReason.EARLY_RETURN: 17.0, EndReason.HOME_RECALL: 10.0, EndReason.HOST_RELEASE: 12.0}
    | {EndReason.BREACH: 6.0}
)
_ENDED_BY: Final = {
    EndReason.TERM: Party.HOST_UNIT,
    EndReason.EARLY_RETURN: Party.RESEARCHER,
    EndReason.HOME_RECALL: Party.HOME_UNIT,
    EndReason.HOST_RELEASE: Party.HOST_UNIT,
}
_EXTENDED: Final = 0.12
_EXTENSION_WAITS: Final = 0.07
_ALLOWED: Final = frozenset({PlacementResult.ALLOWED, PlacementResult.ALLOWED_WITH_DEFAULT})
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SamplePlacement:
    """A placement with everything that led to it; `decisions` are those taken for it."""

    placement: Placement
    rounds: tuple[TermsRound, ...]
    signatures: tuple[Signature, ...]
    events: tuple[PlacementEvent, ...]
    decisions: tuple[RecognitionDecision, ...]


@dataclass(slots=True)
class _Case:
    """One placement in the making: the plan, the title it rests on, what else the person holds and has agreed to."""

    plan: PlacementPlan
    title: CredentialRecord
    held: Sequence[CredentialRecord]
    before: Sequence[SamplePlacement]
    acts: Acts
    decisions: list[RecognitionDecision] = field(default_factory=list)

    @property
    def fall(self) -> StatusSpan | None:
        """When and how the title fell after work began."""
        fallen = (RecordStatus.SUSPENDED, RecordStatus.REVOKED)
        spans = (span for span in self.title.spans if span.status in fallen and span.valid_from > self.plan.begins)
        return next(spans, None)


class Placings:
    """Draws the placements of people and tells how each came about."""

    def __init__(self, sources: Sources, decisions: Decisions) -> None:
        self._sources = sources
        self._decisions = decisions
        self._plans = Plans(sources)
        self._yesterday = sources.today - _ONE_DAY
        self.accounts = Accounts(sources)

    def of(
        self, career: Career, titles: Sequence[CredentialRecord], held: Sequence[CredentialRecord]
    ) -> list[SamplePlacement]:
        """The placements of a person who holds these titles among all that is `held`; most have none."""
        draws, placed = self._sources.draws, list[SamplePlacement]()
        if not titles or not draws.happens(_PLACED.get(titles[-1].version.level or "", _PLACED_OF_OTHERS)):
            return placed
        for _ in range(1 + draws.happens(_SECOND)):
            case = self._case(career, titles[-1], held, placed)
            if case is not None and self._told(case):
                acts = case.acts
                rounds, signatures, events = tuple(acts.rounds), tuple(acts.signatures), tuple(acts.events)
                placed.append(SamplePlacement(acts.placement, rounds, signatures, events, tuple(case.decisions)))
        return placed

    def _case(
        self,
        career: Career,
        title: CredentialRecord,
        held: Sequence[CredentialRecord],
        before: Sequence[SamplePlacement],
    ) -> _Case | None:
        """What is to be placed, at a host where the person is not placed yet."""
        draws = self._sources.draws
        plan = self._plans.one(career, title, draws.weighted(_STATES))
        if plan is None or any(one.placement.host_unit_id == plan.host.organisation.id for one in before):
            return None
        placement = Placement(
            id=draws.new_id(),
            researcher_id=career.id,
            home_unit_id=career.home.organisation.id,
            host_unit_id=plan.host.organisation.id,
            kind=plan.kind,
            post=plan.post,
            post_series=plan.post_series,
            term=plan.term,
            workload_percent=plan.percent,
            state=_S.PROPOSED,
            round=1,
            open_round=1,
            decision_id=None,
            credential_id=title.credential.id,
            activated_on=None,
            ended_on=None,
            end_reason=None,
            proposed_at=moment(plan.proposed, 0),
        )
        parties = Parties(career, career.home, plan.host, draws.one(tuple(Party)))
        return _Case(plan, title, held, before, Acts(self._sources, self.accounts, parties, placement, plan.terms))

    def _told(self, case: _Case) -> bool:
        """Tell the story as far as the law lets it go; False where nobody would have proposed it."""
        state, plan = case.plan.state, case.plan
        decided = None
        if state in WORKED:
            decided = self._decisions.decide(case.held, case.title, plan.target, plan.begins)
        allowed = is_lawful(self._decisions.agreement, case.acts, plan, case.before, decided)
        if state in WORKED | {_S.AGREED} and not allowed:
            state, decided = self._sources.draws.weighted(_UNSUPPORTED), None
        if state in (_S.AGREED, _S.PROPOSED) and case.title.spans[-1].status is not RecordStatus.VALID:
            # The fall of the title would have withdrawn it.
            return False
        case.acts.propose()
        if decided is None:
            self._waits(case, state)
        else:
            case.decisions.append(decided)
            self._works(case, decided)
        return True

    def _order(self) -> list[Party]:
        """The parties in the order in which they sign."""
        parties, ordered = list(Party), list[Party]()
        while parties:
            ordered.append(parties.pop(self._sources.draws.number(0, len(parties) - 1)))
        return ordered

    def _waits(self, case: _Case, state: PlacementState) -> None:
        """Proposed, with a signature or two; agreed; or closed before work began."""
        draws, acts, order = self._sources.draws, case.acts, self._order()
        day = case.plan.proposed + timedelta(days=draws.number(1, 10))
        if state is _S.AGREED:
            acts.agree(day, order)
            return
        acts.sign(day, order[: draws.number(0, 2)])
        if state is not _S.PROPOSED:
            proposer = acts.parties.proposer
            others = [party for party in order if party is not proposer]
            acts.close(day, state, proposer if state is _S.WITHDRAWN else others[0])

    def _works(self, case: _Case, decided: RecognitionDecision) -> None:
        """Agreed and begun; then what the plan or the fall of the title brings."""
        draws, acts, plan, fall = self._sources.draws, case.acts, case.plan, case.fall
        acts.agree(plan.proposed + timedelta(days=draws.number(1, 10)), self._order())
        acts.activate(plan.begins, decided.id)
        province = draws.one(PAIR)
        if fall is not None and fall.valid_from <= (plan.term.until or fall.valid_from):
            _fall_with(acts, fall, province)
        elif plan.state is _S.ENDED:
            self._end(acts, province)
        elif plan.state is _S.SUSPENDED:
            acts.suspend(draws.day(plan.begins, self._yesterday), PlacementEventKind.SUSPENDED, "情况核查", province)
        else:
            self._may_extend(case)

    def _end(self, acts: Acts, province: str) -> None:
        draws, placement, yesterday = self._sources.draws, acts.placement, self._yesterday
        begun, last = placement.activated_on or yesterday, placement.term.until or yesterday
        reason = draws.weighted(_REASONS)
        if last > yesterday and reason is EndReason.TERM:
            reason = EndReason.EARLY_RETURN
        day = last if reason is EndReason.TERM else draws.day(begun, min(last, yesterday))
        by = _ENDED_BY.get(reason)
        acts.end(day, reason, by or "AUTHORITY", None if by else province)

    def _may_extend(self, case: _Case) -> None:
        draws, acts, plan = self._sources.draws, case.acts, case.plan
        last, day = plan.term.until or self._yesterday, draws.day(plan.begins, self._yesterday)
        until = last + timedelta(days=draws.number(60, 180))
        if draws.happens(_EXTENDED):
            again = self._decisions.decide(case.held, case.title, plan.target, day)
            added = Period(last + _ONE_DAY, until)
            if is_lawful(self._decisions.agreement, acts, plan, case.before, again, on=day, added=added):
                acts.offer_extension(day, until)
                acts.extend(day, self._order(), again.id)
                case.decisions.append(again)
        elif draws.happens(_EXTENSION_WAITS):
            acts.offer_extension(day, until)
            acts.sign(day, self._order()[: draws.number(0, 2)])


def _fall_with(acts: Acts, fall: StatusSpan, province: str) -> None:
    if fall.status is RecordStatus.REVOKED:
        day, reason = day_of_loss(acts.placement, fall.valid_from)
        acts.end(day, reason, "AUTHORITY", province)
    else:
        acts.suspend(fall.valid_from, PlacementEventKind.SUSPENDED_WITH_CREDENTIAL, "SUSPENDED", province)


def is_lawful(
    agreement: Agreement,
    acts: Acts,
    plan: PlacementPlan,
    before: Sequence[SamplePlacement],
    decided: RecognitionDecision | None,
    *,
    on: date | None = None,
    added: Period | None = None,
) -> bool:
    """Whether the rules in force on the day allow the start, or an extension by the days `added`.

    Asked with three signatures, and with this recognition where there is one.
    """
    day, host, terms = on or plan.begins, plan.host.organisation, plan.terms
    version = agreement_version_in_force(agreement, day)
    kind = version.find_placement_kind(plan.kind)
    if kind is None:
        return False
    question = PlacementQuestion(
        kind=plan.kind,
        request=PlacementRequest.START if added is None else PlacementRequest.EXTEND,
        on=day,
        term=added or plan.term,
        flexible=kind.flexible,
        home_province=acts.parties.home.province,
        host_province=host.province,
        host_kind=host.kind,
        consent_asked=True,
        home_consent_on=plan.proposed,
        signed_by=frozenset(Party),
        internal_notice=terms.internal_notice,
        earlier_extensions=0,
        work_injury_insurance=terms.work_injury_insurance,
        position=terms.position,
        paid_by_host=terms.paid_by is Party.HOST_UNIT,
        classified_work=terms.classified_work,
        load=_load(acts.placement, Period(plan.term.start, (added or plan.term).until), before),
        company=company_of(terms, day),
        contract_years=terms.contract_years,
        ip_clause=bool(terms.intellectual_property),
        recognised=None if decided is None else decided.is_recognised,
    )
    return evaluate(version, question).result in _ALLOWED


def _load(placement: Placement, term: Period, before: Sequence[SamplePlacement]) -> Load | None:
    """The heaviest day of a term with the person's other placements that are agreed or were begun."""
    mine = Share(placement.id, placement.workload_percent, term.start, term.until or term.start)
    begun = [one.placement for one in before if one.placement.state in WORKED or one.placement.state is _S.AGREED]
    others = [Share(one.id, one.workload_percent, one.term.start, _last(one)) for one in begun]
    return heaviest_day([mine, *others], term)


def _last(placement: Placement) -> date:
    """The last day on which a placement takes its share."""
    return placement.ended_on or placement.term.until or placement.term.start
