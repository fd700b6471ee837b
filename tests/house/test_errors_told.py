"""The catalogue of failures at /developers/errors is what the program says, and leaves nothing out."""

import re

from talent_registry.domain.errors import ErrorCode
from talent_registry.reference.failures import failures
from talent_registry.web.pages.developer_words import CODES_OF_THE_STANDARD
from tests.house.errors_told import LEFT_OUT, REQUEST, ROOT, collected, written

# Here the words are made of others: those of the reason named are told elsewhere.
WORDED_ELSEWHERE = {
    "domain/conformance_cases.py": "AGREEMENT_FAULT",
    "services/placement_questions.py": "WORKLOAD_OVER_100",
}
# Why a placement ended, which is a result.
NO_FAILURE = {"RECOGNITION_LOST"}
REASON = re.compile(r'\breason="([A-Z_]+)"')
CODE = re.compile(r'"code": "([A-Z_]+)"|else "([A-Z_]+)"\}|^    (?:    )?return "([A-Z]+)"', re.MULTILINE)


def test_the_catalogue_is_what_the_program_says() -> None:
    file = ROOT / "reference" / "data" / "errors.json"
    assert file.read_text(encoding="utf-8") == written(), "python -m tests.house.errors_told > the file"
    told = {(one.code, one.reason) for one in failures()}
    assert {code for code, _ in told} == {*ErrorCode, REQUEST}
    assert all(one.zh and one.en and one.reason for one in failures())


def test_no_reason_is_missing() -> None:
    _, unread = collected()
    known = {one.reason for one in failures()}
    assert (set(unread), known >= set(WORDED_ELSEWHERE.values())) == (set(WORDED_ELSEWHERE), True)
    # Independently of how the catalogue is read: each reason that stands in the source as a text.
    for path in ROOT.rglob("*.py"):
        if path.relative_to(ROOT).parts[0] not in LEFT_OUT:
            assert set(REASON.findall(path.read_text(encoding="utf-8"))) <= known | NO_FAILURE, path


def test_no_code_of_an_answer_is_missing() -> None:
    source = (ROOT / "api" / "guarding.py").read_text(encoding="utf-8")
    codes = {code for found in CODE.findall(source) for code in found if code}
    assert codes >= {"SYNTAX", "VALIDATION", "INTERNAL"}
    assert codes <= set(CODES_OF_THE_STANDARD) | {one.reason for one in failures()}
