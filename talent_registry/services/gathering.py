"""What is asked while a batch is under way is carried out together in the next one: nobody waits for a clock."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Batch = Callable[[Any, Sequence[Any]], Awaitable[Sequence[Any]]]


class Gathering:
    """Batches of one process, one under way at a time, of `most` each; 1 gathers nothing."""

    def __init__(self, most: int = 1) -> None:
        self.most = most
        self._waiting: deque[tuple[Any, Batch, Any, asyncio.Future[Any]]] = deque()
        self._under_way: asyncio.Task[None] | None = None

    async def join(self, within: object, carry_out: Batch, asked: object) -> Any:  # noqa: ANN401 - as each batch answers
        """What `carry_out(within, [asked, …])` answers for `asked`, in one batch with others of the same two.

        It answers in order of what it is given; what it raises is raised to each of the batch. Whoever is cancelled
        takes nobody else along.
        """
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((within, carry_out, asked, answer))
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._go_on())
        return await answer

    async def _go_on(self) -> None:
        while self._waiting:
            within, carry_out, _, _ = self._waiting[0]
            batch: list[tuple[Any, asyncio.Future[Any]]] = []
            while self._waiting and len(batch) < self.most and self._waiting[0][:2] == (within, carry_out):
                _, _, asked, answer = self._waiting.popleft()
                batch.append((asked, answer))
            try:
                answers = await carry_out(within, [asked for asked, _ in batch])
            except Exception as failure:  # noqa: BLE001 - told to everyone who waits
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(failure)
            else:
                for (_, answer), given in zip(batch, answers, strict=True):
                    if not answer.done():
                        answer.set_result(given)
