"""Trying a release before it is moved: beside the work of the server, before any lock, by the law under the lock."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from talent_registry.domain import conformance
from talent_registry.domain.conformance import ConformanceReport
from talent_registry.domain.errors import Conflict, NotPermitted
from talent_registry.domain.release_states import ReleaseState
from talent_registry.services import agreement_releases, moments, release_trials
from talent_registry.services.permissions import ANONYMOUS
from talent_registry.services.registry import Work, trying
from tests.chambers import DAY, FIRST, Chamber, open_chamber
from tests.drafts import widened
from tests.registries import World


@pytest.fixture
async def chamber(world: World) -> Chamber:
    return await open_chamber(world)


async def test_a_draft_is_read_and_its_cases_run_in_a_thread_and_before_anything_is_locked(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    run, lock = conformance.run_conformance, moments.lock_common_ground

    def running(*asked: Any) -> ConformanceReport:
        happened.append("ran on the loop" if threading.current_thread() is threading.main_thread() else "ran")
        return run(*asked)

    async def locking(work: Work) -> None:
        happened.append("locked")
        await lock(work)

    monkeypatch.setattr(release_trials, "run_conformance", running)
    monkeypatch.setattr(agreement_releases, "lock_common_ground", locking)
    release = await chamber.draft(widened(FIRST))
    await chamber.propose(release)
    await chamber.approve(release, chamber.sichuan)
    await chamber.approve(release, chamber.chongqing)
    assert happened == ["ran", *["ran", "locked"] * 3]


async def test_whoever_may_not_move_a_release_has_nothing_read(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = await chamber.proposed(widened(FIRST))

    def running(*_asked: Any) -> ConformanceReport:
        raise AssertionError("nothing is to be read")

    monkeypatch.setattr(release_trials, "run_conformance", running)
    await chamber.refused(chamber.approve(release, ANONYMOUS, digest="x"), NotPermitted)


async def test_what_is_approved_while_a_draft_is_tried_overtakes_it(
    chamber: Chamber, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = await chamber.proposed(widened(FIRST))
    other = await chamber.proposed(widened(FIRST + DAY, listed=("510300", "500106")))
    await chamber.approve(other, chamber.sichuan)
    await chamber.approve(release, chamber.sichuan)
    try_ahead = release_trials.try_ahead

    async def slowly(*asked: Any) -> Any:
        tried = await try_ahead(*asked)
        monkeypatch.setattr(agreement_releases, "try_ahead", try_ahead)
        assert await chamber.approve(other, chamber.chongqing)
        return tried

    monkeypatch.setattr(agreement_releases, "try_ahead", slowly)
    refused = await chamber.refused(chamber.approve(release, chamber.chongqing), Conflict)
    assert refused.reason == "OVERTAKEN"
    assert await chamber.state(release) is ReleaseState.LAPSED


async def test_a_draft_that_was_tried_by_no_law_or_another_is_drafted_anew(chamber: Chamber) -> None:
    """Should the release appear, or the law change, between the trial and the lock."""
    release = await chamber.get(await chamber.proposed(widened(FIRST)))
    tried = await release_trials.try_ahead(chamber.registry, chamber.sichuan, release.id)
    assert tried is not None
    last = tried.law.agreement.versions[-1]
    altered = replace(tried.law.agreement, versions=(replace(last, digest="0" * 64),))
    other = replace(tried, law=replace(tried.law, agreement=altered))

    async def checking(trial: release_trials.Tried | None) -> None:
        async def act(work: Work) -> None:
            await release_trials.check_again(work, release, trial)

        await trying(chamber.registry, chamber.sichuan, "approveRelease", act)

    await checking(tried)
    for trial in (None, other):
        refused = await chamber.refused(checking(trial), Conflict)
        assert refused.reason == "OVERTAKEN"
