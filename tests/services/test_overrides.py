"""A refusal of the machine overridden by people: grounds, the machine's reasoning kept, both provinces agreed."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.proceedings import ProceedingKind, ProceedingOutcome, ProceedingState
from talent_registry.services import credentials, placement_life, proceeding_overrides, recognition, standing
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.proceeding_acts import CaseAct
from talent_registry.services.proceeding_overrides import NewOverride
from tests.proceedings import POST, UNFILED, Desks, open_desks
from tests.registries import World, authority
from tests.titles import PROFESSOR

GROUNDS = "备案文件已调阅，系登记遗漏。"


@pytest.fixture
async def desks(world: World) -> Desks:
    return await open_desks(world)


async def refused_by_machine(desks: Desks) -> tuple[UUID, UUID]:
    credential = await desks.title("1", **UNFILED)
    result = await desks.decide(credential)
    assert (result["outcome"], result["rule"], result["case_id"]) == ("NOT_RECOGNISED", "G3a", None)
    return credential, UUID(result["decision_id"])


async def propose(desks: Desks, decision_id: UUID, actor: Actor | None = None, text: str = GROUNDS) -> UUID:
    asked = NewOverride(decision_id, text)
    done = await proceeding_overrides.propose_override(
        desks.posts.registry, actor or desks.chongqing, asked, desks.world.key()
    )
    return UUID(done.result["case_id"])


async def approve(desks: Desks, case_id: UUID, actor: Actor | None = None) -> str:
    done = await proceeding_overrides.approve_override(
        desks.posts.registry, actor or desks.sichuan, CaseAct(case_id, "同意。"), desks.world.key()
    )
    state: str = done.result["state"]
    return state


async def test_an_override_takes_effect_once_the_other_province_agrees(desks: Desks) -> None:
    credential, decision_id = await refused_by_machine(desks)
    kept = await recognition.get_decision(desks.posts.registry, desks.me, decision_id)
    case_id = await propose(desks, decision_id)
    seen = await desks.see(case_id)
    assert (seen.case.kind, seen.position.state) == (ProceedingKind.OVERRIDE, ProceedingState.OVERRIDE_PROPOSED)
    assert (seen.case.body_province, seen.case.approving_province) == ("500000", "510000")
    assert (seen.case.outcome, seen.case.rule) == (kept.decision.outcome, kept.decision.rule)
    assert seen.events[0].text == GROUNDS
    placement_id = await desks.posts.agree(credential_id=credential)
    with pytest.raises(NotInForce):
        await placement_life.activate(desks.posts.registry, desks.me, placement_id, desks.world.key())
    assert await approve(desks, case_id) == "OVERRIDE_APPROVED"
    await placement_life.activate(desks.posts.registry, desks.me, placement_id, desks.world.key())
    assert (await desks.posts.get(placement_id)).state is PlacementState.ACTIVE
    # The machine's reasoning stands beside it, letter for letter.
    assert await recognition.get_decision(desks.posts.registry, desks.me, decision_id) == kept
    assert (await recognition.recompute(desks.posts.registry, desks.me, decision_id)).same


async def test_the_other_province_may_decline_and_the_refusal_stands(desks: Desks) -> None:
    credential, decision_id = await refused_by_machine(desks)
    case_id = await propose(desks, decision_id)
    done = await proceeding_overrides.decline_override(
        desks.posts.registry, desks.sichuan, CaseAct(case_id, "依据不足。"), desks.world.key()
    )
    assert done.result == {"case_id": str(case_id), "state": "OVERRIDE_DECLINED", "outcome": "REFUSED"}
    with pytest.raises(Conflict):
        await approve(desks, case_id)
    placement_id = await desks.posts.agree(credential_id=credential)
    with pytest.raises(NotInForce):
        await placement_life.activate(desks.posts.registry, desks.me, placement_id, desks.world.key())
    assert [one.purpose.value for one in (await desks.see(case_id)).position.clocks] == ["SECOND_APPROVAL"]


async def test_nobody_but_the_authority_of_the_post_proposes_and_nobody_but_the_other_province_agrees(
    desks: Desks,
) -> None:
    _, decision_id = await refused_by_machine(desks)
    for actor in (desks.me, desks.sichuan, desks.issuer, desks.posts.home_hr, authority("520000", None)):
        with pytest.raises(NotFound):
            await propose(desks, decision_id, actor)
    with pytest.raises(NotFound):
        await propose(desks, desks.posts.host)
    with pytest.raises(NotPermitted):
        await propose(desks, decision_id, ANONYMOUS)
    with pytest.raises(NotPermitted):
        await propose(desks, decision_id, replace(desks.chongqing, account_id=None))
    with pytest.raises(InvalidInput):
        await propose(desks, decision_id, text=" ")
    case_id = await propose(desks, decision_id)
    for actor in (desks.chongqing, desks.chongqing_too, desks.me, desks.issuer, authority("520000")):
        with pytest.raises(NotFound):
            await approve(desks, case_id, actor)
    # An account that moved to the other province's office does not agree to its own proposal.
    with pytest.raises(NotPermitted) as own:
        await approve(desks, case_id, replace(desks.sichuan, account_id=desks.chongqing.account_id))
    assert own.value.reason == "DECIDED_BY_YOU"


async def test_only_refusals_that_the_agreement_names_are_overridden_and_one_case_at_a_time(desks: Desks) -> None:
    credential, decision_id = await refused_by_machine(desks)
    case_id = await propose(desks, decision_id)
    with pytest.raises(Conflict) as pending:
        await propose(desks, decision_id, desks.chongqing_too)
    assert pending.value.reason == "CASE_PENDING"
    await approve(desks, case_id)
    with pytest.raises(Conflict) as settled:
        await propose(desks, decision_id, desks.chongqing_too)
    assert settled.value.reason == "OVERRIDDEN_BEFORE"
    await standing.revoke(
        desks.posts.registry, desks.sichuan, standing.StatusChange(credential, "造假"), desks.world.key()
    )
    revoked = UUID((await desks.decide(credential))["decision_id"])
    of_right = UUID((await desks.decide(desks.posts.person.credential))["decision_id"])
    elsewhere = UUID(
        (await desks.decide(desks.posts.person.credential, target=replace(POST, post_series="02")))["decision_id"]
    )
    for decided in (revoked, of_right, elsewhere):
        with pytest.raises(NotInForce) as refused:
            await propose(desks, decided)
        assert refused.value.reason == "NOT_OVERRIDABLE"
    assert (await desks.see(case_id)).position.outcome is ProceedingOutcome.CONFIRMED


async def test_an_override_of_facts_corrected_meanwhile_opens_nothing(desks: Desks) -> None:
    credential, decision_id = await refused_by_machine(desks)
    case_id = await propose(desks, decision_id)
    desks.world.clock.go_on(hours=1)
    # Unfiled as before, so the same clause refuses; the day of approval is another.
    other = replace(PROFESSOR, filing_number=None, approval_date=date(2020, 6, 1), issued_on=date(2020, 6, 1))
    asked = credentials.Correction(credential, other)
    await standing.correct(desks.posts.registry, desks.sichuan, asked, desks.world.key())
    await approve(desks, case_id)
    placement_id = await desks.posts.agree(credential_id=credential)
    with pytest.raises(NotInForce) as refused:
        await placement_life.activate(desks.posts.registry, desks.me, placement_id, desks.world.key())
    assert refused.value.reason == "NO_RECOGNITION"
