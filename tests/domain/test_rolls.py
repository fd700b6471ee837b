"""One row of a roll: what it says, or every fault at once, without personal data."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from talent_registry.domain.roll_problems import CellProblem, quotable
from talent_registry.domain.rolls import RollEntry, check_repeats, parse_row
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.roll_columns import roll_columns

TODAY = date(2026, 11, 24)
SICHUAN = "510000"
LETTERS = {column.key: chr(ord("A") + index) for index, column in enumerate(roll_columns())}
GOOD = {
    "name": "龙娟涵",
    "document_kind": "居民身份证",
    "document_number": "990000196306110007",
    "certificate_number": "512010000000",
    "title_code": "0501",
    "title_name": "正高级工程师",
    "level": "正高级",
    "specialty": "信息安全",
    "route": "评审",
    "issuer_division": "510000",
    "issuer_name": "四川省人力资源和社会保障厅",
    "issuer_kind": "省级人社",
    "committee_name": "四川省人力资源和社会保障厅工程技术人员评审委员会",
    "filing_number": "510000-05-2010-4710",
    "filed_from": "2010-01-01",
    "filed_to": "2012-12-31",
    "filing_max_level": "正高级",
    "approval_date": "2010-08-21",
    "issue_date": "2010-09-20",
    "status": "有效",
    "household_division": "510503",
    "home_unit_name": "西南科技大学",
}
FILING = ("committee_name", "filing_number", "filed_from", "filed_to", "filing_max_level")


@dataclass(frozen=True)
class ARow:
    cells: dict[str, str]
    line: int = 17
    surplus: str = ""
    letters: dict[str, str] = field(default_factory=lambda: LETTERS)

    def ref(self, key: str) -> str:
        return f"{self.letters[key]}{self.line}" if key in self.letters else ""


Parsed = RollEntry | tuple[CellProblem, ...]


def parse(cells: dict[str, str], *, surplus: str = "", province: str = SICHUAN, tests: bool = True) -> Parsed:
    row = ARow({key: cell for key, cell in (GOOD | cells).items() if cell}, surplus=surplus)
    return parse_row(row, province=province, today=TODAY, allow_test_identities=tests, catalogue=catalogue())


def entry(**cells: str) -> RollEntry:
    parsed = parse(cells)
    assert isinstance(parsed, RollEntry), parsed
    return parsed


def problems(**cells: str) -> dict[str, CellProblem]:
    parsed = parse(cells)
    assert isinstance(parsed, tuple)
    return {problem.column_key: problem for problem in parsed}


def reasons(**cells: str) -> dict[str, str]:
    return {key: problem.reason for key, problem in problems(**cells).items()}


def test_a_sound_row_becomes_an_entry_of_catalogue_codes() -> None:
    found = entry()
    assert (found.line, found.name, found.document.number) == (17, GOOD["name"], GOOD["document_number"])
    assert (found.title_code, found.level, found.route, found.status) == ("0501", "SENIOR_FULL", "REVIEW", "VALID")
    assert (found.issuer_kind, found.filing_max_level) == ("PROVINCIAL_HRSS", "SENIOR_FULL")
    assert (found.filed_from, found.filed_to) == (date(2010, 1, 1), date(2012, 12, 31))
    assert (found.approval_date, found.issue_date, found.valid_to) == (date(2010, 8, 21), date(2010, 9, 20), None)


def test_what_a_row_does_not_say_stays_unsaid() -> None:
    optional = dict.fromkeys((*FILING, "specialty", "issue_date", "household_division", "home_unit_name"), "")
    found = entry(**optional)
    assert (found.committee_name, found.filing_number, found.filed_from, found.filing_max_level) == (None,) * 4
    assert (found.specialty, found.issue_date, found.household_division, found.home_unit_name) == (None,) * 4


@pytest.mark.parametrize("nothing", ["-", "——", "/", "无", "N/A"])
def test_a_sign_for_nothing_is_an_empty_cell(nothing: str) -> None:
    assert entry(specialty=nothing).specialty is None
    assert reasons(status=nothing) == {"status": "EMPTY"}


def test_full_width_spaced_and_wrapped_values_are_read() -> None:
    found = entry(
        name=" 龙 娟涵　".strip(),
        document_number="９９００００１９６３０６１１０００７",
        title_code="０５０１",
        issuer_division="５１００００",
        home_unit_name="西南\n科技大学",
        specialty="Data\r\nScience",
    )
    assert found == replace(entry(), home_unit_name="西南科技大学", specialty="Data Science")


def test_an_old_title_name_is_kept_as_printed() -> None:
    assert entry(title_name="教授级高级工程师").title_name == "教授级高级工程师"


def test_the_lowest_level_may_be_called_by_the_common_name_of_both_lower_levels() -> None:
    assert entry(title_code="0425", title_name="护士", level="初级").level == "ENTRY"


def test_a_validity_without_end_is_no_day() -> None:
    assert entry(valid_to="长期").valid_to is None
    assert entry(valid_to="2024-06-30").valid_to == date(2024, 6, 30)


def test_a_filing_of_more_than_three_years_is_kept_as_a_fact() -> None:
    assert entry(filed_to="2019-12-31").filed_to == date(2019, 12, 31)


def of_a_district(division: str, approval: str) -> Parsed:
    cells = {"issuer_kind": "县级人社", "issuer_name": "某区人力资源和社会保障局", "issue_date": ""}
    return parse(cells | {"issuer_division": division, "approval_date": approval}, province="500000")


@pytest.mark.parametrize("division", ["500112", "500157"])
def test_a_division_of_the_approval_day_or_of_today_is_accepted(division: str) -> None:
    assert isinstance(of_a_district(division, "2020-05-01"), RollEntry)


def test_a_division_in_force_neither_then_nor_now_is_refused() -> None:
    parsed = of_a_district("500112", "2026-05-01")
    assert isinstance(parsed, tuple)
    assert [problem.reason for problem in parsed] == ["DIVISION_NOT_IN_FORCE"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"name": ""}, {"name": "EMPTY"}),
        ({"name": "=1+1陆若"}, {"name": "FORMULA"}),
        ({"name": "龙\u202e娟涵"}, {"name": "CONTROL_CHARACTER"}),
        ({"name": "龙" * 201}, {"name": "TOO_LONG"}),
        ({"name": "龙#娟"}, {"name": "NAME_INVALID"}),
        ({"document_kind": "学生证"}, {"document_kind": "UNKNOWN_DOCUMENT_KIND"}),
        ({"document_kind": ""}, {"document_kind": "EMPTY"}),
        ({"document_number": ""}, {"document_number": "EMPTY"}),
        ({"document_number": "990000196306110008"}, {"document_number": "DOCUMENT_NUMBER_INVALID"}),
        ({"document_number": "9.90000E+17"}, {"document_number": "DIGITS_LOST"}),
        ({"certificate_number": "5.1201E+11"}, {"certificate_number": "DIGITS_LOST"}),
        ({"certificate_number": "5" * 65}, {"certificate_number": "CERTIFICATE_NUMBER_INVALID"}),
        ({"title_code": "501"}, {"title_code": "UNKNOWN_TITLE_CODE"}),
        ({"title_code": ""}, {"title_code": "EMPTY"}),
        ({"title_name": "主任医师"}, {"title_name": "TITLE_NAME_MISMATCH"}),
        ({"title_name": ""}, {"title_name": "EMPTY"}),
        ({"level": "特级"}, {"level": "UNKNOWN_LEVEL"}),
        ({"level": "中级"}, {"level": "LEVEL_MISMATCH"}),
        ({"route": "抽签"}, {"route": "UNKNOWN_ROUTE"}),
        ({"issuer_kind": "乡镇人社"}, {"issuer_kind": "UNKNOWN_ISSUER_KIND"}),
        ({"issuer_kind": "市级人社"}, {"issuer_kind": "ISSUER_KIND_MISMATCH"}),
        ({"issuer_division": "510100"}, {"issuer_kind": "ISSUER_KIND_MISMATCH"}),
        ({"issuer_division": "519999"}, {"issuer_division": "UNKNOWN_DIVISION"}),
        ({"issuer_division": "500000"}, {"issuer_division": "ISSUER_OUTSIDE_PROVINCE"}),
        ({"issuer_name": ""}, {"issuer_name": "EMPTY"}),
        ({"status": "尚可"}, {"status": "UNKNOWN_STATUS"}),
        ({"household_division": "999999"}, {"household_division": "UNKNOWN_DIVISION"}),
        ({"approval_date": ""}, {"approval_date": "EMPTY"}),
        ({"approval_date": "2019/13/45"}, {"approval_date": "DATE_INVALID"}),
        ({"approval_date": "2026-11-25", "issue_date": ""}, {"approval_date": "APPROVAL_IN_FUTURE"}),
        ({"issue_date": "2010-08-20"}, {"issue_date": "ISSUED_BEFORE_APPROVAL"}),
        ({"valid_to": "2010-08-20"}, {"valid_to": "VALIDITY_ENDS_BEFORE_APPROVAL"}),
        ({"filed_to": "2009-12-31"}, {"filed_to": "FILING_ENDS_BEFORE_START"}),
        ({"filed_to": ""}, {"filed_to": "FILING_INCOMPLETE"}),
        ({"filing_number": "", "committee_name": ""}, {"committee_name": "FILING_INCOMPLETE"}),
        ({"filing_max_level": "特级"}, {"filing_max_level": "UNKNOWN_LEVEL"}),
    ],
)
def test_a_fault_is_reported_at_its_cell(cells: dict[str, str], expected: dict[str, str]) -> None:
    found = problems(**cells)
    assert {key: problem.reason for key, problem in found.items()} == expected
    for key, problem in found.items():
        assert problem.cell_ref == f"{LETTERS[key]}17"
        assert problem.cell_ref in problem.message.zh
        assert problem.cell_ref in problem.message.en
        assert problem.fix.zh
        assert problem.fix.en


@pytest.mark.parametrize("cell", ["2010-08-21", "2026-11-24"])
def test_the_days_of_approval_issue_and_end_may_coincide(cell: str) -> None:
    assert entry(approval_date=cell, issue_date=cell, valid_to=cell).approval_date == date.fromisoformat(cell)


def test_a_filing_of_one_day_is_read() -> None:
    assert entry(filed_to=GOOD["filed_from"]).filed_to == date.fromisoformat(GOOD["filed_from"])


def test_all_faults_of_a_row_are_reported_together() -> None:
    found = reasons(name="", document_number="1", level="特级", approval_date="昨天", status="尚可")
    assert found == {
        "name": "EMPTY",
        "document_number": "DOCUMENT_NUMBER_INVALID",
        "level": "UNKNOWN_LEVEL",
        "approval_date": "DATE_INVALID",
        "status": "UNKNOWN_STATUS",
    }


def test_a_sample_identity_is_refused_where_it_is_not_allowed() -> None:
    parsed = parse({}, tests=False)
    assert isinstance(parsed, tuple)
    assert [problem.reason for problem in parsed] == ["TEST_IDENTITY_NOT_ALLOWED"]


def test_a_row_wider_than_the_header_is_refused_and_quotes_nothing() -> None:
    parsed = parse({"status": "龙娟涵"}, surplus="X17")
    assert isinstance(parsed, tuple)
    assert [(p.reason, p.cell_ref) for p in parsed] == [("TOO_MANY_CELLS", "X17"), ("UNKNOWN_STATUS", "U17")]
    assert "龙娟涵" not in repr(parsed)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "龙#娟涵"),
        ("document_number", "990000196306110008"),
        ("certificate_number", "12345(?)6789!"),
        ("household_division", "999998"),
        ("status", "990000196306110007"),
    ],
)
def test_no_problem_repeats_what_is_personal(key: str, value: str) -> None:
    found = problems(**{key: value})
    assert key in found
    assert value not in repr(found)


def test_another_value_is_quoted_bounded_and_without_control_characters() -> None:
    assert "“抽签”" in problems(route="抽签")["route"].message.zh
    assert quotable("\x1b[31m" + "长" * 100) == "[31m" + "长" * 36


def test_a_problem_of_an_absent_column_names_the_row() -> None:
    row = ARow({key: cell for key, cell in GOOD.items() if key != "filed_to"}, letters={})
    parsed = parse_row(row, province=SICHUAN, today=TODAY, allow_test_identities=True, catalogue=catalogue())
    assert isinstance(parsed, tuple)
    assert (parsed[0].cell_ref, "Row 17" in parsed[0].message.en) == ("", True)


def test_the_repr_of_an_entry_shows_no_person() -> None:
    assert not any(GOOD[key] in repr(entry()) for key in ("name", "document_number", "certificate_number"))


def test_an_identical_row_is_reported_and_kept_once() -> None:
    first = entry()
    kept, found = check_repeats([first, replace(first, line=20)], LETTERS)
    assert kept == (first,)
    assert [(p.line, p.cell_ref, p.reason) for p in found] == [(20, "D20", "DUPLICATE_ROW")]
    assert "(rows 17)" in found[0].message.en


def test_rows_that_contradict_each_other_are_all_refused() -> None:
    first = entry()
    others = [replace(first, line=20 + number, status="REVOKED") for number in range(8)]
    kept, found = check_repeats([first, *others], {})
    assert kept == ()
    assert [p.line for p in found] == [17, *range(20, 28)]
    assert {p.reason for p in found} == {"CERTIFICATE_TWICE"}
    assert "20, 21, 22, 23, 24, …" in found[0].message.zh
    assert found[0].cell_ref == ""


def test_the_same_number_of_another_issuer_is_another_certificate() -> None:
    first = entry()
    other = replace(first, line=18, issuer_division="510100", issuer_name="成都市人力资源和社会保障局")
    assert check_repeats([first, other], LETTERS) == ((first, other), ())
