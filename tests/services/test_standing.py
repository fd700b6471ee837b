"""What follows for placements when the credential they rest on is suspended, reinstated or revoked."""

from datetime import timedelta
from uuid import UUID

import pytest

from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.errors import InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.services import placement_life, placement_signing, standing
from talent_registry.services.permissions import ANONYMOUS, OPERATOR
from talent_registry.services.placement_life import Grounded
from talent_registry.services.placement_signing import Extension
from talent_registry.services.registry import Done, Work, perform
from talent_registry.services.standing import StatusChange
from talent_registry.storage import ledger
from tests.postings import Postings, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


def change(posts: Postings, days_ago: int = 0) -> StatusChange:
    return StatusChange(posts.person.credential, "核查", posts.today - timedelta(days=days_ago))


async def suspend(posts: Postings) -> Done:
    return await standing.suspend(posts.registry, posts.titles.issuer, change(posts), posts.world.key())


async def reinstate(posts: Postings) -> Done:
    return await standing.reinstate(posts.registry, posts.titles.officer, change(posts), posts.world.key())


async def revoke(posts: Postings, days_ago: int = 0) -> Done:
    return await standing.revoke(posts.registry, posts.titles.issuer, change(posts, days_ago), posts.world.key())


async def state(posts: Postings, placement_id: UUID) -> PlacementState:
    return (await posts.get(placement_id)).state


async def test_a_revocation_ends_every_placement_resting_on_the_credential(posts: Postings) -> None:
    active = await posts.begin()
    proposed = await posts.propose()
    agreed = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    done = await revoke(posts)
    ended = await posts.get(active)
    assert (ended.state, ended.end_reason, ended.ended_on) == ("ENDED", EndReason.RECOGNITION_LOST, posts.today)
    assert {await state(posts, proposed), await state(posts, agreed)} == {PlacementState.WITHDRAWN}
    assert [(one["placement_id"], one["state"]) for one in done.result["consequences"]] == [
        (str(active), "ENDED"),
        (str(proposed), "WITHDRAWN"),
        (str(agreed), "WITHDRAWN"),
    ]
    async with posts.registry.reading(OPERATOR) as connection:
        (entry,) = await ledger.list_entries_about(connection, f"placement:{agreed}", after=done.sequence - 1, limit=5)
    assert {f"placement:{one}" for one in (active, proposed, agreed)} <= set(entry.entry.subjects)
    assert len(entry.entry.body["consequences"]) == 3


async def test_a_revocation_that_reaches_back_ends_a_placement_on_its_first_day_at_the_earliest(
    posts: Postings,
) -> None:
    active = await posts.begin()
    posts.world.clock.go_on(days=10)
    await revoke(posts, days_ago=100)
    ended = await posts.get(active)
    assert ended.ended_on == ended.activated_on


async def test_a_placement_whose_term_was_over_ended_with_its_term(posts: Postings) -> None:
    active = await posts.begin(term_until=posts.today)
    last = posts.today
    posts.world.clock.go_on(days=10)
    await revoke(posts)
    ended = await posts.get(active)
    assert (ended.end_reason, ended.ended_on) == (EndReason.TERM, last)


async def test_a_suspension_suspends_and_a_reinstatement_resumes(posts: Postings) -> None:
    active = await posts.begin()
    agreed = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    done = await suspend(posts)
    assert done.result["consequences"] == [
        {"placement_id": str(active), "state": "SUSPENDED", "reason": "CREDENTIAL_SUSPENDED"}
    ]
    with pytest.raises(NotInForce):
        await placement_life.activate(posts.registry, posts.person.me, agreed, posts.world.key())
    grounded = Grounded(active, "核查完毕")
    with pytest.raises(NotInForce):
        await placement_life.resume(posts.registry, posts.titles.officer, grounded, posts.world.key())
    posts.world.clock.go_on(days=1)
    done = await reinstate(posts)
    assert done.result["consequences"] == [{"placement_id": str(active), "state": "ACTIVE", "reason": None}]
    assert await state(posts, active) is PlacementState.ACTIVE


async def test_what_an_authority_suspended_is_not_resumed_with_the_credential(posts: Postings) -> None:
    active = await posts.begin()
    await placement_life.suspend(posts.registry, posts.titles.officer, Grounded(active, "核查"), posts.world.key())
    await suspend(posts)
    posts.world.clock.go_on(days=1)
    assert (await reinstate(posts)).result["consequences"] == []
    assert await state(posts, active) is PlacementState.SUSPENDED


async def test_a_suspended_placement_whose_term_passed_stays_suspended_and_says_so(posts: Postings) -> None:
    active = await posts.begin(term_until=posts.today + timedelta(days=3))
    await suspend(posts)
    posts.world.clock.go_on(days=10)
    done = await reinstate(posts)
    assert done.result["consequences"] == [
        {"placement_id": str(active), "state": "SUSPENDED", "reason": "OUTSIDE_TERM"}
    ]
    await revoke(posts)
    assert (await posts.get(active)).end_reason is EndReason.TERM


async def test_an_extension_waiting_for_signatures_falls_with_the_placement(posts: Postings) -> None:
    active = await posts.begin()
    until = (await posts.get(active)).term.until
    assert until is not None
    asked = Extension(active, until + timedelta(days=10))
    await placement_signing.extend(posts.registry, posts.host_hr, asked, posts.world.key())
    await revoke(posts)
    assert (await posts.get(active)).open_round is None


async def test_only_the_issuer_and_its_authority_change_the_standing(posts: Postings) -> None:
    active = await posts.begin()
    for stranger in (posts.titles.other_officer, posts.home_hr, posts.person.me):
        with pytest.raises(NotFound):
            await standing.revoke(posts.registry, stranger, change(posts), posts.world.key())
    with pytest.raises(NotPermitted):
        await standing.revoke(posts.registry, ANONYMOUS, change(posts), posts.world.key())
    nameless = StatusChange(posts.person.credential, " ")
    with pytest.raises(InvalidInput):
        await standing.revoke(posts.registry, posts.titles.officer, nameless, posts.world.key())
    absent = StatusChange(posts.host, "核查")
    with pytest.raises(NotFound):
        await standing.revoke(posts.registry, posts.titles.officer, absent, posts.world.key())
    assert await state(posts, active) is PlacementState.ACTIVE


async def test_a_status_applied_inside_another_command_has_the_same_consequences(posts: Postings) -> None:
    active = await posts.begin()

    async def act(work: Work) -> dict[str, object]:
        credential, day = posts.person.credential, work.today
        changed = await standing.change_in(work, credential, RecordStatus.REVOKED, day, "名册更正", weighed=False)
        return {"ended": [str(one.placement_id) for one in changed.followed]}

    done = await perform(posts.registry, posts.titles.officer, "importRoll", posts.world.key(), {}, act)
    assert done.result == {"ended": [str(active)]}
