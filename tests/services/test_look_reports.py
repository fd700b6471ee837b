"""A person reports a look at the own record; the authority of whoever looked finds whether there was ground for it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.consents import Access
from talent_registry.domain.correction_cases import MOST_A_DAY, CorrectionCase, DisputedFact
from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.inbox import InboxFilter
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.proceedings import ProceedingOutcome, ProceedingState, Terms
from talent_registry.domain.researchers import PersonField
from talent_registry.services import accesses, correction_cases, disputes, inbox
from talent_registry.services.correction_cases import CorrectionAct, NewCorrectionCase
from talent_registry.services.inbox import ReadItem
from talent_registry.services.looks import get_own_look
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Work, perform
from talent_registry.storage import accesses as stored_looks
from talent_registry.storage import correction_cases as storage
from talent_registry.storage.ids import new_id
from tests.disputed import Counter, open_counter, write_end
from tests.registries import World

GROUNDS = "我与该单位没有任何关系。"
FOUND = "该账户未能说明查询依据。"


@pytest.fixture
async def counter(world: World) -> Counter:
    return await open_counter(world)


async def a_look(counter: Counter, by: Actor) -> Access:
    name = frozenset({PersonField.NAME})
    await accesses.look_at(counter.world.registry, by, counter.titles.person, name, "人员核查", history=False)
    return (await looks_of(counter))[0]


async def looks_of(counter: Counter) -> tuple[Access, ...]:
    registry = counter.world.registry
    return (await accesses.list_accesses(registry, counter.me, PageRequest(), newest_first=True)).items


async def report(counter: Counter, look_id: UUID | None, **more: Any) -> UUID:
    asked = NewCorrectionCase(DisputedFact.LOOK, GROUNDS, look_id=look_id, **more)
    done = await correction_cases.open_case(counter.world.registry, counter.me, asked, counter.world.key())
    return UUID(done.result["case_id"])


async def uphold(counter: Counter, actor: Actor, case_id: UUID) -> None:
    asked = CorrectionAct(case_id, FOUND)
    await correction_cases.uphold(counter.world.registry, actor, asked, counter.world.key())


async def told(counter: Counter, actor: Actor) -> list[ReadItem]:
    page = await inbox.page_inbox(counter.world.registry, actor, PageRequest(), InboxFilter())
    return [one for one in page.items if "look" in one.item.event.type]


async def test_a_reported_look_is_seen_to_in_time_and_whoever_looked_is_told_at_the_end_of_account_and_day(
    counter: Counter,
) -> None:
    look = await a_look(counter, counter.home_hr)
    case_id = await report(counter, look.id)
    seen = await counter.see(case_id, counter.officer)
    assert (seen.look, seen.case.source_id, seen.case.body_province) == (look, None, "510000")
    assert (seen.public_number, seen.position.state) == (counter.titles.public_number, ProceedingState.OPEN)
    assert seen.position.due_on is not None
    assert await counter.disputed() == []
    # That the case was read is a look as well, and it showed nothing of the record.
    assert (await looks_of(counter))[0].fields == ()
    for stranger in (counter.home_hr, counter.issuer, counter.other_officer):
        with pytest.raises(NotFound):
            await counter.see(case_id, stranger)
        with pytest.raises((NotFound, NotPermitted)):
            await uphold(counter, stranger, case_id)
    assert await told(counter, counter.home_hr) == []
    await uphold(counter, counter.officer, case_id)
    assert (await counter.see(case_id)).position.outcome is ProceedingOutcome.UPHELD
    assert (await told(counter, counter.me))[0].item.event.type == "case.look_decided"
    (one,) = await told(counter, counter.home_hr)
    assert str(look.account_id) in one.message.zh
    assert set(one.item.event.data) == {"on", "lookedOn", "account"}
    for secret in (GROUNDS, FOUND, counter.titles.public_number, str(counter.titles.person)):
        assert secret not in str(one.item.event)
    assert await told(counter, counter.other_officer) == []


async def test_a_look_found_in_order_is_told_to_nobody_but_the_person_who_may_have_it_reviewed(
    counter: Counter,
) -> None:
    registry, key = counter.world.registry, counter.world.key
    look = await a_look(counter, counter.home_hr)
    case_id = await report(counter, look.id)
    await counter.decline(case_id, counter.officer)
    await correction_cases.appeal(registry, counter.me, CorrectionAct(case_id, GROUNDS), key())
    with pytest.raises(NotPermitted) as same:
        await uphold(counter, counter.officer, case_id)
    assert same.value.reason == "DECIDED_BY_YOU"
    assert await told(counter, counter.home_hr) == []
    await uphold(counter, counter.colleague, case_id)
    assert (await counter.see(case_id)).position.state is ProceedingState.APPEAL_DECIDED
    assert [one.item.event.type for one in await told(counter, counter.home_hr)] == ["case.look_upheld"]
    with pytest.raises(Conflict) as again:
        await report(counter, look.id)
    assert again.value.reason == "REPORTED_ALREADY"


async def test_nobody_sees_to_the_own_look(counter: Counter) -> None:
    look = await a_look(counter, counter.officer)
    case_id = await report(counter, look.id)
    for settle in (uphold(counter, counter.officer, case_id), counter.decline(case_id, counter.officer)):
        with pytest.raises(NotPermitted) as own:
            await settle
        assert own.value.reason == "LOOKED_BY_YOU"
    with pytest.raises(DBAPIError):
        await forge(counter, counter.officer, case_id, ProceedingOutcome.UPHELD)
    await uphold(counter, counter.colleague, case_id)


async def test_what_is_no_look_at_the_own_record_is_not_reported(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    look = await a_look(counter, counter.home_hr)
    for named in (None, counter.credential):
        asked = NewCorrectionCase(DisputedFact.NAME, GROUNDS, named, look_id=look.id)
        with pytest.raises(InvalidInput):
            await correction_cases.open_case(registry, counter.me, asked, key())
    with pytest.raises(InvalidInput) as none:
        await report(counter, None)
    assert none.value.reason == "LOOK"
    with pytest.raises(InvalidInput) as stated:
        await report(counter, look.id, should_read="没有查询")
    assert stated.value.reason == "STATED"
    with pytest.raises(NotFound):
        await report(counter, new_id())
    unknown = Access(new_id(), counter.titles.person, None, None, counter.world.clock.now, "聘用", "SHARE_CODE", ())
    own = Access(new_id(), counter.titles.person, counter.me.account_id, None, counter.world.clock.now, "核验", "X", ())
    async with registry.noting(counter.me) as connection:
        await stored_looks.note(connection, unknown, own)
    with pytest.raises(Conflict) as nobody:
        await report(counter, unknown.id)
    assert nobody.value.reason == "NOBODY_LOOKED"
    assert (await counter.see(await report(counter, own.id))).case.body_province == "510000"
    assert await get_own_look(registry, counter.me, look.id) == look
    with pytest.raises(NotFound):
        await get_own_look(registry, counter.me, new_id())


async def test_a_withdrawn_report_may_be_made_again_and_reports_are_limited_a_day(counter: Counter) -> None:
    registry, key = counter.world.registry, counter.world.key
    look = await a_look(counter, counter.home_hr)
    for _ in range(MOST_A_DAY):
        await correction_cases.withdraw(registry, counter.me, await report(counter, look.id), key())
    with pytest.raises(Conflict) as many:
        await report(counter, look.id)
    assert many.value.reason == "TOO_MANY_TODAY"
    page = await disputes.list_cases(registry, counter.officer, PageRequest(100))
    assert [one.look for one in page.items] == [look] * MOST_A_DAY


async def forge(counter: Counter, actor: Actor, case_id: UUID, outcome: ProceedingOutcome) -> None:
    async def act(work: Work) -> dict[str, Any]:
        await write_end(work, actor, case_id, outcome, FOUND)
        return {}

    await perform(counter.world.registry, actor, "upholdLookReport", counter.world.key(), {}, act)


async def test_the_database_keeps_looks_and_facts_apart_and_asks_the_province_of_whoever_looked(
    counter: Counter,
) -> None:
    look = await a_look(counter, counter.home_hr)
    reported, disputed = await report(counter, look.id), await counter.dispute(DisputedFact.NAME)
    for case_id, outcome in ((reported, ProceedingOutcome.CORRECTED), (disputed, ProceedingOutcome.UPHELD)):
        with pytest.raises(DBAPIError) as forged:
            await forge(counter, counter.officer, case_id, outcome)
        assert getattr(forged.value.orig, "sqlstate", None) == "TR001"

    async def misaddress(work: Work) -> dict[str, Any]:
        case = CorrectionCase(
            id=new_id(),
            fact=DisputedFact.LOOK,
            researcher_id=counter.titles.person,
            credential_id=None,
            source_id=None,
            body_province="500000",
            stated=None,
            procedure="REPORT_LOOK",
            terms=Terms(15, 10, 40, 20, tacit=False),
            opened_on=work.today,
            look_id=look.id,
        )
        await storage.add_case(work.connection, case, work.command_id)
        return {}

    with pytest.raises(DBAPIError) as elsewhere:
        await perform(counter.world.registry, counter.me, "openCorrectionCase", counter.world.key(), {}, misaddress)
    assert getattr(elsewhere.value.orig, "sqlstate", None) == "TR001"
