"""A file of cases is decided line by line, with the exit code that its content earns."""

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from talent_registry.services.case_items import CHUNK, LONGEST_ITEM
from talent_registry.services.cases import decide_file

SHARED = Path(__file__).parent.parent / "cases" / "recognition_cases.json"
CASES: list[dict[str, Any]] = json.loads(SHARED.read_text(encoding="utf-8"))


def decided(text: str) -> tuple[int, list[dict[str, Any]], str]:
    out, errors = io.StringIO(), io.StringIO()
    exit_code = decide_file(io.StringIO(text), out, errors)
    return exit_code, [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue()


def test_the_shared_cases_agree() -> None:
    exit_code, answers, errors = decided(SHARED.read_text(encoding="utf-8"))

    assert exit_code == 0
    assert errors == ""
    assert [answer["case_id"] for answer in answers] == [case["case_id"] for case in CASES]
    for answer, case in zip(answers, CASES, strict=True):
        assert {key: answer[key] for key in case["expected"]} == case["expected"]
        assert answer["agrees"]
        assert len(answer["findings"]) == 33
        assert list(answer)[:5] == ["case_id", "outcome", "rule", "reason_code", "findings"]


def test_what_is_missing_is_told_when_asked() -> None:
    out = io.StringIO()
    exit_code = decide_file(io.StringIO(SHARED.read_text(encoding="utf-8")), out, missing=True)
    answers = {line["case_id"]: line for line in map(json.loads, out.getvalue().splitlines())}

    assert exit_code == 0
    assert answers["C01"]["missing"] == {"remedies": [], "fixed": []}
    (remedy,) = answers["C11"]["missing"]["remedies"]
    assert (remedy["outcome"], remedy["rule"]) == ("AUTO", "R1")
    assert [change["fact"] for change in remedy["changes"]] == ["credential.committee"]
    assert remedy["changes"][0]["document"]["en"] == "the filing of the review committee"
    assert [fixed["fact"] for fixed in answers["C13"]["missing"]["fixed"]] == ["credential.issuer_kind"]
    later = [remedy["changes"] for line in answers.values() for remedy in line["missing"]["remedies"]]
    assert any(change["document"] is None for changes in later for change in changes)


def test_one_object_a_line_is_read_too_also_after_a_byte_order_mark() -> None:
    lines = "\ufeff" + "\n".join(json.dumps(case, ensure_ascii=False) for case in CASES) + "\n\n"

    exit_code, answers, _ = decided(lines)

    assert exit_code == 0
    assert len(answers) == len(CASES)


def test_an_empty_list_has_no_answers() -> None:
    assert decided(" [ ] ")[:2] == (0, [])


def test_a_case_without_expectation_is_only_answered() -> None:
    case = {key: value for key, value in CASES[0].items() if key != "expected"}

    exit_code, answers, _ = decided(json.dumps([case]))

    assert exit_code == 0
    assert answers[0]["rule"] == CASES[0]["expected"]["rule"]
    assert "agrees" not in answers[0]


@pytest.mark.parametrize("key", ["outcome", "rule", "reason_code"])
def test_any_expectation_that_differs_makes_exit_1(key: str) -> None:
    other = {"outcome": "PENDING", "rule": "R99", "reason_code": "NO_RULE"}[key]
    case = {**CASES[0], "expected": {**CASES[0]["expected"], key: other}}

    exit_code, answers, _ = decided(json.dumps([case, CASES[1]]))

    assert exit_code == 1
    assert [answer["agrees"] for answer in answers] == [False, True]


def test_a_malformed_case_makes_exit_2_names_its_key_and_the_others_are_decided() -> None:
    faulty = {**CASES[1], "credential": {**CASES[1]["credential"], "approval_date": "2022-02-30"}}
    differing = {**CASES[2], "expected": {"outcome": "PENDING"}}

    exit_code, answers, errors = decided(json.dumps([CASES[0], faulty, differing]))

    assert exit_code == 2
    assert len(answers) == 2
    assert errors.count("[1].credential.approval_date") == 2
    assert "没有这一天" in errors


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "[0]"),
        ("  ", "[0]"),
        ("nonsense", "[0]"),
        ("{", "[0]"),
        ("[", "[0]"),
        ("[1]", "[0]"),
        ("[{} {}]", "[1]"),
        ("[{},]", "[1]"),
        ("[] []", "[0]"),
        ('[{"a": 1, "a": 2}]', "[0]"),
        ('[{"a": NaN}]', "[0]"),
        ('[{"a": "' + "x" * 100, "[0]"),
        ('[{"a": tru' + "e" * 100 + "}]", "[0]"),
        ("[" * 100_000, "[0]"),
        ('[{"a": "' + "x" * (LONGEST_ITEM + 3 * CHUNK) + '"}]', "[0]"),
        ('[{"\\ud800": 1, "case_id": 1}]', "[0]"),
    ],
)
def test_what_is_no_json_makes_exit_2_and_names_the_place(text: str, path: str) -> None:
    exit_code, answers, errors = decided(text)

    assert exit_code == 2
    assert answers == []
    assert errors.splitlines()[-1].startswith(path)
    errors.encode("utf-8")


