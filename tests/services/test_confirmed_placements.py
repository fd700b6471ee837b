"""A placement rests on what a case granted, as long as the same clause still leaves the same thing open."""

from asyncio import gather
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.errors import NotInForce
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome, ProceedingState
from talent_registry.services import (
    credentials,
    placement_life,
    proceeding_acts,
    proceeding_clocks,
    proceedings,
    standing,
)
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.placement_reminders import CLOCK
from talent_registry.services.proceeding_acts import CaseAct, CaseDecision
from talent_registry.services.proceeding_clocks import close_lapsed, run_clocks
from talent_registry.services.proceeding_openings import Confirming
from talent_registry.storage import ledger
from talent_registry.storage import proceedings as stored
from tests.proceedings import GIVEN, LOCAL, POST, PREFECTURE, Desks, open_desks
from tests.registries import World
from tests.titles import PROFESSOR

# Another title of the same prefecture: the same clause rules.
HIGHER = replace(PROFESSOR, issuer_kind="市级人社", level="正高级", title_code="0101", title_name="教授")
CONFIRMED, REFUSED = ProceedingOutcome.CONFIRMED, ProceedingOutcome.REFUSED


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def agreed_on(desks: Desks, number: str, changes: Mapping[str, Any]) -> tuple[UUID, UUID, UUID]:
    """A fresh title with an open case, and a placement that rests on it and waits to begin."""
    credential = await desks.title(number, **changes)
    case_id = UUID((await desks.decide(credential))["case_id"])
    return credential, case_id, await desks.posts.agree(credential_id=credential)


async def activate(desks: Desks, placement_id: UUID) -> PlacementState:
    await placement_life.activate(desks.posts.registry, desks.me, placement_id, desks.world.key())
    return (await desks.posts.get(placement_id)).state


async def test_a_placement_begins_once_the_case_is_confirmed(desks: Desks) -> None:
    _, case_id, placement_id = await agreed_on(desks, "1", PREFECTURE)
    with pytest.raises(NotInForce) as refused:
        await activate(desks, placement_id)
    assert refused.value.reason == "NO_RECOGNITION"
    await desks.settle(case_id, CONFIRMED)
    assert await activate(desks, placement_id) is PlacementState.ACTIVE


async def test_a_refusal_supports_nothing_until_an_appeal_overturns_it(desks: Desks) -> None:
    _, case_id, placement_id = await agreed_on(desks, "1", PREFECTURE)
    await desks.settle(case_id, REFUSED)
    registry, key = desks.posts.registry, desks.world.key
    await proceeding_acts.appeal(registry, desks.me, CaseAct(case_id, "请复核。"), key())
    with pytest.raises(NotInForce):
        await activate(desks, placement_id)
    await proceeding_acts.decide_appeal(registry, desks.chongqing_too, CaseDecision(case_id, CONFIRMED, GIVEN), key())
    assert await activate(desks, placement_id) is PlacementState.ACTIVE


async def test_a_confirmation_for_one_post_is_none_for_another(desks: Desks) -> None:
    credential = await desks.title("1", **PREFECTURE)
    other = replace(POST, employer_kind="UNIVERSITY")
    await desks.settle(UUID((await desks.decide(credential, target=other))["case_id"]), CONFIRMED)
    placement_id = await desks.posts.agree(credential_id=credential)
    with pytest.raises(NotInForce):
        await activate(desks, placement_id)


async def test_what_was_confirmed_falls_with_the_facts_and_stands_again_with_them(desks: Desks) -> None:
    credential, case_id, placement_id = await agreed_on(desks, "1", PREFECTURE)
    await desks.settle(case_id, CONFIRMED)
    await activate(desks, placement_id)
    registry, officer, key = desks.posts.registry, desks.sichuan, desks.world.key
    desks.world.clock.go_on(hours=1)
    # Without a filing another clause rules: what was confirmed was something else.
    unfiled = replace(PROFESSOR, issuer_kind="市级人社", filing_number=None)
    await standing.correct(registry, officer, credentials.Correction(credential, unfiled), key())
    assert (await desks.posts.get(placement_id)).state is PlacementState.SUSPENDED
    desks.world.clock.go_on(hours=1)
    mended = replace(PROFESSOR, issuer_kind="市级人社")
    await standing.correct(registry, officer, credentials.Correction(credential, mended), key())
    assert (await desks.posts.get(placement_id)).state is PlacementState.ACTIVE
    desks.world.clock.go_on(hours=1)
    await standing.revoke(registry, officer, standing.StatusChange(credential, "造假"), key())
    assert (await desks.posts.get(placement_id)).state is PlacementState.ENDED


