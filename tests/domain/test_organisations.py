"""Names of organisations: one written form, in which digits may stand."""

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.organisations import normalise_unit_name


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 重庆 大学 ", "重庆大学"),
        ("中国石油大学（北京）", "中国石油大学(北京)"),
        ("样例集团第10研究所", "样例集团第10研究所"),
        ("样例集团第１０研究所", "样例集团第10研究所"),
    ],
)
def test_a_units_name_has_one_written_form_and_may_hold_digits(typed: str, stored: str) -> None:
    assert normalise_unit_name(typed) == stored
    assert normalise_unit_name(stored) == stored


@pytest.mark.parametrize(
    ("typed", "reason"), [(" ", "MISSING"), ("=重庆大学", "FORMULA"), ("重庆\x07大学", "CONTROL_CHARACTER")]
)
def test_what_can_be_no_name_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        normalise_unit_name(typed)
    assert refusal.value.reason == reason
