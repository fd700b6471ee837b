"""Delivering events to webhooks: in order, signed, again and again until received, under the same id each time."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from talent_registry.domain.events import Event, as_cloud_event
from talent_registry.domain.webhooks import Webhook, pause_after
from talent_registry.services.events import list_events
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import Registry
from talent_registry.services.webhook_sending import NotSent, send
from talent_registry.signing.sealing import Sealed, unseal
from talent_registry.signing.webhooks import signed_headers
from talent_registry.storage import queue, webhooks
from talent_registry.storage.session import duty

_CLOCK = Actor(ActorKind.CLOCK)
# Of one webhook before another has its turn; within the lease even if each takes its longest.
_MOST_AT_ONCE = 6
_FIRST_GOOD, _FIRST_BAD = 200, 300
Sending = Callable[[str, Mapping[str, str], bytes], int]
log = structlog.get_logger()


async def deliver_one(registry: Registry, sending: Sending | None = None, *, webhook_id: UUID | None = None) -> bool:
    """Send what waits for one webhook (this one, or any); False where nothing waits.

    What is not received is tried again later, and what comes after it waits. A worker that dies in between leaves it
    to the next, which may send again what was received: its id is the same.
    """
    async with registry.noting(_CLOCK) as connection, duty(connection, "deliver"):
        found = await webhooks.claim_due(connection, registry.clock(), webhook_id)
    if found is None:
        return False
    held, sealed = found
    keys = _secrets(registry, held, sealed)
    sender = sending or _sender(registry)
    waiting = await _waiting(registry, held)
    for event in waiting:
        status, good = await _sent(sender, held, keys, event, registry.clock())
        moved: dict[str, Any] = {"last_status": status, "last_at": registry.clock()}
        if not good:
            due = registry.clock() + pause_after(held.attempts + 1)
            # A test is tried once: its outcome is what was asked for.
            tested = {"test_id": None} if event.id == held.test_id else {"attempts": held.attempts + 1, "due_at": due}
            await _settle(registry, held, **moved, **({"due_at": None} | tested), more="test_id" in tested)
            return True
        moved |= {"test_id": None} if event.id == held.test_id else {"position": event.position, "attempts": 0}
        if not await _settle(registry, held, **moved):
            return True
        held = _moved(held, event)
    await _settle(registry, held, due_at=None, more=len(waiting) >= _MOST_AT_ONCE)
    return True


async def deliver_again(registry: Registry, webhook_id: UUID) -> None:
    """Have a webhook that did not receive tried once more, in its turn."""
    async with registry.noting(_CLOCK) as connection:
        await queue.add_deliveries(connection, [webhook_id], once=True)


async def seek_waiting(registry: Registry) -> int:
    """Have delivered what no job asks for, as where a worker died in between; to how many webhooks."""
    async with registry.noting(_CLOCK) as connection, duty(connection, "deliver"):
        due = await webhooks.list_due(connection, registry.clock())
        await queue.add_deliveries(connection, due, once=True)
    return len(due)


async def _waiting(registry: Registry, held: Webhook) -> list[Event]:
    tests = [] if held.test_id is None else [_test(held.test_id, held, registry.clock())]
    # Read as the receiver: what it may not see is not sent, by the service and by row security.
    receiver = Actor(ActorKind(held.actor_kind), None, held.organisation_id, None, held.province)
    return [*tests, *await list_events(registry, receiver, held.position, _MOST_AT_ONCE)]


def _test(test_id: UUID, held: Webhook, now: datetime) -> Event:
    return Event(0, test_id, "webhook.test", f"webhook:{held.id}", now, {})


def _moved(held: Webhook, event: Event) -> Webhook:
    if event.id == held.test_id:
        return replace(held, test_id=None)
    return replace(held, position=event.position, attempts=0)


async def _sent(sender: Sending, held: Webhook, keys: list[str], event: Event, now: datetime) -> tuple[str, bool]:
    """What came of sending an event: a status of HTTP or a code of ours, and whether it was received."""
    body = json.dumps(as_cloud_event(event), ensure_ascii=False, separators=(",", ":"))
    headers = signed_headers(keys, str(event.id), now, body) | {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "user-agent": "talent-registry",
    }
    try:
        status = await asyncio.to_thread(sender, held.url, headers, body.encode())
    except NotSent as failure:
        log.info("webhook", webhook=str(held.id), event_id=str(event.id), outcome=failure.reason)
        return failure.reason, False
    log.info("webhook", webhook=str(held.id), event_id=str(event.id), outcome=status)
    return str(status), _FIRST_GOOD <= status < _FIRST_BAD


async def _settle(registry: Registry, held: Webhook, *, more: bool = False, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Note how it ended and, in the same transaction, when to look again: at its `due_at`, or at once for `more`."""
    async with registry.noting(_CLOCK) as connection, duty(connection, "deliver"):
        settled = await webhooks.settle(connection, held, **values)
        if settled and values.get("due_at") is not None:
            await queue.add_delivery_at(connection, held.id, values["due_at"])
        elif settled and more:
            await queue.add_deliveries(connection, [held.id])
        return settled


def _secrets(registry: Registry, held: Webhook, sealed: webhooks.SealedSecrets) -> list[str]:
    """The secret, and the one before as long as both sign."""
    former = sealed.former if held.former_until is not None and registry.clock() < held.former_until else None
    context = b"webhook:" + held.id.bytes
    return [unseal(registry.keys, Sealed(*one), context) for one in (sealed.secret, former) if one is not None]


def _sender(registry: Registry) -> Sending:
    def sender(url: str, headers: Mapping[str, str], body: bytes) -> int:
        return send(url, headers, body, loopback=registry.allow_loopback_webhooks)

    return sender
