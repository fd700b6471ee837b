"""What terms state of company and contract is asked as a worked case states it, at each boundary."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.placement_cases import parse_placement_case
from talent_registry.domain.placement_companies import company_of, full_years
from talent_registry.domain.placement_rules import CompanyFacts, evaluate
from talent_registry.domain.placements import Terms
from tests.domain.placement_boundaries import LEAVE, VICE, altered

ON = date(2024, 3, 1)
SOUND: dict[str, Any] = {
    "company_founded_or_owned": False,
    "company_registered_on": date(2023, 3, 1),
    "company_rd_spending": True,
    "company_profitable": False,
    "contract_years": 3,
}
LEAVES = altered("P07", decision_date=ON.isoformat(), documents__home_consent="2024-01-05")


@pytest.mark.parametrize(
    ("since", "on", "years"),
    [
        (date(2023, 3, 1), date(2024, 2, 29), 0),
        (date(2023, 3, 1), date(2024, 3, 1), 1),
        (date(2024, 2, 29), date(2025, 2, 27), 0),
        # Where the month has no such day its last day is the last of the year.
        (date(2024, 2, 29), date(2025, 2, 28), 1),
        (date(2024, 2, 29), date(2028, 2, 28), 3),
        (date(2024, 2, 29), date(2028, 2, 29), 4),
        (date(2024, 3, 1), date(2024, 3, 1), 0),
        (date(2024, 3, 2), date(2024, 3, 1), -1),
    ],
)
def test_a_year_is_full_on_the_same_day_of_the_next(since: date, on: date, years: int) -> None:
    assert full_years(since, on) == years


@pytest.mark.parametrize(
    ("kind", "stated", "rule"),
    [
        (VICE, {}, None),
        (VICE, {"company_founded_or_owned": True}, "PL12a"),
        (VICE, {"company_registered_on": date(2023, 3, 2)}, "PL12b"),
        (VICE, {"company_rd_spending": False}, "PL12c"),
        (VICE, {"contract_years": 2}, "PL12d"),
        (VICE, {"company_profitable": True}, None),
        (LEAVE, {}, None),
        (LEAVE, {"company_profitable": True}, "PL4c"),
        (LEAVE, {"company_rd_spending": False}, None),
    ],
)
def test_terms_are_asked_as_the_same_worked_case(kind: str, stated: dict[str, Any], rule: str | None) -> None:
    terms = Terms(**(SOUND | stated))
    company = company_of(terms, ON)
    written = {name: getattr(company, name) for name in CompanyFacts.__slots__}
    given = LEAVES if kind == LEAVE else altered("P01", kind=kind)
    case = {
        **given,
        "host_unit": {**given["host_unit"], **written},
        "person": {**given["person"], "contract_years": terms.contract_years},
    }
    worked = parse_placement_case(case, shipped_agreement())
    unstated = replace(worked.question, company=CompanyFacts(), contract_years=None)
    real = replace(unstated, company=company, contract_years=terms.contract_years)
    assert evaluate(worked.version, real) == evaluate(worked.version, worked.question)
    assert evaluate(worked.version, real).rule == rule
    # Terms of before, which state nothing of it, are refused nothing for that.
    assert company_of(Terms(), ON) == CompanyFacts()
    assert evaluate(worked.version, unstated).rule is None
