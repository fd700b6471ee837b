"""Webhooks of an office: registering, rotating the secret, testing, replaying and closing them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.webhooks import MOST_OF_OFFICE, OVERLAP, Webhook, check_url
from talent_registry.services import events as told
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.signing.sealing import seal
from talent_registry.signing.webhooks import new_secret
from talent_registry.storage import events, queue, webhooks
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class ShownSecret:
    """A webhook with its secret, shown this once (None where the command was carried out before)."""

    done: Done
    secret: str | None = field(repr=False)


async def register(registry: Registry, actor: Actor, url: str, key: str) -> ShownSecret:
    """Have one's events sent to an address from now on. Answer: `webhook_id`. An office, for its organisation.

    InvalidInput (ADDRESS_UNUSABLE), Conflict (TOO_MANY_WEBHOOKS).
    """
    secret = new_secret()

    async def act(work: Work) -> dict[str, Any]:
        organisation_id = _office(actor)
        checked = check_url(url, loopback=registry.allow_loopback_webhooks)
        if len(await webhooks.list_open(work.connection, organisation_id)) >= MOST_OF_OFFICE:
            raise _too_many()
        position = await events.last_position(work.connection, told.told_to(actor))
        province = actor.province if actor.kind is ActorKind.AUTHORITY else None
        new = Webhook(new_id(), organisation_id, actor.kind.value, province, checked, work.now, position)
        await webhooks.add_webhook(work.connection, new, _sealed(registry, secret, new.id), work.command_id)
        work.about("webhook", new.id)
        return {"webhook_id": str(new.id)}

    done = await perform(registry, actor, "registerWebhook", key, {"url": url}, act)
    return ShownSecret(done, None if done.replayed else secret)


async def rotate(registry: Registry, actor: Actor, webhook_id: UUID, key: str) -> ShownSecret:
    """Give a webhook a new secret; the old one signs beside it for `OVERLAP`. Answer: `webhook_id`, `former_until`."""
    secret = new_secret()

    async def change(work: Work, _: Webhook, sealed: webhooks.SealedSecrets) -> dict[str, Any]:
        key_id, ciphertext = _sealed(registry, secret, webhook_id)
        until = work.now + OVERLAP
        await webhooks.change_webhook(
            work.connection,
            webhook_id,
            secret_key_id=key_id,
            secret_sealed=ciphertext,
            former_key_id=sealed.secret[0],
            former_sealed=sealed.secret[1],
            former_until=until,
        )
        return {"former_until": until.isoformat()}

    done = await _change(registry, actor, "rotateWebhookSecret", webhook_id, key, change)
    return ShownSecret(done, None if done.replayed else secret)


async def send_test(registry: Registry, actor: Actor, webhook_id: UUID, key: str) -> Done:
    """Have a test event sent soon; its outcome is the webhook's last status. Answer: `webhook_id`, `event_id`."""

    async def change(work: Work, _: Webhook, __: webhooks.SealedSecrets) -> dict[str, Any]:
        test_id = new_id()
        await webhooks.change_webhook(work.connection, webhook_id, test_id=test_id, due_at=None, attempts=0)
        await queue.add_deliveries(work.connection, [webhook_id])
        return {"event_id": str(test_id)}

    return await _change(registry, actor, "testWebhook", webhook_id, key, change)


async def replay(registry: Registry, actor: Actor, webhook_id: UUID, after: UUID | None, key: str) -> Done:
    """Send again what came after an event (None: everything ever told). Answer: `webhook_id`, `position`.

    Each is sent under the same id as before. NotFound for an event of somebody else.
    """

    async def change(work: Work, _: Webhook, __: webhooks.SealedSecrets) -> dict[str, Any]:
        position = 0 if after is None else await events.find_position(work.connection, after)
        if position is None:
            raise nothing_here(("input", "after"))
        await webhooks.change_webhook(work.connection, webhook_id, position=position, due_at=None, attempts=0)
        await queue.add_deliveries(work.connection, [webhook_id])
        return {"position": position}

    return await _change(registry, actor, "replayWebhook", webhook_id, key, change, {"after": after})


async def close(registry: Registry, actor: Actor, webhook_id: UUID, key: str) -> Done:
    """Send nothing more to a webhook, for good. Answer: `webhook_id`."""

    async def change(work: Work, _: Webhook, __: webhooks.SealedSecrets) -> dict[str, Any]:
        await webhooks.change_webhook(work.connection, webhook_id, closed_at=work.now)
        return {}

    return await _change(registry, actor, "closeWebhook", webhook_id, key, change)


async def list_webhooks(registry: Registry, actor: Actor) -> list[Webhook]:
    """The webhooks of the actor's office, oldest first; NotPermitted for whoever can have none."""
    organisation_id = _office(actor)
    async with registry.reading(actor) as connection:
        return await webhooks.list_open(connection, organisation_id)


_Change = Callable[[Work, Webhook, webhooks.SealedSecrets], Awaitable[dict[str, Any]]]


async def _change(
    registry: Registry,
    actor: Actor,
    name: str,
    webhook_id: UUID,
    key: str,
    change: _Change,
    asked: dict[str, Any] | None = None,
) -> Done:
    async def act(work: Work) -> dict[str, Any]:
        found = await webhooks.lock_webhook(work.connection, webhook_id)
        if found is None or found[0].closed_at is not None:
            actor.must(Permission.MANAGE_WEBHOOK)
            raise nothing_here()
        actor.must(Permission.MANAGE_WEBHOOK, Subject(receiver_ids=frozenset({found[0].organisation_id})))
        work.about("webhook", webhook_id)
        return {"webhook_id": str(webhook_id)} | await change(work, *found)

    return await perform(registry, actor, name, key, {"webhook": webhook_id, **(asked or {})}, act)


def _office(actor: Actor) -> UUID:
    own = frozenset[UUID]() if actor.organisation_id is None else frozenset({actor.organisation_id})
    actor.must(Permission.MANAGE_WEBHOOK, Subject(receiver_ids=own), hidden=False)
    if actor.organisation_id is None:
        raise nothing_here()
    return actor.organisation_id


def _sealed(registry: Registry, secret: str, webhook_id: UUID) -> webhooks.SealedText:
    sealed = seal(registry.keys, secret, b"webhook:" + webhook_id.bytes)
    return sealed.key_id, sealed.ciphertext


def _too_many() -> Conflict:
    return Conflict(
        Message(
            zh=f"每个单位至多登记 {MOST_OF_OFFICE} 个推送地址。请先停用一个。",
            en=f"An office has at most {MOST_OF_OFFICE} webhooks. Close one first.",
        ),
        reason="TOO_MANY_WEBHOOKS",
    )
