# Long because each way to get a draft wrong stands here with the words that mend it.
"""Drafts of a release: read against what stands, whole or by the sections that change, and faults a lawyer can mend."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from talent_registry.domain.agreement_codes import PARAMETERS
from talent_registry.domain.agreement_loading import load_agreement, shipped_agreement
from talent_registry.domain.agreement_releases import Release, read_release, with_release
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.conformance_cases import settled_with, shipped_cases
from talent_registry.domain.errors import InvalidInput
from talent_registry.reference.catalogue import catalogue
from tests.drafts import MAIN, SHIPPED, STANDING, a_case, a_version, cases_file, changed_case, listings, whole, widened

AGREEMENT = shipped_agreement()
LAST = AGREEMENT.versions[-1]
FIRST = date(2027, 1, 1)
DAY = timedelta(days=1)
SENTENCE = ("溯及既往。", "It reaches back.")


def test_a_draft_of_the_sections_that_change_keeps_all_others() -> None:
    release = read_release(AGREEMENT, widened(FIRST))

    assert (release.version.id, release.since, release.base_digest) == ("SC-CQ/2027-01-01", FIRST, LAST.digest)
    assert [(one.issuer, one.target) for one in release.version.reciprocity] == [
        ("510100", "500107"),
        ("500107", "510100"),
        ("510000", "500106"),
        ("500106", "510000"),
    ]
    assert release.version.clauses == LAST.clauses
    assert release.version.qualifications == LAST.qualifications
    assert release.version.placement_rules == LAST.placement_rules
    assert release.retroactive is None


def test_a_draft_that_is_the_whole_document_says_the_same_as_its_sections() -> None:
    by_sections = read_release(AGREEMENT, sections()).version
    assert read_release(AGREEMENT, whole(FIRST)).version == by_sections
    ended = {"from = 2022-10-01\nzh": "from = 2022-10-01\nuntil = 2026-12-31\nzh"}
    assert (
        read_release(AGREEMENT, whole(FIRST, ended)).version.digest
        == read_release(AGREEMENT, sections()).version.digest
    )


def sections() -> dict[str, str]:
    return {"draft.toml": a_version(FIRST)}


def test_a_release_decides_from_its_first_day_and_leaves_the_days_before_as_they_were() -> None:
    agreement = with_release(AGREEMENT, read_release(AGREEMENT, widened(FIRST)))

    before, on_the_day = (agreement_version_in_force(agreement, on) for on in (FIRST - DAY, FIRST))
    assert (before.id, before.digest, before.until) == (LAST.id, LAST.digest, FIRST - DAY)
    assert on_the_day.id == "SC-CQ/2027-01-01"
    assert [version.digest for version in agreement.versions[:-1]] == [one.digest for one in AGREEMENT.versions]


def test_a_release_on_a_release_states_only_what_changes_again() -> None:
    first = read_release(AGREEMENT, widened(FIRST) | cases_file(a_case("N1", FIRST, outcome="AUTO")))
    agreement = with_release(AGREEMENT, first)

    second = read_release(agreement, {"draft.toml": a_version(FIRST + DAY)})

    assert second.base_digest == first.version.digest
    assert second.version.reciprocity == first.version.reciprocity
    assert (second.cases, second.changed_cases) == ((), ())
    assert [version.until for version in with_release(agreement, second).versions[-3:]] == [FIRST - DAY, FIRST, None]


def test_cases_changed_cases_and_the_sentence_are_part_of_what_is_approved() -> None:
    plain = widened(FIRST)
    with_case = plain | cases_file(a_case("N1", FIRST, outcome="AUTO"))
    with_changed = {"draft.toml": plain["draft.toml"] + changed_case("C01")}
    with_sentence = widened(FIRST, sentence=SENTENCE)
    read = [read_release(AGREEMENT, texts) for texts in (plain, with_case, with_changed, with_sentence)]
    assert len({release.version.digest for release in read}) == len(read)
    assert [case.case_id for case in read[1].cases] == ["N1"]
    assert [(one.case_id, one.why.en) for one in read[2].changed_cases] == [("C01", "the list grew")]
    assert read[3].retroactive is not None
    assert (read[3].retroactive.zh, read[3].retroactive.en) == SENTENCE


def test_a_trial_reads_an_edited_document_in_place_of_the_last_version() -> None:
    edited = {
        **SHIPPED,
        MAIN: SHIPPED[MAIN].replace('levels = ["INTERMEDIATE", "ASSISTANT", "ENTRY"]', 'levels = ["ENTRY"]'),
    }
    with pytest.raises(InvalidInput, match="adds no version"):
        read_release(AGREEMENT, edited)

    release = read_release(AGREEMENT, edited, trial=True)

    assert (release.version.id, release.since) == (LAST.id, LAST.since)
    assert release.version.digest != LAST.digest
    tried = with_release(AGREEMENT, release)
    assert len(tried.versions) == len(AGREEMENT.versions)
    assert [(one.since, one.until) for one in tried.versions] == [(one.since, one.until) for one in AGREEMENT.versions]


@pytest.mark.parametrize("text", ["", a_version(date(2021, 3, 29)).split("[[versions]]")[0]])
def test_a_trial_may_leave_the_versions_out(text: str) -> None:
    texts = {"draft.toml": text + listings(*STANDING, ("510300", "500106", FIRST))}
    release = read_release(AGREEMENT, texts, trial=True)
    assert (release.version.id, len(release.version.reciprocity)) == (LAST.id, 4)


def test_a_trial_may_list_an_earlier_version_and_leave_the_last_out() -> None:
    start = SHIPPED[MAIN].index('[[versions]]\nid = "2021-03-29"')
    earlier = SHIPPED[MAIN][start : SHIPPED[MAIN].index("[[versions]]", start + 1)]
    release = read_release(AGREEMENT, {"draft.toml": earlier}, trial=True)
    assert release.version.digest == LAST.digest


def test_a_trial_of_an_agreement_of_one_version_takes_its_place() -> None:
    text = SHIPPED[MAIN]
    first, rest = text.index("[[versions]]"), text.index("# ---", text.index("[[versions]]"))
    only = '[[versions]]\nid = "only"\nzh = "一"\nen = "one"\nsource = "x"\nstatus = "design"\n\n'
    clauses = "\n".join(line for line in text[rest:].splitlines() if not line.startswith("applies_"))
    texts = {**SHIPPED, MAIN: text[:first] + only + clauses}
    agreement = load_agreement(texts)
    release = read_release(agreement, texts, trial=True)
    assert [one.id for one in with_release(agreement, release).versions] == ["SC-CQ/only"]
    with pytest.raises(AssertionError):
        _ = release.since
    added = with_release(agreement, read_release(agreement, {"draft.toml": a_version(FIRST)}))
    assert [one.until for one in added.versions] == [FIRST - DAY, None]


def test_a_trial_that_begins_before_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_release(AGREEMENT, {"a.toml": a_version(date(1, 1, 1), name="2022-10-01")}, trial=True)
    assert refused.value.path == ("a.toml", "versions[2022-10-01].from")


def text_of(**changes: str) -> Callable[[], dict[str, str]]:
    """The draft of one version with parts of its text changed."""

    def make() -> dict[str, str]:
        text = a_version(FIRST)
        for old, new in changes.items():
            text = text.replace(f'{old} = "2027-01-01"' if old == "id" else f"{old} = 2027-01-01", new)
        return {"draft.toml": text}

    return make


def with_cases(*cases: Any, text: str | None = None) -> Callable[[], dict[str, str]]:
    written = json.dumps(cases, ensure_ascii=False) if text is None else text
    return lambda: {"draft.toml": a_version(FIRST), "draft.json": written}


def every_year(years: int) -> dict[str, str]:
    """A draft that lists everybody with everybody, anew for each of so many years."""
    codes = [one.code for one in catalogue().list_divisions(2026) if not one.code.endswith("0000")]
    ones, others = ([code for code in codes if code.startswith(province)] for province in ("51", "50"))
    text = "".join(
        f"[[reciprocity]]\nbetween = {json.dumps(ones)}\nand = {json.dumps(others)}\n"
        f'from = {2027 + year}-01-01\nuntil = {2027 + year}-12-31\nsource = "x"\nstatus = "design"\n'
        for year in range(years)
    )
    return {"a.toml": a_version(FIRST) + text}


def placements(old: str, new: str) -> dict[str, str]:
    """A draft that changes one place of the rules of placements."""
    text = SHIPPED["sichuan-chongqing.placements.toml"]
    assert old in text
    return {"a.toml": a_version(FIRST), "p.toml": text.replace(old, new, 1)}


CASE = a_case("N1", FIRST, outcome="AUTO")
Fault = tuple[Callable[[], dict[str, str]], str, str, str]
FAULTS: dict[str, Fault] = {
    "no version": (
        lambda: {"a.toml": listings(*STANDING)},
        "a.toml",
        "versions",
        "After 2022-10-01 write one",
    ),
    "nothing at all": (dict, "", "versions", "the draft adds no version"),
    "two versions": (
        lambda: {"a.toml": a_version(FIRST) + a_version(FIRST + DAY)},
        "a.toml",
        "versions",
        "adds several versions (2027-01-01, 2027-01-02)",
    ),
    "a new version before those that stand": (
        lambda: {**SHIPPED, MAIN: SHIPPED[MAIN].replace("[[versions]]", a_version(FIRST) + "[[versions]]", 1)},
        MAIN,
        "versions",
        "does not stand last",
    ),
    "a version that begins when the last one does": (
        lambda: {"a.toml": a_version(date(2022, 10, 1), name="x")},
        "a.toml",
        "versions[x].from",
        "Let the new version begin on 2022-10-02 or later",
    ),
    "a version without its first day": (text_of(**{"from": ""}), "draft.toml", "versions[2027-01-01].from", "Add it"),
    "a version with a last day": (
        text_of(**{"from": "from = 2027-01-01\nuntil = 2027-12-31"}),
        "draft.toml",
        "versions",
        "Leave out `from` in the first version and `until` in the last",
    ),
    "an id that is none": (text_of(id='id = "2027 / 1"'), "draft.toml", "versions[2027 / 1].id", "hyphens: 2027-01-01"),
    "a sentence about reaching back in one language": (
        text_of(**{"from": 'from = 2027-01-01\nretroactive_zh = "溯及既往"'}),
        "draft.toml",
        "versions[2027-01-01].retroactive_en",
        "Add it",
    ),
    "an earlier version that is changed": (
        lambda: whole(FIRST, {"川渝职称互认通知": "职称互认通知"}),
        MAIN,
        "versions[2021-03-29].id",
        "it stands from 2021-03-29 until 2021-11-30 and is written differently here. Copy it as it stands",
    ),
    "the first version with another last day": (
        lambda: whole(FIRST, {"until = 2020-04-20": "until = 2020-04-19"}),
        MAIN,
        "versions[national-default].id",
        "it stands until 2020-04-20",
    ),
    "a gap after the last version": (
        lambda: whole(FIRST, {"from = 2022-10-01\nzh": "from = 2022-10-01\nuntil = 2026-12-30\nzh"}),
        MAIN,
        "versions[SC-CQ/2027-01-01].from",
        "no version is in force from 2026-12-31 to 2026-12-31",
    ),
    "another party": (
        lambda: whole(FIRST, {'en = "Sichuan"': 'en = "Szechwan"'}),
        MAIN,
        "parties",
        "not the agreement's name or parties",
    ),
    "another agreement": (
        lambda: {"a.toml": '[agreement]\nid = "X"\nzh = "甲"\nen = "x"\n' + a_version(FIRST)},
        "a.toml",
        "agreement",
        "differs from the agreement that stands",
    ),
    "an unknown key": (lambda: {"a.toml": "rules = 1\n" + a_version(FIRST)}, "a.toml", "rules", "not known"),
    "a listing one way": (
        lambda: {"a.toml": a_version(FIRST) + listings(("510100", "500107", FIRST)).split("\n[[")[0]},
        "a.toml",
        "reciprocity[510100→500107]",
        'Add issuer = "500107", target = "510100"',
    ),
    "a group without an authority": (
        lambda: grouped("[]", '["500106"]'),
        "a.toml",
        "reciprocity[3].between",
        "Name at least one code",
    ),
    "a group with an unknown authority": (
        lambda: grouped('["510300"]', '["500106", "500199"]'),
        "a.toml",
        "reciprocity[3].and",
        "there is no division 500199",
    ),
    "a group without its other side": (
        lambda: {"a.toml": grouped('["510300"]', "x")["a.toml"].replace("and = x\n", "")},
        "a.toml",
        "reciprocity[3].and",
        "Add it",
    ),
    "groups of one province": (
        lambda: grouped('["510300"]', '["510400"]'),
        "a.toml",
        "reciprocity[510300→510400]",
        "one authority of each party",
    ),
    "a clause that begins within a version": (
        lambda: whole(FIRST, {"applies_from = 2022-10-01": "applies_from = 2027-06-01"}),
        MAIN,
        "clauses[R16].applies_from",
        "Add a version from 2027-06-01",
    ),
    "a changed case without a reason": (
        lambda: {"a.toml": a_version(FIRST) + '[[changed_cases]]\ncase_id = "C01"\nzh = "甲"\n'},
        "a.toml",
        "changed_cases[C01].en",
        "Add it",
    ),
    "a changed case with a key too many": (
        lambda: {"a.toml": a_version(FIRST) + changed_case("C01") + "why = 1\n"},
        "a.toml",
        "changed_cases[C01].why",
        "not known",
    ),
    "cases that are no JSON": (with_cases(text="[{]"), "draft.json", "JSON", "not valid JSON"),
    "cases that are no list": (with_cases(text="{}"), "draft.json", "JSON", "must be a list of cases"),
    "a key of a case twice": (with_cases(text='[{"a": 1, "a": 2}]'), "draft.json", "JSON", "a key occurs twice"),
    "a number that is none": (with_cases(text="[NaN]"), "draft.json", "JSON", "NaN is no JSON"),
    "half a character in a case": (with_cases(text='["\\ud800"]'), "draft.json", "JSON", "half a character"),
    "a case with an unknown code": (
        with_cases({**CASE, "target": {"division": "500106", "post_series": "99"}}),
        "draft.json",
        "[0].target.post_series",
        "this code is not known; use one of",
    ),
    "a case that expects nothing": (
        with_cases({key: value for key, value in CASE.items() if key != "expected"}),
        "draft.json",
        "[0].expected.outcome",
        "the outcome it expects",
    ),
    "a case that expects a rule alone": (
        with_cases({**CASE, "expected": {"rule": "R1"}}),
        "draft.json",
        "[0].expected.outcome",
        "the outcome it expects",
    ),
    "a case without an id": (with_cases({**CASE, "case_id": ""}), "draft.json", "[0].case_id", "needs its id"),
    "a case written twice": (with_cases(CASE, CASE), "draft.json", "[1].case_id", "N1 occurs twice"),
    "a character of a case that cannot be seen": (
        with_cases({**CASE, "case_id": "N\0"}),
        "draft.json",
        "JSON",
        "cannot be seen",
    ),
    "a sentence about reaching back that says nothing": (
        lambda: widened(FIRST, sentence=("溯及既往", " \u3000")),
        "draft.toml",
        "versions[2027-01-01].retroactive_en",
        "Say it in both languages",
    ),
    "a sentence about reaching back that cannot be seen": (
        lambda: widened(FIRST, sentence=("\u200b", "x")),
        "draft.toml",
        "versions[2027-01-01].retroactive_zh",
        "Remove control and invisible characters",
    ),
    "a NUL in a text": (
        lambda: {"a.toml": a_version(FIRST).replace("扩大", "\\u0000")},
        "a.toml",
        "versions[2027-01-01].zh",
        "cannot be seen",
    ),
    "a code with a mark that turns the line round": (
        lambda: whole(FIRST, {'zones = ["GAOZHU"]': 'zones = ["\\u202e"]'}),
        MAIN,
        "clauses[S0].parameters.except_zones",
        "cannot be seen",
    ),
    "a key nested without end": (
        lambda: {"a.toml": a_version(FIRST) + "a" + ".a" * 20_000 + " = 1\n"},
        "a.toml",
        "TOML",
        "line 8 has more than 200 dots",
    ),
    "a key nested deep and unknown": (
        lambda: {"a.toml": a_version(FIRST) + "a" + ".a" * 200 + " = 1\n"},
        "a.toml",
        "versions[2027-01-01].a",
        "not known",
    ),
    "a number that nobody can write out": (
        lambda: whole(FIRST, {"precedence = 1": "precedence = 0x1" + "0" * 30_000}),
        MAIN,
        "clauses[G1].precedence",
        "from 0 to 999999",
    ),
    "a day at the end of the calendar": (
        lambda: widened(date(9999, 12, 31)),
        "draft.toml",
        "versions[9999-12-31].from",
        "Write a day from 1900-01-01 to 2999-12-31",
    ),
    "more listings than anybody could mean": (
        lambda: every_year(4),
        "a.toml",
        "reciprocity[3]",
        "more than 50000 entries",
    ),
    "a rule of placements that the program does not know": (
        lambda: placements('id = "PL4a"', 'id = "PL99"'),
        "p.toml",
        "placement_rules[PL99].id",
        "Use one of: PL0",
    ),
    "a rule of placements without its figure": (
        lambda: placements("longest_years = 3", ""),
        "p.toml",
        "placement_rules[PL4a].numbers.longest_years",
        "Add it",
    ),
    "a rule of placements with a figure it does not ask for": (
        lambda: placements("longest_years = 3", "longest_years = 3, longest_year = 4"),
        "p.toml",
        "placement_rules[PL4a].numbers.longest_year",
        "not known",
    ),
    "a file of another kind": (lambda: {"a.txt": ""}, "a.txt", "name", "*.toml for rules"),
    "a name that cannot be shown": (lambda: {"\ud800.toml": ""}, "\\ud800.toml", "name", "cannot be used"),
    "half a character": (lambda: {"a.toml": "# \ud800"}, "a.toml", "UTF-8", "half a character"),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_faulty_draft_is_refused_with_file_key_fault_and_mending(name: str) -> None:
    texts, file, key, words = FAULTS[name]
    with pytest.raises(InvalidInput) as refused:
        read_release(AGREEMENT, texts())
    assert (refused.value.reason, refused.value.path) == ("AGREEMENT_FAULT", (file, key))
    assert words in refused.value.message.en
    assert refused.value.message.en.startswith(f"{file}: ")
    assert refused.value.message.zh.startswith(f"{file}：")


def test_every_parameter_of_a_condition_has_its_list_of_codes_or_is_declared_open() -> None:
    named = {name for condition in CONDITIONS.values() for name in condition.codes}
    assert named == PARAMETERS


def test_a_pair_of_authorities_may_list_each_other_again_later() -> None:
    ended = listings(*STANDING).replace("from = 2021-03-29", "from = 2021-03-29\nuntil = 2026-12-31")
    release = read_release(AGREEMENT, {"a.toml": a_version(FIRST) + ended + listings(("510100", "500107", FIRST))})
    assert [one.since for one in release.version.reciprocity] == [STANDING[0][2]] * 2 + [FIRST] * 2


def grouped(between: str, other: str) -> dict[str, str]:
    """A draft by which every authority of one group and every one of the other list each other."""
    group = f'[[reciprocity]]\nbetween = {between}\nand = {other}\nfrom = {FIRST}\nsource = "x"\nstatus = "design"\n'
    return {"a.toml": a_version(FIRST) + listings(*STANDING) + group}


def test_two_groups_of_authorities_list_each_other_in_both_directions() -> None:
    release = read_release(AGREEMENT, grouped('["510300", "510400"]', '["500106", "500108"]'))
    added = [(one.issuer, one.target) for one in release.version.reciprocity[2:]]
    pairs = [(one, other) for one in ("510300", "510400") for other in ("500106", "500108")]
    assert sorted(added) == sorted([*pairs, *((other, one) for one, other in pairs)])
    assert {one.since for one in release.version.reciprocity[2:]} == {FIRST}


def test_all_of_two_provinces_fit_into_a_draft_of_a_few_lines() -> None:
    codes = [one.code for one in catalogue().list_divisions(2026) if not one.code.endswith("0000")]
    groups = [json.dumps([code for code in codes if code.startswith(province)]) for province in ("51", "50")]
    texts = grouped(*groups)
    release = read_release(AGREEMENT, {"a.toml": texts["a.toml"].replace(listings(*STANDING), "")})
    assert len(release.version.reciprocity) > 10_000
    assert len(texts["a.toml"]) < 10_000


def test_a_case_written_anew_replaces_the_settled_one() -> None:
    release: Release = read_release(AGREEMENT, widened(FIRST) | cases_file({**CASE, "case_id": "C05"}))
    settled = settled_with(shipped_cases(), release.cases)
    assert len(settled) == len(shipped_cases())
    assert next(case for case in settled if case.case_id == "C05").question.on == FIRST
