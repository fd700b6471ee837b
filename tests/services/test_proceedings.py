"""Cases: opened by the applicant's decision, seen to by the body responsible, with evidence, decision and appeal."""

from asyncio import gather
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from talent_registry.domain.agreements import ResponsibleBody
from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingKind, ProceedingOutcome, ProceedingState
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, proceeding_acts, proceedings
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.proceeding_acts import CaseAct, CaseDecision
from talent_registry.services.proceedings import SoughtCases
from talent_registry.storage import accesses, ledger
from tests.proceedings import CENTRAL, GIVEN, LOCAL, POST, PREFECTURE, PURPOSE, Desks, open_desks
from tests.registries import World, authority

CONFIRMED, REFUSED = ProceedingOutcome.CONFIRMED, ProceedingOutcome.REFUSED
VERIFIED, NOT_VERIFIED = ProceedingOutcome.VERIFIED, ProceedingOutcome.NOT_VERIFIED


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def test_what_a_decision_leaves_open_is_a_case_at_the_body_responsible(desks: Desks) -> None:
    for number, changes, kind, body, province in (
        ("1", PREFECTURE, ProceedingKind.CONFIRMATION, ResponsibleBody.TARGET_AUTHORITY, "500000"),
        ("2", CENTRAL, ProceedingKind.VERIFICATION, ResponsibleBody.ISSUER, "510000"),
        ("3", LOCAL, ProceedingKind.VERIFICATION, ResponsibleBody.TARGET_AUTHORITY, "500000"),
    ):
        seen = await desks.see(await desks.open(number, **changes))
        assert (seen.case.kind, seen.case.body, seen.case.body_province) == (kind, body, province)
        assert (seen.position.state, seen.position.outcome) == (ProceedingState.OPEN, None)
        assert (seen.case.opened_on, seen.case.target) == (desks.posts.today, POST)
        assert seen.case.approving_province is None
    elsewhere = await desks.decide(desks.posts.person.credential, target=replace(POST, post_series="02"))
    again = await desks.see(UUID(elsewhere["case_id"]))
    assert (elsewhere["rule"], again.case.kind) == ("R10a", ProceedingKind.RE_REVIEW)
    assert (await desks.decide(desks.posts.person.credential))["case_id"] is None
    assert (await desks.decide(await desks.title("4", **PREFECTURE), on=date(2021, 1, 1)))["case_id"] is None


async def test_the_same_question_does_not_open_a_second_case_while_one_is_pending_or_granted(desks: Desks) -> None:
    credential = await desks.title("1", **PREFECTURE)
    first = (await desks.decide(credential))["case_id"]
    assert (await desks.decide(credential))["case_id"] == first
    other_post = (await desks.decide(credential, target=replace(POST, division="500103")))["case_id"]
    assert other_post not in (None, first)
    await desks.settle(UUID(first), CONFIRMED)
    assert (await desks.decide(credential))["case_id"] == first
    await desks.settle(UUID(other_post), REFUSED)
    anew = (await desks.decide(credential, target=replace(POST, division="500103")))["case_id"]
    assert anew not in (None, other_post)


async def test_an_authoritys_question_is_no_application_and_hr_applies_by_consent(desks: Desks) -> None:
    credential = await desks.title("1", **PREFECTURE)
    assert (await desks.decide(credential, desks.chongqing))["case_id"] is None
    asked = consents.NewConsent(
        desks.posts.host,
        "核验",
        (PersonField.CREDENTIALS, PersonField.DECISIONS),
        desks.posts.today.replace(year=2027),
    )
    await consents.grant(desks.posts.registry, desks.me, asked, desks.world.key())
    opened = UUID((await desks.decide(credential, desks.posts.host_hr))["case_id"])
    seen = await desks.see(opened, desks.posts.host_hr)
    assert not seen.shows_texts
    assert (await desks.see(opened)).shows_texts
    assert seen.events[0].organisation_id == desks.posts.host


