"""The agreement as known at an instant: in force on its day, the same for ever, whoever approves at one moment."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.errors import Conflict, NotInForce
from talent_registry.domain.release_states import ReleaseState
from talent_registry.services import agreement_releases, agreements, recognition
from talent_registry.services.permissions import ANONYMOUS
from talent_registry.services.registry import Registry
from tests.chambers import DAY, FIRST, REPEATED, SENTENCE, Chamber, open_chamber
from tests.drafts import widened
from tests.offices import CHONGQING, SICHUAN
from tests.registries import World, told_by


@pytest.fixture
async def chamber(world: World) -> Chamber:
    return await open_chamber(world)


async def test_a_release_comes_into_force_on_its_day_once_both_provinces_approved(chamber: Chamber) -> None:
    credential = await chamber.intermediate()
    release = await chamber.draft(widened(FIRST))
    assert await chamber.state(release) is ReleaseState.DRAFT
    await chamber.propose(release)
    assert await chamber.state(release) is ReleaseState.PROPOSED
    assert not await chamber.approve(release, chamber.sichuan)
    assert await chamber.state(release) is ReleaseState.APPROVED_BY_ONE
    assert (await chamber.compute(credential, FIRST)).decision.rule == "R2b"
    assert await chamber.approve(release, chamber.chongqing)
    assert await chamber.state(release) is ReleaseState.APPROVED

    before, on_the_day = await chamber.compute(credential, FIRST - DAY), await chamber.compute(credential, FIRST)

    stood = shipped_agreement().versions[-1]
    assert (before.decision.outcome, before.decision.rule) == ("VERIFY", "R2b")
    assert (before.decision.version_id, before.decision.digest) == (stood.id, stood.digest)
    assert (on_the_day.decision.outcome, on_the_day.decision.rule) == ("AUTO", "R2a")
    kept = await chamber.get(release)
    assert (on_the_day.decision.version_id, on_the_day.decision.digest) == ("SC-CQ/2027-01-01", kept.digest)
    assert [one.province for one in kept.approvals] == [SICHUAN, CHONGQING]
    chamber.world.clock.go_on(days=38)
    assert chamber.registry.today() == FIRST
    assert await chamber.state(release) is ReleaseState.IN_FORCE


async def test_the_release_before_is_superseded_on_the_day_of_the_next(chamber: Chamber) -> None:
    first = await chamber.enact(widened(FIRST))
    second = await chamber.enact(widened(FIRST + 31 * DAY, listed=("510300", "500108")))
    assert (await chamber.get(second)).base_digest == (await chamber.get(first)).digest

    chamber.world.clock.go_on(days=38)
    assert (await chamber.state(first), await chamber.state(second)) == (ReleaseState.IN_FORCE, ReleaseState.APPROVED)
    chamber.world.clock.go_on(days=31)
    assert (await chamber.state(first), await chamber.state(second)) == (ReleaseState.SUPERSEDED, ReleaseState.IN_FORCE)


async def test_what_was_known_before_a_version_that_reaches_back_stays_what_it_was(chamber: Chamber) -> None:
    credential = await chamber.intermediate()
    on = date(2026, 11, 10)
    outcome, rule, decision = await chamber.decide(credential, on)
    assert (outcome, rule) == ("VERIFY", "R2b")
    known = chamber.registry.clock()
    answered = await chamber.compute(credential, on, known)
    chamber.world.clock.go_on(hours=1)

    await chamber.enact(widened(date(2026, 11, 1), sentence=SENTENCE), REPEATED)

    assert (await chamber.compute(credential, on)).decision.rule == "R2a"
    assert await chamber.compute(credential, on, known) == answered
    again = await recognition.recompute(chamber.registry, chamber.titles.holder, UUID(decision))
    assert (again.same, again.kept.decision.version_id) == (True, "SC-CQ/2022-10-01")
    later = await chamber.decide(credential, on)
    assert later[:2] == ("AUTO", "R2a")
    assert (await recognition.recompute(chamber.registry, chamber.titles.holder, UUID(later[2]))).same


async def test_two_approvals_at_one_moment_by_two_programs_come_to_one_enactment(
    chamber: Chamber, second: Registry
) -> None:
    release = await chamber.proposed(widened(FIRST))
    done = await asyncio.gather(
        chamber.approve(release, chamber.sichuan), chamber.approve(release, chamber.chongqing, registry=second)
    )
    assert sorted(done) == [False, True]
    assert await chamber.state(release) is ReleaseState.APPROVED


async def test_two_officers_of_one_province_at_one_moment_approve_once(chamber: Chamber, second: Registry) -> None:
    release = await chamber.proposed(widened(FIRST))
    done = await asyncio.gather(
        chamber.approve(release, chamber.chongqing),
        chamber.approve(release, chamber.chongqing_too, registry=second),
        return_exceptions=True,
    )
    refused = [one for one in done if isinstance(one, Conflict)]
    assert [one.reason for one in refused] == ["ALREADY_APPROVED_BY_PROVINCE"]
    assert await chamber.state(release) is ReleaseState.APPROVED_BY_ONE


async def test_of_two_releases_approved_at_one_moment_one_is_law_and_one_overtaken(
    chamber: Chamber, second: Registry
) -> None:
    releases = [await chamber.proposed(widened(FIRST)), await chamber.proposed(widened(FIRST, name="other"))]
    for release in releases:
        await chamber.approve(release, chamber.sichuan)
    done = await asyncio.gather(
        *(
            chamber.approve(release, chamber.chongqing, registry=registry)
            for release, registry in zip(releases, (chamber.registry, second), strict=True)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "bool"]
    assert [one.reason for one in done if isinstance(one, Conflict)] == ["OVERTAKEN"]
    assert sorted([await chamber.state(release) for release in releases]) == ["APPROVED", "LAPSED"]


async def test_decisions_and_an_approval_at_one_moment_stay_reproducible(chamber: Chamber, second: Registry) -> None:
    credential = await chamber.intermediate()

    def ticking() -> datetime:
        """Every reading has its place in an order."""
        chamber.world.clock.go_on(seconds=1)
        return chamber.world.clock.now

    chamber.world.registry = replace(chamber.registry, **told_by(ticking))
    second = replace(second, **told_by(ticking))
    release = await chamber.proposed(widened(date(2026, 11, 24), listed=("510000", "500106")))
    await chamber.approve(release, chamber.sichuan)
    done = await asyncio.gather(
        chamber.decide(credential),
        chamber.decide(credential),
        chamber.approve(release, chamber.chongqing, registry=second),
        chamber.decide(credential),
        chamber.decide(credential),
    )
    for answer in (one for one in done if isinstance(one, tuple)):
        assert (await recognition.recompute(chamber.registry, chamber.titles.holder, UUID(answer[2]))).same


async def test_a_release_approved_on_another_text_than_the_program_ships_is_not_decided_by(chamber: Chamber) -> None:
    await chamber.enact(widened(FIRST))
    shipped = shipped_agreement()
    last = shipped.versions[-1]
    for altered in (
        replace(last, digest="0" * 64, content={**last.content, "reciprocity": [], "equivalences": []}),
        replace(last, digest="1" * 64, content={**last.content, "clauses": [{"id": "X"}]}),
    ):
        other = replace(chamber.registry, agreement=replace(shipped, versions=(*shipped.versions[:-1], altered)))
        async with other.reading(ANONYMOUS) as connection:
            refused = await chamber.refused(agreements.agreement_known(connection, other), NotInForce)
        assert refused.reason == "VERSION_NOT_HELD"


async def test_what_is_known_is_built_once_and_asked_in_one_statement(chamber: Chamber) -> None:
    await chamber.enact(widened(FIRST))
    async with chamber.registry.reading(ANONYMOUS) as connection:
        first = await agreements.agreement_known(connection, chamber.registry)
        again = await agreements.agreement_known(connection, chamber.registry)
        long_ago = await agreements.agreement_known(
            connection, chamber.registry, datetime.fromisoformat("2020-01-01T00:00Z")
        )
    assert again is first
    assert agreement_version_in_force(first, FIRST).id == "SC-CQ/2027-01-01"
    assert [version.digest for version in long_ago.versions] == [one.digest for one in shipped_agreement().versions]


async def test_a_draft_on_a_text_that_the_program_no_longer_ships_goes_no_further(chamber: Chamber) -> None:
    release = await chamber.draft(widened(FIRST))
    shipped = shipped_agreement()
    altered = replace(shipped.versions[-1], digest="0" * 64)
    other = replace(chamber.registry, agreement=replace(shipped, versions=(*shipped.versions[:-1], altered)))
    act = agreement_releases.propose(other, chamber.author, release, chamber.world.key())
    assert (await chamber.refused(act, Conflict)).reason == "OVERTAKEN"


async def test_only_so_many_states_of_the_law_are_kept_at_hand(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreements, "_MOST_KEPT", 1)
    before = chamber.registry.clock()
    chamber.world.clock.go_on(hours=1)
    await chamber.enact(widened(FIRST))
    laws = [await agreement_releases.get_law(chamber.registry, ANONYMOUS, known) for known in (before, None, before)]
    assert [len(law.agreement.versions) for law in laws] == [5, 6, 5]
    assert len(agreements._kept) == 1
