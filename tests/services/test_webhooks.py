"""Webhooks: events are sent in order, signed, until they are received, and to no address within."""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.webhooks import MOST_OF_OFFICE
from talent_registry.services import events, standing, webhooks
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.registry import caller_of
from talent_registry.services.standing import StatusChange
from talent_registry.services.webhook_delivery import deliver_one
from talent_registry.services.webhook_sending import NotSent
from tests.conftest import DatabaseUrls, as_superuser
from tests.postings import Postings, open_postings
from tests.registries import World

URL = "https://hooks.example.org/registry"


@dataclass
class Receiver:
    """Stands where a webhook is received: keeps what came, and answers as it is told."""

    status: int = 204
    came: list[tuple[Mapping[str, str], str]] = field(default_factory=list)

    def __call__(self, _url: str, headers: Mapping[str, str], body: bytes) -> int:
        if self.status == 0:
            raise NotSent("NOT_REACHED")
        self.came.append((headers, body.decode()))
        return self.status

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"].removeprefix("talent-registry.") for _, body in self.came]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.came]


@dataclass
class Hooked:
    """A host unit with one webhook."""

    posts: Postings
    id: UUID
    secret: str
    receiver: Receiver = field(default_factory=Receiver)

    async def deliver(self) -> None:
        """Everything that waits now."""
        while await deliver_one(self.posts.registry, self.receiver):
            pass

    async def one(self) -> Any:
        """The webhook as the host unit sees it."""
        (found,) = await webhooks.list_webhooks(self.posts.registry, self.posts.host_hr)
        return found


@pytest.fixture
async def hooked(world: World) -> Hooked:
    posts = await open_postings(world)
    shown = await webhooks.register(world.registry, posts.host_hr, URL, world.key())
    assert shown.secret is not None
    return Hooked(posts, UUID(shown.done.result["webhook_id"]), shown.secret)


def verified(secret: str, came: tuple[Mapping[str, str], str], world: World) -> dict[str, Any]:
    """As a receiver checks it, at the registry's time."""
    with time_machine.travel(world.clock.now, tick=False):
        body: dict[str, Any] = Verifier(secret).verify(came[1], dict(came[0]))
    return body


async def test_events_arrive_in_order_once_and_signed(hooked: Hooked) -> None:
    posts = hooked.posts
    await posts.begin()
    await hooked.deliver()
    told = await events.list_events(posts.registry, posts.host_hr, 0)
    assert hooked.receiver.ids == [str(one.id) for one in told]
    assert hooked.receiver.types[-1] == "placement.activated"
    assert verified(hooked.secret, hooked.receiver.came[-1], posts.world)["subject"] == told[-1].subject
    with pytest.raises(WebhookVerificationError):
        verified("whsec_" + base64.b64encode(b"x" * 32).decode(), hooked.receiver.came[-1], posts.world)
    await hooked.deliver()
    assert len(hooked.receiver.came) == len(told)
    assert hooked.receiver.came[-1][0]["content-type"].startswith("application/cloudevents+json")


async def test_an_endpoint_that_was_down_gets_everything_in_order_under_the_same_ids(hooked: Hooked) -> None:
    hooked.receiver.status = 500
    await hooked.posts.begin()
    for attempt in range(1, 4):
        await hooked.deliver()
        found = await hooked.one()
        assert (found.attempts, found.last_status) == (attempt, "500")
        assert found.due_at == hooked.posts.world.clock.now + timedelta(seconds=5 * 2 ** (attempt - 1))
        await hooked.deliver()
        assert len(hooked.receiver.came) == attempt
        hooked.posts.world.clock.go_on(seconds=60)
    tried = hooked.receiver.ids
    assert len(set(tried)) == 1
    hooked.receiver.came.clear()
    hooked.receiver.status = 200
    await hooked.deliver()
    told = await events.list_events(hooked.posts.registry, hooked.posts.host_hr, 0)
    assert hooked.receiver.ids == [str(one.id) for one in told]
    assert hooked.receiver.ids[0] == tried[0]
    assert (await hooked.one()).attempts == 0


async def test_a_redirect_and_silence_are_failures(hooked: Hooked) -> None:
    await hooked.posts.propose()
    for status, said in ((302, "302"), (0, "NOT_REACHED")):
        hooked.receiver.status = status
        hooked.posts.world.clock.go_on(hours=1)
        await hooked.deliver()
        assert (await hooked.one()).last_status == said


async def test_both_secrets_sign_for_a_day_after_a_rotation(hooked: Hooked) -> None:
    posts = hooked.posts
    shown = await webhooks.rotate(posts.registry, posts.host_hr, hooked.id, posts.world.key())
    assert shown.secret is not None
    placement_id = await posts.propose()
    await hooked.deliver()
    for secret in (hooked.secret, shown.secret):
        verified(secret, hooked.receiver.came[-1], posts.world)
    posts.world.clock.go_on(hours=25)
    await posts.sign(placement_id, posts.person.me)
    await hooked.deliver()
    verified(shown.secret, hooked.receiver.came[-1], posts.world)
    with pytest.raises(WebhookVerificationError):
        verified(hooked.secret, hooked.receiver.came[-1], posts.world)


async def test_a_test_is_sent_once_whatever_comes_of_it(hooked: Hooked) -> None:
    posts = hooked.posts
    for status in (204, 500):
        hooked.receiver.status = status
        done = await webhooks.send_test(posts.registry, posts.host_hr, hooked.id, posts.world.key())
        await hooked.deliver()
        assert hooked.receiver.types[-1] == "webhook.test"
        assert hooked.receiver.ids[-1] == done.result["event_id"]
        assert (await hooked.one()).last_status == str(status)
    assert len(hooked.receiver.came) == 2