async def test_the_body_decides_with_grounds_once(desks: Desks) -> None:
    case_id = await desks.open("1", **PREFECTURE)
    for text in ("", " ", "x\x00", "长" * 2001):
        with pytest.raises(InvalidInput):
            await desks.settle(case_id, CONFIRMED, text=text)
    with pytest.raises(InvalidInput) as wrong:
        await desks.settle(case_id, VERIFIED)
    assert wrong.value.reason == "WRONG_OUTCOME"
    assert await desks.settle(case_id, CONFIRMED) == {
        "case_id": str(case_id),
        "state": "DECIDED",
        "outcome": "CONFIRMED",
    }
    with pytest.raises(Conflict) as twice:
        await desks.settle(case_id, REFUSED, desks.chongqing_too)
    assert twice.value.reason == "WRONG_STATE"
    seen = await desks.see(case_id)
    assert (seen.position.decided_on, seen.position.tacit) == (desks.posts.today, False)
    assert seen.events[-1].text == GIVEN


async def test_an_issuer_verifies_its_own_record_and_so_may_the_authority_of_its_province(desks: Desks) -> None:
    first, second = await desks.open("1", **CENTRAL), await desks.open("2", **CENTRAL)
    with pytest.raises(NotFound):
        await desks.settle(first, VERIFIED, desks.chongqing)
    assert (await desks.settle(first, VERIFIED, desks.issuer))["outcome"] == "VERIFIED"
    assert (await desks.settle(second, NOT_VERIFIED, desks.sichuan))["outcome"] == "NOT_VERIFIED"


async def test_nobody_acts_in_a_case_that_is_not_theirs_nor_learns_that_it_is_there(desks: Desks) -> None:
    case_id, registry = await desks.open("1", **PREFECTURE), desks.posts.registry
    stranger, _ = await desks.posts.titles.enrol(9, "单雄信")
    decision = CaseDecision(case_id, CONFIRMED, GIVEN)
    for actor in (
        desks.me,
        desks.sichuan,
        desks.issuer,
        desks.posts.home_hr,
        desks.posts.host_hr,
        authority("520000"),
        Actor(ActorKind.RESEARCHER, None, None, stranger),
    ):
        said = []
        for asked in (decision, replace(decision, case_id=desks.posts.host)):
            with pytest.raises(NotFound) as refused:
                await proceeding_acts.decide(registry, actor, asked, desks.world.key())
            said.append(refused.value.message)
        assert said[0] == said[1]
    for ask in (
        proceeding_acts.decide(registry, ANONYMOUS, decision, desks.world.key()),
        proceedings.get_case(registry, ANONYMOUS, case_id),
        proceedings.list_cases(registry, ANONYMOUS, PageRequest(), SoughtCases()),
    ):
        with pytest.raises(NotPermitted):
            await ask
    with pytest.raises(NotFound):
        await desks.see(case_id, desks.sichuan)
    with pytest.raises(NotPermitted) as nobody:
        await desks.settle(case_id, CONFIRMED, replace(desks.chongqing, account_id=None))
    assert nobody.value.reason == "NO_ACCOUNT"


async def test_a_request_for_evidence_stops_the_clock_until_the_answer(desks: Desks) -> None:
    case_id, registry = await desks.open("1", **PREFECTURE), desks.posts.registry
    act = CaseAct(case_id, "请补充评审表原件。")
    # Opened on Tuesday 24 November; twenty working days end on Tuesday 22 December.
    assert (await desks.see(case_id)).position.due_on == date(2026, 12, 22)
    with pytest.raises(Conflict) as nothing:
        await proceeding_acts.give_evidence(registry, desks.me, act, desks.world.key())
    assert nothing.value.reason == "NOTHING_ASKED"
    desks.go_to("2026-11-30")
    await proceeding_acts.request_evidence(registry, desks.chongqing, act, desks.world.key())
    stopped = await desks.see(case_id)
    assert stopped.position.state is ProceedingState.EVIDENCE_REQUESTED
    with pytest.raises(Conflict):
        await proceeding_acts.request_evidence(registry, desks.chongqing, act, desks.world.key())
    desks.go_to("2026-12-02")
    await proceeding_acts.give_evidence(registry, desks.me, replace(act, text="已附。"), desks.world.key())
    seen = await desks.see(case_id)
    # Monday to Wednesday stood still: three working days later, on Friday 25 December.
    assert (seen.position.state, seen.position.due_on) == (ProceedingState.OPEN, date(2026, 12, 25))
    assert [(one.event.value, one.text) for one in seen.events][1:] == [
        ("EVIDENCE_REQUESTED", "请补充评审表原件。"),
        ("EVIDENCE_GIVEN", "已附。"),
    ]


