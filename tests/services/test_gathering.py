"""What is asked at the same time is carried out together, and nobody's trouble is another's."""

import asyncio
from collections.abc import Sequence

import pytest

from talent_registry.services.gathering import Gathering


async def test_what_comes_while_a_batch_is_under_way_is_the_next_batch_in_its_order() -> None:
    seen: list[list[object]] = []
    gathering = Gathering(3)

    async def doubled(_: object, asked: Sequence[int]) -> list[int]:
        seen.append(list(asked))
        await asyncio.sleep(0)
        return [2 * one for one in asked]

    first = asyncio.create_task(gathering.join("here", doubled, 1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [gathering.join("here", doubled, one) for one in (2, 3, 4, 5)]
    assert await asyncio.gather(first, *later) == [2, 4, 6, 8, 10]
    assert seen == [[1], [2, 3, 4], [5]]
    # Whatever belongs to another registry is no part of it.
    await asyncio.gather(gathering.join("here", doubled, 1), gathering.join("there", doubled, 2))
    assert seen[3:] == [[1], [2]]
    # One at a time gathers nothing.
    await asyncio.gather(*[Gathering().join("here", doubled, one) for one in (1, 2)])
    assert seen[5:] == [[1], [2]]


async def test_whoever_fails_or_leaves_takes_nobody_along() -> None:
    gathering = Gathering(9)
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def carry_out(_: object, asked: Sequence[str]) -> list[str]:
        begun.set()
        await goes_on.wait()
        if "bad" in asked:
            raise ValueError(str(len(asked)))
        return list(asked)

    leaving, staying = (asyncio.create_task(gathering.join("", carry_out, one)) for one in ("leaves", "stays"))
    await begun.wait()
    failing = [asyncio.create_task(gathering.join("", carry_out, one)) for one in ("bad", "good", "gone")]
    await asyncio.sleep(0)
    leaving.cancel()
    failing[-1].cancel()
    goes_on.set()
    assert await staying == "stays"
    assert await failing[1] == "good"
    with pytest.raises(ValueError, match="1"):
        await failing[0]
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await gathering.join("", carry_out, "afterwards") == "afterwards"


@pytest.mark.parametrize("answers", [None, [1, 2]])
async def test_nobody_waits_for_a_batch_that_was_stopped_or_answered_for_others(answers: list[int] | None) -> None:
    async def carry_out(_: object, __: Sequence[int]) -> list[int]:
        if answers is None:
            raise asyncio.CancelledError
        return answers

    with pytest.raises(asyncio.CancelledError if answers is None else ValueError):
        async with asyncio.timeout(5):
            await Gathering(9).join("", carry_out, 1)
