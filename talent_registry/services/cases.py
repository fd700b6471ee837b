"""Deciding a file of worked cases: one answer a line, without a database."""

import json
import sys
from collections.abc import Mapping
from typing import Protocol

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.cases import Case, parse_case
from talent_registry.domain.changes import Change
from talent_registry.domain.counterfactuals import Missing, what_is_missing
from talent_registry.domain.decisions import message_as_json
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.recognition import Decision, Finding, FindingResult, decide
from talent_registry.services.case_items import ItemReader, TextSource

AGREED, DIFFERED, MALFORMED = 0, 1, 2
# Of a case that is refused its name is told where it is no longer.
LONGEST_NAME = 100


class TextSink(Protocol):
    """Where lines of text are written to."""

    def write(self, text: str, /) -> int:
        """Takes the text."""


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
    errors = sys.stderr if errors is None else errors
    exit_code = AGREED
    try:
        for number, item in enumerate(ItemReader(text_stream)):
            try:
                case = _read_case(item, number)
            except InvalidInput as error:
                exit_code = _report(error, errors, _named(item))
                continue
            decision = decide(agreement_version_in_force(rules, case.question.on), case.question)
            answer = _answer(case, decision)
            if missing:
                answer["missing"] = _missing(what_is_missing(rules, case.question))
            out.write(json.dumps(answer, ensure_ascii=False) + "\n")
            if case.expected is not None and not case.expected.agrees(decision):
                exit_code = max(exit_code, DIFFERED)
    except InvalidInput as error:
        exit_code = _report(error, errors)
    return exit_code


def _read_case(item: object, number: int) -> Case:
    if isinstance(item, InvalidInput):
        raise item
    return parse_case(item, (f"[{number}]",))


def _named(item: object) -> str | None:
    """The name of a case that may be malformed, fit to stand in a line; None where it has none."""
    name = item.get("case_id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) and name.isprintable() and 1 <= len(name) <= LONGEST_NAME else None


def _report(error: InvalidInput, errors: TextSink, name: str | None = None) -> int:
    # Keys of a hostile file may hold halves of characters, which no terminal takes.
    zh, en = ("", "") if name is None else (f"（案例 {name}）", f" (case {name})")
    lines = f"{error.message.zh}{zh}\n{error.message.en}{en}\n"
    errors.write(lines.encode("utf-8", "backslashreplace").decode())
    return MALFORMED


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
