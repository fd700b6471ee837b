"""A file of placement cases is answered line by line, with the exit code that its content earns."""

import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from talent_registry.services.placement_cases import decide_placements

SHARED = Path(__file__).parent.parent / "cases" / "placement_cases.json"
CASES: list[dict[str, Any]] = json.loads(SHARED.read_text(encoding="utf-8"))


def decided(text: str) -> tuple[int, list[dict[str, Any]], str]:
    out, errors = io.StringIO(), io.StringIO()
    exit_code = decide_placements(io.StringIO(text), out, errors)
    return exit_code, [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue()


def test_the_shared_cases_agree() -> None:
    exit_code, answers, errors = decided(SHARED.read_text(encoding="utf-8"))

    assert (exit_code, errors) == (0, "")
    assert [answer["case_id"] for answer in answers] == [case["case_id"] for case in CASES]
    for answer, case in zip(answers, CASES, strict=True):
        assert {key: answer[key] for key in case["expected"]} == case["expected"]
        assert answer["agrees"]
        assert list(answer)[:5] == ["case_id", "result", "rule", "reason_code", "findings"]


def test_every_rule_asked_is_a_finding_with_its_own_result_and_reason() -> None:
    case = {**CASES[0], "recognition": "CONFIRM", "paid_by_host": None, "expected": None}
    case["documents"] = {**case["documents"], "home_consent": None, "ip_clause": False}

    exit_code, (answer,), _ = decided(json.dumps(case))

    assert exit_code == 0
    assert (answer["result"], answer["rule"], answer["reason_code"]) == ("REJECTED", "PL1", "NO_HOME_CONSENT")
    assert "agrees" not in answer
    findings = {one["rule"]: (one["finding"], one["result"], one["reason_code"]) for one in answer["findings"]}
    assert list(findings) == ["PL0", "PL1", "PL2", "PL3", "PL7", "PL8", "PL9", "PL11", "PL13", "PL14"]
    assert findings["PL0"] == ("SATISFIED", "ALLOWED", None)
    assert findings["PL1"] == ("APPLIES", "REJECTED", "NO_HOME_CONSENT")
    assert findings["PL7"] == ("NOT_KNOWN", None, None)
    assert findings["PL11"] == ("APPLIES", "ALLOWED_WITH_DEFAULT", "IP_DEFAULT_JOINT_OWNERSHIP")
    assert findings["PL13"] == ("APPLIES", "INCOMPLETE", "NO_RECOGNITION")


def test_the_sum_of_a_workload_that_is_too_much_is_shown() -> None:
    _, answers, _ = decided(json.dumps([case for case in CASES if case["case_id"] == "P17"]))

    assert "60 % + 50 % = 110 %" in answers[0]["message"]["en"]


@pytest.mark.parametrize(("key", "other"), [("result", "REJECTED"), ("rule", "PL1"), ("reason_code", "X")])
def test_any_expectation_that_differs_makes_exit_1(key: str, other: str) -> None:
    case = {**CASES[0], "expected": {**CASES[0]["expected"], key: other}}

    exit_code, answers, _ = decided(json.dumps([case, CASES[1]]))

    assert exit_code == 1
    assert [answer["agrees"] for answer in answers] == [False, True]


def test_a_malformed_case_makes_exit_2_names_case_and_key_and_the_others_are_answered() -> None:
    faulty = {**CASES[1], "documents": {**CASES[1]["documents"], "home_consent": "2022-02-30"}}
    differing = {**CASES[2], "expected": {"result": "ALLOWED"}}

    exit_code, answers, errors = decided("\n".join(json.dumps(case) for case in (faulty, CASES[0], differing)))

    assert exit_code == 2
    assert [answer["case_id"] for answer in answers] == ["P01", "P03"]
    assert errors.count("[0] P02.documents.home_consent") == 2


class ManyCases:
    """A file of so many cases, one object a line, of which nothing is held."""

    def __init__(self, count: int) -> None:
        self.line = json.dumps(CASES[0]) + "\n"
        self.left = count

    def read(self, size: int, /) -> str:
        """A few lines at a time."""
        lines = min(self.left, size // len(self.line))
        self.left -= lines
        return self.line * lines


class LineCounter:
    """Counts the lines that it is given and forgets them."""

    lines = 0

    def write(self, text: str, /) -> int:
        """Takes a line."""
        self.lines += 1
        return len(text)


def peak_of(count: int) -> int:
    out = LineCounter()
    tracemalloc.start()
    try:
        assert decide_placements(ManyCases(count), out) == 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert out.lines == count


def test_memory_does_not_grow_with_the_file() -> None:
    peak_of(10)
    assert 3000 * len(json.dumps(CASES[0])) > 3_000_000
    assert peak_of(3000) < 500_000
