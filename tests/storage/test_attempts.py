"""Counters that many processes raise at once."""

import asyncio
from datetime import UTC, datetime

from talent_registry.storage import attempts
from talent_registry.storage.session import Caller, Database
from tests.conftest import DatabaseUrls

WINDOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ANYONE = Caller("ANONYMOUS")


async def test_attempts_at_the_same_moment_are_counted_one_by_one(database_urls: DatabaseUrls) -> None:
    # Two pools stand for two processes.
    databases = [Database(database_urls.app_url, pool_size=4) for _ in range(2)]

    async def one(place: int) -> int:
        async with databases[place % 2].writing(ANYONE, WINDOW.date(), "") as connection:
            return await attempts.count_one(connection, "s", b"x", WINDOW)

    assert sorted(await asyncio.gather(*map(one, range(20)))) == list(range(1, 21))
    async with databases[0].writing(ANYONE, WINDOW.date(), "") as connection:
        await attempts.give_back(connection, "s", b"x", WINDOW)
        assert await attempts.count_one(connection, "s", b"x", WINDOW) == 20
        assert await attempts.count_one(connection, "s", b"y", WINDOW) == 1
        await attempts.give_back(connection, "s", b"y", WINDOW)
        await attempts.give_back(connection, "s", b"y", WINDOW)
        assert await attempts.count_one(connection, "s", b"y", WINDOW) == 1
        assert await attempts.forget_before(connection, WINDOW) == 0
        assert await attempts.forget_before(connection, WINDOW.replace(hour=5)) == 2
    for database in databases:
        await database.close()
