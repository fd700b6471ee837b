# Long because a case is followed to each of its ends here, past the services as well.
"""A person says that a recorded fact is wrong: the source is told, the fact is disputed, and it ends with a record."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.correction_cases import MOST_A_DAY, CorrectionEvent, DisputedFact
from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.inbox import InboxFilter
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.proceedings import ClockPurpose, ProceedingEventKind, ProceedingOutcome, ProceedingState
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import accesses, correction_cases, corrections, credentials, disputes, inbox, standing
from talent_registry.services.correction_cases import CorrectionAct, NewCorrectionCase
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Work, perform
from talent_registry.storage import correction_cases as storage
from talent_registry.storage.ids import new_id
from tests.disputed import GROUNDS, Counter, open_counter, write_end
from tests.registries import World
from tests.titles import NAME, PROFESSOR

DIGEST = "ab" * 32


@pytest.fixture
async def counter(world: World) -> Counter:
    return await open_counter(world)


async def told(counter: Counter, actor: Actor) -> list[str]:
    page = await inbox.page_inbox(counter.world.registry, actor, PageRequest(), InboxFilter())
    return [one.item.event.type for one in page.items if "correction" in one.item.event.type]


async def correct_title(counter: Counter, case_id: UUID | None, actor: Actor, **changes: Any) -> None:
    said = replace(PROFESSOR, **({"specialty": "课程与教学论"} | changes))
    asked = credentials.Correction(counter.credential, said, case_id)
    await standing.correct(counter.world.registry, actor, asked, counter.world.key())


async def test_a_disputed_fact_gives_its_source_a_task_with_a_clock_and_reads_as_disputed(counter: Counter) -> None:
    case_id = await counter.dispute(
        DisputedFact.SPECIALTY, should_read=" 课程与教学论 ", evidence_digest=DIGEST.upper()
    )
    seen = await counter.see(case_id, counter.issuer)
    assert (seen.position.state, seen.case.stated, seen.case.source_id) == (
        ProceedingState.OPEN,
        "课程与教学论",
        counter.titles.sichuan,
    )
    assert (seen.events[0].text, seen.events[0].evidence_digest) == (GROUNDS, DIGEST)
    clock = seen.position.clock(ClockPurpose.DECISION).clock
    assert (clock.term, clock.used, seen.position.due_on) == (20, 0, clock.deadline)
    for reader in (counter.officer, counter.home_hr, counter.issuer, counter.other_officer):
        assert await counter.disputed(reader) == [DisputedFact.SPECIALTY]
    assert await counter.disputed(ANONYMOUS) == []
    for source in (counter.issuer, counter.officer):
        assert await told(counter, source) == ["case.correction_opened"]
    queue = await disputes.list_cases(counter.world.registry, counter.issuer, PageRequest(), pending=True)
    assert [one.case.id for one in queue.items] == [case_id]
    looks = await accesses.list_accesses(counter.world.registry, counter.me, PageRequest())
    assert {look.fields for look in looks.items} == {(PersonField.CREDENTIALS,)}


async def test_what_the_source_corrects_ends_the_case_in_the_same_transaction_and_the_old_value_stays(
    counter: Counter,
) -> None:
    case_id = await counter.dispute(DisputedFact.SPECIALTY)
    with pytest.raises(Conflict) as refused:
        await correct_title(counter, case_id, counter.issuer, specialty=None)
    assert refused.value.reason == "NOTHING_TO_CORRECT"
    assert (await counter.see(case_id)).position.is_pending
    await correct_title(counter, case_id, counter.issuer)
    seen = await counter.see(case_id)
    assert (seen.position.state, seen.position.outcome) == (ProceedingState.DECIDED, ProceedingOutcome.CORRECTED)
    assert await counter.disputed() == []
    assert (await told(counter, counter.me))[0] == "case.correction_decided"
    with pytest.raises(Conflict) as again:
        await correct_title(counter, case_id, counter.issuer, specialty="教育学")
    assert again.value.reason == "WRONG_STATE"
    with pytest.raises(Conflict) as settled:
        await correction_cases.appeal(
            counter.world.registry, counter.me, CorrectionAct(case_id, GROUNDS), counter.world.key()
        )
    assert settled.value.reason == "NOTHING_TO_APPEAL"


async def test_a_name_household_document_and_relation_are_put_right_by_whoever_keeps_them(counter: Counter) -> None:
    registry, key, person = counter.world.registry, counter.world.key, counter.titles.person
    name = await counter.dispute(DisputedFact.NAME, should_read="旦增卓嘎")
    asked = corrections.NameCorrection(person, Amendment.CORRECTION, "旦增卓嘎", case_id=name)
    await corrections.correct_name(registry, counter.officer, asked, key())
    household = await counter.dispute(DisputedFact.HOUSEHOLD)
    for wrong in (name, household):
        home = corrections.RelationCorrection(person, Amendment.CORRECTION, counter.titles.sichuan, case_id=wrong)
        with pytest.raises(NotFound):
            await corrections.correct_relation(registry, counter.home_hr, home, key())
    moved = corrections.HouseholdCorrection(person, Amendment.CORRECTION, "510104", case_id=household)
    await corrections.correct_household(registry, counter.officer, moved, key())
    relation = await counter.dispute(DisputedFact.PERSONNEL_RELATION)
    assert (await counter.see(relation, counter.home_hr)).case.source_id == counter.titles.home
    unit = await counter.world.organisation("四川样例学院", "UNIVERSITY", "510107")
    home = corrections.RelationCorrection(person, Amendment.CORRECTION, unit, case_id=relation)
    await corrections.correct_relation(registry, counter.home_hr, home, key())
    for case_id in (name, household, relation):
        assert (await counter.see(case_id)).position.outcome is ProceedingOutcome.CORRECTED
    seen = await accesses.look_at_self(registry, counter.me, frozenset(PersonField), history=True)
    assert {one.name_zh for one in seen.names} == {"旦增·卓嘎", "旦增卓嘎"}


async def test_what_is_declined_is_reviewed_by_the_authority_with_other_eyes(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    case_id = await counter.dispute(DisputedFact.LEVEL)
    await counter.decline(case_id, counter.officer)
    assert await counter.disputed() == []
    act = CorrectionAct(case_id, "评审表在册。", DIGEST)
    await correction_cases.appeal(registry, counter.me, act, key())
    assert await counter.disputed() == [DisputedFact.LEVEL]
    # The issuer's own word was heard; the officer who declined does not hear the appeal.
    with pytest.raises(NotFound):
        await counter.decline(case_id, counter.issuer)
    with pytest.raises(NotPermitted) as same:
        await counter.decline(case_id, counter.officer)
    assert same.value.reason == "DECIDED_BY_YOU"
    await correct_title(counter, case_id, counter.colleague, title_code="0103", title_name="讲师", level="中级")
    seen = await counter.see(case_id)
    assert (seen.position.state, seen.position.outcome) == (
        ProceedingState.APPEAL_DECIDED,
        ProceedingOutcome.CORRECTED,
    )


async def test_without_a_procedure_of_the_agreement_nothing_is_opened(counter: Counter) -> None:
    registry = counter.world.registry
    versions = tuple(
        replace(one, correction_procedures=(), digest=f"without procedures {one.digest}")
        for one in registry.agreement.versions
    )
    silent = replace(registry, agreement=replace(registry.agreement, versions=versions))
    asked = NewCorrectionCase(DisputedFact.NAME, GROUNDS)
    with pytest.raises(NotInForce) as refused:
        await correction_cases.open_case(silent, counter.me, asked, counter.world.key())
    assert refused.value.reason == "NO_PROCEDURE"


async def test_evidence_is_added_at_any_time_until_the_case_ends_and_the_clock_waits_for_what_was_asked(
    counter: Counter,
) -> None:
    registry, key = counter.world.registry, counter.world.key
    case_id = await counter.dispute(DisputedFact.HOUSEHOLD)
    act = CorrectionAct(case_id, "户口簿复印件已寄出。")
    await correction_cases.add_evidence(registry, counter.me, act, key())
    await correction_cases.request_evidence(registry, counter.officer, CorrectionAct(case_id, "请补寄首页。"), key())
    assert (await counter.see(case_id)).position.state is ProceedingState.EVIDENCE_REQUESTED
    await correction_cases.add_evidence(registry, counter.me, act, key())
    assert (await counter.see(case_id)).position.state is ProceedingState.OPEN
    await correction_cases.withdraw(registry, counter.me, case_id, key())
    assert (await counter.see(case_id)).position.state is ProceedingState.WITHDRAWN
    assert await counter.disputed() == []
    with pytest.raises(Conflict):
        await correction_cases.add_evidence(registry, counter.me, act, key())


async def test_one_fact_is_disputed_once_and_only_where_it_is_recorded(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    await counter.dispute(DisputedFact.LEVEL)
    with pytest.raises(Conflict) as twice:
        await counter.dispute(DisputedFact.LEVEL)
    assert twice.value.reason == "CASE_PENDING"
    other, _ = await counter.titles.enrol(2, "王芳")
    stranger = replace(counter.me, researcher_id=other)
    for asked, actor, kind, reason in (
        (NewCorrectionCase(DisputedFact.LEVEL, GROUNDS), counter.me, InvalidInput, "CREDENTIAL"),
        (NewCorrectionCase(DisputedFact.NAME, GROUNDS, counter.credential), counter.me, InvalidInput, "CREDENTIAL"),
        (NewCorrectionCase(DisputedFact.LEVEL, GROUNDS, counter.credential), stranger, NotFound, "NOT_FOUND"),
        (NewCorrectionCase(DisputedFact.LEVEL, GROUNDS, new_id()), counter.me, NotFound, "NOT_FOUND"),
        (NewCorrectionCase(DisputedFact.NAME, " "), counter.me, InvalidInput, None),
        (NewCorrectionCase(DisputedFact.NAME, GROUNDS, None, "x" * 201), counter.me, InvalidInput, "STATED"),
        (NewCorrectionCase(DisputedFact.DOCUMENT, GROUNDS, None, "1"), counter.me, InvalidInput, "STATED"),
        (
            NewCorrectionCase(DisputedFact.NAME, GROUNDS, None, counter.titles.document_number),
            counter.me,
            InvalidInput,
            "IDENTITY_NUMBER",
        ),
        (NewCorrectionCase(DisputedFact.NAME, GROUNDS, None, None, "xyz"), counter.me, InvalidInput, "EVIDENCE_DIGEST"),
        (NewCorrectionCase(DisputedFact.NAME, GROUNDS), counter.officer, NotFound, None),
        (NewCorrectionCase(DisputedFact.NAME, GROUNDS), ANONYMOUS, NotPermitted, "SIGN_IN_FIRST"),
    ):
        with pytest.raises(kind) as refused:
            await correction_cases.open_case(registry, actor, asked, key())
        if reason not in (None, "NOT_FOUND"):
            assert refused.value.reason == reason
    assert await counter.disputed() == [DisputedFact.LEVEL]


async def test_a_case_is_for_the_person_the_source_and_its_authority_alone(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    case_id = await counter.dispute(DisputedFact.LEVEL)
    for outsider in (counter.home_hr, counter.other_officer):
        with pytest.raises(NotFound):
            await counter.see(case_id, outsider)
        with pytest.raises(NotFound):
            await counter.decline(case_id, outsider)
        listed = await disputes.list_cases(registry, outsider, PageRequest())
        assert (listed.items, listed.has_next) == ((), False)
        assert await disputes.list_by_ids(registry, outsider, [case_id]) == [None]
    for asked in (
        disputes.list_cases(registry, ANONYMOUS, PageRequest()),
        disputes.get_case(registry, ANONYMOUS, case_id),
        correction_cases.withdraw(registry, ANONYMOUS, case_id, key()),
    ):
        with pytest.raises(NotPermitted):
            await asked
    with pytest.raises(NotFound):
        await correction_cases.withdraw(registry, counter.officer, case_id, key())
    with pytest.raises(NotPermitted) as nameless:
        await counter.decline(case_id, counter.titles.officer)
    assert nameless.value.reason == "NO_ACCOUNT"


async def test_the_database_lets_nobody_say_corrected_where_nothing_was_recorded(counter: Counter) -> None:
    case_id = await counter.dispute(DisputedFact.LEVEL)

    async def forge(work: Any) -> dict[str, Any]:
        await write_end(work, counter.issuer, case_id, ProceedingOutcome.CORRECTED)
        return {}

    with pytest.raises(DBAPIError) as failure:
        await perform(counter.world.registry, counter.issuer, "declineCorrection", counter.world.key(), {}, forge)
    assert getattr(failure.value.orig, "sqlstate", None) == "TR001"
    with pytest.raises(DBAPIError) as outside:
        await perform(counter.world.registry, counter.home_hr, "declineCorrection", counter.world.key(), {}, forge)
    assert getattr(outside.value.orig, "sqlstate", None) in ("TR001", "42501")


async def test_a_case_is_not_ended_by_a_record_that_leaves_what_is_disputed_as_it_was(counter: Counter) -> None:
    registry, key, person = counter.world.registry, counter.world.key, counter.titles.person
    level = await counter.dispute(DisputedFact.LEVEL)
    with pytest.raises(Conflict) as other_fact:
        await correct_title(counter, level, counter.issuer)
    name, household, relation = [
        await counter.dispute(fact)
        for fact in (DisputedFact.NAME, DisputedFact.HOUSEHOLD, DisputedFact.PERSONNEL_RELATION)
    ]
    again = Amendment.CORRECTION
    with pytest.raises(Conflict) as same_name:
        same = corrections.NameCorrection(person, again, NAME, case_id=name)
        await corrections.correct_name(registry, counter.officer, same, key())
    with pytest.raises(Conflict) as same_household:
        there = corrections.HouseholdCorrection(person, again, "510107", case_id=household)
        await corrections.correct_household(registry, counter.officer, there, key())
    with pytest.raises(Conflict) as same_unit:
        home = corrections.RelationCorrection(person, again, counter.titles.home, case_id=relation)
        await corrections.correct_relation(registry, counter.home_hr, home, key())
    for refused in (other_fact, same_name, same_household, same_unit):
        assert refused.value.reason == "NOTHING_TO_CORRECT"
    for case_id in (level, name, household, relation):
        assert (await counter.see(case_id)).position.is_pending
    # The right of appeal is there as before.
    await counter.decline(level, counter.issuer)
    appeal = CorrectionAct(level, GROUNDS)
    await correction_cases.appeal(registry, counter.me, appeal, key())


async def test_a_change_from_a_later_day_leaves_what_was_disputed_as_it_was(counter: Counter) -> None:
    registry, key, person = counter.world.registry, counter.world.key, counter.titles.person
    counter.world.clock.go_on(days=30)
    case_id, opened_on = await counter.dispute(DisputedFact.HOUSEHOLD), registry.today()
    counter.world.clock.go_on(days=2)

    async def move(since: date) -> None:
        moved = corrections.HouseholdCorrection(person, Amendment.CHANGE, "510104", since, case_id)
        await corrections.correct_household(registry, counter.officer, moved, key())

    with pytest.raises(Conflict) as later:
        await move(registry.today())
    assert later.value.reason == "NOTHING_TO_CORRECT"
    await move(opened_on - timedelta(days=20))
    assert (await counter.see(case_id)).position.outcome is ProceedingOutcome.CORRECTED


async def test_nobody_keeps_facts_disputed_by_asking_again_and_again(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    for _ in range(MOST_A_DAY):
        await correction_cases.withdraw(registry, counter.me, await counter.dispute(DisputedFact.LEVEL), key())
    with pytest.raises(Conflict) as refused:
        await counter.dispute(DisputedFact.LEVEL)
    assert refused.value.reason == "TOO_MANY_TODAY"
    counter.world.clock.go_on(days=1)
    await counter.dispute(DisputedFact.LEVEL)


async def test_the_database_lets_nobody_act_in_a_case_under_the_name_of_a_colleague(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    case_id = await counter.dispute(DisputedFact.LEVEL)
    await counter.decline(case_id, counter.officer)
    await correction_cases.appeal(registry, counter.me, CorrectionAct(case_id, GROUNDS), key())

    async def lend(work: Work) -> dict[str, Any]:
        forged = CorrectionEvent(
            id=new_id(),
            proceeding_id=case_id,
            at=work.now,
            on_day=work.today,
            event=ProceedingEventKind.APPEAL_DECIDED,
            actor_kind="AUTHORITY",
            account_id=counter.colleague.account_id,
            organisation_id=counter.officer.organisation_id,
            province="510000",
            outcome=ProceedingOutcome.DECLINED,
            text=GROUNDS,
        )
        await storage.add_event(work.connection, forged, work.command_id)
        return {}

    with pytest.raises(DBAPIError) as failure:
        await perform(registry, counter.officer, "declineCorrection", key(), {}, lend)
    assert getattr(failure.value.orig, "sqlstate", None) == "42501"
    assert (await counter.see(case_id)).position.state is ProceedingState.APPEALED
