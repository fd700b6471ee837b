"""Whether a release keeps what was settled: its own cases and those of the version in force, before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from talent_registry.domain.agreement_releases import Release, with_release
from talent_registry.domain.agreements import Agreement, AgreementVersion, agreement_version_in_force
from talent_registry.domain.cases import Case
from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.recognition import Decision, decide


class Reading(StrEnum):
    """By what a settled case is answered before and after a release."""

    AS_IT_WOULD_STAND = "AS_IT_WOULD_STAND"
    BY_ITS_RULEBOOK = "BY_ITS_RULEBOOK"


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """The answer to a case, by outcome, rule and reason."""

    outcome: str
    rule: str
    reason_code: str

    def __str__(self) -> str:
        """For instance `AUTO (R1, SC_CQ_SENIOR)`."""
        return f"{self.outcome} ({self.rule}, {self.reason_code})"


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A case that comes with the release: the outcome that it expects and the answer that it gets."""

    case_id: str
    expected: str
    answer: CaseAnswer
    agrees: bool


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """A settled case that the release answers otherwise; `why` None: the release does not say."""

    case_id: str
    reading: Reading
    before: CaseAnswer
    after: CaseAnswer
    why: Message | None


@dataclass(frozen=True, slots=True)
class ConformanceReport:
    """What became of the cases: the release's own, and how many settled ones with those that change.

    `not_changed` are the cases that the release says it changes and does not, `rewritten` its own cases that ask
    another question under the id of a settled one.
    """

    own: tuple[OwnResult, ...]
    settled: int
    changed: tuple[ChangedAnswer, ...]
    not_changed: tuple[str, ...]
    rewritten: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether nothing stands against the release."""
        return not (self.not_changed or self.rewritten or any(one.why is None for one in self.changed)) and all(
            one.agrees for one in self.own
        )

    def list_objections(self) -> list[Conflict]:
        """What stands against the release, each as the refusal it leads to."""
        return [
            *(_own_case_differs(one) for one in self.own if not one.agrees),
            *(_silently_changed(one) for one in self.changed if one.why is None),
            *(_named_in_vain(case_id) for case_id in self.not_changed),
            *(_asked_anew(case_id) for case_id in self.rewritten),
        ]


def run_conformance(agreement: Agreement, release: Release, settled: Sequence[Case]) -> ConformanceReport:
    """Decides the release's own cases and every settled one as it would stand with the release.

    Settled cases of a day before the release begins are also decided by its rulebook itself, against the rulebook that
    it replaces: a change without a date is found so.
    """
    would_stand = with_release(agreement, release)
    why = {changed.case_id: changed.why for changed in release.changed_cases}
    found: list[ChangedAnswer] = []
    for case in settled:
        on = case.question.on
        pairs = [
            (
                Reading.AS_IT_WOULD_STAND,
                agreement_version_in_force(agreement, on),
                agreement_version_in_force(would_stand, on),
            )
        ]
        if on < release.since:
            pairs.append((Reading.BY_ITS_RULEBOOK, agreement.versions[-1], release.version))
        for reading, old, new in pairs:
            before, after = _answer(old, case), _answer(new, case)
            if before != after:
                found.append(ChangedAnswer(case.case_id, reading, before, after, why.get(case.case_id)))
    known = {one.case_id for one in found}
    questions = {case.case_id: case.question for case in settled}
    # What is settled under an id is what was asked: another question in its place would let it go unnoticed.
    rewritten = (case.case_id for case in release.cases if questions.get(case.case_id, case.question) != case.question)
    return ConformanceReport(
        tuple(_own_result(would_stand, case) for case in release.cases),
        len(settled),
        tuple(found),
        tuple(sorted(set(why) - known)),
        tuple(rewritten),
    )


def check_conformance(report: ConformanceReport) -> None:
    """Raises the first objection: Conflict, its reason the rule of conformance that is broken."""
    for objection in report.list_objections():
        raise objection


def report_as_json(report: ConformanceReport) -> dict[str, Any]:
    """The report as it is stored."""
    return {
        "own": [
            {
                "case_id": one.case_id,
                "expected": one.expected,
                "answer": _answer_as_json(one.answer),
                "agrees": one.agrees,
            }
            for one in report.own
        ],
        "settled": report.settled,
        "changed": [
            {
                "case_id": one.case_id,
                "reading": one.reading.value,
                "before": _answer_as_json(one.before),
                "after": _answer_as_json(one.after),
                "why": None if one.why is None else {"zh": one.why.zh, "en": one.why.en},
            }
            for one in report.changed
        ],
        "not_changed": list(report.not_changed),
        "rewritten": list(report.rewritten),
    }


def report_from_json(stored: Mapping[str, Any]) -> ConformanceReport:
    """The report, from what `report_as_json` gave."""
    return ConformanceReport(
        tuple(
            OwnResult(one["case_id"], one["expected"], CaseAnswer(**one["answer"]), one["agrees"])
            for one in stored["own"]
        ),
        stored["settled"],
        tuple(
            ChangedAnswer(
                one["case_id"],
                Reading(one["reading"]),
                CaseAnswer(**one["before"]),
                CaseAnswer(**one["after"]),
                None if one["why"] is None else Message(**one["why"]),
            )
            for one in stored["changed"]
        ),
        tuple(stored["not_changed"]),
        # Reports stored before this was asked say nothing of it.
        tuple(stored.get("rewritten", ())),
    )


def _answer_as_json(answer: CaseAnswer) -> dict[str, str]:
    return {"outcome": answer.outcome, "rule": answer.rule, "reason_code": answer.reason_code}


def _answer(version: AgreementVersion, case: Case) -> CaseAnswer:
    return _answer_of(decide(replace(version, since=None, until=None), case.question))


def _answer_of(decision: Decision) -> CaseAnswer:
    return CaseAnswer(decision.outcome.value, decision.rule, decision.reason_code)


def _own_result(agreement: Agreement, case: Case) -> OwnResult:
    decision = decide(agreement_version_in_force(agreement, case.question.on), case.question)
    # Reading a release guarantees that each of its cases expects something.
    expected = case.expected
    stated = () if expected is None else (expected.outcome, expected.rule, expected.reason_code)
    agrees = expected is not None and expected.agrees(decision)
    return OwnResult(case.case_id, " ".join(one for one in stated if one is not None), _answer_of(decision), agrees)


def _own_case_differs(result: OwnResult) -> Conflict:
    return Conflict(
        Message(
            zh=f"草案自带的示例 {result.case_id} 预期为 {result.expected}，按草案得出 {result.answer}。"
            "请更正规则或示例的预期。",
            en=f"Case {result.case_id} of the draft expects {result.expected}; by the draft it comes to "
            f"{result.answer}. Correct the rules or what the case expects.",
        ),
        reason="CONFORMANCE_FAILED",
        path=(result.case_id,),
    )


def _silently_changed(changed: ChangedAnswer) -> Conflict:
    by_rulebook = changed.reading is Reading.BY_ITS_RULEBOOK
    zh = "（按草案条文重新判断其当日）" if by_rulebook else ""
    en = ", asked of its own day by the draft's rules," if by_rulebook else ""
    return Conflict(
        Message(
            zh=f"草案改变了已定示例 {changed.case_id} 的结论{zh}：原为 {changed.before}，现为 {changed.after}，"
            "却没有说明。请为修改的条款写明生效日，或在 [[changed_cases]] 中写明 case_id 和理由。",
            en=f"The draft changes settled case {changed.case_id}{en} from {changed.before} to {changed.after} and "
            "does not say so. Date the clause that changes, or name the case with the reason in [[changed_cases]].",
        ),
        reason="SETTLED_CASE_CHANGED",
        path=(changed.case_id,),
    )


def _named_in_vain(case_id: str) -> Conflict:
    return Conflict(
        Message(
            zh=f"草案称改变示例 {case_id}，但其结论没有变化，或没有这一已定示例。请从 [[changed_cases]] 中删去。",
            en=f"The draft says that it changes case {case_id}, but its answer stays as it was, or there is no such "
            "settled case. Remove it from [[changed_cases]].",
        ),
        reason="CASE_NOT_CHANGED",
        path=(case_id,),
    )


def _asked_anew(case_id: str) -> Conflict:
    return Conflict(
        Message(
            zh=f"草案的示例 {case_id} 使用了已定示例的编号，所问内容却不同。请另取编号，已定示例保持不变。",
            en=f"Case {case_id} of the draft has the id of a settled case and asks another question. Give it an id of "
            "its own; the settled one stays.",
        ),
        reason="SETTLED_CASE_REWRITTEN",
        path=(case_id,),
    )
