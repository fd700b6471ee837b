"""What is missing: each remedy is proved by deciding again, none is larger than it need be, and none is forgotten."""

from dataclasses import replace
from datetime import date
from itertools import combinations
from operator import attrgetter
from typing import Any

from hypothesis import given, settings

from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.changes import Change, RemedyKind, Step, Supplier
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.counterfactuals import BUDGET, LADDER, MOST_REMEDIES, Remedy, what_is_missing
from talent_registry.domain.fixed_facts import UNCHANGEABLE
from talent_registry.domain.questions import CredentialFacts, Question, Target
from talent_registry.domain.recognition import Decision, Outcome
from talent_registry.domain.remedies import SUGGESTIONS, list_steps
from tests.domain.test_recognition import AGREEMENT, answer, questions

WORST = len(LADDER)


def rank(decision: Decision) -> int:
    return LADDER.index(decision.outcome) if decision.outcome in LADDER else WORST


def with_fact(question: Question, fact: str, value: object) -> Question:
    noun, _, name = fact.rpartition(".")
    changes: dict[str, Any] = {name: value}
    if not noun:
        return replace(question, **changes)
    return replace(question, **{noun: replace(getattr(question, noun), **changes)})


def with_changes(question: Question, remedy: Remedy, changes: tuple[Change, ...]) -> Question:
    """The question with some of a remedy's changes alone."""
    for change in changes:
        question = with_fact(question, change.fact, attrgetter(change.fact)(remedy.question))
    return question


# ---------------------------------------------------------------- what holds for every question


@settings(max_examples=200, deadline=None)
@given(questions)
def test_each_remedy_decided_again_gives_exactly_the_better_outcome_that_it_states(question: Question) -> None:
    before = answer(question)

    for remedy in what_is_missing(AGREEMENT, question).remedies:
        changed = with_changes(question, remedy, remedy.changes)
        assert changed == remedy.question
        assert answer(changed) == remedy.decision
        assert rank(remedy.decision) < rank(before)


@settings(max_examples=200, deadline=None)
@given(questions)
def test_no_part_of_a_remedy_does_as_well(question: Question) -> None:
    for remedy in what_is_missing(AGREEMENT, question).remedies:
        for size in range(len(remedy.changes)):
            for part in combinations(remedy.changes, size):
                assert rank(answer(with_changes(question, remedy, part))) > rank(remedy.decision)


def test_nobody_is_told_to_wait_for_a_post_that_would_serve_today() -> None:
    # The post is in a division that is listed later; to be anywhere in the two provinces does as well at once.
    title = CredentialFacts(kind="TITLE", status="VALID", issuer_division="500107", targeted_area=frozenset({"510000"}))
    question = Question(credential=title, target=Target(division="440000"), source_province=None, on=date(2020, 4, 21))
    remedies = what_is_missing(AGREEMENT, question).remedies

    assert [[change.fact for change in remedy.changes] for remedy in remedies] == [["target.division"]]


def test_the_status_that_a_unit_certifies_is_told_in_words() -> None:
    title = CredentialFacts(kind="TITLE", status="VALID", issuer_kind="MILITARY", issuer_division="510000")
    question = Question(
        credential=title, target=Target(division="500106"), source_province="510000", on=date(2024, 3, 1)
    )
    version = agreement_version_in_force(AGREEMENT, question.on)
    (step,) = list_steps(question, version)["credential.military_status"]

    assert "文职人员" in step.change.message.zh
    assert "a member of the civilian staff" in step.change.message.en
    assert "CIVILIAN_STAFF" not in step.change.message.zh + step.change.message.en


@settings(max_examples=200, deadline=None)
@given(questions)
def test_no_single_change_and_no_pair_is_forgotten(question: Question) -> None:
    before, missing = answer(question), what_is_missing(AGREEMENT, question)
    if before.outcome is Outcome.NOT_APPLICABLE or len(missing.remedies) == MOST_REMEDIES:
        return
    assert missing.examined < BUDGET
    version = agreement_version_in_force(AGREEMENT, question.on)
    steps = [step for several in list_steps(question, version).values() for step in several]

    for chosen in (*((one,) for one in steps), *combinations(steps, 2)):
        facts = {step.change.fact for step in chosen}
        after = answer(taken(question, chosen))
        if len(facts) == len(chosen) and rank(after) < rank(before):
            assert any(
                rank(remedy.decision) <= rank(after) and {change.fact for change in remedy.changes} <= facts
                for remedy in missing.remedies
            ), (facts, after.rule)


def taken(question: Question, steps: tuple[Step, ...]) -> Question:
    for step in steps:
        question = step.taken(question)
    return question


@settings(max_examples=200, deadline=None)
@given(questions)
def test_nothing_is_missing_where_it_is_recognised_as_of_right_or_no_question_arises(question: Question) -> None:
    if answer(question).outcome in {Outcome.AUTO, Outcome.NOT_APPLICABLE}:
        assert what_is_missing(AGREEMENT, question).remedies == ()


@settings(max_examples=100, deadline=None)
@given(questions)
def test_the_same_question_has_the_same_remedies_the_best_and_smallest_first(question: Question) -> None:
    missing = what_is_missing(AGREEMENT, question)

    assert missing == what_is_missing(AGREEMENT, replace(question))
    places = [(rank(remedy.decision), len(remedy.changes)) for remedy in missing.remedies]
    assert places == sorted(places)
    assert len(places) <= MOST_REMEDIES


@settings(max_examples=150, deadline=None)
@given(questions)
def test_looking_has_a_limit(question: Question) -> None:
    assert what_is_missing(AGREEMENT, question).examined <= BUDGET


@settings(max_examples=150, deadline=None)
@given(questions)
def test_no_remedy_changes_what_nobody_may_change(question: Question) -> None:
    suppliers = {RemedyKind.LATER_DAY: Supplier.TIME, RemedyKind.ANOTHER_POST: Supplier.EMPLOYER}
    for remedy in what_is_missing(AGREEMENT, question).remedies:
        for change in remedy.changes:
            assert change.fact not in UNCHANGEABLE or change.before is None
            assert change.fact in SUGGESTIONS or change.fact == "on"
            assert change.before != change.after
            assert change.message.zh
            assert change.message.en
            assert (change.document is None) == (change.kind is not RemedyKind.FACT)
            assert change.supplier is suppliers.get(change.kind, change.supplier)
        assert remedy.question.on >= question.on


def test_every_fact_that_a_clause_reads_can_be_mended_or_says_why_not() -> None:
    read = {fact for condition in CONDITIONS.values() for fact in condition.reads}

    assert read - set(SUGGESTIONS) - set(UNCHANGEABLE) == set()
    assert (set(SUGGESTIONS) | set(UNCHANGEABLE)) - read == set()
