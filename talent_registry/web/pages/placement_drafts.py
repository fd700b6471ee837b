"""The page /placements/drafts/{id}: what one party has not finished, seen by nobody else until it is proposed."""

from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_drafts import PlacementDraft, PlacementDraftState
from talent_registry.services import accesses, organisations, placement_drafts
from talent_registry.services.permissions import ActorKind, nothing_here
from talent_registry.services.placement_trials import try_to_propose
from talent_registry.web.pages import placement_terms
from talent_registry.web.pages.new_placement import (
    FIELDS,
    PURPOSE,
    Chosen,
    kind_of,
    law_in_force,
    read_proposal,
    stating,
    typed,
)
from talent_registry.web.pages.visits import Visit

_CLOSED: Final = Message(
    zh="本人的授权已结束，贵方现在不能就其提出柔性流动。请取得授权后再继续，或删除这份草稿。",
    en="The person's consent has ended, so you cannot propose a placement of theirs now. Go on once you have it again, "
    "or discard this draft.",
)


async def show_draft(visit: Visit) -> Response:
    """GET /placements/drafts/{id}; what was proposed meanwhile is shown as what it became."""
    draft = await placement_drafts.get_draft(visit.registry, visit.actor, visit.record_id)
    if draft.placement_id is not None:
        return visit.go(f"/placements/{draft.placement_id}")
    if draft.state is not PlacementDraftState.DRAFT:
        raise nothing_here(("id",))
    try:
        chosen = await _chosen(visit, draft, draft.content.kind)
    except NotFound:
        return visit.page("placement_draft_closed.html", message=_CLOSED, draft=draft)
    return await stating(visit, {}, chosen, placement_terms.drafted(draft.content), draft=draft)


async def act_on_draft(visit: Visit) -> Response:
    """POST /placements/drafts/{id}: keep what was typed, discard it, say what it would come to, or propose it."""
    if visit.sent("act") == "DISCARD":
        await placement_drafts.discard(visit.registry, visit.actor, visit.record_id, visit.key)
        return visit.go("/placements/new?done=discarded")
    draft = await placement_drafts.get_draft(visit.registry, visit.actor, visit.record_id)
    if draft.placement_id is not None:
        return visit.go(f"/placements/{draft.placement_id}")
    sent = typed(visit)
    chosen = await _chosen(visit, draft, visit.sent("kind"))
    try:
        return await _act(visit, draft, chosen, sent)
    except (InvalidInput, Conflict, NotInForce, NotFound) as refusal:
        return await stating(visit, {}, chosen, sent, refusal=refusal, draft=draft)


async def _act(visit: Visit, draft: PlacementDraft, chosen: Chosen, sent: dict[str, str]) -> Response:
    content = placement_terms.read_draft(chosen.kind.code if visit.sent("kind") else None, sent)
    if visit.sent("act") == "SAVE":
        await placement_drafts.edit(visit.registry, visit.actor, draft.id, content, visit.key)
        return visit.go(f"/placements/drafts/{draft.id}?done=saved")
    kind_of(chosen.version, visit.sent("kind"))
    new = read_proposal(chosen, sent)
    trial = await try_to_propose(visit.registry, visit.actor, new, draft.researcher_id)
    if visit.sent("act") == "PROPOSE" and trial.too_much is None:
        # Two commands: where proposing is refused after all, what was typed is kept.
        await placement_drafts.edit(visit.registry, visit.actor, draft.id, content, f"{visit.key}:edit")
        done = await placement_drafts.propose_draft(visit.registry, visit.actor, draft.id, f"{visit.key}:propose")
        return visit.go(f"/placements/{UUID(done.result['placement_id'])}")
    return await stating(visit, {}, chosen, sent, trial=trial, new=new, draft=draft)


async def _chosen(visit: Visit, draft: PlacementDraft, kind: str | None) -> Chosen:
    """Whom, where and of which kind the draft is; of the first kind where it names none that there is."""
    version = await law_in_force(visit)
    try:
        known = kind_of(version, kind or "")
    except RegistryError:
        known = next(one for one in version.placement_kinds if one.flexible)
    if visit.actor.kind is ActorKind.RESEARCHER:
        person = await accesses.look_at_self(visit.registry, visit.actor, FIELDS, history=False)
    else:
        person = await accesses.look_at(
            visit.registry, visit.actor, draft.researcher_id, FIELDS, PURPOSE, history=False
        )
    host = await organisations.get_organisation(visit.registry, visit.actor, draft.host_unit_id)
    return Chosen(person, host, known, version)
