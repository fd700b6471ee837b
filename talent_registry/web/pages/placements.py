"""The pages /placements and /placements/{id}: whose turn it is, who signed, what is agreed, what can be done now."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_states import ACT_NAMES, STATE_NAMES, Party, PlacementAct
from talent_registry.domain.placements import Placement, PlacementFilter, possible_acts
from talent_registry.domain.researchers import PersonField
from talent_registry.services import (
    organisations,
    placement_ends,
    placement_histories,
    placement_life,
    placement_signing,
    placements,
)
from talent_registry.services.accesses import Look, look_at_each
from talent_registry.services.permissions import Actor, ActorKind, nothing_here
from talent_registry.services.registry import Done, Registry
from talent_registry.web.pages import placement_words as words
from talent_registry.web.pages.visits import Visit

_MOST: Final = 100
_SIMPLE: Final[dict[str, Callable[[Registry, Actor, UUID, str], Awaitable[Done]]]] = {
    PlacementAct.ACTIVATE.value: placement_life.activate,
    PlacementAct.DECLINE.value: placement_life.decline,
    PlacementAct.WITHDRAW.value: placement_life.withdraw,
    PlacementAct.WITHDRAW_END.value: placement_ends.withdraw_end,
}


async def show_placements(visit: Visit) -> Response:
    """GET /placements."""
    page = await placement_histories.list_placements(visit.registry, visit.actor, PageRequest(_MOST), PlacementFilter())
    ids = [one.id for one in page.items]
    found = await placement_histories.list_histories(visit.registry, visit.actor, ids)
    seen = [one for one in found if one is not None]
    records = [one.record for one in seen]
    rows = list(zip(seen, await _names(visit, records), await _people(visit, records), strict=True))
    return visit.page("placements.html", rows=rows, has_more=page.has_next, words=words, states=STATE_NAMES)


async def show_placement(visit: Visit) -> Response:
    """GET /placements/{id}."""
    placement_id = visit.record_id
    record = await placements.get_placement(visit.registry, visit.actor, placement_id)
    (history,) = await placement_histories.list_histories(visit.registry, visit.actor, [placement_id])
    if history is None:
        raise nothing_here(("id",))
    latest = history.waiting or (history.rounds[record.round - 1] if history.rounds else None)
    side = _side(visit.actor, record)
    facts: dict[str, Any] = {
        "acts": [act for act in possible_acts(record) if _offers(act, side, history)],
        "signed": {} if latest is None else {s.party: s for s in history.signatures if s.digest == latest.digest},
        "changes": words.changes_of(history.rounds, latest),
        "terms": [] if latest is None else words.terms_of(latest),
    }
    (names,), (person,) = await _names(visit, [record]), await _people(visit, [record])
    return visit.page(
        "placement.html",
        history=history,
        record=record,
        latest=latest,
        names=names | {Party.RESEARCHER: person},
        parties=list(Party),
        side=side,
        words=words,
        states=STATE_NAMES,
        act_names=ACT_NAMES,
        as_of=visit.registry.clock(),
        **facts,
    )


async def act_on_placement(visit: Visit) -> Response:
    """POST /placements/{id}."""
    placement_id, act, key = visit.record_id, visit.sent("act"), visit.key
    if act == PlacementAct.SIGN.value:
        asked = placement_signing.Signing(placement_id, visit.sent("digest") or None)
        await placement_signing.sign(visit.registry, visit.actor, asked, key)
    elif act == PlacementAct.END.value:
        record = await placements.get_placement(visit.registry, visit.actor, placement_id)
        side = _side(visit.actor, record)
        if side is None:
            raise nothing_here(("id",))
        ending = placement_life.Ending(placement_id, words.REASON_OF[side], None, visit.sent("ground")[:500] or None)
        await placement_life.end(visit.registry, visit.actor, ending, key)
    elif act in _SIMPLE:
        await _SIMPLE[act](visit.registry, visit.actor, placement_id, key)
    else:
        raise nothing_here(("act",))
    return visit.go(f"/placements/{placement_id}")


def _side(actor: Actor, record: Placement) -> Party | None:
    if actor.kind is ActorKind.RESEARCHER and actor.researcher_id == record.researcher_id:
        return Party.RESEARCHER
    if actor.kind is not ActorKind.HR:
        return None
    sides = {record.home_unit_id: Party.HOME_UNIT, record.host_unit_id: Party.HOST_UNIT}
    return None if actor.organisation_id is None else sides.get(actor.organisation_id)


def _offers(act: PlacementAct, side: Party | None, history: placement_histories.History) -> bool:
    if side is None:
        return False
    waiting = history.waiting
    if act is PlacementAct.SIGN:
        return side in history.missing
    if act is PlacementAct.DECLINE:
        return waiting is not None and waiting.proposed_by is not side
    if act is PlacementAct.WITHDRAW:
        return waiting is None or waiting.proposed_by is side
    if act is PlacementAct.WITHDRAW_END:
        return any(one.party is side and one.withdrawn_at is None for one in history.ends)
    return act in (PlacementAct.ACTIVATE, PlacementAct.END)


async def _names(visit: Visit, records: Sequence[Placement]) -> list[dict[Party, str]]:
    """The names of both units of each placement, in the visitor's language; one statement for all."""
    ids = [unit for one in records for unit in (one.home_unit_id, one.host_unit_id)]
    found = await organisations.list_by_ids(visit.registry, visit.actor, ids)
    names = ["—" if one is None else visit.language.say(one.name_zh, one.name_en or one.name_zh) for one in found]
    return [{Party.HOME_UNIT: home, Party.HOST_UNIT: host} for home, host in zip(names[::2], names[1::2], strict=True)]


async def _people(visit: Visit, records: Sequence[Placement]) -> list[str]:
    """The name of each placement's person, where the visitor may know it; each look by somebody else is noted."""
    name = frozenset({PersonField.NAME})
    looks = [Look(one.researcher_id, name, "with: placement") for one in records]
    seen = await look_at_each(visit.registry, visit.actor, looks)
    hidden = visit.language.say("（尚未向贵方公开）", "(not shown to you yet)")
    return [hidden if one is None or one.name is None else one.name.name_zh for one in seen]
