"""Deciding a file of worked cases of placements: one answer a line, without a database."""

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import Agreement
from talent_registry.domain.decisions import message_as_json
from talent_registry.domain.placement_cases import PlacementCase, parse_placement_case
from talent_registry.domain.placement_rules import Evaluation, PlacementFinding, PlacementResult, RuleFinding, evaluate
from talent_registry.services.case_answers import TextSink, answer_each
from talent_registry.services.case_items import TextSource


def decide_placements(
    text_stream: TextSource, out: TextSink, errors: TextSink | None = None, agreement: Agreement | None = None
) -> int:
    """Asks the rules of placements about each case of the file, as the registry asks them about a real one.

    Lines, errors and exit codes as `decide_file` gives them.
    """
    rules = shipped_agreement() if agreement is None else agreement

    def answer(item: object, path: tuple[str, ...]) -> dict[str, object]:
        case = parse_placement_case(item, rules, path)
        return _answer(case, evaluate(case.version, case.question))

    return answer_each(text_stream, out, errors, answer)


def _answer(case: PlacementCase, evaluation: Evaluation) -> dict[str, object]:
    answer: dict[str, object] = {
        "case_id": case.case_id,
        "result": evaluation.result,
        "rule": evaluation.rule,
        "reason_code": evaluation.reason_code,
        "findings": [_finding(finding) for finding in evaluation.findings],
        "message": message_as_json(evaluation.message),
        "agreement_version": case.version.id,
        "agreement_digest": case.version.digest,
    }
    if case.expected is not None:
        answer["agrees"] = case.expected.agrees(evaluation)
    return answer


def _finding(finding: PlacementFinding) -> dict[str, object]:
    """A rule that is content allows; one that lacks its facts says nothing."""
    results = {
        RuleFinding.APPLIES: finding.result,
        RuleFinding.SATISFIED: PlacementResult.ALLOWED,
        RuleFinding.NOT_KNOWN: None,
    }
    applies = finding.finding is RuleFinding.APPLIES
    return {
        "rule": finding.rule,
        "finding": finding.finding,
        "result": results[finding.finding],
        "reason_code": (finding.reason_code or None) if applies else None,
        "message": message_as_json(finding.message),
    }
