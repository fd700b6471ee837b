"""Sample people are like those of two provinces, and decided about by the rules."""

from collections import Counter
from datetime import date, timedelta

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.credential_entries import Statement, Written, read_version
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.divisions import is_in_force
from talent_registry.domain.generation import SamplePerson
from talent_registry.domain.identifiers import normalise_certificate_number
from talent_registry.domain.organisations import CommitteeFiling, normalise_unit_name
from talent_registry.domain.periods import add_years, last_day_of_years
from talent_registry.reference.catalogue import catalogue
from tests.samples import AT, MANY, TODAY, drawn


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
    # A part will do: each is read as an office's form is.
    for person in drawn().people[:3_000]:
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
