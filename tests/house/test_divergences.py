"""The page that says how far the rulebook can be trusted speaks of every clause, in both languages, and of no other."""

from pathlib import Path

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement

PAGES = ("docs/divergences.md", "docs/divergences.zh-CN.md")
ROOT = Path(__file__).parents[2]
COLUMNS = 5


def rows(page: str) -> list[list[str]]:
    """The rows of the page's one table, without its head."""
    lines = [line for line in (ROOT / page).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_speaks_of_every_clause_in_its_order_and_of_no_other(page: str) -> None:
    clauses = shipped_agreement().versions[-1].clauses

    assert [row[0] for row in rows(page)] == [clause.id for clause in clauses]


@pytest.mark.parametrize("page", PAGES)
def test_each_row_fills_every_column_and_states_the_clauses_own_status(page: str) -> None:
    statuses = {clause.id: clause.status for clause in shipped_agreement().versions[-1].clauses}

    for row in rows(page):
        assert len(row) == COLUMNS
        assert all(row)
        assert row[-1] == statuses[row[0]]


@pytest.mark.parametrize("page", PAGES)
def test_the_days_and_codes_of_the_rulebook_stand_on_the_page(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    version = shipped_agreement().versions[-1]

    days = {clause.applies_from.isoformat() for clause in version.clauses if clause.applies_from}
    pairs = {"–".join(sorted((listing.issuer, listing.target), reverse=True)) for listing in version.reciprocity}
    cards = version.get_clause("R17").parameters.codes["card_families"]
    exams = version.get_clause("R10b").parameters.codes["exam_series"]
    assert [code for code in sorted(cards | exams | days | pairs) if code not in text] == []