async def test_without_an_answer_in_time_the_body_decides_on_what_there_is(desks: Desks) -> None:
    case_id, registry = await desks.open("1", **PREFECTURE), desks.posts.registry
    await proceeding_acts.request_evidence(registry, desks.chongqing, CaseAct(case_id, "请补充。"), desks.world.key())
    desks.go_to("2026-12-08")
    assert (await desks.see(case_id)).position.state is ProceedingState.EVIDENCE_REQUESTED
    desks.go_to("2026-12-09")
    assert (await desks.see(case_id)).position.state is ProceedingState.OPEN
    # A late answer is taken all the same.
    await proceeding_acts.give_evidence(registry, desks.me, CaseAct(case_id, "迟到的材料。"), desks.world.key())
    assert (await desks.settle(case_id, REFUSED))["state"] == "DECIDED"


async def test_the_applicant_withdraws_what_is_not_decided(desks: Desks) -> None:
    case_id, registry = await desks.open("1", **PREFECTURE), desks.posts.registry
    done = await proceeding_acts.withdraw(registry, desks.me, case_id, desks.world.key())
    assert done.result == {"case_id": str(case_id), "state": "WITHDRAWN", "outcome": None}
    assert (await desks.see(case_id)).position.due_on is None
    with pytest.raises(Conflict):
        await desks.settle(case_id, CONFIRMED)


async def test_a_refusal_is_appealed_in_time_and_decided_by_another_account(desks: Desks) -> None:
    case_id, registry = await desks.open("1", **PREFECTURE), desks.posts.registry
    appeal, overturn = CaseAct(case_id, "评审材料齐全。"), CaseDecision(case_id, CONFIRMED, "复核属实。")
    with pytest.raises(Conflict):
        await proceeding_acts.appeal(registry, desks.me, appeal, desks.world.key())
    await desks.settle(case_id, REFUSED)
    with pytest.raises(Conflict):
        await proceeding_acts.decide_appeal(registry, desks.chongqing_too, overturn, desks.world.key())
    await proceeding_acts.appeal(registry, desks.me, appeal, desks.world.key())
    seen = await desks.see(case_id)
    assert (seen.position.state, seen.position.outcome) == (ProceedingState.APPEALED, REFUSED)
    with pytest.raises(NotPermitted) as same:
        await proceeding_acts.decide_appeal(registry, desks.chongqing, overturn, desks.world.key())
    assert same.value.reason == "DECIDED_BY_YOU"
    done = await proceeding_acts.decide_appeal(registry, desks.chongqing_too, overturn, desks.world.key())
    assert done.result == {"case_id": str(case_id), "state": "APPEAL_DECIDED", "outcome": "CONFIRMED"}


async def test_an_appeal_against_a_grant_is_refused(desks: Desks) -> None:
    granted = await desks.open("1", **PREFECTURE)
    await desks.settle(granted, CONFIRMED)
    with pytest.raises(Conflict) as nothing:
        await proceeding_acts.appeal(desks.posts.registry, desks.me, CaseAct(granted, "请复核。"), desks.world.key())
    assert nothing.value.reason == "NOTHING_TO_APPEAL"


async def test_an_appeal_after_the_term_is_refused_and_on_its_last_day_taken(world: World) -> None:
    world.clock.now = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
    desks = await open_desks(world)
    refused = await desks.open("1", **PREFECTURE)
    await desks.settle(refused, REFUSED)
    last = next(one.clock.deadline for one in (await desks.see(refused)).position.clocks if one.purpose == "APPEAL")
    # Forty working days from Tuesday 2 June, the Dragon Boat Festival of 19 June left out.
    assert last == date(2026, 7, 28)
    desks.go_to("2026-07-29")
    with pytest.raises(NotInForce) as late:
        await proceeding_acts.appeal(world.registry, desks.me, CaseAct(refused, "请复核。"), world.key())
    assert late.value.reason == "APPEAL_TOO_LATE"
    desks.go_to("2026-07-28")
    done = await proceeding_acts.appeal(world.registry, desks.me, CaseAct(refused, "请复核。"), world.key())
    assert done.result["state"] == "APPEALED"


