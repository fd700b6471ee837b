"""Opting in to be found by host units that need somebody, and out again, in one act each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from talent_registry.domain.consents import check_term
from talent_registry.domain.errors import Conflict
from talent_registry.domain.matching_consents import MatchingConsent, check_shown
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import matching_consents
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class NewMatchingConsent:
    """What is shown to units that a need of theirs matches; `until` is the last day."""

    fields: tuple[PersonField, ...]
    until: date


async def grant(registry: Registry, actor: Actor, asked: NewMatchingConsent, key: str) -> Done:
    """Opt in from now on; an earlier consent is replaced. Answer: `matching_consent_id`. InvalidInput: FIELDS, TERM."""

    async def act(work: Work) -> dict[str, Any]:
        actor.must(Permission.GRANT_CONSENT, Subject(researcher_id=actor.researcher_id), hidden=False)
        if actor.researcher_id is None:
            raise nothing_here()
        fields, until = check_shown(asked.fields), check_term(asked.until, work.today)
        await lock_person(work, actor.researcher_id)
        await matching_consents.withdraw(work.connection, actor.researcher_id, work.now)
        given = MatchingConsent(new_id(), actor.researcher_id, fields, work.today, until, work.now)
        await matching_consents.add_consent(work.connection, given, work.command_id)
        _note(work, given)
        work.says(fields=[one.value for one in fields], until=until.isoformat())
        return {"matching_consent_id": str(given.id)}

    return await perform(registry, actor, "grantMatchingConsent", key, asked, act)


async def withdraw(registry: Registry, actor: Actor, key: str) -> Done:
    """Opt out, from the next request on. Answer: `matching_consent_id`. Conflict (NOT_GIVEN) where nothing is open."""

    async def act(work: Work) -> dict[str, Any]:
        actor.must(Permission.GRANT_CONSENT, Subject(researcher_id=actor.researcher_id), hidden=False)
        if actor.researcher_id is None:
            raise nothing_here()
        await lock_person(work, actor.researcher_id)
        closed = await matching_consents.withdraw(work.connection, actor.researcher_id, work.now)
        if not closed:
            raise Conflict(
                Message(
                    zh="您目前没有同意参加岗位匹配，无须撤回。",
                    en="You have not opted in to matching, so there is nothing to withdraw.",
                ),
                reason="NOT_GIVEN",
            )
        _note(work, closed[0])
        return {"matching_consent_id": str(closed[0].id)}

    return await perform(registry, actor, "withdrawMatchingConsent", key, {}, act)


async def list_own(registry: Registry, actor: Actor, request: PageRequest) -> Page[MatchingConsent]:
    """Every consent to matching that the caller gave, oldest first; none for whoever is no researcher."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    if actor.researcher_id is None:
        return Page((), (), has_next=False)
    async with registry.reading(actor) as connection:
        return await matching_consents.list_given(connection, actor.researcher_id, request)


def _note(work: Work, given: MatchingConsent) -> None:
    work.about("researcher", given.researcher_id)
    work.about("matchingConsent", given.id)