async def test_a_correction_is_not_covered_by_what_a_case_granted_though_the_same_clause_rules(desks: Desks) -> None:
    credential, case_id, placement_id = await agreed_on(desks, "1", PREFECTURE)
    await desks.settle(case_id, CONFIRMED)
    assert await activate(desks, placement_id) is PlacementState.ACTIVE
    registry, officer, key = desks.posts.registry, desks.sichuan, desks.world.key
    desks.world.clock.go_on(hours=1)
    await standing.correct(registry, officer, credentials.Correction(credential, HIGHER), key())
    assert (await desks.posts.get(placement_id)).state is PlacementState.SUSPENDED
    anew = UUID((await desks.decide(credential))["case_id"])
    first, second = await desks.see(case_id), await desks.see(anew)
    assert case_id != anew
    assert (first.case.outcome, first.case.rule) == (second.case.outcome, second.case.rule)
    # Corrected back, what was granted holds again.
    desks.world.clock.go_on(hours=1)
    mended = replace(PROFESSOR, issuer_kind="市级人社")
    await standing.correct(registry, officer, credentials.Correction(credential, mended), key())
    assert (await desks.posts.get(placement_id)).state is PlacementState.ACTIVE


async def test_a_case_on_facts_corrected_meanwhile_is_not_the_case_of_the_next_application(desks: Desks) -> None:
    credential, case_id, placement_id = await agreed_on(desks, "1", PREFECTURE)
    desks.world.clock.go_on(hours=1)
    asked = credentials.Correction(credential, HIGHER)
    await standing.correct(desks.posts.registry, desks.sichuan, asked, desks.world.key())
    await desks.settle(case_id, CONFIRMED)
    with pytest.raises(NotInForce) as refused:
        await activate(desks, placement_id)
    assert refused.value.reason == "NO_RECOGNITION"
    anew = UUID((await desks.decide(credential))["case_id"])
    assert anew != case_id
    await desks.settle(anew, CONFIRMED)
    assert await activate(desks, placement_id) is PlacementState.ACTIVE


async def test_silence_counts_as_granted_the_day_after_the_deadline_whoever_looks_first(desks: Desks) -> None:
    _, case_id, placement_id = await agreed_on(desks, "1", LOCAL)
    desks.go_to("2026-12-15")
    assert (await desks.see(case_id)).position.state is ProceedingState.OPEN
    with pytest.raises(NotInForce):
        await activate(desks, placement_id)
    desks.go_to("2026-12-16")
    derived = (await desks.see(case_id)).position
    assert (derived.state, derived.outcome, derived.tacit) == (
        ProceedingState.DECIDED,
        ProceedingOutcome.VERIFIED,
        True,
    )
    assert derived.decided_on == date(2026, 12, 16)
    assert await activate(desks, placement_id) is PlacementState.ACTIVE
    seen = await desks.see(case_id)
    assert seen.events[-1].event is ProceedingEventKind.LAPSED
    assert replace(seen.position, clocks=()) == replace(derived, clocks=())


async def test_the_clock_records_exactly_what_every_reader_saw_already(desks: Desks) -> None:
    lapsing = [await desks.open(str(number), **LOCAL) for number in range(3)]
    never = await desks.open("9", **PREFECTURE)
    registry = desks.posts.registry
    assert await run_clocks(registry, OPERATOR) == []
    desks.go_to("2026-12-31")
    before = {one: (await desks.see(one)).position for one in (*lapsing, never)}
    assert await run_clocks(registry, OPERATOR) == lapsing
    assert await run_clocks(registry, OPERATOR) == []
    for one, position in before.items():
        seen = await desks.see(one)
        assert seen.position == position
        assert (seen.events[-1].event is ProceedingEventKind.LAPSED) == (one in lapsing)
    lapse = (await desks.see(lapsing[0])).events[-1]
    assert (lapse.on_day, lapse.actor_kind, lapse.account_id) == (date(2026, 12, 16), "CLOCK", None)
    assert before[never].overdue
    assert (await desks.settle(never, CONFIRMED))["state"] == "DECIDED"


async def test_two_clocks_at_once_and_whoever_came_first_record_each_case_once(desks: Desks) -> None:
    lapsing = [await desks.open(str(number), **LOCAL) for number in range(3)]
    registry = desks.posts.registry
    desks.go_to("2026-12-16")
    await close_lapsed(registry, OPERATOR, lapsing[0], desks.world.key())
    assert not await proceeding_clocks._recorded(registry, OPERATOR, lapsing[0])
    both = await gather(run_clocks(registry, OPERATOR), run_clocks(registry, OPERATOR))
    assert sorted(one for recorded in both for one in recorded) == lapsing[1:]
    for one in lapsing:
        events = [event.event for event in (await desks.see(one)).events]
        assert events == [ProceedingEventKind.OPENED, ProceedingEventKind.LAPSED]


async def test_the_body_cannot_refuse_what_its_silence_granted(desks: Desks) -> None:
    case_id = await desks.open("1", **LOCAL)
    desks.go_to("2026-12-16")
    with pytest.raises(Exception, match="decided"):
        await desks.settle(case_id, ProceedingOutcome.NOT_VERIFIED)


