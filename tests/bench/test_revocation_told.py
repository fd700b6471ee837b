"""How soon a connected subscriber is told that a certificate was suspended: seconds from the answer to the command."""

import asyncio
import statistics
import time

from tests.web.test_streams import Live, live

__all__ = ["live"]
ROUNDS = 20
LIMIT_SECONDS = 2.0


async def test_a_connected_subscriber_is_told_within_two_seconds(live: Live) -> None:
    seconds = []
    async with live.follow() as frames:
        await asyncio.sleep(1)
        for number in range(ROUNDS):
            await live.change("reinstate" if number % 2 else "suspend")
            acknowledged = time.perf_counter()
            await frames.event()
            seconds.append(time.perf_counter() - acknowledged)
    print(f"told after {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s (longest of {ROUNDS})")
    assert max(seconds) < LIMIT_SECONDS
