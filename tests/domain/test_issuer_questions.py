"""A question to an issuer: its term, its answers, and what the agreement must say of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from talent_registry.domain.agreement_loading import load_agreement
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.issuer_questions import (
    IssuerAnswer,
    IssuerQuestion,
    QuestionState,
    WhyNoAnswer,
    check_answer,
)
from talent_registry.storage.ids import new_id

FILE = "sichuan-chongqing.procedures.toml"
TEXTS = {
    one.name: one.read_text(encoding="utf-8")
    for one in files("talent_registry.agreements").iterdir()
    if one.name.endswith(".toml")
}
SECTION = "[[question_terms]]"
TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
A, LOST = IssuerAnswer, WhyNoAnswer.RECORDS_LOST
QUESTION = IssuerQuestion(
    id=new_id(),
    organisation_id=new_id(),
    account_id=None,
    addressee_id=new_id(),
    addressee_province="510000",
    purpose="聘任审核",
    working_days=15,
    asked_at=NOON,
    asked_on=TODAY,
)


def test_the_term_stands_in_the_agreement_with_its_status_and_an_agreement_may_do_without() -> None:
    (terms,) = load_agreement(TEXTS).versions[-1].question_terms
    assert (terms.working_days, terms.status) == (15, "design")
    assert load_agreement({**TEXTS, FILE: TEXTS[FILE].split(SECTION, 1)[0]}).versions[-1].question_terms == ()


@pytest.mark.parametrize(
    ("old", "new"), [("working_days = 15\n", "working_days = 0\n"), ('status = "design"', 'status = "rumour"')]
)
def test_a_faulty_term_and_a_second_one_are_refused_by_file(old: str, new: str) -> None:
    head, section = TEXTS[FILE].split(SECTION, 1)
    again = section.replace('"ASK_ISSUER"', '"ASK_AGAIN"')
    for text in (f"{head}{SECTION}{section.replace(old, new, 1)}", f"{head}{SECTION}{section}\n{SECTION}{again}"):
        with pytest.raises(InvalidInput) as refused:
            load_agreement({**TEXTS, FILE: text})
        assert refused.value.path[0] == FILE


def test_a_question_is_overdue_on_the_day_after_its_term_and_never_once_it_ended() -> None:
    deadline = QUESTION.clock(TODAY).deadline
    assert deadline == date(2026, 12, 15)
    assert QUESTION.state is QuestionState.OPEN
    assert not QUESTION.is_overdue(deadline)
    assert QUESTION.is_overdue(deadline + timedelta(days=1))
    withdrawn = replace(QUESTION, ended_at=NOON)
    assert (withdrawn.state, withdrawn.is_overdue(date(2027, 3, 1))) == (QuestionState.WITHDRAWN, False)
    assert replace(withdrawn, answer=A.NOT_ISSUED_BY_US).state is QuestionState.ANSWERED


@pytest.mark.parametrize(
    ("answer", "why", "recorded_by", "reason"),
    [
        (A.CANNOT_SAY, None, None, "WHY"),
        (A.NOT_ISSUED_BY_US, LOST, None, "WHY"),
        (A.WILL_BE_RECORDED, None, None, "RECORDED_BY"),
        (A.RECORDED_SINCE, None, TODAY, "RECORDED_BY"),
        (A.WILL_BE_RECORDED, None, TODAY - timedelta(days=1), "RECORDED_BY"),
        (A.WILL_BE_RECORDED, None, TODAY + timedelta(days=367), "RECORDED_BY"),
        (A.CANNOT_SAY, LOST, None, None),
        (A.WILL_BE_RECORDED, None, TODAY, None),
        (A.WILL_BE_RECORDED, None, TODAY + timedelta(days=366), None),
        (A.NUMBER_OF_ANOTHER, None, None, None),
    ],
)
def test_an_answer_says_what_it_must_and_no_more(
    answer: IssuerAnswer, why: WhyNoAnswer | None, recorded_by: date | None, reason: str | None
) -> None:
    if reason is None:
        check_answer(answer, why, recorded_by, TODAY)
        return
    with pytest.raises(InvalidInput) as refused:
        check_answer(answer, why, recorded_by, TODAY)
    assert refused.value.reason == reason
