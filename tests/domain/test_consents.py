"""What a consent may say, and when it opens anything."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from talent_registry.domain.consents import Consent, check_fields, check_purpose, check_term
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.researchers import PersonField

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def test_a_consent_opens_from_its_first_to_its_last_day_unless_withdrawn() -> None:
    given = Consent(uuid4(), uuid4(), uuid4(), "招聘", (PersonField.NAME,), TODAY, date(2026, 12, 1), NOON)
    days = (date(2026, 11, 23), TODAY, date(2026, 12, 1), date(2026, 12, 2))
    assert [given.is_active(day) for day in days] == [False, True, True, False]
    withdrawn = Consent(uuid4(), uuid4(), uuid4(), "招聘", (PersonField.NAME,), TODAY, TODAY, NOON, NOON)
    assert not withdrawn.is_active(TODAY)


@pytest.mark.parametrize("until", [TODAY, date(2031, 11, 24)])
def test_a_consent_lasts_from_one_day_to_five_years(until: date) -> None:
    assert check_term(until, TODAY) == until


@pytest.mark.parametrize("until", [date(2026, 11, 23), date(2031, 11, 25)])
def test_a_consent_neither_ends_before_today_nor_after_five_years(until: date) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_term(until, TODAY)
    assert (refusal.value.reason, refusal.value.path) == ("TERM", ("input", "until"))


def test_five_years_from_a_leap_day_end_on_the_last_of_february() -> None:
    assert check_term(date(2029, 2, 28), date(2024, 2, 29)) == date(2029, 2, 28)
    with pytest.raises(InvalidInput):
        check_term(date(2029, 3, 1), date(2024, 2, 29))


@pytest.mark.parametrize("text", ["", "   ", "x" * 201, "a\nb", "a\x00b"])
def test_a_purpose_is_stated_in_printable_words(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_purpose(text)
    assert (refusal.value.reason, refusal.value.path) == ("PURPOSE", ("purpose",))


def test_a_purpose_is_trimmed() -> None:
    assert check_purpose("  岗位聘任审核 ", "input", "purpose") == "岗位聘任审核"


def test_the_fields_of_a_consent_are_kept_once_and_in_order() -> None:
    asked = (PersonField.ORCID, PersonField.NAME, PersonField.ORCID)
    assert check_fields(asked) == (PersonField.NAME, PersonField.ORCID)
    with pytest.raises(InvalidInput) as refusal:
        check_fields(())
    assert refusal.value.reason == "FIELDS"
