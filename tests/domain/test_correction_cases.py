"""The terms of corrections that people ask for, read from the agreement, and where such a case stands."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from talent_registry.domain.agreement_corrections import find_correction_procedure
from talent_registry.domain.agreement_loading import load_agreement
from talent_registry.domain.correction_cases import (
    OF_CREDENTIAL,
    OF_PERSON,
    CorrectionCase,
    CorrectionEvent,
    DisputedFact,
    facts_changed,
    field_of,
    no_source,
)
from talent_registry.domain.credentials import CredentialVersion
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.proceeding_checks import Act, check_act
from talent_registry.domain.proceeding_positions import position_on
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome, ProceedingState, Terms
from talent_registry.domain.researchers import PersonField
from talent_registry.storage.ids import new_id

FILE = "sichuan-chongqing.procedures.toml"
TEXTS = {
    one.name: one.read_text(encoding="utf-8")
    for one in files("talent_registry.agreements").iterdir()
    if one.name.endswith(".toml")
}
SECTION = "[[correction_procedures]]"
OPENED, DECIDED = date(2026, 3, 2), date(2026, 3, 16)


def test_each_fact_has_one_procedure_with_its_source() -> None:
    version = load_agreement(TEXTS).versions[-1]
    for fact in DisputedFact:
        found = find_correction_procedure(version, fact)
        assert found is not None
        assert ("arts. 50, 61 and 65" if fact is DisputedFact.LOOK else "arts. 46 and 50") in found.source
    assert {field_of(fact) for fact in OF_CREDENTIAL} == {PersonField.CREDENTIALS}
    assert len({field_of(fact) for fact in OF_PERSON}) == len(OF_PERSON)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("working_days = 15\n", "working_days = 0\n"),
        ("working_days = 15\n", "working_days = 251\n"),
        ('"NAME", ', '"NICKNAME", '),
        ('"HOUSEHOLD", ', '"LEVEL", '),
        ('id = "CORRECT_CREDENTIAL"', 'id = "CORRECT_PERSON"'),
        ('status = "design"', 'status = "rumour"'),
    ],
)
def test_a_faulty_procedure_is_refused_by_file(old: str, new: str) -> None:
    head, section = TEXTS[FILE].split(SECTION, 1)
    assert old in section
    with pytest.raises(InvalidInput) as refused:
        load_agreement({**TEXTS, FILE: f"{head}{SECTION}{section.replace(old, new, 1)}"})
    assert refused.value.path[0] == FILE


def test_an_agreement_may_leave_corrections_out() -> None:
    version = load_agreement({**TEXTS, FILE: TEXTS[FILE].split(SECTION, 1)[0]}).versions[-1]
    assert find_correction_procedure(version, DisputedFact.NAME) is None


def test_a_case_is_computed_from_its_events_by_the_same_clocks_as_every_other() -> None:
    case = CorrectionCase(
        id=new_id(),
        fact=DisputedFact.LEVEL,
        researcher_id=new_id(),
        credential_id=new_id(),
        source_id=new_id(),
        body_province="510000",
        stated=None,
        procedure="CORRECT_CREDENTIAL",
        terms=Terms(10, 5, 20, 10, tacit=False),
        opened_on=OPENED,
    )
    assert case.about == case.credential_id
    assert replace(case, credential_id=None).about == case.researcher_id

    def happened(event: ProceedingEventKind, on: date, outcome: ProceedingOutcome | None = None) -> CorrectionEvent:
        at = datetime(on.year, on.month, on.day, tzinfo=UTC)
        return CorrectionEvent(
            id=new_id(), proceeding_id=case.id, at=at, on_day=on, event=event, actor_kind="X", outcome=outcome
        )

    events = [happened(ProceedingEventKind.OPENED, OPENED)]
    # Ten working days after Monday 2 March: Monday 16 March is still in time, the day after is not.
    for day, overdue in ((date(2026, 3, 13), False), (DECIDED, False), (date(2026, 3, 17), True)):
        position = position_on(case, events, day)
        assert (position.state, position.due_on, position.overdue) == (ProceedingState.OPEN, DECIDED, overdue)
    given = check_act(case, position_on(case, events, OPENED), Act(ProceedingEventKind.EVIDENCE_GIVEN, text=" 附件 "))
    assert given.text == "附件"
    with pytest.raises(InvalidInput) as refused:
        wrong = Act(ProceedingEventKind.DECIDED, ProceedingOutcome.CONFIRMED, "x")
        check_act(case, position_on(case, events, OPENED), wrong)
    assert refused.value.reason == "WRONG_OUTCOME"
    events.append(happened(ProceedingEventKind.DECIDED, DECIDED, ProceedingOutcome.DECLINED))
    assert not position_on(case, events, DECIDED).is_pending
    assert len(position_on(case, events, DECIDED).clocks) == 2
    corrected = [events[0], happened(ProceedingEventKind.DECIDED, DECIDED, ProceedingOutcome.CORRECTED)]
    assert position_on(case, corrected, DECIDED).is_granted
    assert len(position_on(case, corrected, DECIDED).clocks) == 1


def test_a_person_of_whom_no_province_is_known_is_told_whom_to_ask() -> None:
    assert isinstance(no_source(), Conflict)
    assert no_source().reason == "NO_SOURCE"


def test_what_two_versions_differ_in_is_told_as_the_facts_that_may_be_disputed() -> None:
    assert facts_changed(frozenset()) == frozenset()
    assert facts_changed(frozenset({"valid_from", "route", "level"})) == {DisputedFact.ISSUE_DATE, DisputedFact.LEVEL}
    every = frozenset(field.name for field in fields(CredentialVersion))
    assert facts_changed(every) == OF_CREDENTIAL
