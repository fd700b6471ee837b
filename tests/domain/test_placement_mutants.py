"""Every deliberate fault in the rules of placements, and in what they are told, is noticed by a case."""

from dataclasses import replace

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.placement_cases import parse_placement_case
from talent_registry.domain.placement_rules import CompanyFacts, evaluate
from tests.domain.placement_boundaries import BOUNDARIES, CASES, LEAVE, UNUSUAL, VICE, altered
from tests.domain.placement_mutants import Asked, PlacementMutant, list_placement_mutants, said, sound
from tests.domain.random_placement_cases import PlacementDealer

AGREEMENT = shipped_agreement()
UNSTATED = (
    "signed_by", "internal_notice", "earlier_extensions", "work_injury_insurance", "position", "paid_by_host",
    "classified_work", "load", "ip_clause", "contract_years", "recognised", "days_worked_in_year",
    "minimum_days_in_year",
)  # fmt: skip
# Faults that change no answer, and why. A fault that comes to be noticed must leave this list.
FAULTS_WITHOUT_EFFECT = {
    # The calendar ends in 9999, and cases are of 1900 to 2199; tests of periods try that.
    "last_day_of_years: if start.year + years > MAXYEAR:\n    return date.max -> if False:\n    return date.max",
    "last_day_of_years: return date.max -> return True",
    "last_day_of_years: return date.max -> return False",
    "last_day_of_years: start.year + years > MAXYEAR -> start.year + years >= MAXYEAR",
    # Days on which nobody works have a load of nothing, which is never the heaviest.
    (
        "loads: if parts:\n    found.append(Load(first, last, sum((part.percent for part in parts)), parts)) -> "
        "if True:\n    found.append(Load(first, last, sum((part.percent for part in parts)), parts))"
    ),
    # A share that is over before it begins falls on no day.
    "_cut: if until < since:\n    return None -> if False:\n    return None",
    # A case always names the days that are asked; tests of workload ask without.
    "_cut: within is None or within.until is None -> within.until is None",
    "_cut: share.since if within is None else max(share.since, within.start) -> max(share.since, within.start)",
    "_cut: share.since -> share.until",
    "_cut: max(share.since, within.start) -> max(within.start, share.since)",
    "_read_extensions: max(0, terms - 1) -> max(terms - 1, 0)",
    # Without a load the rule of workload is not examined.
    "_finding: rule.id == 'PL9' and question.load -> rule.id == 'PL9'",
}


def ruled(asked: Asked) -> object:
    """All that the program says of a case or a question."""
    if isinstance(asked, dict):
        read = parse_placement_case(asked, AGREEMENT)
        return said(evaluate(read.version, read.question))
    return said(evaluate(*asked))


def beyond_the_format() -> list[Asked]:
    """Questions that no worked case may ask: each fact not stated, and a proposal before anyone signs."""
    asked: list[Asked] = []
    for changes in ({}, {"request": "EXTEND", "kind": LEAVE}, {"kind": VICE}, {"request": "CLAIM_BENEFIT"}):
        read = parse_placement_case(altered("P01", days_worked_in_year=1, minimum_days_in_year=2, **changes), AGREEMENT)
        question, company = read.question, read.question.company
        unstated = [{name: None} for name in UNSTATED] + [
            {"company": replace(company, **{name: None})} for name in CompanyFacts.__slots__
        ]
        asked += [(read.version, replace(question, **one)) for one in unstated]
        asked.append((read.version, replace(question, consent_asked=False, home_consent_on=None)))
    return asked


def noticed(mutant: PlacementMutant, right: list[tuple[Asked, object]]) -> bool:
    try:
        return any(mutant.answer(asked) != answer for asked, answer in right)
    except Exception:  # noqa: BLE001 - whatever a faulty program does instead of answering
        return True


def test_every_fault_in_the_rules_is_noticed() -> None:
    cases = [*CASES, *(case for case, _ in BOUNDARIES), *UNUSUAL, *PlacementDealer(137).cases(300)]
    right: list[tuple[Asked, object]] = [(asked, ruled(asked)) for asked in [*cases, *beyond_the_format()]]
    answer = sound()
    assert [answer(asked) for asked, _ in right] == [said for _, said in right]
    mutants = list(list_placement_mutants())

    unnoticed = {f"{mutant.place}: {mutant.change}" for mutant in mutants if not noticed(mutant, right)}

    assert unnoticed == FAULTS_WITHOUT_EFFECT
    assert len(mutants) > 200
