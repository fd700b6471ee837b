"""Webhooks of an office, as the API gives them: where its events are sent, and how that goes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.commands import IDEMPOTENCY_KEY, CommandReceipt
from talent_registry.api.context import Info
from talent_registry.api.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.domain import webhooks as domain
from talent_registry.services import webhooks


@strawberry.type(description="Where an office has its events sent, signed as Standard Webhooks have it.")
class Webhook:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    url: str = strawberry.field(description="The address.")
    registered_at: datetime = strawberry.field(description="When it was registered.")
    attempts: int = strawberry.field(description="How often the next event was sent in vain; 0: all is well.")
    due_at: datetime | None = strawberry.field(description="Not before this is it sent again; null: at once.")
    last_status: str | None = strawberry.field(
        description="How the last sending was answered: a status of HTTP, or a code (ADDRESS_REFUSED, NAME_UNKNOWN, "
        "NOT_REACHED, NO_ANSWER)."
    )
    last_at: datetime | None = strawberry.field(description="When it was last sent to.")
    former_secret_until: datetime | None = strawberry.field(description="Until then the secret before signs as well.")
    is_test_pending: bool = strawberry.field(description="Whether a test waits to be sent.")

    @classmethod
    def of(cls, found: domain.Webhook) -> "Webhook":
        """The webhook as GraphQL gives it; its secret is never shown again."""
        return cls(
            id=to_node_id("Webhook", found.id),
            url=found.url,
            registered_at=found.registered_at,
            attempts=found.attempts,
            due_at=found.due_at,
            last_status=found.last_status,
            last_at=found.last_at,
            former_secret_until=found.former_until,
            is_test_pending=found.test_id is not None,
        )


@strawberry.input(description="An address to which the events of the caller's office are sent from now on.")
class RegisterWebhookInput:
    url: str = strawberry.field(description="https, on the open internet; redirects are not followed.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="A webhook of the caller's office.")
class WebhookInput:
    webhook: strawberry.ID = strawberry.field(description="Opaque id of the webhook.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="What to send again.")
class ReplayWebhookInput:
    webhook: strawberry.ID = strawberry.field(description="Opaque id of the webhook.")
    after: strawberry.ID | None = strawberry.field(
        default=None, description="Opaque id of the last event that is not to be sent again; null: all of them are."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.type(description="The webhook with its secret, shown this once.")
class WebhookSecretSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    webhook: strawberry.ID = strawberry.field(description="Opaque id of the webhook.")
    secret: str | None = strawberry.field(
        description="The secret (`whsec_…`) that its messages are signed with; null when the same request came before."
    )


@strawberry.type(description="Done; how it goes is seen at the webhook.")
class WebhookSuccess:
    command: CommandReceipt = strawberry.field(description="Receipt of the command.")
    webhook: strawberry.ID = strawberry.field(description="Opaque id of the webhook.")


WebhookSecretResult = Annotated[
    WebhookSecretSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("WebhookSecretResult", description="The webhook with its secret, or why not."),
]
WebhookResult = Annotated[
    WebhookSuccess | NotFound | NotPermitted | InvalidInput | Conflict,
    strawberry.union("WebhookResult", description="The webhook, or why nothing was done."),
]
_Which = Annotated[WebhookInput, strawberry.argument(description="Which.")]


@strawberry.type
class WebhookQuery:
    @strawberry.field(description="The webhooks of the caller's office, oldest first.")
    async def webhooks(self, info: Info) -> list[Webhook]:
        found = await webhooks.list_webhooks(info.context.registry, info.context.actor)
        return [Webhook.of(one) for one in found]


@strawberry.type
class WebhookMutation:
    @strawberry.mutation(description="Have the events of the caller's office sent to an address (offices; at most 5).")
    async def register_webhook(
        self, info: Info, input: Annotated[RegisterWebhookInput, strawberry.argument(description="Where to.")]
    ) -> WebhookSecretResult:
        context = info.context
        shown = await webhooks.register(context.registry, context.actor, input.url, input.idempotency_key)
        return _shown(shown)

    @strawberry.mutation(description="Make a new secret; for 24 hours messages are signed with the old one as well.")
    async def rotate_webhook_secret(self, info: Info, input: _Which) -> WebhookSecretResult:
        context = info.context
        return _shown(await webhooks.rotate(context.registry, context.actor, _id(input), input.idempotency_key))

    @strawberry.mutation(description="Send a test event (`webhook.test`) soon, once.")
    async def test_webhook(self, info: Info, input: _Which) -> WebhookResult:
        context = info.context
        done = await webhooks.send_test(context.registry, context.actor, _id(input), input.idempotency_key)
        return WebhookSuccess(command=CommandReceipt.of(done), webhook=input.webhook)

    @strawberry.mutation(description="Send events again, each under the same id as before.")
    async def replay_webhook(
        self, info: Info, input: Annotated[ReplayWebhookInput, strawberry.argument(description="From where.")]
    ) -> WebhookResult:
        context = info.context
        after = None if input.after is None else from_node_id(input.after, "Event", "input", "after")
        webhook_id = from_node_id(input.webhook, "Webhook", "input", "webhook")
        done = await webhooks.replay(context.registry, context.actor, webhook_id, after, input.idempotency_key)
        return WebhookSuccess(command=CommandReceipt.of(done), webhook=input.webhook)

    @strawberry.mutation(description="Send nothing more to a webhook, for good.")
    async def close_webhook(self, info: Info, input: _Which) -> WebhookResult:
        context = info.context
        done = await webhooks.close(context.registry, context.actor, _id(input), input.idempotency_key)
        return WebhookSuccess(command=CommandReceipt.of(done), webhook=input.webhook)


def _id(given: WebhookInput) -> UUID:
    return from_node_id(given.webhook, "Webhook", "input", "webhook")


def _shown(shown: webhooks.ShownSecret) -> WebhookSecretSuccess:
    webhook = to_node_id("Webhook", UUID(shown.done.result["webhook_id"]))
    return WebhookSecretSuccess(command=CommandReceipt.of(shown.done), webhook=webhook, secret=shown.secret)