def test_a_key_with_half_a_character_is_named_in_writable_form() -> None:
    exit_code, _, errors = decided(json.dumps([{**CASES[0], "\ud800": 1}]))

    assert exit_code == 2
    assert "[0].\\ud800" in errors


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    out, errors = io.StringIO(), io.StringIO()
    stream = io.TextIOWrapper(io.BytesIO("[{“".encode("gb18030")), encoding="utf-8")

    assert decide_file(stream, out, errors) == 2
    assert "not UTF-8" in errors.getvalue()


class EndlessCases:
    """So many cases as a stream, made while it is read, in pieces of any size."""

    def __init__(self, count: int) -> None:
        self.pieces = self.list_pieces(count)
        self.rest = ""

    @staticmethod
    def list_pieces(count: int) -> Iterator[str]:
        for number in range(count):
            yield ("," if number else "[") + json.dumps({**CASES[number % len(CASES)], "case_id": f"N{number}"})
        yield "]"

    def read(self, size: int, /) -> str:
        while len(self.rest) < size and (piece := next(self.pieces, "")):
            self.rest += piece
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken


class LineCounter:
    """Counts lines and keeps none."""

    def __init__(self) -> None:
        self.lines = 0

    def write(self, text: str, /) -> int:
        self.lines += text.count("\n")
        return len(text)


def test_a_long_file_is_streamed_in_flat_memory() -> None:
    count, out = 2_000, LineCounter()
    decide_file(EndlessCases(10), LineCounter())
    tracemalloc.start()
    try:
        assert decide_file(EndlessCases(count), out) == 0
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert out.lines == count
    assert peak < 3_000_000


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda line: line.replace('"case_id"', '"case_id": "X", "case_id"', 1), "a key occurs twice"),
        (lambda line: line.replace("true", "NaN", 1), "NaN is no value"),
        (lambda line: line.replace("true", "-Infinity", 1), "-Infinity is no value"),
        (lambda line: line.replace("true", "7" * 5_000, 1), "too long"),
    ],
)
@pytest.mark.parametrize("one_a_line", [False, True])
def test_a_case_that_cannot_be_used_is_refused_and_the_others_are_decided(
    spoil: Callable[[str], str], words: str, *, one_a_line: bool
) -> None:
    lines = [json.dumps(case, ensure_ascii=False) for case in CASES[:3]]
    lines[1] = spoil(lines[1])
    text = "\n".join(lines) if one_a_line else "[" + ",".join(lines) + "]"

    exit_code, answers, errors = decided(text)

    assert exit_code == 2
    assert [answer["case_id"] for answer in answers] == [CASES[0]["case_id"], CASES[2]["case_id"]]
    assert words in errors
    assert errors.splitlines()[-1].startswith("[1]: ")


@pytest.mark.parametrize("spoilt", ["{oops", '{"case_id": "X', "nonsense" * 20_000, "\x00", '{"a": 1,}', "["])
def test_of_cases_one_a_line_a_line_that_is_no_json_is_refused_and_the_others_are_decided(spoilt: str) -> None:
    lines = [json.dumps(case) for case in CASES]
    lines.insert(2, spoilt)

    exit_code, answers, errors = decided("\n".join(lines))

    assert exit_code == 2
    assert [answer["case_id"] for answer in answers] == [case["case_id"] for case in CASES]
    assert [line.split("]")[0] for line in errors.splitlines()] == ["[2", "[2"]


def test_a_malformed_case_is_called_by_its_name_if_that_can_be_written() -> None:
    unknown = {**CASES[1], "case_id": "C-17", "surprise": 1}

    assert "（案例 C-17）" in decided(json.dumps([unknown]))[2]
    assert "(case C-17)" in decided(json.dumps([unknown]))[2]
    for name in (7, None, "", "x" * 101, "a\nb", "\x1b[31m"):
        assert "(case" not in decided(json.dumps([{**unknown, "case_id": name}]))[2]


def test_a_record_that_never_ends_is_valid() -> None:
    ended = {"from": "2020-01-01", "until": "9999-12-31"}
    lasting = {**CASES[0], "credential": {**CASES[0]["credential"], "valid_to": "9999-12-31"}}
    barred = {**CASES[0], "holder": {"integrity_record": ended}, "expected": {"rule": "G2"}}

    exit_code, answers, errors = decided(json.dumps([lasting, barred]))

    assert (exit_code, errors, len(answers)) == (0, "", 2)
    assert decide_file(io.StringIO(json.dumps([lasting, barred])), io.StringIO(), missing=True) == 0