async def test_a_provisional_deadline_bars_nobody(desks: Desks) -> None:
    refused = await desks.open("1", **PREFECTURE)
    await desks.settle(refused, REFUSED)
    desks.go_to("2027-06-01")
    await proceeding_acts.appeal(desks.posts.registry, desks.me, CaseAct(refused, "请复核。"), desks.world.key())
    assert (await desks.see(refused)).position.state is ProceedingState.APPEALED


async def test_the_work_queue_holds_what_an_office_must_see_to(desks: Desks) -> None:
    confirm, local = await desks.open("1", **PREFECTURE), await desks.open("2", **LOCAL)
    verify, done = await desks.open("3", **CENTRAL), await desks.open("4", **PREFECTURE)
    await desks.settle(done, REFUSED)
    mine = SoughtCases(mine=True, pending=True)

    async def ids(actor: Actor, sought: SoughtCases) -> list[UUID]:
        page = await proceedings.list_cases(desks.posts.registry, actor, PageRequest(), sought, PURPOSE)
        return [one.case.id for one in page.items]

    assert await ids(desks.chongqing, mine) == [confirm, local]
    assert await ids(desks.sichuan, mine) == [verify]
    assert await ids(desks.issuer, mine) == [verify]
    assert await ids(desks.me, SoughtCases()) == [confirm, local, verify, done]
    assert await ids(desks.chongqing, SoughtCases()) == [confirm, local, verify, done]
    assert await ids(authority("520000"), SoughtCases()) == []
    # Fifteen working days end on 15 December, twenty on 22 December.
    assert await ids(desks.chongqing, replace(mine, due_before=date(2026, 12, 16))) == [local]
    assert await ids(desks.chongqing, replace(mine, due_before=date(2026, 12, 15))) == []
    assert await ids(desks.chongqing, SoughtCases(state=ProceedingState.DECIDED)) == [done]
    assert await ids(desks.chongqing, SoughtCases(pending=False)) == [done]
    assert await ids(desks.me, SoughtCases(kind=ProceedingKind.VERIFICATION)) == [local, verify]
    assert await ids(desks.me, SoughtCases(researcher_id=desks.posts.host)) == []
    credential = (await desks.see(local)).case.credential_id
    assert await ids(desks.me, SoughtCases(credential_id=credential)) == [local]


async def test_a_look_at_a_case_is_noted_and_no_words_reach_the_ledger(desks: Desks) -> None:
    case_id = await desks.open("1", **PREFECTURE)
    await desks.settle(case_id, REFUSED)
    await desks.see(case_id, desks.chongqing)
    async with desks.posts.registry.reading(desks.me) as connection:
        looks = await accesses.list_accesses(connection, desks.posts.person.id, PageRequest())
    assert [(one.basis, one.purpose, one.organisation_id) for one in looks.items] == [
        ("AUTHORITY", PURPOSE, desks.posts.titles.chongqing)
    ]
    async with desks.posts.registry.reading(OPERATOR) as connection:
        entries = await ledger.list_entries_about(connection, f"recognitionCase:{case_id}", after=0, limit=10)
    assert [one.entry.name for one in entries] == ["decideRecognition", "decideCase"]
    assert all(GIVEN not in repr(one) for one in entries)
    assert entries[-1].entry.body["case_event"] == "DECIDED"


async def test_two_officers_at_once_decide_once_and_two_applications_at_once_open_one_case(desks: Desks) -> None:
    credential = await desks.title("1", **PREFECTURE)
    opened = await gather(*(desks.decide(credential) for _ in range(3)))
    (case_id,) = {UUID(one["case_id"]) for one in opened}
    settled = await gather(
        desks.settle(case_id, CONFIRMED),
        desks.settle(case_id, REFUSED, desks.chongqing_too),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Conflict) for one in settled) == 1
    seen = await desks.see(case_id)
    assert [one.event for one in seen.events].count(ProceedingEventKind.DECIDED) == 1


async def test_an_office_that_sees_to_nothing_has_an_empty_queue(desks: Desks) -> None:
    await desks.open("1", **PREFECTURE)
    sought = SoughtCases(mine=True)
    page = await proceedings.list_cases(desks.posts.registry, desks.posts.host_hr, PageRequest(), sought, PURPOSE)
    assert page.items == ()
