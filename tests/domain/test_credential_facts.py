"""The facts that a decision used: the question that was decided can be restored from them, to the last fact."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.credential_facts import (
    EXAM_CERTIFICATES,
    SHOWN_FACTS,
    STORED_FACTS,
    UsedFact,
    credential_facts_of,
    exam_certificates,
    facts_of,
    holder_facts_of,
    source_province_of,
    used_facts,
)
from talent_registry.domain.credentials import (
    Credential,
    CredentialRecord,
    CredentialVersion,
    Details,
    RecordStatus,
    StatusSpan,
)
from talent_registry.domain.decisions import RecognitionDecision, facts_from_json, question_decided
from talent_registry.domain.organisations import CommitteeFiling
from talent_registry.domain.questions import HolderFacts, Question, Target
from talent_registry.domain.recognition import decide

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
ISSUED = date(2020, 3, 1)
ONE, SOURCE, AUTHORITY = UUID(int=1), UUID(int=2), UUID(int=3)
POST = Target(division="500106", employer_kind="UNIVERSITY", post_series="17")

days = st.dates(date(2015, 1, 1), date(2027, 12, 31))
texts = st.sampled_from(["A", "B"])
details = st.builds(
    Details,
    qualification=st.none() | texts,
    grade=st.none() | texts,
    registered_to=st.none() | days,
    unit_division=st.none() | st.just("510100"),
    permit_class=st.none() | texts,
    card=st.none() | texts,
    military_status=st.none() | texts,
    issuer_country=st.none() | st.sampled_from(["CN", "HK"]),
)
versions = st.builds(
    CredentialVersion,
    id=st.just(ONE),
    credential_id=st.just(ONE),
    title_code=st.none() | st.just("1703"),
    series=st.just("17"),
    level=st.none() | st.just("INTERMEDIATE"),
    route=st.sampled_from(["REVIEW", "NATIONAL_EXAM"]),
    issuer_kind=st.just("PROVINCIAL_HRSS"),
    issuer_division=st.just("510000"),
    approval_date=st.none() | days,
    certificate_medium=st.just("PAPER"),
    found_in_lookup=st.booleans(),
    delegated=st.booleans(),
    delegation_level=st.none() | st.just("COUNTY"),
    targeted_area=st.none() | st.just(()) | st.just(("510107", "513300")),
    origin_division=st.none() | st.just("500000"),
    details=details,
    defaulted=st.just(("targeted_area",)),
    source_id=st.just(SOURCE),
    valid_from=st.just(ISSUED),
    valid_until=st.none() | days,
    recorded_at=st.just(AT),
)
filings = st.builds(
    CommitteeFiling,
    id=st.just(ONE),
    filing_number=st.just("F"),
    authority_id=st.just(AUTHORITY),
    committee_name=st.just("评审委员会"),
    filed_from=days,
    filed_to=days,
    max_level=st.just("SENIOR_FULL"),
    series=st.just(("01", "05")),
    recorded_at=st.just(AT),
)


def span(status: RecordStatus, start: date, until: date | None = None) -> StatusSpan:
    recorded = AT + timedelta(days=list(RecordStatus).index(status))
    return StatusSpan(UUID(int=start.toordinal()), status, None, start, until, recorded)


def record_of(version: CredentialVersion, *spans: StatusSpan) -> CredentialRecord:
    return CredentialRecord(Credential(ONE, "TITLE", "1", SOURCE, ONE, AT), version, spans)


REVOKED_LATER = (
    span(RecordStatus.VALID, ISSUED, date(2023, 12, 31)),
    span(RecordStatus.REVOKED, date(2024, 1, 1)),
)
records = st.builds(record_of, versions, *(st.just(each) for each in REVOKED_LATER)) | st.builds(
    record_of, versions, st.sampled_from([span(status, ISSUED) for status in RecordStatus])
)


@settings(max_examples=200, deadline=None)
@given(records, st.none() | filings, days)
def test_the_question_that_was_decided_is_restored_from_the_facts_it_used(
    record: CredentialRecord, filing: CommitteeFiling | None, on: date
) -> None:
    used = (*used_facts(record, filing, on), *exam_certificates([record], on))
    stored = facts_from_json([fact.as_json() for fact in used])
    facts = facts_of(record, filing, on)
    question = Question(
        credential=facts, target=POST, source_province=source_province_of(facts), on=on, holder=holder_facts_of(used)
    )
    kept = RecognitionDecision(
        id=ONE,
        credential_id=ONE,
        researcher_id=ONE,
        target=POST,
        decided_for=on,
        known_at=AT,
        decided_at=AT,
        decision=decide(agreement_version_in_force(shipped_agreement(), on), question),
        facts=stored,
    )

    assert credential_facts_of(stored) == facts
    assert question_decided(kept) == question


def version(**changes: object) -> CredentialVersion:
    made = CredentialVersion(
        id=ONE,
        credential_id=ONE,
        title_code="1703",
        series="17",
        route="NATIONAL_EXAM",
        issuer_kind="PROVINCIAL_HRSS",
        issuer_division="510000",
        certificate_medium="PAPER",
        found_in_lookup=True,
        source_id=SOURCE,
        valid_from=ISSUED,
        valid_until=None,
        recorded_at=AT,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the tests' own values


def test_before_the_day_of_issue_the_status_used_is_public_notice_by_default() -> None:
    used = {fact.name: fact for fact in used_facts(record_of(version(), *REVOKED_LATER), None, date(2020, 2, 29))}

    assert used["credential.status"] == UsedFact("credential.status", "PUBLICITY", SOURCE, AT, defaulted=True)


def test_the_day_of_a_revocation_is_used_with_its_own_instant_also_before_it() -> None:
    record = record_of(version(), *REVOKED_LATER)
    used = {fact.name: fact for fact in used_facts(record, None, date(2022, 1, 1))}

    assert used["credential.status"].value == "VALID"
    assert used["credential.revoked_on"] == UsedFact(
        "credential.revoked_on", "2024-01-01", SOURCE, REVOKED_LATER[1].recorded_at
    )


def test_an_examination_counts_while_it_stands_and_names_when_all_of_it_was_known() -> None:
    standing = record_of(version(), span(RecordStatus.VALID, ISSUED))
    without_spans = record_of(version())
    by_review = record_of(version(route="REVIEW"), span(RecordStatus.VALID, ISSUED))
    revoked = record_of(version(), span(RecordStatus.REVOKED, ISSUED))

    used = exam_certificates([standing, without_spans, by_review, revoked], date(2024, 1, 1))

    assert used == [
        UsedFact("holder.exam_certificates", ["17"], SOURCE, standing.spans[0].recorded_at),
        UsedFact("holder.exam_certificates", ["17"], SOURCE, AT),
    ]
    assert holder_facts_of(used) == HolderFacts(exam_certificates=frozenset({"17"}))


def test_an_issuer_outside_the_mainland_or_of_no_stated_division_has_no_province() -> None:
    facts = facts_of(record_of(version()), None, ISSUED)

    assert source_province_of(facts) == "510000"
    assert source_province_of(replace(facts, issuer_country="HK")) is None
    assert source_province_of(replace(facts, issuer_division=None)) is None


def test_the_clause_on_examinations_reads_the_fact_that_is_recalled() -> None:
    assert [name for name, one in CONDITIONS.items() if EXAM_CERTIFICATES in one.reads] == ["series_change_by_exam"]


def test_what_is_only_shown_is_told_to_no_decision() -> None:
    assert not set(STORED_FACTS) & set(SHOWN_FACTS)


def test_an_empty_country_of_the_issuer_is_restored_as_none() -> None:
    stated = [UsedFact("credential.kind", "TITLE", SOURCE, AT), UsedFact("credential.status", "VALID", SOURCE, AT)]
    empty = UsedFact("credential.issuer_country", "", SOURCE, AT)

    facts = credential_facts_of([*stated, empty, UsedFact("credential.issuer_division", "510107", SOURCE, AT)])

    assert facts.issuer_country == "CN"
    assert source_province_of(facts) == source_province_of(replace(facts, issuer_country="")) == "510000"
