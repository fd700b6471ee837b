"""Following events as they happen: one pulse in each process wakes all who follow; each then reads its own."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TypeVar
from uuid import UUID

import structlog

from talent_registry.domain.errors import Conflict
from talent_registry.domain.events import Event
from talent_registry.domain.messages import Message
from talent_registry.services import events
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import Registry
from talent_registry.storage import events as stored
from talent_registry.storage.session import duty

MOST = 200
MOST_OF_ACCOUNT = 5
_PULSE_SECONDS = 0.3
# Who follows is asked for anew at least this often: a token expires and an account is closed without any event.
_LONGEST_WAIT_SECONDS = 5.0
_CLOCK = Actor(ActorKind.CLOCK)
T = TypeVar("T")
Still = Callable[[], Awaitable[Actor]]
log = structlog.get_logger()


class Following:
    """Whoever follows in this process. `most` at once, `most_of_account` of one account."""

    def __init__(self, registry: Registry, *, most: int = MOST, most_of_account: int = MOST_OF_ACCOUNT) -> None:
        self._registry = registry
        self._most = most
        self._most_of_account = most_of_account
        self._open: Counter[UUID | None] = Counter()
        self._newest = -1
        self._changed = asyncio.Event()

    async def events(self, still: Still, after: UUID | None) -> AsyncIterator[Event]:
        """The caller's own events from now on, or from an event on: none is left out and none comes twice.

        `still` gives the caller as it stands at that moment; what it raises ends the stream. NotPermitted for a caller
        who did not sign in, NotFound for an event of somebody else, Conflict (TOO_MANY_SUBSCRIPTIONS).
        """
        actor = await still()
        events.told_to(actor)
        with self._counted(actor):
            position = await events.position_after(self._registry, actor, after)
            while True:
                # Taken before reading: what is written meanwhile wakes the next round.
                changed = self._changed
                found = await events.list_events(self._registry, actor, position)
                for one in found:
                    position = one.position
                    yield one
                if found:
                    # There may be more than a page.
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
                        await changed.wait()
                actor = await still()

    async def changes(self, still: Still, ask: Callable[[Actor], Awaitable[T]]) -> AsyncIterator[T]:
        """What is asked as it stands, and again whenever the answer differs: after each event, and as time passes.

        Whatever `ask` raises, as where the caller may not know any more, ends the stream.
        """
        actor = await still()
        with self._counted(actor):
            told: T | None = None
            while True:
                changed = self._changed
                answer = await ask(actor)
                if answer != told:
                    told = answer
                    yield answer
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
                        await changed.wait()
                actor = await still()

    @contextmanager
    def _counted(self, actor: Actor) -> Iterator[None]:
        who = actor.account_id
        if self._open.total() >= self._most or self._open[who] >= self._most_of_account:
            raise _too_many()
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1

    async def _beat(self) -> None:
        while True:
            try:
                if self._open.total():
                    await self._look()
            except Exception as trouble:  # noqa: BLE001 - the database may be away; whoever follows waits on
                log.warning("no pulse for now", trouble=type(trouble).__name__)
            await asyncio.sleep(_PULSE_SECONDS)

    async def _look(self) -> None:
        async with self._registry.reading(_CLOCK) as connection, duty(connection, "deliver"):
            newest = await stored.newest_position(connection)
        if newest != self._newest:
            self._newest, changed = newest, self._changed
            self._changed = asyncio.Event()
            changed.set()


@asynccontextmanager
async def following(registry: Registry) -> AsyncIterator[Following]:
    """While the block lasts, whoever follows is woken by what happens."""
    found = Following(registry)
    task = asyncio.create_task(found._beat())  # noqa: SLF001 - its own
    try:
        yield found
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _too_many() -> Conflict:
    return Conflict(
        Message(
            zh=f"同时打开的订阅过多（每个账户至多 {MOST_OF_ACCOUNT} 个）。请先关闭一个，或稍后再试。",
            en=f"Too many subscriptions are open (at most {MOST_OF_ACCOUNT} of an account). Close one or try later.",
        ),
        reason="TOO_MANY_SUBSCRIPTIONS",
    )