async def test_events_are_sent_again_from_where_is_asked(hooked: Hooked) -> None:
    posts = hooked.posts
    await posts.begin()
    await hooked.deliver()
    first = hooked.receiver.ids
    after = UUID(first[1])
    await webhooks.replay(posts.registry, posts.host_hr, hooked.id, after, posts.world.key())
    await hooked.deliver()
    assert hooked.receiver.ids == first + first[2:]
    await webhooks.replay(posts.registry, posts.host_hr, hooked.id, None, posts.world.key())
    await hooked.deliver()
    assert hooked.receiver.ids == first + first[2:] + first
    mine = (await events.list_events(posts.registry, posts.titles.issuer, 0))[0]
    with pytest.raises(NotFound):
        await webhooks.replay(posts.registry, posts.host_hr, hooked.id, mine.id, posts.world.key())


async def test_a_closed_webhook_gets_nothing_and_is_gone(hooked: Hooked) -> None:
    posts = hooked.posts
    await webhooks.close(posts.registry, posts.host_hr, hooked.id, posts.world.key())
    await posts.begin()
    await hooked.deliver()
    assert hooked.receiver.came == []
    assert await webhooks.list_webhooks(posts.registry, posts.host_hr) == []
    with pytest.raises(NotFound):
        await webhooks.close(posts.registry, posts.host_hr, hooked.id, posts.world.key())


async def test_an_office_is_sent_its_own_alone(hooked: Hooked) -> None:
    posts = hooked.posts
    shown = await webhooks.register(posts.registry, posts.other_host_hr, URL, posts.world.key())
    assert shown.secret is not None
    await posts.begin()
    await hooked.deliver()
    for came in hooked.receiver.came:
        verified(hooked.secret, came, posts.world)


async def test_an_authority_is_sent_what_is_told_to_its_province(hooked: Hooked) -> None:
    posts = hooked.posts
    await webhooks.register(posts.registry, posts.titles.officer, URL, posts.world.key())
    suspend = StatusChange(posts.person.credential, "核查", posts.today)
    await standing.suspend(posts.registry, posts.titles.issuer, suspend, posts.world.key())
    await hooked.deliver()
    assert hooked.receiver.types == ["credential.suspended"]


async def test_a_secret_is_shown_once_and_lies_sealed(hooked: Hooked, database_urls: DatabaseUrls) -> None:
    posts, key = hooked.posts, hooked.posts.world.key()
    shown = await webhooks.rotate(posts.registry, posts.host_hr, hooked.id, key)
    again = await webhooks.rotate(posts.registry, posts.host_hr, hooked.id, key)
    assert again.done.replayed
    assert again.secret is None
    assert shown.secret is not None
    assert shown.secret not in repr(shown)
    with as_superuser(database_urls) as connection:
        for table in ("webhook", "command", "ledger_entry"):
            rows = connection.execute(f"SELECT row_to_json({table})::text FROM {table}").fetchall()
            assert not any(shown.secret.removeprefix("whsec_") in row[0] for row in rows)


async def test_who_may_have_webhooks_and_how_many(hooked: Hooked) -> None:
    posts = hooked.posts
    for nobody in (ANONYMOUS, OPERATOR, posts.person.me):
        with pytest.raises(NotPermitted):
            await webhooks.register(posts.registry, nobody, URL, posts.world.key())
        with pytest.raises(NotPermitted):
            await webhooks.list_webhooks(posts.registry, nobody)
    for _ in range(MOST_OF_OFFICE - 1):
        await webhooks.register(posts.registry, posts.host_hr, URL, posts.world.key())
    with pytest.raises(Conflict) as refused:
        await webhooks.register(posts.registry, posts.host_hr, URL, posts.world.key())
    assert refused.value.reason == "TOO_MANY_WEBHOOKS"
    for url in ("http://hooks.example.org/", "https://10.0.0.1/", "http://127.0.0.1/"):
        with pytest.raises(InvalidInput):
            await webhooks.register(posts.registry, posts.home_hr, url, posts.world.key())
    for stranger in (posts.home_hr, posts.titles.officer):
        with pytest.raises(NotFound):
            await webhooks.rotate(posts.registry, stranger, hooked.id, posts.world.key())


async def test_another_office_sees_and_changes_no_webhook_by_sql(hooked: Hooked) -> None:
    posts = hooked.posts
    strangers: tuple[Actor, ...] = (posts.home_hr, posts.titles.officer, posts.person.me, ANONYMOUS)
    for stranger in strangers:
        async with posts.registry.database.writing(caller_of(stranger), posts.today, "x") as connection:
            assert (await connection.execute(text("SELECT 1 FROM webhook"))).all() == []
            assert (await connection.execute(text("UPDATE webhook SET position = 0"))).rowcount == 0


async def test_two_workers_send_nothing_twice(hooked: Hooked) -> None:
    await hooked.posts.begin()
    await asyncio.gather(*(hooked.deliver() for _ in range(4)))
    assert len(hooked.receiver.came) == len(set(hooked.receiver.ids))


async def test_what_a_dead_worker_held_is_sent_by_the_next_once_its_lease_is_over(hooked: Hooked) -> None:
    class Died(BaseException):
        pass

    def die(*_: object) -> int:
        raise Died

    await hooked.posts.propose()
    with pytest.raises(Died):
        await deliver_one(hooked.posts.registry, die)
    await hooked.deliver()
    assert hooked.receiver.came == []
    hooked.posts.world.clock.go_on(seconds=130)
    await hooked.deliver()
    assert hooked.receiver.types == ["placement.proposed"]
