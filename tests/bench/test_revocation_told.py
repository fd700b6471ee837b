"""How soon a connected subscriber is told that a certificate was suspended: seconds from the answer to the command."""

import asyncio
import statistics
import time

from tests.web.test_sockets import Socket, begun
from tests.web.test_streams import Frames, Live, live

__all__ = ["live"]
ROUNDS = 20
LIMIT_SECONDS = 2.0


async def test_a_connected_subscriber_is_told_within_two_seconds(live: Live) -> None:
    async with live.follow() as frames:
        await measure(live, frames, "server-sent events")


async def test_a_subscriber_on_a_socket_is_told_within_two_seconds(live: Live) -> None:
    async with begun(live) as socket:
        await socket.subscribe()
        await measure(live, socket, "graphql-transport-ws")


async def measure(live: Live, connected: Frames | Socket, way: str) -> None:
    """Tell of one change after the other and see how soon each arrives."""
    seconds = []
    await asyncio.sleep(1)
    for number in range(ROUNDS):
        await live.change("reinstate" if number % 2 else "suspend")
        acknowledged = time.perf_counter()
        await connected.event()
        seconds.append(time.perf_counter() - acknowledged)
    told = f"{statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s (longest of {ROUNDS})"
    print(f"{way}: told after {told}")
    assert max(seconds) < LIMIT_SECONDS
