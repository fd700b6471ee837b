"""For each boundary day of agreement and facts the worked cases hold the day before, the day and the day after.

What must be there is derived from the agreement and from the facts that its conditions read: a new version, clause,
listing, day or dated fact without such cases fails here.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import Clause, ReciprocalListing
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.periods import last_day_of_years
from talent_registry.domain.questions import CredentialFacts

CASES = Path(__file__).parent.parent / "cases"
AGREEMENT = shipped_agreement()
CLAUSES = AGREEMENT.versions[-1].clauses
TURNS = [version.since for version in AGREEMENT.versions if version.since]
DECIDED, APPROVED = "decision_date", "approval_date"
# The answers by day of the one question, and the question as it is written.
Row = tuple[dict[date, dict[str, str]], dict[str, Any]]
Day = Callable[[dict[str, Any]], str | None]


def _rows(moving: str) -> list[Row]:
    """The worked cases that differ in nothing but this day, together."""
    rows: dict[str, Row] = {}
    for file in sorted(CASES.glob("recognition_*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            facts = {key: value for key, value in case.items() if key not in {"case_id", "title", "note", "expected"}}
            place = facts if moving == DECIDED else facts["credential"]
            if moving in place:
                rest = {key: value for key, value in place.items() if key != moving}
                rest = rest if moving == DECIDED else {**facts, "credential": rest}
                days, _ = rows.setdefault(json.dumps(rest, sort_keys=True), ({}, rest))
                days[date.fromisoformat(place[moving])] = case["expected"]
    return list(rows.values())


BY_DAY = {moving: _rows(moving) for moving in (DECIDED, APPROVED)}


def about(row: Row, day: date) -> tuple[dict[str, str], dict[str, str], dict[str, str]] | None:
    """The answers just before, on and just after the day, where all three are there."""
    days, one = row[0], timedelta(days=1)
    if not {day - one, day, day + one} <= set(days):
        return None
    return days[day - one], days[day], days[day + one]


def begins(row: Row, day: date, rule: str) -> bool:
    """The rule takes part in a change of the answer that comes on the day itself."""
    found = about(row, day)
    return found is not None and found[0] != found[1] == found[2] and rule in {found[0]["rule"], found[1]["rule"]}


def ends(row: Row, day: date, rule: str) -> bool:
    """The rule takes part in a change of the answer that comes on the day after."""
    found = about(row, day)
    return found is not None and found[0] == found[1] != found[2] and rule in {found[1]["rule"], found[2]["rule"]}


def ruling_names(clause: Clause) -> Iterator[tuple[str, str]]:
    yield clause.ruling.outcome.value, clause.ruling.reason_code
    for variant in clause.variants.values():
        yield variant.outcome.value, variant.reason_code


RULINGS = [(clause.id, *ruling) for clause in CLAUSES for ruling in ruling_names(clause)]


@pytest.mark.parametrize("turn", TURNS, ids=str)
@pytest.mark.parametrize(("rule", "outcome", "reason_code"), RULINGS)
def test_each_ruling_is_tried_about_each_day_on_which_the_agreement_changes(
    rule: str, outcome: str, reason_code: str, turn: date
) -> None:
    ruling = {"rule": rule, "outcome": outcome, "reason_code": reason_code}

    assert any(about(row, turn) and ruling in row[0].values() for row in BY_DAY[DECIDED])


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_each_day_on_which_the_agreement_changes_changes_an_answer(turn: date) -> None:
    assert any(begins(row, turn, clause.id) for row in BY_DAY[DECIDED] for clause in CLAUSES)


@pytest.mark.parametrize("clause", [each for each in CLAUSES if each.applies_from], ids=lambda clause: clause.id)
def test_a_clause_decides_from_its_first_day_and_not_before(clause: Clause) -> None:
    assert clause.applies_from is not None
    assert any(
        begins(row, clause.applies_from, clause.id) and row[0][clause.applies_from]["rule"] == clause.id
        for row in BY_DAY[DECIDED]
    )


@pytest.mark.parametrize("clause", [each for each in CLAUSES if each.applies_until], ids=lambda clause: clause.id)
def test_a_clause_decides_to_its_last_day_and_not_after(clause: Clause) -> None:
    assert clause.applies_until is not None
    assert any(
        ends(row, clause.applies_until, clause.id) and row[0][clause.applies_until]["rule"] == clause.id
        for row in BY_DAY[DECIDED]
    )


@pytest.mark.parametrize(
    ("rule", "day", "issuer_kind"),
    [
        (clause.id, day, kind)
        for clause in CLAUSES
        for day in clause.parameters.days.values()
        for kind in sorted(clause.parameters.codes["issuer_kinds"])
    ],
)
def test_a_duty_that_begins_on_a_day_is_tried_about_it_for_each_issuer(rule: str, day: date, issuer_kind: str) -> None:
    assert any(
        begins(row, day, rule) and row[1]["credential"]["issuer_kind"] == issuer_kind for row in BY_DAY[APPROVED]
    )


@pytest.mark.parametrize("listing", AGREEMENT.versions[-1].reciprocity, ids=lambda each: f"{each.issuer}-{each.target}")
def test_a_listing_is_tried_about_its_first_and_last_day(listing: ReciprocalListing) -> None:
    rows = [row for row in BY_DAY[DECIDED] if row[1]["credential"].get("issuer_division") == listing.issuer]

    assert any(begins(row, listing.since, "R2a") for row in rows)
    assert listing.until is None or any(ends(row, listing.until, "R2a") for row in rows)


def of_credential(key: str) -> Day:
    return lambda question: question["credential"].get(key)


def of_committee(key: str) -> Day:
    return lambda question: (question["credential"].get("committee") or {}).get(key)


def of_record(key: str) -> Day:
    return lambda question: ((question.get("holder") or {}).get("integrity_record") or {}).get(key)


# For each fact that holds a day: where a case writes it, whether an answer changes with it or after it, and which day
# is held against it.
DATED: dict[str, list[tuple[Day, Callable[[Row, date, str], bool], str]]] = {
    "credential.valid_to": [(of_credential("valid_to"), ends, DECIDED)],
    "credential.registered_to": [(of_credential("registered_to"), ends, DECIDED)],
    "credential.revoked_on": [(of_credential("revoked_on"), begins, DECIDED)],
    "credential.issued_on": [(of_credential("issued_on"), begins, DECIDED)],
    "credential.committee": [
        (of_committee("filed_from"), begins, APPROVED),
        (of_committee("filed_to"), ends, APPROVED),
    ],
    "holder.integrity_record": [(of_record("from"), begins, DECIDED), (of_record("until"), ends, DECIDED)],
    # Held against the others, and against the first day of a duty.
    "credential.approval_date": [],
}
# A committee's levels and series are asked by a clause that does not ask its days.
DAYS_NOT_ASKED = {("G3b", "credential.committee")}


def dated_reads() -> Iterator[tuple[str, str, str | None]]:
    """Each clause with each dated fact that it reads, and each kind of credential that it names where it names some."""
    for clause in CLAUSES:
        for fact in CONDITIONS[clause.condition].reads:
            if fact in DATED and (clause.id, fact) not in DAYS_NOT_ASKED:
                if not clause.kinds:
                    yield clause.id, fact, None
                for kind in sorted(clause.kinds):
                    yield clause.id, fact, kind


@pytest.mark.parametrize(("rule", "fact", "kind"), list(dated_reads()))
def test_a_day_in_the_facts_is_tried_about_it(rule: str, fact: str, kind: str | None) -> None:
    for written, changes, moving in DATED[fact]:
        assert any(
            (day := written(row[1])) and changes(row, date.fromisoformat(day), rule)
            for row in BY_DAY[moving]
            if kind in {None, row[1]["credential"]["kind"]}
        )


def test_no_dated_fact_is_forgotten() -> None:
    dated = {f"credential.{field.name}" for field in fields(CredentialFacts) if "date" in str(field.type)}
    read = {fact for condition in CONDITIONS.values() for fact in condition.reads}

    assert dated & read <= set(DATED)


@pytest.mark.parametrize(
    ("rule", "years"),
    [(each.id, years) for each in CLAUSES if (years := each.parameters.numbers.get("longest_filing_years"))],
)
def test_a_filing_is_tried_about_the_last_day_that_the_law_lets_it_hold(rule: str, years: int) -> None:
    tried: dict[bool, int] = defaultdict(int)
    for row in BY_DAY[APPROVED]:
        if begun := of_committee("filed_from")(row[1]):
            first = date.fromisoformat(begun)
            last = last_day_of_years(first, years)
            if (of_committee("filed_to")(row[1]) or "9999") > last.isoformat() and ends(row, last, rule):
                tried[(2, 29) in {(first.month, first.day), (last.month, last.day)}] += 1

    assert tried[False]
    assert tried[True] or rule != "G3a"
