"""What a guard of the database says is told as a refusal."""

import asyncio
from datetime import date

from talent_registry.domain.errors import Conflict
from talent_registry.services import filings, organisations
from talent_registry.services.registry import Done
from tests.registries import World
from tests.titles import open_titles


async def test_a_filing_recorded_twice_at_once_is_recorded_once_and_refused_by_name(world: World) -> None:
    titles = await open_titles(world)
    asked = organisations.NewFiling(
        "510000-01-2026-1",
        titles.sichuan,
        "评审委员会",
        date(2025, 1, 1),
        date(2027, 12, 31),
        "正高级",
        ("05",),
    )
    told = await asyncio.gather(
        *(filings.file_committee(world.registry, titles.officer, asked, world.key()) for _ in range(4)),
        return_exceptions=True,
    )
    done = [one for one in told if isinstance(one, Done)]
    refused = [one.reason for one in told if isinstance(one, Conflict)]
    assert len(done) >= 1
    assert len(done) + len(refused) == 4
    assert set(refused) <= {"FILING_EXISTS"}
