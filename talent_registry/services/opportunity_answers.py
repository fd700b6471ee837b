"""Answering an opportunity, and the one step from an answer or a match to a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.opportunities import Opportunity
from talent_registry.domain.opportunity_answers import ALWAYS_OPENED, OpportunityAnswer, purpose_of
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.placements import Terms
from talent_registry.domain.researchers import PersonField
from talent_registry.services.consents import NewConsent, grant_in
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import (
    Actor,
    ActorKind,
    Permission,
    Subject,
    nothing_here,
    sign_in_first,
)
from talent_registry.services.placements import NewPlacement, propose_in
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.researchers import get_person
from talent_registry.storage import consents, opportunities, opportunity_answers
from talent_registry.storage.credentials import find_credential
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """Interested: with which credential, until which day, and what else of the record the host unit may see."""

    opportunity_id: UUID
    credential_id: UUID
    until: date
    fields: tuple[PersonField, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposing:
    """An opportunity to propose from: to whom (None: the caller), on which credential (None: the answer's)."""

    opportunity_id: UUID
    researcher: UUID | str | None = None
    credential_id: UUID | None = None
    terms: Terms = field(default_factory=Terms)


async def answer(registry: Registry, actor: Actor, asked: NewAnswer, key: str) -> Done:
    """Answer an open opportunity. Answer: `answer_id`, `consent_id`.

    It gives the host unit a consent to credentials and personnel relation, and whatever else is named, until the day:
    with that the unit may propose, and no one else. Conflict (ANSWERED_BEFORE) while an answer holds; NotInForce
    (OPPORTUNITY_CLOSED); NotFound for a credential that is not the caller's own.
    """

    async def act(work: Work) -> dict[str, Any]:
        actor.must(Permission.ANSWER_OPPORTUNITY, Subject(researcher_id=actor.researcher_id), hidden=False)
        me = actor.researcher_id
        if me is None:
            raise nothing_here()
        found = await _open_opportunity(work, asked.opportunity_id)
        await lock_person(work, me)
        record = await find_credential(work.connection, asked.credential_id)
        if record is None or record.credential.researcher_id != me:
            raise nothing_here()
        await _close_lapsed(work, found.id, me)
        opened = tuple(one for one in PersonField if one in ALWAYS_OPENED.union(asked.fields))
        given = await grant_in(work, me, NewConsent(found.host_unit_id, purpose_of(found), opened, asked.until))
        new = OpportunityAnswer(
            new_id(),
            found.id,
            found.version_id,
            me,
            asked.credential_id,
            given.id,
            work.now,
            None,
            given.valid_until,
            None,
        )
        await opportunity_answers.add_answer(work.connection, new, work.command_id)
        _note(work, new)
        return {"answer_id": str(new.id), "consent_id": str(given.id)}

    return await perform(registry, actor, "answerOpportunity", key, asked, act)


async def withdraw(registry: Registry, actor: Actor, answer_id: UUID, key: str) -> Done:
    """Take an answer back, with the consent it gave. Answer: `answer_id`. Conflict: WITHDRAWN_BEFORE."""

    async def act(work: Work) -> dict[str, Any]:
        (found,) = await opportunity_answers.list_by_ids(work.connection, [answer_id])
        actor.must(Permission.ANSWER_OPPORTUNITY, Subject(researcher_id=found.researcher_id if found else None))
        if found is None:
            raise nothing_here()
        await lock_person(work, found.researcher_id)
        (now,) = await opportunity_answers.list_by_ids(work.connection, [answer_id])
        if now is None or now.withdrawn_at is not None:
            raise Conflict(
                Message(
                    zh="该应聘意向此前已撤回，无须再次撤回。",
                    en="This answer was withdrawn before. There is nothing left to withdraw.",
                ),
                reason="WITHDRAWN_BEFORE",
            )
        await _take_back(work, now)
        _note(work, now)
        return {"answer_id": str(now.id)}

    return await perform(registry, actor, "withdrawOpportunityAnswer", key, {"answer": answer_id}, act)


async def propose(registry: Registry, actor: Actor, asked: Proposing, key: str) -> Done:
    """Propose a placement on the terms of an open opportunity. Answer as that of `placements.propose`.

    The host unit to whoever answered and did not take it back; the researcher alone, answered or not. Kind, post,
    series, term and share are the need's as it now reads; what else is refused is what `placements.propose` refuses.
    """

    async def act(work: Work) -> dict[str, Any]:
        found = await opportunities.find_opportunity(work.connection, asked.opportunity_id)
        if found is None or actor.kind is ActorKind.ANONYMOUS:
            actor.must(Permission.PROPOSE_FROM_OPPORTUNITY)
            raise nothing_here()
        person = await _whom(work, asked.researcher)
        given = await opportunity_answers.find_latest(work.connection, found.id, person)
        holds = given is not None and given.holds_on(work.today)
        hosts = frozenset({found.host_unit_id}) if holds else frozenset[UUID]()
        actor.must(Permission.PROPOSE_FROM_OPPORTUNITY, Subject(researcher_id=person, host_unit_ids=hosts))
        found.must_be_open(work.today)
        credential = asked.credential_id or (given.credential_id if given is not None and holds else None)
        if credential is None:
            raise _name_a_credential()
        result = await propose_in(work, _on_terms_of(found, person, credential, asked.terms))
        work.about("opportunity", found.id)
        return result

    return await perform(registry, actor, "proposeFromOpportunity", key, asked, act)


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[OpportunityAnswer | None]:
    """The answers with these ids that the actor gave, or that hold and are to an opportunity of the actor's unit."""
    async with registry.reading(actor) as connection:
        found = await opportunity_answers.list_by_ids(connection, ids)
    today = registry.today()
    mine = actor.researcher_id
    return [one if one is not None and (one.researcher_id == mine or one.holds_on(today)) else None for one in found]


async def list_own(registry: Registry, actor: Actor, request: PageRequest) -> Page[OpportunityAnswer]:
    """Every answer the caller gave, oldest first; none for whoever is no researcher."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    if actor.researcher_id is None:
        return Page((), (), has_next=False)
    async with registry.reading(actor) as connection:
        return await opportunity_answers.list_of_person(connection, actor.researcher_id, request)


async def list_to(
    registry: Registry, actor: Actor, opportunity_id: UUID, request: PageRequest
) -> Page[OpportunityAnswer]:
    """The answers to an opportunity of the office's own unit that hold today, oldest first. NotFound for others."""
    async with registry.reading(actor) as connection:
        found = await opportunities.find_opportunity(connection, opportunity_id)
        hosts = frozenset[UUID]() if found is None else frozenset({found.host_unit_id})
        actor.must(Permission.READ_MATCHES, Subject(host_unit_ids=hosts))
        return await opportunity_answers.list_holding(connection, opportunity_id, request, registry.today())


async def _open_opportunity(work: Work, opportunity_id: UUID) -> Opportunity:
    found = await opportunities.find_opportunity(work.connection, opportunity_id)
    if found is None:
        raise nothing_here()
    found.must_be_open(work.today)
    return found


async def _close_lapsed(work: Work, opportunity_id: UUID, me: UUID) -> None:
    """An answer whose consent is over makes way for the next; one that holds does not."""
    before = await opportunity_answers.find_latest(work.connection, opportunity_id, me)
    if before is None:
        return
    if before.holds_on(work.today):
        raise Conflict(
            Message(
                zh="您已应聘该岗位需求。如需更改，请先撤回原有的应聘意向。",
                en="You answered this opportunity already. To change the answer, withdraw it first.",
            ),
            reason="ANSWERED_BEFORE",
        )
    await _take_back(work, before)


async def _take_back(work: Work, given: OpportunityAnswer) -> None:
    await opportunity_answers.withdraw(work.connection, given.id, work.now)
    if given.consent_withdrawn_at is None:
        await consents.withdraw(work.connection, given.consent_id, work.now)
        work.about("consent", given.consent_id)


async def _whom(work: Work, researcher: UUID | str | None) -> UUID:
    if researcher is not None:
        return (await get_person(work.connection, researcher)).id
    if work.actor.researcher_id is None:
        raise InvalidInput(
            Message(
                zh="请写明向谁提出：研究人员的编号。",
                en="State to whom it is proposed: the researcher's opaque id or public number.",
            ),
            reason="RESEARCHER",
            path=("input", "researcher"),
        )
    return work.actor.researcher_id


def _on_terms_of(found: Opportunity, person: UUID, credential: UUID, terms: Terms) -> NewPlacement:
    need = found.need
    return NewPlacement(
        researcher=person,
        host_unit_id=found.host_unit_id,
        credential_id=credential,
        kind=need.kind,
        post=need.post,
        post_series=need.post_series,
        term_from=need.term.start,
        term_until=need.term.until or need.term.start,
        workload_percent=need.workload_percent,
        terms=terms,
    )


def _name_a_credential() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="请选择所依据的证书；未应聘的，须写明证书。",
            en="Choose the credential to rest on: without an answer it must be named.",
        ),
        reason="CREDENTIAL",
        path=("input", "credential"),
    )


def _note(work: Work, given: OpportunityAnswer) -> None:
    work.about("opportunity", given.opportunity_id)
    work.about("opportunityAnswer", given.id)
    work.about("researcher", given.researcher_id)
