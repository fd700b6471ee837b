"""What is asked while a batch is under way is carried out together in the next one: nobody waits for a clock."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

Batch = Callable[[Any, Sequence[Any]], Awaitable[Sequence[Any]]]
_Waiting = tuple[Any, asyncio.Future[Any]]


class Gathering:
    """Batches of one process: of each kind one under way at a time, of `most` each; 1 gathers nothing."""

    def __init__(self, most: int = 1) -> None:
        self.most = most
        self._lanes: dict[Batch, _Lane] = {}

    async def join(self, within: object, carry_out: Batch, asked: object) -> Any:  # noqa: ANN401 - as each batch answers
        """What `carry_out(within, [asked, …])` answers for `asked`, in one batch with others of the same two.

        It answers in order of what it is given. If a batch fails, each of it is carried out by itself; whoever is
        cancelled takes nobody else along.
        """
        if self.most == 1:
            return (await carry_out(within, [asked]))[0]
        lane = self._lanes.setdefault(carry_out, _Lane())
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        lane.waiting.append((within, asked, answer))
        if lane.under_way is None or lane.under_way.done():
            # It is nobody's request: what is logged of it is not told of whoever came first.
            lane.under_way = asyncio.create_task(self._go_on(lane, carry_out), context=Context())
        return await answer

    async def _go_on(self, lane: "_Lane", carry_out: Batch) -> None:
        while lane.waiting:
            within = lane.waiting[0][0]
            batch: list[_Waiting] = []
            while lane.waiting and len(batch) < self.most and lane.waiting[0][0] is within:
                _, asked, answer = lane.waiting.popleft()
                batch.append((asked, answer))
            await _carry_out(within, carry_out, batch)


async def _carry_out(within: object, carry_out: Batch, batch: Sequence[_Waiting]) -> None:
    try:
        answers = await carry_out(within, [asked for asked, _ in batch])
        for (_, answer), given in list(zip(batch, answers, strict=True)):
            if not answer.done():
                answer.set_result(given)
    except Exception as failure:  # noqa: BLE001 - told to whoever waits
        if len(batch) > 1:
            await asyncio.gather(*[_carry_out(within, carry_out, [one]) for one in batch])
        elif not batch[0][1].done():
            batch[0][1].set_exception(failure)
    finally:
        # Whatever ended the batch, nobody goes on waiting for it.
        for _, answer in batch:
            if not answer.done():
                answer.cancel()


@dataclass(slots=True)
class _Lane:
    """What waits to be carried out in one way, and the batch that is under way."""

    waiting: deque[tuple[Any, Any, asyncio.Future[Any]]] = field(default_factory=deque)
    under_way: asyncio.Task[None] | None = None
