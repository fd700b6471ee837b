"""Cases at the same moment: on several servers, whose clocks disagree, by everybody who may end one."""

from asyncio import gather
from uuid import UUID

import pytest
from sqlalchemy import text

from talent_registry.domain.errors import Conflict
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome, ProceedingState
from talent_registry.services import proceeding_acts, proceeding_clocks, proceeding_openings
from talent_registry.services.inconsistencies import list_inconsistencies
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.proceeding_acts import CaseAct, CaseDecision
from talent_registry.services.registry import caller_of
from talent_registry.storage.ids import new_id
from tests.proceedings import GIVEN, LOCAL, PREFECTURE, Desks, open_desks
from tests.registries import World

CONFIRMED, REFUSED = ProceedingOutcome.CONFIRMED, ProceedingOutcome.REFUSED
VERIFIED, NOT_VERIFIED = ProceedingOutcome.VERIFIED, ProceedingOutcome.NOT_VERIFIED


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


def clock_behind() -> UUID:
    """An id as a server makes it whose clock is an hour behind."""
    return UUID(int=new_id().int - (3_600_000 << 80))


async def test_what_happens_is_ordered_by_the_databases_clock_and_not_by_the_servers(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, registry = await desks.open("1", **PREFECTURE), desks.posts.registry
    desks.world.clock.go_on(seconds=1)
    await desks.settle(case_id, REFUSED)
    monkeypatch.setattr(proceeding_openings, "new_id", clock_behind)
    desks.world.clock.go_on(seconds=1)
    await proceeding_acts.appeal(registry, desks.me, CaseAct(case_id, "材料有误。"), desks.world.key())
    assert (await desks.see(case_id)).position.state is ProceedingState.APPEALED
    desks.world.clock.go_on(seconds=1)
    decision = CaseDecision(case_id, CONFIRMED, GIVEN)
    await proceeding_acts.decide_appeal(registry, desks.chongqing_too, decision, desks.world.key())
    position = (await desks.see(case_id)).position
    assert (position.state, position.outcome) == (ProceedingState.APPEAL_DECIDED, CONFIRMED)
    async with registry.database.reading(caller_of(desks.chongqing), registry.today()) as connection:
        asked = text("SELECT is_confirmed_in_a_case(decision_id) FROM proceeding WHERE id = :id")
        assert (await connection.execute(asked, {"id": case_id})).scalar_one()


async def test_of_two_cases_on_the_same_facts_the_later_by_the_databases_clock_speaks(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = await desks.title("1", **PREFECTURE)
    refused = UUID((await desks.decide(credential))["case_id"])
    await desks.settle(refused, REFUSED)
    monkeypatch.setattr(proceeding_openings, "new_id", clock_behind)
    desks.world.clock.go_on(seconds=1)
    granted = UUID((await desks.decide(credential))["case_id"])
    assert granted != refused
    await desks.settle(granted, CONFIRMED)
    assert UUID((await desks.decide(credential))["case_id"]) == granted
    registry = desks.posts.registry
    async with registry.database.reading(caller_of(desks.chongqing), registry.today()) as connection:
        asked = text("SELECT is_confirmed_in_a_case(decision_id) FROM proceeding WHERE id = :id")
        assert (await connection.execute(asked, {"id": granted})).scalar_one()


async def test_a_server_whose_day_is_behind_acts_on_what_happened_last(desks: Desks) -> None:
    case_id, registry = await desks.open("1", **PREFECTURE), desks.posts.registry
    today = desks.world.clock.now
    desks.world.clock.go_on(days=1)
    await desks.settle(case_id, REFUSED)
    desks.world.clock.now = today
    for act in (
        proceeding_acts.request_evidence(registry, desks.chongqing, CaseAct(case_id, "请补材料。"), desks.world.key()),
        proceeding_acts.withdraw(registry, desks.me, case_id, desks.world.key()),
        proceeding_acts.decide(
            registry, desks.chongqing_too, CaseDecision(case_id, CONFIRMED, GIVEN), desks.world.key()
        ),
    ):
        with pytest.raises(Conflict) as late:
            await act
        assert late.value.reason == "WRONG_STATE"
    done = await proceeding_acts.appeal(registry, desks.me, CaseAct(case_id, "材料有误。"), desks.world.key())
    assert done.result["state"] == "APPEALED"
    desks.world.clock.go_on(days=1)
    days = [one.on_day for one in (await desks.see(case_id)).events]
    assert days == sorted(days)


async def test_of_all_who_end_a_case_at_once_one_does(desks: Desks) -> None:
    registry, ended = desks.posts.registry, 0
    for number in range(4):
        case_id = await desks.open(str(number), **LOCAL)
        desks.go_to("2026-12-31")
        lapsed = number % 2
        if not lapsed:
            desks.world.clock.now = registry.clock().replace(year=2026, month=11, day=24)
        acts = [
            proceeding_acts.decide(registry, who, CaseDecision(case_id, what, GIVEN), desks.world.key())
            for who, what in ((desks.chongqing, NOT_VERIFIED), (desks.chongqing_too, VERIFIED))
        ]
        acts.append(proceeding_acts.withdraw(registry, desks.me, case_id, desks.world.key()))
        acts.append(proceeding_acts.appeal(registry, desks.me, CaseAct(case_id, "不服。"), desks.world.key()))
        acts += [proceeding_clocks.close_lapsed(registry, OPERATOR, case_id, desks.world.key()) for _ in range(2)]
        came = await gather(*acts, return_exceptions=True)
        assert all(isinstance(one, Conflict) for one in came if isinstance(one, BaseException)), came
        events = [one.event for one in (await desks.see(case_id)).events]
        ended += sum(one in {"DECIDED", "LAPSED", "WITHDRAWN"} for one in events)
        assert (ProceedingEventKind.LAPSED in events) == bool(lapsed)
        desks.world.clock.now = registry.clock().replace(year=2026, month=11, day=24)
    assert ended == 4


async def test_what_an_appeal_came_to_is_compared_also_where_its_server_is_behind(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = desks.posts.registry
    granted, refused = await desks.open("1", **PREFECTURE), await desks.open("2", **PREFECTURE)
    await desks.settle(granted, CONFIRMED)
    await desks.settle(refused, REFUSED)
    assert len((await list_inconsistencies(registry, desks.chongqing, PageRequest())).items) == 1
    monkeypatch.setattr(proceeding_openings, "new_id", clock_behind)
    desks.world.clock.go_on(seconds=1)
    await proceeding_acts.appeal(registry, desks.me, CaseAct(refused, "材料有误。"), desks.world.key())
    desks.world.clock.go_on(seconds=1)
    decision = CaseDecision(refused, CONFIRMED, GIVEN)
    await proceeding_acts.decide_appeal(registry, desks.chongqing_too, decision, desks.world.key())
    assert (await list_inconsistencies(registry, desks.chongqing, PageRequest())).items == ()
