"""Commands that overlap: what was known at an instant stays what it was, whoever began first."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from talent_registry.domain.questions import Target
from talent_registry.services import credentials, filings, organisations, recognition, standing
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.registry import Registry, utc_now
from talent_registry.services.rolls import import_roll
from talent_registry.storage.session import read_instant
from talent_registry.storage.tables import credential
from tests.registries import World, authority, told_by
from tests.rolls import roll, row
from tests.titles import FILING, PROFESSOR, Titles, open_titles

POST = Target(division="500106", employer_kind="UNIVERSITY", post_series="01")


class Ticking:
    """A clock that goes on by a second whenever it is read: every reading has its place in an order."""

    def __init__(self, world: World) -> None:
        self._clock = world.clock

    def __call__(self) -> datetime:
        self._clock.go_on(seconds=1)
        return self._clock.now


@pytest.fixture
async def titles(world: World) -> Titles:
    return await open_titles(world)


@pytest.fixture
async def ticking(titles: Titles) -> Registry:
    return replace(titles.world.registry, **told_by(Ticking(titles.world)))


async def is_reproducible(registry: Registry, titles: Titles, decision: str) -> bool:
    return (await recognition.recompute(registry, titles.holder, UUID(decision))).same


@pytest.mark.parametrize("round_", range(4))
async def test_decisions_and_corrections_of_one_credential_at_once_stay_reproducible(
    titles: Titles, ticking: Registry, round_: int
) -> None:
    held = await titles.record()

    async def decide() -> str:
        asked = AskedRecognition(held, POST, purpose="岗位聘用核验")
        done = await recognition.decide_recognition(ticking, titles.holder, asked, titles.world.key())
        return str(done.result["decision_id"])

    async def correct(specialty: str) -> None:
        asked = credentials.Correction(held, replace(PROFESSOR, specialty=specialty))
        await standing.correct(ticking, titles.officer, asked, titles.world.key())

    async def refile(name: str) -> None:
        filing = await organisations.get_filing(ticking, titles.officer, FILING)
        asked = organisations.NewFiling(
            FILING, filing.authority_id, name, filing.filed_from, filing.filed_to, filing.max_level, filing.series
        )
        await filings.file_committee(ticking, titles.officer, asked, titles.world.key())

    acts = [decide(), correct(f"教育学{round_}"), decide(), refile(f"评审委员会{round_}"), decide(), correct("物理学")]
    done = await asyncio.gather(*acts)
    for decision in (one for one in done if one is not None):
        assert await is_reproducible(ticking, titles, decision)


async def test_a_decision_waits_for_the_import_that_is_writing_the_same_person(world: World) -> None:
    registry = replace(world.registry, **told_by(Ticking(world)))
    officer = authority("510000")
    await import_roll(registry, officer, roll([row(1)]))
    async with registry.reading(officer) as connection:
        found = (await connection.execute(credential.select())).one()
    host = authority("500000")

    async def decide() -> str:
        asked = AskedRecognition(found.id, POST, purpose="岗位聘用核验")
        done = await recognition.decide_recognition(registry, host, asked, world.key())
        return str(done.result["decision_id"])

    corrections = [import_roll(registry, officer, roll([row(1, 专业=f"专业{index}")])) for index in range(3)]
    done = await asyncio.gather(decide(), *corrections, decide(), decide())
    for decision in (one for one in done if isinstance(one, str)):
        assert (await recognition.recompute(registry, host, UUID(decision))).same


async def test_servers_whose_clocks_disagree_record_and_decide_in_the_database_s_order(titles: Titles) -> None:
    shared = replace(titles.world.registry, instant=read_instant)
    ahead = replace(shared, clock=lambda: utc_now() + timedelta(seconds=30))
    behind = replace(shared, clock=lambda: utc_now() - timedelta(seconds=30))
    held = await titles.record()
    asked = AskedRecognition(held, POST, purpose="岗位聘用核验")
    decided = await recognition.decide_recognition(ahead, titles.holder, asked, titles.world.key())
    told = await recognition.compute(ahead, titles.holder, asked)
    lower = replace(PROFESSOR, level="中级", title_code="0103", title_name="讲师")
    await standing.correct(behind, titles.officer, credentials.Correction(held, lower), titles.world.key())
    assert await is_reproducible(behind, titles, decided.result["decision_id"])
    again = await recognition.compute(behind, titles.holder, asked, told.known_at)
    assert (again.decision, again.facts.used) == (told.decision, told.facts.used)
    # And what was corrected is known at once, however slow the clock of whoever recorded it.
    assert (await recognition.compute(behind, titles.holder, asked)).decision != told.decision
