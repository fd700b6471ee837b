"""Consents: a person opens fields to an organisation, for a purpose and a time, and may close them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.consents import Consent, check_fields, check_purpose, check_term
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import consents, organisations
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class NewConsent:
    """What is asked when a consent is granted; `until` is its last day."""

    recipient_id: UUID
    purpose: str
    fields: tuple[PersonField, ...]
    until: date


async def grant(registry: Registry, actor: Actor, asked: NewConsent, key: str) -> Done:
    """Open fields of the caller's own record to an organisation from now on. Answer: `consent_id`."""

    async def act(work: Work) -> dict[str, Any]:
        actor.must(Permission.GRANT_CONSENT, Subject(researcher_id=actor.researcher_id), hidden=False)
        if actor.researcher_id is None:
            raise nothing_here()
        if await organisations.find_organisation(work.connection, asked.recipient_id) is None:
            raise _unknown_recipient()
        given = await grant_in(work, actor.researcher_id, asked)
        return {"consent_id": str(given.id)}

    return await perform(registry, actor, "grantConsent", key, asked, act)


async def grant_in(work: Work, researcher_id: UUID, asked: NewConsent) -> Consent:
    """Open fields of a person's record to a registered organisation, within a command that the person gave."""
    given = Consent(
        new_id(),
        researcher_id,
        asked.recipient_id,
        check_purpose(asked.purpose, "input", "purpose"),
        check_fields(asked.fields),
        work.today,
        check_term(asked.until, work.today),
        work.now,
    )
    await consents.add_consent(work.connection, given, work.command_id)
    work.about("researcher", given.researcher_id)
    work.about("consent", given.id)
    work.about("organisation", given.recipient_id)
    work.says(fields=[field.value for field in given.fields], until=given.valid_until.isoformat())
    return given


async def withdraw(registry: Registry, actor: Actor, consent_id: UUID, key: str) -> Done:
    """Close a consent the caller gave, from the next request on. Answer: `consent_id`."""

    async def act(work: Work) -> dict[str, Any]:
        given = await consents.lock_consent(work.connection, consent_id)
        actor.must(Permission.GRANT_CONSENT, Subject(researcher_id=given.researcher_id if given else None))
        if given is None or given.withdrawn_at is not None:
            raise _withdrawn_before()
        await consents.withdraw(work.connection, consent_id, work.now)
        work.about("researcher", given.researcher_id)
        work.about("consent", given.id)
        work.about("organisation", given.recipient_id)
        return {"consent_id": str(given.id)}

    return await perform(registry, actor, "withdrawConsent", key, {"consent": consent_id}, act)


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[Consent | None]:
    """The consents with these ids that the caller gave or received, in their order."""
    async with registry.reading(actor) as connection:
        found = await consents.list_by_ids(connection, ids)
    return [given if given is not None and _is_party(actor, given) else None for given in found]


async def list_own(registry: Registry, actor: Actor, request: PageRequest) -> Page[Consent]:
    """The consents the caller gave, or those the caller's organisation may use today."""
    async with registry.reading(actor) as connection:
        if actor.kind is ActorKind.RESEARCHER and actor.researcher_id is not None:
            return await consents.list_given(connection, actor.researcher_id, request)
        if actor.kind in (ActorKind.HR, ActorKind.AGENCY) and actor.organisation_id is not None:
            return await consents.list_received(connection, actor.organisation_id, request, registry.today())
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    return Page((), (), has_next=False)


def _is_party(actor: Actor, given: Consent) -> bool:
    if actor.kind is ActorKind.RESEARCHER:
        return actor.researcher_id == given.researcher_id
    return actor.kind in (ActorKind.HR, ActorKind.AGENCY) and actor.organisation_id == given.recipient_id


def _unknown_recipient() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="所述单位未登记。请从单位列表中选择。",
            en="The organisation is not registered. Choose one from the list of organisations.",
        ),
        reason="ORGANISATION",
        path=("input", "recipient"),
    )


def _withdrawn_before() -> Conflict:
    return Conflict(
        Message(
            zh="该同意此前已撤回，无须再次撤回。",
            en="This consent was withdrawn before. There is nothing left to withdraw.",
        ),
        reason="WITHDRAWN_BEFORE",
    )
