"""Logins, purposes, and which office an account may stand for."""

from uuid import uuid4

import pytest

from talent_registry.domain.accounts import (
    Account,
    AccountKind,
    check_office,
    check_purposes,
    is_provincial_authority,
    normalise_login,
)
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.organisations import Organisation
from tests.registries import NOON

SICHUAN, CHENGDU = "510000", "510100"


def an_organisation(kind: str, division: str) -> Organisation:
    return Organisation(uuid4(), "样例单位", None, kind, division, None, None)


@pytest.mark.parametrize(
    ("typed", "login"),
    [(" Wang.Li ", "wang.li"), ("ＨＲ-01", "hr-01"), ("a@b.example", "a@b.example"), ("x" * 64, "x" * 64)],
)
def test_a_login_is_one_however_it_is_typed(typed: str, login: str) -> None:
    assert normalise_login(typed) == login


@pytest.mark.parametrize("typed", ["", "ab", "x" * 65, "王丽", "wаng", "a b c", ".abc", "abc\0", "x" * 10_000])
def test_what_could_be_taken_for_another_login_is_none(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalise_login(typed)
    assert refused.value.reason == "LOGIN_MALFORMED"


def test_an_agency_has_purposes_and_nobody_else_has() -> None:
    assert check_purposes(AccountKind.AGENCY, ("VERIFY", "DECIDE", "VERIFY")) == ("DECIDE", "VERIFY")
    assert check_purposes(AccountKind.HR, ()) == ()
    for kind, purposes in ((AccountKind.AGENCY, ()), (AccountKind.HR, ("VERIFY",))):
        with pytest.raises(InvalidInput):
            check_purposes(kind, purposes)


@pytest.mark.parametrize(
    "purposes", [("VERIFY ALL",), ("",), ("核验",), ("X" * 25,), tuple(f"P{n}" for n in range(21))]
)
def test_a_purpose_fits_into_a_scope(purposes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_purposes(AccountKind.AGENCY, purposes)
    assert refused.value.reason == "PURPOSES_MALFORMED"


def test_only_the_human_resources_authority_of_a_whole_province_speaks_for_it() -> None:
    check_office(AccountKind.AUTHORITY, an_organisation("HRSS_BUREAU", SICHUAN))
    assert not is_provincial_authority(an_organisation("HRSS_BUREAU", CHENGDU))
    for unit in (an_organisation("HRSS_BUREAU", CHENGDU), an_organisation("UNIVERSITY", SICHUAN)):
        check_office(AccountKind.HR, unit)
        with pytest.raises(InvalidInput) as refused:
            check_office(AccountKind.AUTHORITY, unit)
        assert refused.value.reason == "NOT_A_PROVINCIAL_AUTHORITY"


def test_an_account_is_open_until_it_is_closed_and_does_not_show_its_login() -> None:
    account = Account(uuid4(), "wang.li", AccountKind.HR, uuid4(), None, frozenset(), NOON)
    assert account.is_open
    assert "wang" not in repr(account)
