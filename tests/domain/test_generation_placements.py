"""Sample placements: lawful on every day on which something was done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.generation import Sample, SamplePerson, SamplePlan
from talent_registry.domain.generation_careers import Careers, Sources
from talent_registry.domain.generation_decisions import Decisions
from talent_registry.domain.generation_draws import Draws
from talent_registry.domain.generation_numbers import number_at
from talent_registry.domain.generation_placements import Placings, SamplePlacement
from talent_registry.domain.generation_titles import Titles
from talent_registry.domain.generation_units import Units, list_filings, list_units
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.placement_checks import check_draft
from talent_registry.domain.placement_states import EndReason, Party, PlacementEventKind, PlacementState
from talent_registry.domain.placements import missing_signatures, terms_digest
from talent_registry.domain.workload import Share, heaviest_day
from tests.samples import AT, MANY, TODAY, S, drawn


def test_placements_stand_in_every_state_and_ended_for_every_reason_that_is_not_chosen_away() -> None:
    placed = [one.placement for seed in (1, 2) for _, one in drawn(MANY, seed).placements]
    # What lapses does so by the clock, which samples have not met.
    assert {one.state for one in placed} == set(PlacementState) - {PlacementState.LAPSED}
    assert {one.end_reason for one in placed} >= {
        EndReason.TERM,
        EndReason.EARLY_RETURN,
        EndReason.HOME_RECALL,
        EndReason.HOST_RELEASE,
        EndReason.BREACH,
    }
    assert {(one.state, one.round, one.open_round) for one in placed} >= {(S.ACTIVE, 2, None), (S.ACTIVE, 1, 2)}


def test_placements_cross_the_border_and_rest_on_the_units_of_their_day() -> None:
    for person, placed in drawn().placements:
        record = placed.placement
        home, host = drawn().units[record.home_unit_id], drawn().units[record.host_unit_id]
        assert {home.province, host.province} == {"500000", "510000"}
        assert person.career.home.organisation.id == record.home_unit_id
        assert person.career.employments[-1].since <= shanghai_today(record.proposed_at)
        terms = placed.rounds[0]
        at_first = replace(record, term=terms.term, workload_percent=terms.workload_percent)
        assert check_draft(at_first, terms.terms, shanghai_today(record.proposed_at)) == at_first


def test_what_was_signed_is_what_stands_and_in_the_order_of_the_law() -> None:
    for _, placed in drawn().placements:
        record = placed.placement
        for terms in placed.rounds:
            assert terms.digest == terms_digest(record, terms.term, terms.workload_percent, terms.terms)
            assert (terms.agreed_at is not None) is (not missing_signatures(placed.signatures, terms))
        current = placed.rounds[record.round - 1]
        assert (current.term, current.workload_percent) == (record.term, record.workload_percent)
        times = [event.at for event in placed.events]
        assert times == sorted(times)
        assert max(times) < AT + timedelta(hours=14)
        assert placed.events[-1].state is record.state
        assert [event.id for event in placed.events] == sorted(event.id for event in placed.events)


def test_whoever_works_was_recognised_on_the_first_day_and_carries_three_signatures() -> None:
    worked = [(person, one) for person, one in drawn().placements if one.placement.activated_on is not None]
    assert len(worked) > 50
    for person, placed in worked:
        record = placed.placement
        first = placed.decisions[0]
        assert first.is_recognised
        assert (first.decided_for, first.credential_id) == (record.activated_on, record.credential_id)
        assert record.decision_id == placed.decisions[-1].id
        assert {one.party for one in placed.signatures if one.round == record.round} == set(Party)
        assert max(shanghai_today(one.signed_at) for one in placed.signatures if one.round == 1) <= first.decided_for
        assert placed.decisions[0] in person.decisions
        if record.state is S.ACTIVE:
            assert record.is_active_on(TODAY)
            title = next(one for one in person.credentials if one.credential.id == record.credential_id)
            assert title.status(TODAY) is RecordStatus.VALID


def test_no_day_holds_more_than_a_full_post() -> None:
    several = 0
    for seed in (1, 2):
        for person in drawn(MANY, seed).people:
            shares = [_share(one) for one in person.placements if one.placement.state in (S.ACTIVE, S.ENDED, S.AGREED)]
            heaviest = heaviest_day(shares)
            assert heaviest is None or heaviest.total <= 100
            several += len(shares) > 1
    assert several > 0


def _share(placed: SamplePlacement) -> Share:
    record = placed.placement
    until = record.ended_on or record.term.until or record.term.start
    return Share(record.id, record.workload_percent, record.term.start, until)


def test_whoever_signs_has_one_account_and_a_unit_one_for_all() -> None:
    accounts = [account for person in drawn().people for account in person.accounts]
    assert len({account.organisation_id or account.researcher_id for account in accounts}) == len(accounts)
    known: set[UUID] = set()
    for person in drawn().people:
        known |= {account.id for account in person.accounts}
        for placed in person.placements:
            assert {one.account_id for one in placed.signatures} <= known


def test_the_fall_of_a_title_suspends_or_ends_what_rests_on_it() -> None:
    draws = Draws("falls", TODAY)
    units = list_units(draws, TODAY)
    filings = {one.filing_number: one for one in list_filings(draws, units, TODAY, AT)}
    sources = Sources(draws, Units(units, filings), TODAY, AT)
    careers, titles = Careers(sources), Titles(sources)
    placings = Placings(sources, Decisions(sources, shipped_agreement()))
    ends, events = Counter[EndReason | None](), Counter[PlacementEventKind]()
    yesterday = TODAY - timedelta(days=1)
    for serial in range(4_000):
        career = careers.one(number_at(serial), serial)
        held = titles.of(career)
        if not held or held[-1].version.level not in ("SENIOR_FULL", "SENIOR_DEPUTY"):
            continue
        title = held[-1]
        status = (RecordStatus.REVOKED, RecordStatus.SUSPENDED)[serial % 2]
        span, issued = title.spans[0], title.version.valid_from
        fallen = (
            replace(span, status=RecordStatus.VALID, valid_until=yesterday - timedelta(days=1)),
            replace(span, status=status, valid_from=yesterday, valid_until=None),
        )
        fell = replace(title, spans=fallen if issued < yesterday else title.spans)
        for placed in placings.of(career, [fell], [fell]):
            assert placed.placement.state not in (S.ACTIVE, S.AGREED, S.PROPOSED) or issued >= yesterday
            ends[placed.placement.end_reason] += 1
            events[placed.events[-1].event] += 1
    assert ends[EndReason.RECOGNITION_LOST] > 0
    assert events[PlacementEventKind.SUSPENDED_WITH_CREDENTIAL] > 0


def test_where_the_agreement_knows_no_kinds_nobody_begins_work() -> None:
    agreement = shipped_agreement()
    bare = replace(agreement, versions=tuple(replace(one, placement_kinds=()) for one in agreement.versions))
    sample = Sample(SamplePlan(1_500, 1, TODAY), AT)
    placed = _states(list(sample.people(sample.know_units({}), bare)))
    assert placed
    assert set(placed) <= {S.PROPOSED, S.DECLINED, S.WITHDRAWN}


def test_where_the_agreement_extends_nothing_no_term_grows() -> None:
    agreement = shipped_agreement()
    versions = []
    for version in agreement.versions:
        always = next(rule for rule in version.placement_rules if rule.id == "PL10")
        refusing = replace(always, asked_on=frozenset({"EXTEND"}), result="REJECTED", reason_code="NOT_EXTENDED")
        versions.append(replace(version, placement_rules=(*version.placement_rules, refusing)))
    sample = Sample(SamplePlan(2_500, 1, TODAY), AT)
    people = list(sample.people(sample.know_units({}), replace(agreement, versions=tuple(versions))))
    assert S.ACTIVE in _states(people)
    assert {one.placement.round for person in people for one in person.placements} == {1}


def _states(people: Sequence[SamplePerson]) -> list[PlacementState]:
    return [one.placement.state for person in people for one in person.placements]
