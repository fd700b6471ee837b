"""The queue: a job only says what to look at, so one that is doubled, lost or late leaves the same end state."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from procrastinate import App

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.queue import ROUND, Task
from talent_registry.jobs.queue import queue_of
from talent_registry.jobs.worker import at_work, make_round, work_once, worker_of
from talent_registry.services import webhooks
from talent_registry.services.registry import Registry, Work, perform
from talent_registry.storage import queue
from tests.conftest import DatabaseUrls, as_superuser
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.services.test_webhook_sending import Listener, listener

__all__ = ["listener"]


@dataclass
class Hooked:
    """A host unit with one webhook on this machine, and a look into the queue."""

    posts: Postings
    registry: Registry
    webhook_id: UUID
    sql: psycopg.Connection

    def jobs(self) -> list[tuple[Any, ...]]:
        """What waits, the first first: task, lock and arguments."""
        return self.rows("SELECT task_name, lock, args FROM queue.procrastinate_jobs WHERE status = 'todo' ORDER BY id")

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.sql.execute(question).fetchall()

    def state(self) -> list[list[tuple[Any, ...]]]:
        """Everything that a job could have changed, the times at which it was tried apart."""
        return [
            self.rows(f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("ledger_entry", "event", "event_receiver", "placement", "placement_event")
        ] + [self.rows("SELECT id, position, attempts, due_at, last_status FROM webhook")]


@pytest.fixture
async def hooked(world: World, database_urls: DatabaseUrls, listener: str) -> AsyncIterator[Hooked]:
    Listener.asked.clear()
    posts = await open_postings(world)
    registry = replace(world.registry, allow_loopback_webhooks=True)
    shown = await webhooks.register(registry, posts.host_hr, f"{listener}/mine", world.key())
    with as_superuser(database_urls) as sql:
        yield Hooked(posts, registry, UUID(shown.done.result["webhook_id"]), sql)


async def test_a_command_leaves_a_job_for_each_webhook_that_is_told_and_its_id_is_all_it_says(hooked: Hooked) -> None:
    assert hooked.jobs() == []
    await hooked.posts.propose()
    told = ("deliver", f"webhook:{hooked.webhook_id}", {"webhook_id": str(hooked.webhook_id)})
    assert hooked.jobs() == [told]
    await webhooks.send_test(hooked.registry, hooked.posts.host_hr, hooked.webhook_id, hooked.posts.world.key())
    assert hooked.jobs() == [told, told]


async def test_a_command_that_is_undone_leaves_no_job(hooked: Hooked) -> None:
    async def act(work: Work) -> dict[str, Any]:
        await queue.add_deliveries(work.connection, [hooked.webhook_id])
        await queue.add_simulation(work.connection)
        raise Conflict(Message(zh="不行", en="No"), reason="NO")

    with pytest.raises(Conflict):
        await perform(hooked.registry, hooked.posts.host_hr, "x", hooked.posts.world.key(), {}, act)
    assert hooked.jobs() == []


async def test_the_same_jobs_done_twice_and_at_once_change_nothing_more(hooked: Hooked) -> None:
    placement_id = await hooked.posts.begin(term_until=hooked.posts.today + timedelta(days=40))
    hooked.posts.world.clock.go_on(days=41)
    await work_once(hooked.registry)
    await drain(hooked)
    before, received = hooked.state(), len(Listener.asked)
    assert (await hooked.posts.get(placement_id)).state is PlacementState.ENDED
    app = queue_of(hooked.registry)
    async with app.open_async():
        for _ in range(3):
            for task in ROUND:
                await app.configure_task(task.value, queue=task.value).defer_async()
            for task in (Task.DELIVER, Task.DELIVER_AGAIN):
                again = app.configure_task(task.value, queue=task.value)
                await again.defer_async(webhook_id=str(hooked.webhook_id))
            await app.configure_task(Task.SIMULATE.value, queue=Task.SIMULATE.value).defer_async()
        await asyncio.gather(*(worker_of(app, wait=False).run() for _ in range(2)))
    assert hooked.jobs() == []
    assert (hooked.state(), len(Listener.asked)) == (before, received)


async def test_a_clock_that_jumps_ahead_and_back_ends_and_tells_once(hooked: Hooked) -> None:
    placement_id = await hooked.posts.begin(term_until=hooked.posts.today + timedelta(days=40))
    clock = hooked.posts.world.clock
    for days in (36, 400, -430, 395, 1000, -1000):
        clock.go_on(days=days)
        await work_once(hooked.registry)
    clock.go_on(days=400)
    await drain(hooked)
    ended = await hooked.posts.get(placement_id)
    assert (ended.state, ended.ended_on) == (PlacementState.ENDED, ended.term.until)
    named = "SELECT name, actor_kind FROM ledger_entry WHERE name IN ('remindOfTerm', 'closeDuePlacement') ORDER BY 1"
    assert hooked.rows(named) == [("closeDuePlacement", "CLOCK"), ("remindOfTerm", "CLOCK")]
    told = [path for path, body in Listener.asked if b"placement.ended" in body]
    assert told == ["/mine"]


async def test_what_no_job_asks_for_any_more_is_sought_and_done(hooked: Hooked) -> None:
    await hooked.posts.propose()
    hooked.sql.execute("DELETE FROM queue.procrastinate_jobs")
    await work_once(hooked.registry)
    assert [path for path, _ in Listener.asked] == ["/mine"]


async def test_what_was_not_received_is_asked_for_again_at_its_hour_and_keeps_no_other_job_waiting(
    hooked: Hooked, listener: str
) -> None:
    hooked.sql.execute("UPDATE webhook SET url = 'http://127.0.0.1:1/'")
    await hooked.posts.propose()
    # Later than it is for the database, whenever this runs.
    hooked.posts.world.clock.go_on(days=36500)
    await drain(hooked)
    ((task, lock, arguments),) = hooked.jobs()
    assert (task, lock, arguments) == ("deliver_again", None, {"webhook_id": str(hooked.webhook_id)})
    due = "SELECT scheduled_at = due_at, attempts FROM webhook, (SELECT scheduled_at FROM queue.procrastinate_jobs) job"
    assert hooked.rows(due) == [(True, 1)]
    hooked.sql.execute(f"UPDATE webhook SET url = '{listener}/mine'")
    hooked.sql.execute("UPDATE queue.procrastinate_jobs SET scheduled_at = now()")
    hooked.posts.world.clock.go_on(seconds=10)
    await drain(hooked)
    assert [path for path, _ in Listener.asked] == ["/mine"]


async def test_the_jobs_of_a_killed_worker_are_put_back_and_its_rounds_are_not_doubled(hooked: Hooked) -> None:
    await hooked.posts.propose()
    app = queue_of(hooked.registry)
    async with app.open_async():
        await make_round(app)
        dead = hooked.rows("INSERT INTO queue.procrastinate_workers (last_heartbeat) VALUES (now()) RETURNING id")[0][0]
        hooked.sql.execute(f"UPDATE queue.procrastinate_jobs SET status = 'doing', worker_id = {dead}")
        await make_round(app)
        assert sorted(task for task, *_ in hooked.jobs()) == sorted(ROUND)
        hooked.sql.execute("UPDATE queue.procrastinate_workers SET last_heartbeat = now() - interval '31 seconds'")
        await make_round(app)
        assert sorted(task for task, *_ in hooked.jobs()) == sorted([*ROUND, Task.DELIVER])
        assert hooked.rows("SELECT count(*) FROM queue.procrastinate_jobs WHERE status = 'doing'") == [(0,)]
        await worker_of(app, wait=False).run()
    assert [path for path, _ in Listener.asked] == ["/mine"]


async def test_a_webhook_is_told_within_two_seconds_of_the_command(hooked: Hooked) -> None:
    async with at_work(hooked.registry):
        await until(lambda: hooked.rows("SELECT count(*) FROM queue.procrastinate_workers") == [(1,)])
        await asyncio.sleep(1)
        seconds = []
        for number in range(6):
            begun = time.perf_counter()
            if number:
                await webhooks.send_test(hooked.registry, hooked.posts.host_hr, hooked.webhook_id, str(number))
            else:
                await hooked.posts.propose()
            await until(lambda number=number: len(Listener.asked) > number)  # type: ignore[misc]  # a lambda's default
            seconds.append(time.perf_counter() - begun)
    print(f"told after {sorted(seconds)} s")  # noqa: T201 - shown with -s
    assert max(seconds) < 2
    assert hooked.rows("SELECT count(*) FROM queue.procrastinate_workers") == [(0,)]


async def test_a_worker_that_is_stopped_as_it_begins_leaves_nothing_running(world: World) -> None:
    before = asyncio.all_tasks()
    begun = time.monotonic()
    for milliseconds in (0, 1, 2, 3, 4, 5, 6, 8, 10, 20, 40, 80, 150):
        async with at_work(world.registry):
            await asyncio.sleep(milliseconds / 1000)
    assert time.monotonic() - begun < 12, "each leaves at once"
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before


async def test_a_job_that_fails_is_told_by_its_kind_and_the_next_round_makes_up_for_it(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("样例研究院")

    await hooked.posts.propose()
    with monkeypatch.context() as broken:
        broken.setattr("talent_registry.services.webhook_delivery.deliver_one", fails)
        await drain(hooked)
    assert "trouble=RuntimeError" in capsys.readouterr().out
    assert hooked.jobs() == []
    await work_once(hooked.registry)
    assert [path for path, _ in Listener.asked] == ["/mine"]


async def until(holds: Callable[[], bool]) -> None:
    """Wait half a minute at most for something that must come to hold."""
    for _ in range(3000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


async def drain(hooked: Hooked) -> None:
    """Do what waits, and what that asks for in turn, until nothing may be done now."""
    app: App = queue_of(hooked.registry)
    due = "SELECT 1 FROM queue.procrastinate_jobs WHERE scheduled_at IS NULL OR scheduled_at <= now()"
    async with app.open_async():
        while hooked.rows(due):
            await worker_of(app, wait=False).run()
