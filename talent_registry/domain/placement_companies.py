"""What the terms of a placement state of a host that is a company, as the rules ask it on a day."""

from datetime import date

from talent_registry.domain.periods import add_years
from talent_registry.domain.placement_rules import CompanyFacts
from talent_registry.domain.placements import Terms


def company_of(terms: Terms, on: date) -> CompanyFacts:
    """The facts of the company on a day; what the terms do not state is not known."""
    registered = terms.company_registered_on
    return CompanyFacts(
        founded_or_owned_by_person_or_home=terms.company_founded_or_owned,
        years_registered=None if registered is None else full_years(registered, on),
        has_rd_spending=terms.company_rd_spending,
        profitable=terms.company_profitable,
    )


def full_years(since: date, on: date) -> int:
    """The whole years that are over on a day, the same day of the year being the last (Civil Code, articles 201, 202).

    Negative before the first day.
    """
    years = on.year - since.year
    return years if add_years(since, years) <= on else years - 1
