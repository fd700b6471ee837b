"""What a suspension, reinstatement or revocation would do is shown before, and is what the command then does."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.effects import Effects
from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.domain.questions import Target
from talent_registry.domain.verification import Typed
from talent_registry.services import placement_life, recognition, standing, verification
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.placement_life import Ending, Grounded
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.registry import Done
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from tests.api.probing import everything
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import NAME, NUMBER, PROFESSOR

COMMANDS = {
    RecordStatus.SUSPENDED: standing.suspend,
    RecordStatus.VALID: standing.reinstate,
    RecordStatus.REVOKED: standing.revoke,
}


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def preview(posts: Postings, status: RecordStatus, days_ago: int = 0, actor: Actor | None = None) -> Effects:
    day = posts.today - timedelta(days=days_ago)
    who = actor or posts.titles.issuer
    return await standing.preview(posts.registry, who, posts.person.credential, status, day)


async def carry_out(posts: Postings, status: RecordStatus, digest: str | None, days_ago: int = 0) -> Done:
    day = posts.today - timedelta(days=days_ago)
    asked = StatusChange(posts.person.credential, "核查", day, digest)
    return await COMMANDS[status](posts.registry, posts.titles.issuer, asked, posts.world.key())


async def suspend(posts: Postings) -> None:
    await carry_out(posts, RecordStatus.SUSPENDED, None)
    posts.world.clock.go_on(days=1)


async def decide(posts: Postings) -> None:
    asked = AskedRecognition(posts.person.credential, Target(division="500106"), purpose="岗位聘用核验")
    await recognition.decide_recognition(posts.registry, posts.person.me, asked, posts.world.key())


async def verify(posts: Postings) -> None:
    asked = Asked(Typed(NUMBER, NAME), "聘用核验")
    await verification.verify(posts.registry, posts.home_hr, asked, None, "192.0.2.1")


async def nothing(posts: Postings) -> None:
    """No placement at all."""


async def one_active(posts: Postings) -> None:
    await posts.begin()


async def one_of_each(posts: Postings) -> None:
    await posts.begin(workload_percent=10)
    await posts.begin(workload_percent=10, host_unit_id=posts.other_host)
    await posts.agree(workload_percent=10)
    await posts.propose(workload_percent=10, host_unit_id=posts.other_host)


async def suspended_with_the_credential(posts: Postings) -> None:
    await one_of_each(posts)
    await suspend(posts)


async def suspended_by_an_authority(posts: Postings) -> None:
    active = await posts.begin()
    await placement_life.suspend(posts.registry, posts.titles.officer, Grounded(active, "核查"), posts.world.key())


async def suspended_twice(posts: Postings) -> None:
    await suspended_by_an_authority(posts)
    await suspend(posts)


async def days_filled_up_meanwhile(posts: Postings) -> None:
    later = await posts.titles.record("512020000099")
    await posts.begin(workload_percent=60)
    await suspend(posts)
    await posts.begin(host_unit_id=posts.other_host, workload_percent=60, credential_id=later)


async def term_over_meanwhile(posts: Postings) -> None:
    await posts.begin(term_until=posts.today + timedelta(days=3))
    await suspend(posts)
    posts.world.clock.go_on(days=10)


async def on_another_credential(posts: Postings) -> None:
    other = await posts.titles.record("512020000099")
    await posts.begin(workload_percent=10, credential_id=other)
    await posts.begin(workload_percent=10, host_unit_id=posts.other_host)


async def over_and_answered(posts: Postings) -> None:
    active = await posts.begin()
    await verify(posts)
    await decide(posts)
    posts.world.clock.go_on(days=6)
    await placement_life.end(posts.registry, posts.person.me, Ending(active, EndReason.EARLY_RETURN), posts.world.key())
    await verify(posts)
    await decide(posts)


WORLDS: Sequence[tuple[Callable[[Postings], Awaitable[None]], RecordStatus, int]] = [
    (made, status, days_ago)
    for made in (nothing, one_active, one_of_each, suspended_by_an_authority, on_another_credential, over_and_answered)
    for status, days_ago in ((RecordStatus.SUSPENDED, 0), (RecordStatus.REVOKED, 0), (RecordStatus.REVOKED, 3))
] + [
    (made, status, 0)
    for made in (suspended_with_the_credential, suspended_twice, days_filled_up_meanwhile, term_over_meanwhile)
    for status in (RecordStatus.VALID, RecordStatus.REVOKED)
]


@pytest.mark.parametrize(("made", "status", "days_ago"), WORLDS, ids=lambda one: getattr(one, "__name__", str(one)))
async def test_the_command_does_exactly_what_its_preview_shows(
    posts: Postings,
    database_urls: DatabaseUrls,
    made: Callable[[Postings], Awaitable[None]],
    status: RecordStatus,
    days_ago: int,
) -> None:
    await made(posts)
    posts.world.clock.go_on(seconds=1)
    before, stood = everything(database_urls), await states(posts)
    shown = await preview(posts, status, days_ago)
    assert everything(database_urls) == before
    done = await carry_out(posts, status, shown.digest, days_ago)
    assert done.result["consequences"] == [
        {"placement_id": str(one.placement_id), "state": one.after.value, "reason": one.reason}
        for one in shown.placements
    ]
    assert done.result["recalled"] == shown.counts.as_json()
    now = await states(posts)
    changed = {one: (stood[one][0], *now[one]) for one in stood if stood[one] != now[one]}
    told = {one.placement_id: (one.before, one.after, one.on) for one in shown.placements if one.before != one.after}
    assert {one: (was, then, day or posts.today) for one, (was, then, day) in changed.items()} == told


async def states(posts: Postings) -> dict[UUID, tuple[PlacementState, Any]]:
    async with posts.registry.reading(posts.person.me) as connection:
        rows = await connection.exec_driver_sql("SELECT id, state, ended_on FROM placement")
        return {row.id: (PlacementState(row.state), row.ended_on) for row in rows}


async def test_a_preview_names_every_decision_and_answer_that_would_be_recalled(posts: Postings) -> None:
    await verify(posts)
    await decide(posts)
    posts.world.clock.go_on(seconds=1)
    shown = await preview(posts, RecordStatus.REVOKED)
    assert [(one.kind, one.facts) for one in shown.recalls] == [
        ("DECISION", ("credential.status",)),
        ("VERIFICATION", ("credential.status",)),
    ]
    assert (shown.counts.decisions, shown.counts.verifications, shown.counts.notices) == (1, 1, 3)
    assert (shown.placements_left_out, shown.recalls_left_out) == (0, 0)


async def ended(posts: Postings, active: UUID) -> None:
    asked = Ending(active, EndReason.EARLY_RETURN)
    await placement_life.end(posts.registry, posts.person.me, asked, posts.world.key())


async def proposed(posts: Postings, _: UUID) -> None:
    await posts.propose(workload_percent=10, host_unit_id=posts.other_host)


async def decided(posts: Postings, _: UUID) -> None:
    await decide(posts)


async def corrected(posts: Postings, _: UUID) -> None:
    asked = Correction(posts.person.credential, replace(PROFESSOR, specialty="数学"))
    await standing.correct(posts.registry, posts.titles.issuer, asked, posts.world.key())


async def a_day_passed(posts: Postings, _: UUID) -> None:
    posts.world.clock.go_on(days=1)


@pytest.mark.parametrize("happens", [ended, proposed, decided, corrected, a_day_passed])
async def test_a_command_is_refused_where_the_world_changed_since_its_preview(
    posts: Postings, database_urls: DatabaseUrls, happens: Callable[[Postings, UUID], Awaitable[None]]
) -> None:
    active = await posts.begin()
    shown = await preview(posts, RecordStatus.REVOKED)
    await happens(posts, active)
    before = everything(database_urls)
    with pytest.raises(Conflict) as refused:
        await carry_out(posts, RecordStatus.REVOKED, shown.digest)
    assert refused.value.reason == "WORLD_CHANGED"
    assert refused.value.path == ("input", "effectsDigest")
    assert everything(database_urls) == before
    fresh = await preview(posts, RecordStatus.REVOKED)
    assert fresh.digest != shown.digest
    assert fresh.digest in refused.value.message.zh
    assert fresh.digest in refused.value.message.en
    await carry_out(posts, RecordStatus.REVOKED, fresh.digest)


async def test_nobody_keeps_a_certificate_from_being_revoked_by_having_it_verified(posts: Postings) -> None:
    shown = await preview(posts, RecordStatus.REVOKED)
    await verify(posts)
    done = await carry_out(posts, RecordStatus.REVOKED, shown.digest)
    assert done.result["recalled"]["verifications"] == 1


async def test_the_digest_of_one_change_serves_no_other(posts: Postings) -> None:
    shown = await preview(posts, RecordStatus.SUSPENDED)
    with pytest.raises(Conflict) as refused:
        await carry_out(posts, RecordStatus.REVOKED, shown.digest)
    assert refused.value.reason == "WORLD_CHANGED"
    with pytest.raises(Conflict):
        await carry_out(posts, RecordStatus.SUSPENDED, shown.digest, days_ago=1)


async def test_only_whoever_may_change_the_status_sees_what_it_would_do(posts: Postings) -> None:
    await posts.begin()
    shown = await preview(posts, RecordStatus.REVOKED, actor=posts.titles.officer)
    assert shown.digest == (await preview(posts, RecordStatus.REVOKED)).digest
    for stranger in (posts.titles.other_officer, posts.home_hr, posts.host_hr, posts.person.me, OPERATOR):
        with pytest.raises(NotFound) as refused:
            await preview(posts, RecordStatus.REVOKED, actor=stranger)
        with pytest.raises(NotFound) as absent:
            await standing.preview(posts.registry, stranger, posts.host, RecordStatus.REVOKED)
        assert str(refused.value) == str(absent.value)
    with pytest.raises(NotPermitted):
        await preview(posts, RecordStatus.REVOKED, actor=ANONYMOUS)


async def test_a_preview_is_refused_as_its_command_would_be(posts: Postings) -> None:
    with pytest.raises(InvalidInput) as early:
        await preview(posts, RecordStatus.REVOKED, days_ago=-1)
    assert early.value.reason == "FUTURE_DAY"
    with pytest.raises(Conflict) as already:
        await preview(posts, RecordStatus.VALID)
    assert already.value.reason == "ALREADY_SO"


async def test_a_preview_of_today_is_that_of_no_day(posts: Postings) -> None:
    shown = await standing.preview(posts.registry, posts.titles.issuer, posts.person.credential, RecordStatus.SUSPENDED)
    assert shown == await preview(posts, RecordStatus.SUSPENDED)
