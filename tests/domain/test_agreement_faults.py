# Long because each way to get an agreement wrong stands here with the words that mend it.
"""A faulty agreement is refused in words that name file and key and say how to mend it."""

import re
from collections.abc import Callable
from importlib.resources import files

import pytest

from talent_registry.domain.agreement_loading import load_agreement
from talent_registry.domain.errors import InvalidInput

MAIN = "sichuan-chongqing.toml"
KINDS = "sichuan-chongqing.placements.toml"
TITLES = "sichuan-chongqing.qualifications.toml"
OPENED = "sichuan-chongqing.entitlements.toml"
PROCEDURES = "sichuan-chongqing.procedures.toml"
TEXTS = {
    name: (files("talent_registry") / "agreements" / name).read_text(encoding="utf-8")
    for name in (MAIN, KINDS, TITLES, PROCEDURES, OPENED)
}
FIRST_MUTUAL = 'status = "sourced+design"\nmutual = true'
HRSS_OF_CHONGQING = (
    'authority_zh = "重庆市人力资源和社会保障局"\n'
    'authority_en = "Human Resources and Social Security Bureau of Chongqing"\n'
)

EQUIVALENCE = """[[equivalences]]
of = "LEVEL"
province = "510000"
code = "SENIOR_FULL"
other_province = "500000"
other_code = "SENIOR_FULL"
source = "x"
status = "design"
"""
LISTING = """[[reciprocity]]
issuer = "510100"
target = "500107"
from = 2024-01-01
source = "x"
status = "design"

[[reciprocity]]
issuer = "500107"
target = "510100"
from = 2024-01-01
source = "x"
status = "design"
"""
ENDED = 'from = 2021-03-29\nuntil = 2021-03-28\nsource = "SC-CQ'


def changed(old: str, new: str, file: str = MAIN) -> dict[str, str]:
    assert old in TEXTS[file]
    return {**TEXTS, file: TEXTS[file].replace(old, new, 1)}


def refusal(texts: dict[str, str]) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        load_agreement(texts)
    assert refused.value.reason == "AGREEMENT_FAULT"
    return refused.value


