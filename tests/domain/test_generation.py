"""Sample people: the same for the same seed, like the people of two provinces, and lawful in everything."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.credential_entries import Statement, Written, read_version
from talent_registry.domain.credentials import CredentialVersion, RecordStatus
from talent_registry.domain.divisions import is_in_force
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.generation import Sample, SamplePerson, SamplePlan
from talent_registry.domain.generation_careers import Careers, Sources
from talent_registry.domain.generation_decisions import Decisions
from talent_registry.domain.generation_draws import Draws, Weighted
from talent_registry.domain.generation_numbers import ROOM, Places, number_at
from talent_registry.domain.generation_placements import Placings, SamplePlacement
from talent_registry.domain.generation_titles import Titles
from talent_registry.domain.generation_units import Units, list_filings, list_units
from talent_registry.domain.identifiers import check_document, normalise_certificate_number
from talent_registry.domain.names import SEPARATOR, normalise_name
from talent_registry.domain.organisations import CommitteeFiling, Organisation, normalise_unit_name
from talent_registry.domain.periods import add_years, last_day_of_years, shanghai_today
from talent_registry.domain.placement_checks import check_draft
from talent_registry.domain.placements import (
    EndReason,
    Party,
    PlacementEventKind,
    PlacementState,
    missing_signatures,
    terms_digest,
)
from talent_registry.domain.workload import Share, heaviest_day
from talent_registry.reference.catalogue import catalogue

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


# ------------------------------------------------------------------------------------------------ the same again


def test_the_same_number_seed_and_day_give_the_same_rows_to_the_last_byte() -> None:
    plan = SamplePlan(200, 5, TODAY)
    assert digest(plan) == digest(plan)
    others = [replace(plan, seed=6), replace(plan, people=201), replace(plan, today=TODAY + timedelta(days=1))]
    assert len({digest(one) for one in [plan, *others, replace(plan, first=200)]}) == 5


def test_neither_hash_seed_nor_time_zone_nor_clock_has_a_say() -> None:
    program = (
        "from datetime import UTC, date, datetime\n"
        "from talent_registry.domain.agreement_loading import shipped_agreement\n"
        "from talent_registry.domain.generation import Sample, SamplePlan\n"
        "sample = Sample(SamplePlan(300, 9, date(2026, 11, 1)), datetime.now(UTC))\n"
        "for _ in sample.people(sample.know_units({}), shipped_agreement()):\n    pass\n"
        "print(sample.tally.digest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "Pacific/Auckland"), ("4242", "America/Los_Angeles"))
    }
    assert digests == {digest(SamplePlan(300, 9, TODAY))}


def test_organisations_that_the_registry_knows_do_not_change_what_is_drawn() -> None:
    plan = SamplePlan(100, 5, TODAY)
    sample = Sample(plan, AT)
    known = Organisation(uuid4(), "四川大学", "SCU", "UNIVERSITY", "510107", None, None)
    filings = sample.know_units({("四川大学", "510107"): known})
    assert known.id in {filing.authority_id for filing in filings}
    assert list(sample.people(filings, shipped_agreement()))
    assert sample.tally.digest() == digest(plan)


def test_ids_are_of_version_7_and_rise_in_the_order_of_drawing() -> None:
    draws = Draws("any", TODAY)
    ids = [draws.new_id() for _ in range(9_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    people = [person.career.id for person in drawn().people]
    assert people == sorted(people)
    assert len(set(people)) == MANY


def test_a_weight_of_nothing_is_never_drawn_and_the_last_thing_takes_the_last_chance() -> None:
    weighted = Weighted({"never": 0.0, "often": 3.0, "seldom": 1.0})
    assert [weighted.at(chance) for chance in (0.0, 0.749, 0.75, 1.0)] == ["often", "often", "seldom", "seldom"]


# ------------------------------------------------------------------------------------------------ numbers and names


def test_every_number_is_a_sample_number_with_its_check_character_and_given_once() -> None:
    numbers = [person.career.number for person in drawn().people]
    assert len({number.text for number in numbers}) == MANY
    for number in numbers:
        checked = check_document("RESIDENT_ID", number.text, allow_test_identities=True)
        assert (checked.kind, checked.number) == ("TEST_RESIDENT_ID", number.text)
        assert number.text[6:14] == f"{number.born:%Y%m%d}"
        assert number.woman is (int(number.text[16]) % 2 == 0)


def test_places_of_a_sample_are_all_its_own() -> None:
    places = Places(Draws("any", TODAY), 1_000, 500)
    taken = [places.at(place) for place in range(1_000)]
    assert sorted(taken) == list(range(500, 1_500))
    assert taken != sorted(taken)
    spread = {number_at(place).text for place in (*range(2_000), *range(ROOM - 2_000, ROOM))}
    assert len(spread) == 4_000


def test_a_second_sample_takes_numbers_that_the_first_left() -> None:
    first, second = drawn(300, 1, 0), drawn(300, 2, 300)
    numbers = [person.career.number.text for one in (first, second) for person in one.people]
    certificates = [
        (one.credential.kind, one.credential.number)
        for sample in (first, second)
        for person in sample.people
        for one in person.credentials
    ]
    assert len(set(numbers)) == 600
    assert len(set(certificates)) == len(certificates)


@pytest.mark.parametrize(("people", "first"), [(0, 0), (-1, 0), (ROOM + 1, 0), (2, ROOM - 1)])
def test_more_people_than_there_are_numbers_is_refused(people: int, first: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        Sample(SamplePlan(people, 1, TODAY, first), AT)
    assert (refused.value.reason, refused.value.path) == ("PEOPLE", ("people",))
    assert str(ROOM - first) in refused.value.message.zh


def test_the_whole_of_the_professionals_has_room() -> None:
    assert Sample(SamplePlan(7_000_000, 1, TODAY), AT).plan.people == 7_000_000


def test_names_are_in_normal_form_and_of_every_sort() -> None:
    names = [person.career.name for person in drawn().people]
    assert [normalise_name(name) for name in names] == names
    surnames = Counter(name[0] for name in names)
    assert 550 < surnames["王"] < 900
    assert surnames["王"] > surnames["刘"] > surnames["郭"] > 0
    compound = {one.surname for one in catalogue().surnames.values() if one.compound}
    assert sum(name[:2] in compound for name in names) > 10
    assert 50 < sum(SEPARATOR in name for name in names) < 250
    assert sum(any(ord(character) > 0xFFFF for character in name) for name in names) > 5
    assert sum(name.isascii() for name in names) > 50


# ------------------------------------------------------------------------------------------------ like real people


def test_ten_thousand_people_hold_some_twenty_five_thousand_credentials() -> None:
    counts = drawn().sample.tally.counts()
    assert counts["people"] == MANY
    assert 24_000 < counts["credentials"] < 26_000
    assert 1_000 < counts["decisions"] < 3_000
    assert 150 < counts["placements"] < 500
    kinds = drawn().sample.tally.kinds
    assert kinds["TITLE"] > sum(kinds.values()) / 2
    assert set(kinds) == {"TITLE", "DEGREE", "QUALIFICATION", "SKILL_LEVEL", "TALENT_CARD", "WORK_PERMIT"}


def test_half_hold_a_senior_or_intermediate_title_and_three_in_ten_live_in_chongqing() -> None:
    levels = Counter(_highest(person) for person in drawn().people)
    upper = levels["INTERMEDIATE"] + levels["SENIOR_DEPUTY"] + levels["SENIOR_FULL"]
    assert 0.45 < upper / MANY < 0.57
    assert levels["SENIOR_FULL"] < levels["SENIOR_DEPUTY"] < levels["INTERMEDIATE"]
    in_chongqing = sum(person.career.residence.division.startswith("50") for person in drawn().people)
    assert 0.29 < in_chongqing / MANY < 0.34
    assert {version.series for version in drawn().versions if version.series} == set(catalogue().series)


def _highest(person: SamplePerson) -> str | None:
    titles = [one.version.level for one in person.credentials if one.credential.kind == "TITLE"]
    return titles[-1] if titles else None


def test_everybody_lives_and_works_somewhere_on_days_that_can_be() -> None:
    for person in drawn().people:
        career = person.career
        assert is_in_force(career.residence.division, career.residence.since)
        assert is_in_force(career.residence.division, TODAY)
        assert career.number.born <= career.residence.since <= TODAY
        assert add_years(career.number.born, 22) <= career.employments[0].since <= TODAY
        assert career.employments[-1].until is None
        for earlier, later in zip(career.employments, career.employments[1:], strict=False):
            assert earlier.until == later.since - timedelta(days=1)
    assert sum(len(person.career.employments) == 2 for person in drawn().people) > 1_000


def test_organisations_are_those_of_both_provinces_and_some_of_elsewhere() -> None:
    units = [unit.organisation for unit in drawn().sample.units]
    assert len({(unit.name_zh, unit.division) for unit in units}) == len(units)
    assert [normalise_unit_name(unit.name_zh) for unit in units] == [unit.name_zh for unit in units]
    assert {unit.kind for unit in units} <= {kind.code for kind in catalogue().organisation_kinds}
    bureaus = Counter(unit.issues_as for unit in drawn().sample.units if (unit.issues_as or "").endswith("_HRSS"))
    assert bureaus == {"PROVINCIAL_HRSS": 2, "PREFECTURE_HRSS": 21, "COUNTY_HRSS": 220}
    known = {unit.division for unit in units if unit.province in ("500000", "510000")}
    assert all(is_in_force(code, TODAY) for code in known)


def test_every_credential_is_one_that_an_office_could_have_recorded() -> None:
    for person in drawn().people:
        for record in person.credentials:
            version, credential = record.version, record.credential
            assert normalise_certificate_number(credential.number) == credential.number
            stated = Statement(
                **{
                    name: getattr(version, name)
                    for name in ("route", "issuer_kind", "title_code", "title_name", "level", "specialty")
                },
                **{name: getattr(version, name) for name in ("filing_number", "approval_date", "valid_until")},
                **{name: getattr(version, name) for name in ("certificate_medium", "delegated", "delegation_level")},
                issued_on=version.valid_from,
                found_in_lookup=version.found_in_lookup,
                targeted_area=version.targeted_area or (),
                origin_division=version.origin_division,
                details=version.details,
            )
            written = Written(version.id, version.credential_id, version.source_id, AT)
            issuer = drawn().units[credential.issuer_id]
            assert read_version(credential.kind, stated, issuer, written, TODAY) == version
            assert (credential.researcher_id, credential.id) == (person.career.id, version.credential_id)


def test_the_record_status_has_no_gap_and_no_day_to_come() -> None:
    statuses = Counter[RecordStatus]()
    for person in drawn().people:
        for record in person.credentials:
            first, *later = record.spans
            assert first.valid_from == record.version.valid_from
            for before, after in zip(record.spans, later, strict=False):
                assert before.valid_until == after.valid_from - timedelta(days=1)
            assert record.spans[-1].valid_until is None
            assert record.spans[-1].valid_from <= TODAY
            statuses[record.spans[-1].status] += 1
    assert min(statuses[status] for status in RecordStatus) > 20
    assert statuses[RecordStatus.VALID] > 0.96 * sum(statuses.values())


def test_filings_last_three_years_at_most_and_cover_most_approvals_but_not_all() -> None:
    sample = drawn()
    assert len(sample.filed) == len(sample.filings)
    for filing in sample.filings:
        assert normalise_certificate_number(filing.filing_number) == filing.filing_number
        assert filing.filed_to <= last_day_of_years(filing.filed_from, 3)
    cited = [version for version in sample.versions if version.filing_number]
    covered = sum(_covers(sample.filed[version.filing_number or ""], version.approval_date) for version in cited)
    assert 0.9 < covered / len(cited) < 1.0


def _covers(filing: CommitteeFiling, day: date | None) -> bool:
    return day is not None and filing.filed_from <= day <= filing.filed_to


# ------------------------------------------------------------------------------------------------ decided by the rules


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_thousand_people_reach_every_rule_that_recorded_facts_can_reach(seed: int) -> None:
    rules = drawn(MANY, seed).sample.tally.rules
    version = shipped_agreement().versions[-1]
    # Neither a mismatch of names nor a retired holder is recorded of a credential.
    unreachable = {"G1", "G6"}
    every = {clause.id for one in shipped_agreement().versions for clause in one.clauses}
    assert set(rules) == every - unreachable
    assert {clause.id for clause in version.clauses} <= every


def test_decisions_are_for_posts_and_days_that_can_be() -> None:
    versions = {(version.id, version.digest) for version in shipped_agreement().versions}
    issued = {one.credential.id: one.version.valid_from for person in drawn().people for one in person.credentials}
    for person in drawn().people:
        for_work = {one.id for placed in person.placements for one in placed.decisions}
        for decided in person.decisions:
            assert (decided.decision.version_id, decided.decision.digest) in versions
            # A host is where it is today, under the code of today.
            assert is_in_force(decided.target.division, TODAY if decided.id in for_work else decided.decided_for)
            assert issued[decided.credential_id] <= decided.decided_for <= TODAY
            assert (decided.known_at, decided.researcher_id) == (AT, person.career.id)
            assert len(decided.decision.findings) == len(shipped_agreement().versions[-1].clauses)


# ------------------------------------------------------------------------------------------------ placements


def test_placements_stand_in_every_state_and_ended_for_every_reason_that_is_not_chosen_away() -> None:
    placed = [one.placement for seed in (1, 2) for _, one in drawn(MANY, seed).placements]
    assert {one.state for one in placed} == set(PlacementState)
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
    sample = Sample(SamplePlan(3_000, 1, TODAY), AT)
    placed = _states(list(sample.people(sample.know_units({}), bare)))
    assert placed
    assert set(placed) <= {S.PROPOSED, S.DECLINED, S.WITHDRAWN}


def _states(people: Sequence[SamplePerson]) -> list[PlacementState]:
    return [one.placement.state for person in people for one in person.placements]
