"""Opportunities: a host unit says what it needs at a post, edits it and closes it; anybody may read what is open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.opportunities import Need, Opportunity, OpportunityFilter, check_need
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.services.opportunity_tellings import tell_in
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.placement_questions import kind_in_force
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import opportunities
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class Edit:
    """How an opportunity is to read from now on."""

    opportunity_id: UUID
    need: Need


async def post(registry: Registry, actor: Actor, need: Need, key: str) -> Done:
    """Post a need of the HR office's own unit. Answer: `opportunity_id`.

    The post is at that unit: its division and kind are what the recognition will be decided for. InvalidInput by field;
    Conflict (NOT_FLEXIBLE) for a kind that would move what a placement must not move. Whoever opted in and meets it is
    told.
    """

    async def act(work: Work) -> dict[str, Any]:
        unit = actor.organisation_id
        hosts = frozenset[UUID]() if unit is None else frozenset({unit})
        actor.must(Permission.POST_OPPORTUNITY, Subject(host_unit_ids=hosts), hidden=False)
        if unit is None:
            raise nothing_here()
        checked = await _checked(work, need)
        new = Opportunity(new_id(), unit, work.now, None, new_id(), work.now, checked)
        await opportunities.add_opportunity(work.connection, new, work.command_id)
        _note(work, new)
        await tell_in(work, new)
        return {"opportunity_id": str(new.id)}

    return await perform(registry, actor, "postOpportunity", key, need, act)


async def edit(registry: Registry, actor: Actor, asked: Edit, key: str) -> Done:
    """Let an open need of the own unit read otherwise from now on. Answer: `opportunity_id`.

    What it read before stays recorded, and so does which reading was answered. Conflict: CLOSED_BEFORE,
    NOTHING_TO_EDIT. A need whose last day is over is opened again by a later one. Whoever meets it now and was not told
    of it before is told.
    """

    async def act(work: Work) -> dict[str, Any]:
        before = await _lock_own(work, asked.opportunity_id)
        need = await _checked(work, asked.need)
        if need == before.need:
            raise _nothing_to_edit()
        changed = replace(before, version_id=new_id(), edited_at=work.now, need=need)
        await opportunities.add_version(work.connection, changed, work.command_id)
        _note(work, changed)
        await tell_in(work, changed)
        return {"opportunity_id": str(changed.id)}

    return await perform(registry, actor, "editOpportunity", key, asked, act)


async def close(registry: Registry, actor: Actor, opportunity_id: UUID, key: str) -> Done:
    """Close a need of the own unit for good. Answer: `opportunity_id`. Conflict: CLOSED_BEFORE."""

    async def act(work: Work) -> dict[str, Any]:
        before = await _lock_own(work, opportunity_id)
        await opportunities.close(work.connection, before.id, work.now)
        work.about("opportunity", before.id)
        work.about("organisation", before.host_unit_id)
        return {"opportunity_id": str(before.id)}

    return await perform(registry, actor, "closeOpportunity", key, {"opportunity": opportunity_id}, act)


async def get_opportunity(registry: Registry, actor: Actor, opportunity_id: UUID) -> Opportunity:
    """The opportunity with this id, open or closed. NotFound where there is none."""
    async with registry.reading(actor) as connection:
        found = await opportunities.find_opportunity(connection, opportunity_id)
    if found is None:
        raise nothing_here()
    return found


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[Opportunity | None]:
    """The opportunities with these ids, in their order; None where there is none."""
    async with registry.reading(actor) as connection:
        return await opportunities.list_by_ids(connection, ids)


async def list_opportunities(
    registry: Registry, actor: Actor, request: PageRequest, asked: OpportunityFilter, *, mine: bool = False
) -> Page[Opportunity]:
    """The opportunities open today that fit, oldest first; `mine`: all of the office's own unit, closed ones too."""
    if mine:
        if actor.kind is not ActorKind.HR or actor.organisation_id is None:
            return Page((), (), has_next=False)
        asked = replace(asked, host_unit_id=actor.organisation_id)
    async with registry.reading(actor) as connection:
        return await opportunities.list_opportunities(connection, request, asked, registry.today())


async def _lock_own(work: Work, opportunity_id: UUID) -> Opportunity:
    """The open opportunity, locked, once it is the actor's to change."""
    found = await opportunities.lock_opportunity(work.connection, opportunity_id)
    if found is None:
        work.actor.must(Permission.POST_OPPORTUNITY)
        raise nothing_here()
    work.actor.must(Permission.POST_OPPORTUNITY, Subject(host_unit_ids=frozenset({found.host_unit_id})))
    if found.closed_at is not None:
        raise Conflict(
            Message(
                zh="该岗位需求此前已关闭。如仍有需要，请另行发布。",
                en="This opportunity was closed before. Post another one if the need is still there.",
            ),
            reason="CLOSED_BEFORE",
        )
    await work.settle_moment()
    return found


async def _checked(work: Work, need: Need) -> Need:
    checked = check_need(need, work.today)
    _, kind = await kind_in_force(work, checked.kind)
    if not kind.flexible:
        raise Conflict(
            Message(
                zh="此种形式会转移人事关系等，不属于柔性流动，不能作为岗位需求发布。请选择其他形式。",
                en="This kind would move the personnel relation and is no placement, so it cannot be posted. Choose "
                "another kind.",
            ),
            reason="NOT_FLEXIBLE",
            path=("input", "kind"),
        )
    return checked


def _note(work: Work, one: Opportunity) -> None:
    """Codes and days alone: the words are in the record."""
    need = one.need
    work.about("opportunity", one.id)
    work.about("organisation", one.host_unit_id)
    work.says(kind=need.kind, level=need.level, percent=need.workload_percent, open_until=need.open_until.isoformat())


def _nothing_to_edit() -> Conflict:
    return Conflict(
        Message(
            zh="岗位需求的内容与现有记录相同，未作变更。请核对所要变更的内容。",
            en="The opportunity reads like this already, so nothing was changed. Check what you want to change.",
        ),
        reason="NOTHING_TO_EDIT",
    )
