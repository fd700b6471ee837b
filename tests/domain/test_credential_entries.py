"""What an office states of a credential."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from talent_registry.domain import credential_entries as entries
from talent_registry.domain.credential_entries import Statement, Written, read_version
from talent_registry.domain.credentials import CredentialVersion, Details
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.organisations import Organisation

TODAY = date(2026, 11, 24)
ONE = UUID(int=1)
WRITTEN = Written(ONE, ONE, ONE, datetime(2026, 11, 24, tzinfo=UTC))
ISSUER = Organisation(ONE, "四川省人力资源和社会保障厅", None, "HRSS_BUREAU", "510000", None, None)
TITLE = Statement(route="评审", issuer_kind="省级人社", title_code="0102", approval_date=date(2020, 4, 17))
CARD = Statement(
    route="认定",
    issuer_kind="PROVINCIAL",
    issued_on=date(2024, 1, 1),
    details=Details(card="天府英才卡", card_class="A"),
)


def read(statement: Statement, kind: str = "TITLE") -> CredentialVersion:
    return read_version(kind, statement, ISSUER, WRITTEN, TODAY)


def test_a_title_takes_name_series_and_level_from_the_catalogue() -> None:
    version = read(TITLE)
    assert (version.title_name, version.series, version.level) == ("副教授", "01", "SENIOR_DEPUTY")
    assert (version.route, version.issuer_kind, version.issuer_division) == ("REVIEW", "PROVINCIAL_HRSS", "510000")
    assert version.valid_from == date(2020, 4, 17)
    assert "valid_from" in version.defaulted


def test_what_is_stated_does_not_hold_by_default() -> None:
    stated = replace(
        TITLE,
        issued_on=date(2020, 5, 17),
        certificate_medium="PAPER",
        found_in_lookup=False,
        delegated=True,
        delegation_level="PROVINCE",
        targeted_area=("510107",),
        origin_division="500000",
        filing_number="510000-01 -2019-1",
    )
    version = read(stated)
    assert version.defaulted == ()
    assert (version.certificate_medium, version.found_in_lookup, version.delegated) == ("PAPER", False, True)
    assert version.filing_number == "510000-01-2019-1"


def test_other_kinds_need_no_title_and_no_approval() -> None:
    version = read(CARD, "TALENT_CARD")
    assert (version.title_code, version.level, version.approval_date) == (None, None, None)
    assert version.details.card_class == "A"
    assert read(replace(CARD, level="副高", title_name="英才"), "TALENT_CARD").level == "SENIOR_DEPUTY"
    with pytest.raises(InvalidInput):
        read(replace(CARD, issued_on=None), "TALENT_CARD")


def test_two_versions_differ_in_facts_alone() -> None:
    one = read(TITLE)
    later = replace(one, id=UUID(int=2), recorded_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert entries.differences(later, one) == frozenset()
    assert entries.differences(replace(one, specialty="哲学"), one) == {"specialty"}


@pytest.mark.parametrize("code", ["PETRIFIED", ""])
def test_a_kind_must_be_known(code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        entries.known_kind(code)
    assert refusal.value.reason == "UNKNOWN_KIND"
    assert entries.known_kind("职称") == "TITLE"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_code": None}, "titleCode"),
        ({"title_name": "教授"}, "titleName"),
        ({"level": "正高级"}, "level"),
        ({"level": "高级"}, "level"),
        ({"route": "抽签"}, "route"),
        ({"issuer_kind": "市级人社"}, "issuerKind"),
        ({"issuer_kind": "协会"}, "issuerKind"),
        ({"approval_date": None, "issued_on": date(2020, 1, 1)}, "approvalDate"),
        ({"approval_date": date(2026, 11, 25)}, "approvalDate"),
        ({"issued_on": date(2020, 4, 16)}, "issuedOn"),
        ({"valid_until": date(2020, 4, 16)}, "validUntil"),
        ({"certificate_medium": "STONE"}, "certificateMedium"),
        ({"delegation_level": "VILLAGE"}, "delegationLevel"),
        ({"targeted_area": ("440000",)}, "targetedArea"),
        ({"origin_division": "999999"}, "originDivision"),
        ({"origin_division": "519999"}, "originDivision"),
        ({"origin_division": "44"}, "originDivision"),
    ],
)
def test_contradictions_name_their_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read(replace(TITLE, **changes))  # type: ignore[arg-type]  # each is of its field
    assert refusal.value.path[-1] == field


@pytest.mark.parametrize("division", ["440000", "440100", "440106", "500107"])
def test_a_title_may_come_from_anywhere_to_be_confirmed(division: str) -> None:
    assert read(replace(TITLE, origin_division=division)).origin_division == division


@pytest.mark.parametrize(("division", "kind"), [("440000", "省级人社"), ("440100", "市级人社"), ("440106", "县级人社")])
def test_an_issuer_of_a_third_province_is_of_the_kind_that_fits_its_division(division: str, kind: str) -> None:
    issuer = replace(ISSUER, division=division)
    kinds = ("省级人社", "市级人社", "县级人社")
    for other in kinds:
        if other == kind:
            assert read_version("TITLE", replace(TITLE, issuer_kind=other), issuer, WRITTEN, TODAY).issuer_division
        else:
            with pytest.raises(InvalidInput) as refusal:
                read_version("TITLE", replace(TITLE, issuer_kind=other), issuer, WRITTEN, TODAY)
            assert refusal.value.path[-1] == "issuerKind"


def test_refusals_say_what_to_do() -> None:
    for refusal in (
        entries.already_recorded(),
        entries.nothing_to_correct(),
        entries.not_at_first(),
        entries.unknown_filing(),
    ):
        assert refusal.message.zh
        assert refusal.message.en
        assert refusal.reason
