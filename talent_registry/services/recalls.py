"""Recalling what relied on a fact that turned out wrong, and reading what was recalled."""

from collections.abc import Sequence
from uuid import UUID

from talent_registry.domain.notices import Notice
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.recalls import Recall, RecallCounts, RecallFilter
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject
from talent_registry.services.registry import Registry, Work
from talent_registry.storage import notices, recalls
from talent_registry.storage.session import duty


async def recall_in(work: Work) -> RecallCounts:
    """Recall what relied on what this command recorded anew and queue the notices, within the command.

    Once, after everything is recorded and before anything is decided anew.
    """
    async with duty(work.connection, "consequences"):
        counts = await recalls.recall(work.connection, work.command_id, work.now, work.today)
    if counts:
        work.says(recalled=counts.as_json())
    return counts


async def list_recalls(registry: Registry, actor: Actor, request: PageRequest, asked: RecallFilter) -> Page[Recall]:
    """What was recalled of the actor's own issuing, or of issuers in the authority's province, oldest first."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_RECALL)
    async with registry.reading(actor) as connection:
        page = await recalls.list_recalls(connection, request, asked)

    def is_own(one: recalls.IssuedRecall) -> bool:
        subject = Subject(issuer_ids=frozenset({one.issuer_id}), provinces=frozenset({one.issuer_province}))
        return actor.may(Permission.READ_RECALL, subject)

    return page.only(is_own).of(lambda one: one.recall)


async def list_receivers(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[list[Notice] | None]:
    """The notices of each recall, in the order of `ids`; None for whoever may not know who relied on a certificate."""
    if actor.kind is not ActorKind.AUTHORITY:
        return [None for _ in ids]
    async with registry.reading(actor) as connection:
        found = await notices.list_of_recalls(connection, ids)
    return [found[one] for one in ids]
