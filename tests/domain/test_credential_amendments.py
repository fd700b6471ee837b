"""One fact of a credential is put right, and nothing else of it changes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.credential_amendments import amended, stated_of
from talent_registry.domain.credential_entries import Written, differences, read_version
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.organisations import Organisation
from talent_registry.storage.ids import new_id
from tests.titles import PROFESSOR

ISSUER = Organisation(new_id(), "四川省人力资源和社会保障厅", None, "HRSS_BUREAU", "510000", None, None)
WRITTEN = Written(new_id(), new_id(), ISSUER.id, datetime(2026, 11, 24, tzinfo=UTC))
TODAY = date(2026, 11, 24)
VERSION = read_version("TITLE", PROFESSOR, ISSUER, WRITTEN, TODAY)


def test_what_a_version_states_makes_the_same_version_again() -> None:
    assert differences(read_version("TITLE", stated_of(VERSION), ISSUER, WRITTEN, TODAY), VERSION) == frozenset()
    full = replace(
        PROFESSOR, certificate_medium="PAPER", found_in_lookup=False, delegated=False, targeted_area=("510107",)
    )
    stated = read_version("TITLE", full, ISSUER, WRITTEN, TODAY)
    assert differences(read_version("TITLE", stated_of(stated), ISSUER, WRITTEN, TODAY), stated) == frozenset()
    approved = read_version("TITLE", replace(PROFESSOR, issued_on=None), ISSUER, WRITTEN, TODAY)
    assert stated_of(approved).issued_on is None


@pytest.mark.parametrize(
    ("fact", "value", "changed"),
    [
        (DisputedFact.LEVEL, "0101", {"title_code", "title_name", "level"}),
        (DisputedFact.SPECIALTY, " 课程与教学论 ", {"specialty"}),
        (DisputedFact.APPROVAL_DATE, "2020-04-16", {"approval_date"}),
        (DisputedFact.VALID_UNTIL, "2030-04-16", {"valid_until"}),
        (DisputedFact.ISSUE_DATE, "2020-05-01", {"valid_from"}),
        (DisputedFact.FILING_NUMBER, "", {"filing_number"}),
    ],
)
def test_one_fact_is_put_right(fact: DisputedFact, value: str, changed: set[str]) -> None:
    said = amended("TITLE", VERSION, fact, value)
    assert differences(read_version("TITLE", said, ISSUER, WRITTEN, TODAY), VERSION) == changed


def test_what_is_no_value_of_the_fact_is_refused() -> None:
    for kind, fact, value in (
        ("TITLE", DisputedFact.APPROVAL_DATE, "昨天"),
        ("DEGREE", DisputedFact.SERIES, "01"),
    ):
        with pytest.raises(InvalidInput) as refused:
            amended(kind, VERSION, fact, value)
        assert refused.value.reason == "VALUE"
    assert amended("TITLE", VERSION, DisputedFact.APPROVAL_DATE, "").approval_date is None
