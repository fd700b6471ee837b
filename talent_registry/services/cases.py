"""Deciding a file of worked cases: one answer a line, without a database."""

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.cases import Case, parse_case
from talent_registry.domain.changes import Change
from talent_registry.domain.counterfactuals import Missing, what_is_missing
from talent_registry.domain.decisions import message_as_json
from talent_registry.domain.recognition import Decision, Finding, FindingResult, decide
from talent_registry.services.case_answers import TextSink, answer_each
from talent_registry.services.case_items import TextSource


def decide_file(
    text_stream: TextSource,
    out: TextSink,
    errors: TextSink | None = None,
    agreement: Agreement | None = None,
    *,
    missing: bool = False,
) -> int:
    """Decides each case of a JSON array, or of objects one a line, and writes one JSON object a line to `out`.

    `missing`: each line also tells what is missing for a better answer.
    Returns 0; 1 when a stated `expected` differs; 2 when the file or a case is malformed: `errors` (standard error)
    then names the path of the key in both languages, and the other cases are still decided.
    """
    rules = shipped_agreement() if agreement is None else agreement

    def answer(item: object, path: tuple[str, ...]) -> dict[str, object]:
        case = parse_case(item, path)
        decision = decide(agreement_version_in_force(rules, case.question.on), case.question)
        given = _answer(case, decision)
        return {**given, "missing": _missing(what_is_missing(rules, case.question))} if missing else given

    return answer_each(text_stream, out, errors, answer)


def _answer(case: Case, decision: Decision) -> dict[str, object]:
    answer: dict[str, object] = {
        "case_id": case.case_id,
        "outcome": decision.outcome,
        "rule": decision.rule,
        "reason_code": decision.reason_code,
        "findings": [_finding(finding) for finding in decision.findings],
        "message": message_as_json(decision.message),
        "agreement_version": decision.version_id,
        "agreement_digest": decision.digest,
    }
    if case.expected is not None:
        answer["agrees"] = case.expected.agrees(decision)
    return answer


def _finding(finding: Finding) -> dict[str, object]:
    shown: dict[str, object] = {"rule": finding.rule, "result": finding.result}
    if finding.result is not FindingResult.NOT_REACHED:
        shown["facts"] = finding.facts
    return shown


def _missing(missing: Missing) -> dict[str, object]:
    return {
        "remedies": [
            {
                "outcome": remedy.decision.outcome,
                "rule": remedy.decision.rule,
                "reason_code": remedy.decision.reason_code,
                "agreement_version": remedy.decision.version_id,
                "changes": [_change(change) for change in remedy.changes],
            }
            for remedy in missing.remedies
        ],
        "fixed": [
            {"fact": fixed.fact, "value": fixed.value, "reason": message_as_json(fixed.reason)}
            for fixed in missing.fixed
        ],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "fact": change.fact,
        "from": change.before,
        "to": change.after,
        "supplier": change.supplier,
        "document": None if change.document is None else message_as_json(change.document),
        "message": message_as_json(change.message),
    }
