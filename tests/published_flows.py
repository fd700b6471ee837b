"""Quarters published for the tests of what shows them: their people are drawn, what is withheld the domain decides."""

import random
from datetime import UTC, datetime
from typing import Any

from talent_registry.domain.flows import FlowEdition, FlowMeasure, Movement, Quarter, places_of, tables_of
from talent_registry.services.placement_reminders import CLOCK
from talent_registry.services.registry import Registry, Work, perform
from talent_registry.storage import flows
from talent_registry.storage.session import duty

PAIR = ("500000", "510000")
PUBLISHED_AT = datetime(2026, 10, 2, 1, 30, tzinfo=UTC)


def drawn(seed: int, most: int = 60) -> list[Movement]:
    """People of a few series from a few places in both directions, some alone in theirs."""
    draws = random.Random(seed)  # noqa: S311 - the same people each time
    sichuan, chongqing = places_of("510000", 2026), places_of("500000", 2026)
    moved = []
    for _ in range(40):
        start, end = draws.choice(sichuan[:9]), draws.choice(chongqing[:12])
        if draws.random() < 0.4:
            start, end = end, start
        title = draws.choice(("0101", "0102", "0501", "0502", "0503", "0401", "0402", "1701"))
        moved.append(Movement(start, end, "TITLE", title, draws.choice((1, 2, 4, 9, most))))
    return moved


async def publish(registry: Registry, quarter: Quarter, movements: list[Movement]) -> None:
    """Publish a quarter in which these people's titles were recognised, and nothing else happened."""

    async def act(work: Work) -> dict[str, Any]:
        tables = [
            table
            for measure in FlowMeasure
            for table in tables_of(measure, quarter, PAIR, movements if measure is FlowMeasure.TITLES else [])
        ]
        async with duty(work.connection, "publish"):
            edition = FlowEdition(quarter, 1, PUBLISHED_AT, tuple(tables))
            await flows.add_edition(work.connection, edition, work.command_id)
        return {}

    await perform(registry, CLOCK, "publishFlows", f"test:{quarter}", {}, act)
