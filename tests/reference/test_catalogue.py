"""The code lists: what they find, and that they cannot contradict themselves unnoticed."""

import csv
from dataclasses import replace
from importlib.resources import files

import pytest

from talent_registry.reference.catalogue import build_catalogue, catalogue, check_catalogue, index_unique
from talent_registry.reference.loading import build_exception, build_level, build_named_code, parse_list
from talent_registry.reference.named_lists import NamedList
from talent_registry.reference.records import CatalogueError, NamedCode, UnknownCode

STATUS_COLUMNS = {"status", "list_status", "name_status"}


def test_every_row_of_every_list_says_how_far_it_can_be_trusted() -> None:
    lists = [one for one in files("talent_registry.reference").joinpath("data").iterdir() if one.name.endswith(".csv")]
    assert len(lists) > 10
    for file in lists:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
        assert rows, file.name
        for row in rows:
            assert any(row.get(column, "").strip() for column in STATUS_COLUMNS), (file.name, row)


def test_the_lists_are_complete() -> None:
    lists = catalogue()
    assert len(lists.series) == 27
    assert len(lists.titles) == 180
    assert len(lists.levels) == 5
    assert sum(map(len, lists.divisions.values())) == 585
    assert len(lists.schools) == 205
    assert lists.notice_years() == set(range(2018, 2027))
    assert catalogue() is lists


def test_a_division_is_found_as_it_stood_in_a_year() -> None:
    lists = catalogue()
    assert lists.division("510400", 1985).name_zh == "渡口市"
    assert lists.division("510400").name_zh == "攀枝花市"
    assert lists.find_division("500157", 2024) is None
    assert {d.code for d in lists.list_divisions(2026)} > {"500157", "510107"}
    assert "500112" not in {d.code for d in lists.list_divisions(2026)}


def test_a_code_that_is_not_listed_is_named_in_the_error() -> None:
    lists = catalogue()
    with pytest.raises(UnknownCode, match="divisions has no entry '999999'"):
        lists.division("999999")
    with pytest.raises(UnknownCode, match="500157 in 2024"):
        lists.division("500157", 2024)
    for look_up in (lists.title, lists.title_series, lists.level, lists.title_level_rank):
        with pytest.raises(UnknownCode):
            look_up("9999")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0502", "0502"),
        ("高级工程师", "0502"),
        (" 正高级工程师　", "0501"),
        ("教授级高工", "0501"),
        ("小学高级教师", "2203"),
        ("中学高级教师", "2202"),
    ],
)
def test_a_title_is_found_by_code_name_or_old_name(text: str, code: str) -> None:
    found = catalogue().find_title(text)
    assert found is not None
    assert found.code == code


def test_an_old_primary_school_title_is_intermediate() -> None:
    title = catalogue().find_title("小学高级教师")
    assert title is not None
    assert title.level_code == "INTERMEDIATE"
    assert catalogue().title_level_rank(title.code) == 3


def test_a_title_of_several_series_needs_its_series() -> None:
    lists = catalogue()
    assert lists.find_title("讲师") is None
    assert {t.series_code for t in lists.list_titles("讲师")} > {"01"}
    assert lists.find_title("讲师", "01") == lists.title("0103")
    assert lists.find_title("副高") is None
    assert lists.find_title("船长的朋友") is None
    assert lists.title_series("05").name_zh == "工程技术人员"


@pytest.mark.parametrize(
    ("find", "text", "code"),
    [
        ("find_level", "正高", "SENIOR_FULL"),
        ("find_level", "副高级", "SENIOR_DEPUTY"),
        ("find_level", "INTERMEDIATE", "INTERMEDIATE"),
        ("find_issuer_kind", "省级人社", "PROVINCIAL_HRSS"),
        ("find_issuer_kind", "市级人社", "PREFECTURE_HRSS"),
        ("find_issuer_kind", "县级人社", "COUNTY_HRSS"),
        ("find_issuer_kind", "自主评审单位", "SELF_REVIEW_UNIT"),
        ("find_route", "评审", "REVIEW"),
        ("find_route", "委托评审", "DELEGATED"),
        ("find_record_status", "有效", "VALID"),
        ("find_record_status", "公示", "PUBLICITY"),
        ("find_record_status", "暂停", "SUSPENDED"),
        ("find_record_status", "撤销", "REVOKED"),
        ("find_record_status", "过期", "EXPIRED"),
        ("find_document_kind", "居民身份证", "RESIDENT_ID"),
        ("find_document_kind", "resident_id", "RESIDENT_ID"),
        ("find_credential_kind", "职称", "TITLE"),
        ("find_organisation_kind", "高校", "UNIVERSITY"),
    ],
)
def test_the_words_of_rolls_lead_to_codes(find: str, text: str, code: str) -> None:
    assert getattr(catalogue(), find)(text).code == code
    assert getattr(catalogue(), find)("无此项") is None


def test_every_level_word_among_the_aliases_is_a_name_of_that_level() -> None:
    lists = catalogue()
    words = [alias for alias in lists.title_aliases.values() if alias.level_code]
    assert words
    for word in words:
        assert lists.find_level(word.alias_zh) == lists.level(word.level_code or "")


def test_a_university_is_placed_by_its_record_not_by_its_name() -> None:
    school = catalogue().find_institution("四川外国语大学")
    assert school is not None
    assert school.division_code.startswith("50")
    assert catalogue().find_institution("无此大学") is None


ROW = "code,name_zh,name_en,aliases_zh,note,status\n"


@pytest.mark.parametrize("line", ["A,甲,a,,,", "A,甲,a", "A,甲,a,,,design,more"])
def test_a_row_without_status_or_of_the_wrong_width_is_refused(line: str) -> None:
    with pytest.raises(CatalogueError, match=r"made\.csv line 2"):
        parse_list("made", ROW + line, build_named_code)


def test_a_row_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(CatalogueError, match="KeyError"):
        parse_list("made", "code,status\nA,design", build_level)
    with pytest.raises(CatalogueError, match="unknown kind of day"):
        parse_list("made", "day,kind,occasion,status\n2026-01-01,FEAST,x,y", build_exception)


def a_named_code(code: str, name: str) -> NamedCode:
    return NamedCode(code, name, code, (), "", "design")


@pytest.mark.parametrize(("code", "name"), [("A", "乙"), ("B", "甲"), ("B", "a")])
def test_two_entries_may_not_share_a_code_or_a_name(code: str, name: str) -> None:
    with pytest.raises(CatalogueError):
        NamedList("made", [a_named_code("A", "甲"), a_named_code(code, name)])


def test_a_named_list_is_a_collection_of_its_entries() -> None:
    entry = a_named_code("A", "甲")
    made = NamedList("made", [entry])
    assert list(made) == [entry]
    assert "A" in made
    assert "B" not in made
    assert made.get("A") is made.find("甲") is entry


def test_a_key_that_occurs_twice_is_refused() -> None:
    with pytest.raises(CatalogueError, match="A occurs twice"):
        index_unique("made", ["A", "A"], str)


def test_a_parent_or_title_that_is_not_listed_is_refused() -> None:
    lists = build_catalogue()
    check_catalogue(lists)
    without = {code: records for code, records in lists.divisions.items() if code != "510100"}
    with pytest.raises(CatalogueError, match="divisions: parent 510100 is not listed"):
        check_catalogue(replace(lists, divisions=without))
    alias = next(alias for alias in lists.title_aliases.values() if alias.canonical_zh)
    astray = {alias.alias_zh: replace(alias, series_code="01")}
    with pytest.raises(CatalogueError, match="leads to no title"):
        check_catalogue(replace(lists, title_aliases=astray))
