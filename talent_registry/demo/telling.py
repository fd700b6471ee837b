"""`talent-registry demo`: tells the story in the terminal, or gives it as one JSON object."""

import asyncio
import json
import logging
import sys

from talent_registry.composition import open_registry, write_logs
from talent_registry.demo.screen import Screen
from talent_registry.demo.story import tell
from talent_registry.settings import Settings, load_settings


def main(*, as_json: bool) -> int:
    """Tell the story on an embedded database of its own, stop everything; the exit code (0)."""
    write_logs(as_json=True, level=logging.ERROR)
    facts = asyncio.run(_told(_settings(), None if as_json else Screen()))
    if as_json:
        sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2, default=str) + "\n")
    return 0


def _settings() -> Settings:
    """The settings of this run: a folder of its own, never the database of a deployment, sample identities allowed."""
    given = load_settings()
    return given.model_copy(
        update={
            "data": given.data / "demonstration",
            "keys": None,
            "database_url": None,
            "migrator_database_url": None,
            "allow_test_identities": True,
            "public_introspection": True,
            "allow_loopback_webhooks": True,
            "workers": 1,
        }
    )


async def _told(settings: Settings, screen: Screen | None) -> dict[str, object]:
    facts: dict[str, object] = {}
    if screen:
        screen.open()
    async with open_registry(settings, emptied=True) as registry:
        async for key, chapter in tell(registry, settings):
            facts[key] = chapter
            if screen:
                screen.show(key, chapter)
    if screen:
        screen.close()
    return facts