Fault = tuple[Callable[[], dict[str, str]], str, str]
SECOND_SCHEME = """
[[minimum_days]]
id = "OTHER"
kinds = ["CONSULTANCY", "SHORT_TERM"]
months = 1
days_a_month = 20
zh = "另一项"
en = "another"
source = "none"
status = "design"
"""
FAULTS: dict[str, Fault] = {
    "an unknown key of a clause": (
        lambda: changed('family = "gate"', 'familiy = "x"\nfamily = "gate"'),
        "clauses[G1].familiy",
        "Correct its spelling",
    ),
    "an unknown key of a file": (lambda: changed("[agreement]", "surprise = 1\n[agreement]"), "surprise", "not known"),
    "a list in two files": (
        lambda: {**TEXTS, "sichuan-chongqing.zz.toml": '[[parties]]\ncode = "510000"'},
        "parties",
        f"already stands in {MAIN}",
    ),
    "broken TOML": (lambda: changed("[agreement]", "[agreement"), "TOML", "not valid TOML"),
    "a clause written twice": (
        lambda: changed('id = "G8"', 'id = "G2"'),
        "clauses[G2]",
        "occurs twice",
    ),
    "a gap between versions": (
        lambda: changed("until = 2021-03-28\nzh", "until = 2021-03-20\nzh"),
        "versions[SC-CQ/2021-03-29].from",
        "no version is in force from 2021-03-21 to 2021-03-28. Write from = 2021-03-21",
    ),
    "overlapping versions": (
        lambda: changed("until = 2021-03-28\nzh", "until = 2021-03-29\nzh"),
        "versions[SC-CQ/2021-03-29].from",
        "overlaps SC-CQ/2020-04-21",
    ),
    "a version without its last day": (
        lambda: changed("until = 2021-03-28\nzh", "zh"),
        "versions[SC-CQ/2021-03-29].from",
        "overlaps",
    ),
    "a version that ends before it begins": (
        lambda: changed("until = 2021-03-28\nzh", "until = 2020-04-20\nzh"),
        "versions[SC-CQ/2021-03-29].from",
        "overlaps",
    ),
    "a first version with a first day": (
        lambda: changed("until = 2020-04-20", "from = 2000-01-01\nuntil = 2020-04-20"),
        "versions",
        "Leave out `from` in the first version",
    ),
    "no versions": (
        lambda: {
            **TEXTS,
            MAIN: re.sub(r"\[\[versions\]\].*?\n\n", "", TEXTS[MAIN], flags=re.DOTALL),
        },
        "versions",
        "not every day",
    ),
    "an unknown condition": (
        lambda: changed('condition = "expired"', 'condition = "expierd"'),
        "clauses[G9].condition",
        "Use one of: always, ",
    ),
    "an unknown outcome": (
        lambda: changed('outcome = "PENDING"', 'outcome = "MAYBE"'),
        "clauses[G1].outcome",
        '"MAYBE" is not known',
    ),
    "an unknown kind of credential": (
        lambda: changed('kinds = ["TITLE"]', 'kinds = ["TITEL"]'),
        "clauses[G3a].kinds",
        "TITEL",
    ),
    "an unknown status": (
        lambda: changed('status = "sourced+design"', 'status = "certain"'),
        "clauses[G1].status",
        "general knowledge",
    ),
    "a one-way clause without a reason": (
        lambda: changed(FIRST_MUTUAL, FIRST_MUTUAL.replace("true", "false")),
        "clauses[G1].mutual",
        "one_way_zh",
    ),
    "one place in the order for two": (
        lambda: changed("precedence = 21", "precedence = 20"),
        "clauses[G8].precedence",
        "G2 has the same place",
    ),
    "no last clause": (
        lambda: changed('condition = "always"', 'condition = "overseas"'),
        "clauses",
        "End with a clause",
    ),
    "no clause at all": (
        lambda: {**TEXTS, MAIN: re.sub(r"\[\[clauses\]\].*?\n\n", "", TEXTS[MAIN], flags=re.DOTALL)},
        "clauses",
        "End with a clause",
    ),
    "a clause that begins within a version": (
        lambda: changed("applies_from = 2022-10-01", "applies_from = 2022-11-01"),
        "clauses[R16].applies_from",
        "Add a version from 2022-11-01",
    ),
    "a missing parameter": (
        lambda: changed("approvals_from = 2019-09-01\n", ""),
        "clauses[G3a].parameters.approvals_from",
        "Add it",
    ),
    "a parameter too many": (
        lambda: changed("approvals_from = 2019-09-01\n", "approvals_from = 2019-09-01\ncolour = 1\n"),
        "clauses[G3a].parameters.colour",
        "not known",
    ),
    "a missing variant": (
        lambda: changed("[clauses.variants.officer]", "[clauses.variants.general]"),
        "clauses[R8].variants.officer",
        "needs a ruling",
    ),
    "a variant too many": (
        lambda: changed("[clauses.variants.officer]", "[clauses.variants.general]\n[clauses.variants.officer]"),
        "clauses[R8].variants.general",
        "not known",
    ),
    "a day in quotes": (
        lambda: changed("approvals_from = 2019-09-01", 'approvals_from = "2019-09-01"'),
        "clauses[G3a].parameters.approvals_from",
        "without quotes",
    ),
    "a day with an hour": (
        lambda: changed("approvals_from = 2019-09-01", "approvals_from = 2019-09-01T00:00:00"),
        "clauses[G3a].parameters.approvals_from",
        "without quotes",
    ),
    "a number that is none": (
        lambda: changed("precedence = 21", "precedence = true"),
        "clauses[G8].precedence",
        "whole number",
    ),
    "a list that holds a number": (
        lambda: changed('statuses = ["SUSPENDED"]', "statuses = [1]"),
        "clauses[G8].parameters.statuses",
        "list of texts",
    ),
    "a table that is none": (
        lambda: changed("[clauses.parameters]\nstatuses", "parameters = 3\n[[versions]]\nstatuses"),
        "clauses[G8].parameters",
        "must be a table",
    ),
    "a list that is none": (
        lambda: {"a.toml": 'parties = 1\n[agreement]\nid = "A"\nzh = "甲"\nen = "a"'},
        "parties",
        "[[parties]]",
    ),
    "a list of other things": (
        lambda: {"a.toml": 'parties = [1]\n[agreement]\nid = "A"\nzh = "甲"\nen = "a"'},
        "parties[1]",
        "must be a table",
    ),
    "no agreement": (lambda: {"a.toml": ""}, "agreement.id", "missing"),
    "one party only": (
        lambda: changed('[[parties]]\ncode = "500000"\nzh = "重庆市"\nen = "Chongqing"\n' + HRSS_OF_CHONGQING, ""),
        "equivalences[1].other_province",
        "Use one of: 510000",
    ),
    "three parties": (
        lambda: changed(
            "[[parties]]",
            '[[parties]]\ncode = "500107"\nzh = "丙"\nen = "third"\n' + HRSS_OF_CHONGQING + "\n[[parties]]",
        ),
        "parties",
        "two different provinces",
    ),
    "a party that does not exist": (
        lambda: changed('code = "510000"', 'code = "519900"'),
        "parties[519900].code",
        "there is no division 519900",
    ),
    "a listed authority that does not exist": (
        lambda: changed('issuer = "510100"', 'issuer = "519900"'),
        "reciprocity[1].issuer",
        "Check the code",
    ),
    "a listing in one direction": (
        lambda: changed('issuer = "500107"', 'issuer = "500108"'),
        "reciprocity[510100→500107]",
        'Add issuer = "500107", target = "510100"',
    ),
    "a listing of other days back": (
        lambda: changed('from = 2021-03-29\nsource = "SC-CQ', 'from = 2021-03-30\nsource = "SC-CQ'),
        "reciprocity[510100→500107]",
        "with the same days",
    ),
    "a listing within one province": (
        lambda: changed('issuer = "500107"', 'issuer = "510300"'),
        "reciprocity[510300→510100]",
        "one authority of each party",
    ),
    "an equivalence in one direction": (
        lambda: changed('other_code = "SENIOR_FULL"', 'other_code = "SENIOR_DEPUTY"'),
        "equivalences[LEVEL 500000 SENIOR_FULL]",
        "Add the entry from 510000 SENIOR_FULL to 500000 SENIOR_FULL",
    ),
    "a qualification of unknown level": (
        lambda: changed('level = "INTERMEDIATE"', 'level = "MIDDLE"', TITLES),
        "qualifications[1].level",
        "MIDDLE",
    ),
    "a placement rule for an unknown kind": (
        lambda: changed('applies_to = ["PART_TIME"', 'applies_to = ["PARTTIME"', KINDS),
        "placement_rules[PL3].applies_to",
        "PARTTIME",
    ),
    "a kind of placement written twice": (
        lambda: changed('code = "SECONDMENT"', 'code = "PART_TIME"', KINDS),
        "placement_kinds[PART_TIME]",
        "occurs twice",
    ),
    "broken TOML in a line": (
        lambda: changed("precedence = 21", "precedence = 021"),
        "TOML",
        "line 111, column 15 is not valid TOML",
    ),
    "a number of thousands of digits": (
        lambda: changed("precedence = 21", f"precedence = {'9' * 5000}"),
        "TOML",
        "not valid TOML",
    ),
    "brackets thousands deep": (lambda: {"a.toml": "a = " + "[" * 20000}, "TOML", "not valid TOML"),
    "an unknown kind of issuer in a parameter": (
        lambda: changed('issuer_kinds = ["EMPLOYER"]', 'issuer_kinds = ["EMPLOYEE"]'),
        "clauses[G5].parameters.issuer_kinds",
        '"EMPLOYEE" is not known here. Use one of: ',
    ),
    "an unknown level in a parameter": (
        lambda: changed('levels = ["SENIOR_FULL", "SENIOR_DEPUTY"]', 'levels = ["SENIOR", "SENIOR_DEPUTY"]'),
        "clauses[G4].parameters.senior_levels",
        '"SENIOR" is not known',
    ),
    "an unknown series in a parameter": (
        lambda: changed('exam_series = ["17"', 'exam_series = ["77"'),
        "clauses[R10a].parameters.exam_series",
        '"77" is not known',
    ),
    "an unknown record status in a parameter": (
        lambda: changed('statuses = ["SUSPENDED"]', 'statuses = ["SUSPENDET"]'),
        "clauses[G8].parameters.statuses",
        "SUSPENDET",
    ),
    "an unknown route in a parameter": (
        lambda: changed('routes = ["REVIEW", "DELEGATED"]', 'routes = ["REVEIW"]'),
        "clauses[G3a].parameters.routes",
        "REVEIW",
    ),
    "an unknown letter in a parameter": (
        lambda: changed('lower_letters = ["COUNTY"', 'lower_letters = ["TOWN"'),
        "clauses[G4].parameters.lower_letters",
        "TOWN",
    ),
    "an unknown request in a parameter": (
        lambda: changed('requests = ["CONFIRMATION"', 'requests = ["CONFIRM"'),
        "clauses[G6].parameters.requests",
        "CONFIRMATION",
    ),
    "an unknown class of permit in a parameter": (
        lambda: changed('classes = ["A", "B"]', 'classes = ["A", "D"]'),
        "clauses[R16].parameters.classes",
        "Use one of: A, B, C",
    ),
    "an unknown military status in a parameter": (
        lambda: changed('to_verify = ["CIVILIAN_STAFF"]', 'to_verify = ["CIVILIAN"]'),
        "clauses[R8].parameters.to_verify",
        "CIVILIAN_STAFF",
    ),
    "an equivalence of an unknown level": (
        lambda: changed('code = "SENIOR_FULL"\nother', 'code = "SENIOR"\nother'),
        "equivalences[1].code",
        '"SENIOR" is not known',
    ),
    "an equivalence of an unknown kind": (
        lambda: changed('of = "LEVEL"', 'of = "DEGREE"'),
        "equivalences[1].of",
        "Use one of: CARD, LEVEL",
    ),
    "an equivalence written twice": (
        lambda: changed("[[equivalences]]", EQUIVALENCE + "\n[[equivalences]]"),
        "equivalences[LEVEL 510000 SENIOR_FULL 500000 SENIOR_FULL]",
        "occurs twice",
    ),
    "an outcome of a variant that is unknown": (
        lambda: changed(
            'outcome = "CONFIRM"\nreason_code = "MILITARY_TITLE"', 'outcome = "CONFIRMED"\nreason_code = ""'
        ),
        "clauses[R8].variants.officer.outcome",
        "CONFIRMED",
    ),
    "two places in the list for the same days": (
        lambda: changed("[[reciprocity]]", LISTING + "\n[[reciprocity]]"),
        "reciprocity[510100→500107]",
        "overlaps the entry from 2024-01-01",
    ),
    "a listing that ends before it begins": (
        lambda: {**TEXTS, MAIN: TEXTS[MAIN].replace('from = 2021-03-29\nsource = "SC-CQ', ENDED)},
        "reciprocity[510100→500107].until",
        "ends before it begins",
    ),
    "a clause that ends before it begins": (
        lambda: changed("applies_until = 2021-03-28", "applies_from = 2021-03-29\napplies_until = 2020-04-20"),
        "clauses[R13].applies_until",
        "ends before it begins",
    ),
    "a qualification that counts as two titles": (
        lambda: changed('grade = "二级"', 'grade = "一级"', TITLES),
        "qualifications[2].names",
        "is mapped to a title above",
    ),
    "usual years that end before they begin": (
        lambda: changed("{ from = 1, to = 3 }", "{ from = 3, to = 1 }", KINDS),
        "placement_kinds[SECONDMENT].usual_years.to",
        "shorter than the 3 of `from`",
    ),
    "a term set by nobody": (
        lambda: changed('term_set_by = "AGREEMENT"', 'term_set_by = "LUCK"', KINDS),
        "placement_kinds[PART_TIME].term_set_by",
        "Use one of: AGREEMENT",
    ),
    "a figure that cannot be meant": (
        lambda: changed("longest_years = 3", "longest_years = 0", KINDS),
        "placement_rules[PL4a].numbers.longest_years",
        "from 1 to 50",
    ),
    "a refusal without its reason": (
        lambda: changed('reason_code = "NO_HOME_CONSENT"', "", KINDS),
        "placement_rules[PL1].reason_code",
        "do not go together",
    ),
    "a transfer that no rule refuses": (
        lambda: changed('asked_on = ["START", "EXTEND"]', 'asked_on = ["START"]', KINDS),
        "placement_rules[PL0]",
        "RIGID_TRANSFER is no placement, and no rule says so of it",
    ),
    "a minimum of days beyond the month": (
        lambda: changed("days_a_month = 21", "days_a_month = 32", KINDS),
        "minimum_days[SHORT_TERM_THREE_MONTHS].days_a_month",
        "from 1 to 31",
    ),
    "a kind with two minimums of days": (
        lambda: changed("[[placement_rules]]", f"{SECOND_SCHEME}\n[[placement_rules]]", KINDS),
        "minimum_days[OTHER].kinds",
        "SHORT_TERM has its minimum in SHORT_TERM_THREE_MONTHS",
    ),
    "a minimum of days for no kind": (
        lambda: changed('kinds = ["SHORT_TERM"]', 'kinds = ["SHORTTERM"]', KINDS),
        "minimum_days[SHORT_TERM_THREE_MONTHS].kinds",
        "SHORTTERM",
    ),
    "an entitlement by a clause that is not there": (
        lambda: changed('rules = ["R1"]', 'rules = ["R98"]', OPENED),
        "entitlements[NO_REAPPOINTMENT_REVIEW].recognition.rules",
        'there is no clause "R98"',
    ),
    "an entitlement by what is no placement": (
        lambda: changed('kinds = ["PART_TIME", ', 'kinds = ["RIGID_TRANSFER", ', OPENED),
        "entitlements[TITLE_APPLICATION_AT_HOST].placement.kinds",
        "RIGID_TRANSFER is no placement",
    ),
    "an entitlement that asks what it does not need": (
        lambda: changed('recognition = { kinds = ["TALENT_CARD"] }', "placement = {}", OPENED),
        "entitlements[TALENT_CARD_SERVICE].placement",
        "with needs = RECOGNITION nobody asks this",
    ),
    "an entitlement that ends before it begins": (
        lambda: changed("from = 2023-01-01", "from = 2023-01-01\nuntil = 2022-12-31", OPENED),
        "entitlements[LARGE_INSTRUMENT].until",
        "ends before it begins",
    ),
    "an entitlement in a place that is none": (
        lambda: changed('"511400"', '"519999"', OPENED),
        "entitlements[INNOVATION_VOUCHER].areas[1].divisions",
        "there is no division 519999",
    ),
    "areas that are no list of tables": (
        lambda: changed("areas = [", "areas = [ 5, ", OPENED),
        "entitlements[INNOVATION_VOUCHER].areas[1]",
        "this must be a table",
    ),
    "an entitlement that takes anybody's word for anything": (
        lambda: changed('stated = ["TEAM_SPANS_BOTH"]', 'stated = ["TRUST_ME"]', OPENED),
        "entitlements[CROSS_PROVINCE_FUND].stated",
        "TRUST_ME",
    ),
    "an entitlement written twice": (
        lambda: changed('code = "EXPERT_BASE"', 'code = "LARGE_INSTRUMENT"', OPENED),
        "entitlements[LARGE_INSTRUMENT]",
        "occurs twice",
    ),
    "a flag that is none": (
        lambda: changed("flexible = true", 'flexible = "yes"', KINDS),
        "placement_kinds[PART_TIME].flexible",
        "true or false",
    ),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_faulty_agreement_is_refused_with_file_key_fault_and_mending(name: str) -> None:
    texts, key, words = FAULTS[name]

    refused = refusal(texts())

    file, place = refused.path
    assert place == key
    assert words in refused.message.en
    assert refused.message.en.startswith(f"{file}: {place}: ")
    assert refused.message.zh.startswith(f"{file}：{place}：")
