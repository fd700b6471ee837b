"""The shipped agreement is whole, and a faulty one is refused in words that say how to mend it."""

import re
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files

import pytest

from talent_registry.domain.agreement_loading import load_agreement, shipped_agreement
from talent_registry.domain.agreements import Outcome, agreement_version_in_force
from talent_registry.domain.placement_limits import limits_of

MAIN = "sichuan-chongqing.toml"
KINDS = "sichuan-chongqing.placements.toml"
TITLES = "sichuan-chongqing.qualifications.toml"
OPENED = "sichuan-chongqing.entitlements.toml"
PROCEDURES = "sichuan-chongqing.procedures.toml"
TEXTS = {
    name: (files("talent_registry") / "agreements" / name).read_text(encoding="utf-8")
    for name in (MAIN, KINDS, TITLES, PROCEDURES, OPENED)
}
AGREEMENT = shipped_agreement()
LATEST = AGREEMENT.versions[-1]
DAY = timedelta(days=1)
FIRST_MUTUAL = 'status = "sourced+design"\nmutual = true'


def changed(old: str, new: str, file: str = MAIN) -> dict[str, str]:
    assert old in TEXTS[file]
    return {**TEXTS, file: TEXTS[file].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(1990, 1, 1), "SC-CQ/national-default"),
        (date(2020, 4, 20), "SC-CQ/national-default"),
        (date(2020, 4, 21), "SC-CQ/2020-04-21"),
        (date(2021, 3, 28), "SC-CQ/2020-04-21"),
        (date(2021, 3, 29), "SC-CQ/2021-03-29"),
        (date(2021, 11, 30), "SC-CQ/2021-03-29"),
        (date(2021, 12, 1), "SC-CQ/2021-12-01"),
        (date(2022, 9, 30), "SC-CQ/2021-12-01"),
        (date(2022, 10, 1), "SC-CQ/2022-10-01"),
        (date(2099, 12, 31), "SC-CQ/2022-10-01"),
    ],
)
def test_one_version_is_in_force_on_every_day(day: date, version: str) -> None:
    assert [v.id for v in AGREEMENT.versions if v.holds_on(day)] == [version]
    assert agreement_version_in_force(AGREEMENT, day).id == version


def test_the_rulebook_is_complete_cited_and_mutual() -> None:
    assert len(LATEST.clauses) == 33
    for clause in LATEST.clauses:
        assert clause.source
        assert clause.status
        assert clause.ruling.message.zh
        assert clause.ruling.message.en
        assert clause.mutual or clause.one_way_reason


def test_clauses_begin_and_end_with_versions_and_inclusively() -> None:
    clause = LATEST.get_clause("R1")
    assert clause.applies_from is not None
    assert not clause.applies("TITLE", clause.applies_from - DAY)
    assert clause.applies("TITLE", clause.applies_from)
    assert not clause.applies("DEGREE", clause.applies_from)
    last = LATEST.get_clause("R13").applies_until
    assert last == clause.applies_from - DAY


def test_a_reciprocal_listing_holds_on_its_days() -> None:
    texts = {
        **TEXTS,
        MAIN: TEXTS[MAIN].replace(
            'from = 2021-03-29\nsource = "SC-CQ', 'from = 2021-03-29\nuntil = 2024-12-31\nsource = "SC-CQ'
        ),
    }
    listing = load_agreement(texts).versions[-1].reciprocity[0]

    assert [listing.holds_on(day) for day in (date(2021, 3, 28), date(2021, 3, 29))] == [False, True]
    assert [listing.holds_on(day) for day in (date(2024, 12, 31), date(2025, 1, 1))] == [True, False]


def test_the_kinds_and_rules_of_placements_are_at_hand() -> None:
    assert len(LATEST.placement_kinds) == 16
    assert [kind.code for kind in LATEST.placement_kinds if not kind.flexible] == ["RIGID_TRANSFER"]
    assert LATEST.find_placement_kind("RIGID_TRANSFER") is not None
    assert LATEST.find_placement_kind("HOLIDAY") is None
    assert [rule.id for rule in LATEST.placement_rules][:3] == ["PL0", "PL1", "PL2"]
    assert len(LATEST.placement_rules) == 20
    rules = {rule.id: rule for rule in LATEST.placement_rules}
    assert rules["PL4a"].numbers == {"longest_years": 3}
    assert rules["PL3"].applies_to == {"PART_TIME", "START_UP_IN_POST", "VICE_PRESIDENT_TECH"}