async def test_nothing_lapses_on_a_provisional_deadline(world: World) -> None:
    desks = await open_desks(world)
    desks.go_to("2026-12-20")
    case_id = await desks.open("1", **LOCAL)
    desks.go_to("2027-03-01")
    position = (await desks.see(case_id)).position
    assert (position.state, position.overdue) == (ProceedingState.OPEN, False)
    assert position.clocks[0].clock.years_without_notice == (2027,)
    assert await run_clocks(world.registry, OPERATOR) == []
    with pytest.raises(Exception, match="Silence has not counted"):
        await close_lapsed(world.registry, OPERATOR, case_id, world.key())


async def test_what_the_clock_records_in_a_case_is_the_clocks_own_act(desks: Desks) -> None:
    case_id = await desks.open("1", **LOCAL)
    registry = desks.posts.registry
    assert await run_clocks(registry, CLOCK) == []
    desks.go_to("2026-12-16")
    assert await run_clocks(registry, CLOCK) == [case_id]
    assert await run_clocks(registry, CLOCK) == []
    async with registry.reading(OPERATOR) as connection:
        entries = await ledger.list_entries_about(connection, f"recognitionCase:{case_id}", after=0, limit=50)
    assert [(one.entry.name, one.entry.actor_kind) for one in entries][-1] == ("closeLapsed", "CLOCK")
    # Without its duty the clock sees no case at all.
    async with registry.reading(CLOCK) as connection:
        assert await stored.list_by_ids(connection, [case_id]) == [None]


@pytest.mark.parametrize("who", ["me", "chongqing", "issuer"])
async def test_only_the_operator_runs_the_clocks(desks: Desks, who: str) -> None:
    with pytest.raises(Exception, match="does not belong"):
        await run_clocks(desks.posts.registry, getattr(desks, who))


async def test_who_asks_is_told_whether_a_case_confirmed_the_answer_as_of_a_day_and_an_instant(desks: Desks) -> None:
    credential, case_id, _ = await agreed_on(desks, "1", PREFECTURE)
    opened = desks.world.clock.now
    desks.go_to("2026-12-01")
    await desks.settle(case_id, CONFIRMED)
    told = (await desks.see(case_id)).case.told
    asked = Confirming(credential, POST, Outcome.CONFIRM, "R99", told, date(2026, 12, 1))
    registry = desks.posts.registry
    for one, confirmed in (
        (asked, True),
        (replace(asked, on=date(2026, 11, 30)), False),
        (replace(asked, on=date(2026, 11, 1)), False),
        (replace(asked, known_at=opened), False),
        (replace(asked, rule="R11"), False),
        (replace(asked, told=told - {next(iter(told))}), False),
        (replace(asked, target=replace(POST, post_series=None)), False),
    ):
        (found,) = await proceedings.list_confirmed(registry, desks.me, [one])
        assert (found.confirmed, found.seen is not None) == (confirmed, confirmed)
    (unseen,) = await proceedings.list_confirmed(registry, desks.posts.host_hr, [asked])
    assert (unseen.confirmed, unseen.seen) == (True, None)
    assert [one and one.case.id for one in await proceedings.list_by_ids(registry, desks.sichuan, [case_id])] == [None]


async def test_the_database_itself_lets_no_placement_begin_on_an_open_case(desks: Desks) -> None:
    """Whatever the program believes: a decision that is not of right needs a case that granted it."""
    credential, case_id, placement_id = await agreed_on(desks, "1", PREFECTURE)
    decision = (await desks.see(case_id)).case.decision_id
    statement = text(
        "UPDATE placement SET state = 'ACTIVE', activated_on = :day, decision_id = :decision WHERE id = :placement"
    )
    values = {"day": desks.posts.today, "decision": decision, "placement": placement_id}
    with pytest.raises(DBAPIError) as refused:
        async with desks.posts.registry.noting(desks.me) as connection:
            await connection.execute(statement, values)
    assert getattr(getattr(refused.value.orig, "diag", None), "constraint_name", None) == "recognition_in_force"
    await desks.settle(case_id, CONFIRMED)
    # Nor on a decision of facts that the case did not see.
    desks.world.clock.go_on(hours=1)
    corrected = credentials.Correction(credential, HIGHER)
    await standing.correct(desks.posts.registry, desks.sichuan, corrected, desks.world.key())
    of_others = {**values, "decision": UUID((await desks.decide(credential))["decision_id"])}
    with pytest.raises(DBAPIError, match="rests on a recognition valid on the day"):
        async with desks.posts.registry.noting(desks.me) as connection:
            await connection.execute(statement, of_others)
    async with desks.posts.registry.noting(desks.me) as connection:
        await connection.execute(statement, values)
    assert (await desks.posts.get(placement_id)).credential_id == credential
