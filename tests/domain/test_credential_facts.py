"""The names by which facts are recalled are those by which clauses read them."""

from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.credential_facts import EXAM_FACT, SHOWN_FACTS, STORED_FACTS


def test_the_clause_on_examinations_reads_the_fact_that_is_recalled() -> None:
    assert [name for name, one in CONDITIONS.items() if EXAM_FACT in one.reads] == ["series_change_by_exam"]


def test_what_is_only_shown_is_told_to_no_decision() -> None:
    assert not set(STORED_FACTS) & set(SHOWN_FACTS)