def test_each_kind_may_have_a_minimum_of_days_of_its_own() -> None:
    shipped = LATEST.minimum_days[0]
    assert (shipped.days, shipped.service_years) == (63, 3)
    other = """
[[minimum_days]]
id = "CONSULTANCY_A_MONTH"
kinds = ["CONSULTANCY", "TECH_ENVOY"]
months = 1
days_a_month = 20
zh = "顾问指导每年二十日。"
en = "Consultancy: twenty days a year."
source = "none"
status = "design"

[[placement_rules]]"""
    version = load_agreement(changed("[[placement_rules]]", other, KINDS)).versions[-1]

    asked = {kind: version.find_minimum_days(kind) for kind in ("SHORT_TERM", "TECH_ENVOY", "SECONDMENT")}
    assert {kind: scheme and (scheme.days, scheme.service_years) for kind, scheme in asked.items()} == {
        "SHORT_TERM": (63, 3),
        "TECH_ENVOY": (20, None),
        "SECONDMENT": None,
    }


def test_what_binds_a_kind_is_read_from_the_rules_alone() -> None:
    leave, transfer = (LATEST.find_placement_kind(code) for code in ("LEAVE_TO_START_UP", "RIGID_TRANSFER"))
    assert leave is not None
    assert transfer is not None
    limits = limits_of(LATEST, leave)
    assert (limits.longest_years, limits.extensions, limits.company_minimum_years) == (3, 1, None)
    assert [rule.id for rule in limits.rules][:3] == ["PL0", "PL1", "PL2"]
    assert limits_of(LATEST, transfer).longest_years is None
    longer = changed("longest_years = 3", "longest_years = 4", KINDS)
    assert limits_of(load_agreement(longer).versions[-1], leave).longest_years == 4
    bare = limits_of(replace(LATEST, placement_rules=()), leave)
    assert (bare.longest_years, bare.internal_notice, bare.rules) == (None, False, ())


def test_digests_differ_by_version_and_are_reproduced() -> None:
    again = load_agreement(TEXTS)

    assert len({version.digest for version in AGREEMENT.versions}) == len(AGREEMENT.versions)
    assert [v.digest for v in again.versions] == [v.digest for v in AGREEMENT.versions]
    assert all(re.fullmatch("[0-9a-f]{64}", version.digest) for version in AGREEMENT.versions)


def test_a_successor_does_not_change_the_digest_but_a_changed_clause_does() -> None:
    successor = """
[[versions]]
id = "2030-01-01"
from = 2030-01-01
zh = "新版"
en = "new"
source = "a test"
status = "design"
"""
    texts = changed("from = 2022-10-01\n", "from = 2022-10-01\nuntil = 2029-12-31\n")
    succeeded = {**texts, MAIN: texts[MAIN] + successor}

    assert load_agreement(succeeded).versions[-2].digest == LATEST.digest
    assert load_agreement(changed("核发的高级职称证书", "颁发的高级职称证书")).versions[-1].digest != LATEST.digest


def test_comments_and_the_split_into_files_do_not_change_the_digest() -> None:
    one_file = {"all.toml": "\n# another comment\n".join(TEXTS.values())}

    assert load_agreement(one_file).versions[-1].digest == LATEST.digest


def test_a_one_way_clause_with_its_reason_is_accepted() -> None:
    texts = changed(
        FIRST_MUTUAL,
        'status = "sourced+design"\nmutual = false\none_way_zh = "仅一方有此制度。"\none_way_en = "Only one has it."',
    )

    clause = load_agreement(texts).versions[-1].get_clause("G1")

    assert clause.one_way_reason is not None
    assert clause.one_way_reason.en == "Only one has it."


def test_outcomes_are_the_seven_of_the_law() -> None:
    assert len(Outcome) == 7
