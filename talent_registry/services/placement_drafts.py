"""Drafts of placements: made, edited, discarded and proposed by the one party that sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.placement_drafts import (
    DraftContent,
    PlacementDraft,
    PlacementDraftState,
    check_complete,
    check_content,
    check_open,
    content_as_json,
)
from talent_registry.domain.placement_states import Party
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.placements import NewPlacement, person_and_home, propose_in
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import organisations, placement_drafts
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """A draft to make: about whom (an internal id or a public number as typed), at which host, and what it says."""

    researcher: UUID | str
    host_unit_id: UUID
    content: DraftContent = field(default_factory=DraftContent)


async def draft(registry: Registry, actor: Actor, asked: NewDraft, key: str) -> Done:
    """Make a draft, seen by nobody but its author. Answer: `draft_id`.

    Whoever may propose a placement of the person at the host. InvalidInput for what cannot be meant; what is still
    missing, and what the rules say, is asked once it is proposed.
    """

    async def act(work: Work) -> dict[str, Any]:
        person_id, home_id = await person_and_home(work, asked.researcher, asked.host_unit_id)
        if (await organisations.list_by_ids(work.connection, [asked.host_unit_id]))[0] is None:
            raise nothing_here(("input", "hostUnit"))
        check_content(asked.content)
        party = _party(actor, home_id)
        new = PlacementDraft(
            id=new_id(),
            researcher_id=person_id,
            host_unit_id=asked.host_unit_id,
            by=party,
            unit_id=None if party is Party.RESEARCHER else actor.organisation_id,
            content=asked.content,
            state=PlacementDraftState.DRAFT,
            placement_id=None,
            made_at=work.now,
            changed_at=work.now,
        )
        await placement_drafts.add_draft(work.connection, new, work.command_id)
        return _told(work, new)

    inputs = {
        "researcher": asked.researcher,
        "host_unit_id": asked.host_unit_id,
        "content": content_as_json(asked.content),
    }
    return await perform(registry, actor, "draftPlacement", key, inputs, act)


async def edit(registry: Registry, actor: Actor, draft_id: UUID, content: DraftContent, key: str) -> Done:
    """Give a draft another content, as a whole. Answer: `draft_id`. Conflict once it was proposed or discarded."""

    async def act(work: Work) -> dict[str, Any]:
        record = await _lock(work, draft_id)
        check_content(content)
        changed = replace(record, content=content, changed_at=work.now)
        await placement_drafts.save_draft(work.connection, changed)
        return _told(work, changed)

    inputs = {"draft": draft_id, "content": content_as_json(content)}
    return await perform(registry, actor, "editPlacementDraft", key, inputs, act)


async def discard(registry: Registry, actor: Actor, draft_id: UUID, key: str) -> Done:
    """Discard a draft; what it said is not kept. Answer: `draft_id`. Conflict once it was proposed or discarded."""

    async def act(work: Work) -> dict[str, Any]:
        record = await _lock(work, draft_id)
        changed = replace(record, content=DraftContent(), state=PlacementDraftState.DISCARDED, changed_at=work.now)
        await placement_drafts.save_draft(work.connection, changed)
        return _told(work, changed)

    return await perform(registry, actor, "discardPlacementDraft", key, {"draft": draft_id}, act)


async def propose_draft(registry: Registry, actor: Actor, draft_id: UUID, key: str) -> Done:
    """Propose what a draft says; from now on all parties see it. Answer: `draft_id` and that of `placements.propose`.

    InvalidInput (DRAFT_INCOMPLETE) where something is missing; errors as `placements.propose`.
    """

    async def act(work: Work) -> dict[str, Any]:
        record = await _lock(work, draft_id)
        proposed = await propose_in(work, _proposal(record))
        changed = replace(
            record,
            state=PlacementDraftState.PROPOSED,
            placement_id=UUID(proposed["placement_id"]),
            changed_at=work.now,
        )
        await placement_drafts.save_draft(work.connection, changed)
        return _told(work, changed) | proposed

    return await perform(registry, actor, "proposePlacementDraft", key, {"draft": draft_id}, act)


async def list_drafts(
    registry: Registry, actor: Actor, request: PageRequest, state: PlacementDraftState | None = None
) -> Page[PlacementDraft]:
    """The actor's own drafts, oldest first."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.DRAFT_PLACEMENT)
    async with registry.reading(actor) as connection:
        page = await placement_drafts.list_drafts(connection, request, state)
    return page.only(lambda one: actor.may(Permission.DRAFT_PLACEMENT, _subject(one)))


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[PlacementDraft | None]:
    """The drafts with these ids, in their order; None for each that is absent or not the actor's own."""
    async with registry.reading(actor) as connection:
        found = await placement_drafts.list_by_ids(connection, ids)
    return [one if one is not None and actor.may(Permission.DRAFT_PLACEMENT, _subject(one)) else None for one in found]


async def get_draft(registry: Registry, actor: Actor, draft_id: UUID) -> PlacementDraft:
    """The draft with this id. NotFound where it is absent or not the actor's own."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.DRAFT_PLACEMENT)
    (found,) = await list_by_ids(registry, actor, [draft_id])
    if found is None:
        raise nothing_here()
    return found


async def _lock(work: Work, draft_id: UUID) -> PlacementDraft:
    record = await placement_drafts.lock_draft(work.connection, draft_id)
    if record is None:
        work.actor.must(Permission.DRAFT_PLACEMENT)
        raise nothing_here()
    work.actor.must(Permission.DRAFT_PLACEMENT, _subject(record))
    check_open(record)
    return record


def _subject(record: PlacementDraft) -> Subject:
    """The one party that made it, and nobody else."""
    units = frozenset[UUID]() if record.unit_id is None else frozenset({record.unit_id})
    return Subject(
        researcher_id=record.researcher_id if record.by is Party.RESEARCHER else None,
        home_unit_id=record.unit_id if record.by is Party.HOME_UNIT else None,
        host_unit_ids=units if record.by is Party.HOST_UNIT else frozenset(),
    )


def _party(actor: Actor, home_id: UUID) -> Party:
    if actor.kind is ActorKind.RESEARCHER:
        return Party.RESEARCHER
    return Party.HOME_UNIT if actor.organisation_id == home_id else Party.HOST_UNIT


def _proposal(record: PlacementDraft) -> NewPlacement:
    said = record.content
    check_complete(said)
    term_from, term_until, percent = said.term_from, said.term_until, said.workload_percent
    if said.credential_id is None or term_from is None or term_until is None or percent is None:
        raise AssertionError("unreachable: a complete draft says all of it")
    return NewPlacement(
        researcher=record.researcher_id,
        host_unit_id=record.host_unit_id,
        credential_id=said.credential_id,
        kind=said.kind or "",
        post=said.post or "",
        term_from=term_from,
        term_until=term_until,
        workload_percent=percent,
        post_series=said.post_series,
        terms=said.terms,
    )


def _told(work: Work, record: PlacementDraft) -> dict[str, Any]:
    work.about("placementDraft", record.id)
    work.says(draft=record.state.value)
    return {"draft_id": str(record.id)}
