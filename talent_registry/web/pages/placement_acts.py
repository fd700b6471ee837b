"""What is done on the page of a placement: signing, answering with other terms, extending, suspending, ending."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.placement_periods import first_end
from talent_registry.domain.placement_states import EndReason, Party, PlacementAct
from talent_registry.domain.placement_terms import TERM_NAMES
from talent_registry.domain.placements import Placement, possible_acts
from talent_registry.services import (
    agreement_releases,
    placement_counters,
    placement_ends,
    placement_histories,
    placement_life,
    placement_signing,
    placements,
)
from talent_registry.services.permissions import Actor, ActorKind, nothing_here
from talent_registry.services.placement_life import Grounded
from talent_registry.services.registry import Done, Registry
from talent_registry.web.pages import placement_words as words
from talent_registry.web.pages.placement_terms import read_day, read_number, read_terms, typed
from talent_registry.web.pages.visits import Visit

_Simple = Callable[[Registry, Actor, UUID, str], Awaitable[Done]]
_SIMPLE: Final[dict[str, _Simple]] = {
    PlacementAct.ACTIVATE.value: placement_life.activate,
    PlacementAct.DECLINE.value: placement_life.decline,
    PlacementAct.WITHDRAW.value: placement_life.withdraw,
    PlacementAct.WITHDRAW_END.value: placement_ends.withdraw_end,
}
_LONGEST_GROUND: Final = 500
_BY_AUTHORITY: Final = frozenset({PlacementAct.SUSPEND, PlacementAct.RESUME, PlacementAct.END})


async def act(visit: Visit, placement_id: UUID) -> None:
    """Do what the form on the page of a placement asks for; what there is no form for is not found."""
    asked = visit.sent("act")
    done = _FORMS.get(asked)
    if asked in _SIMPLE:
        await _SIMPLE[asked](visit.registry, visit.actor, placement_id, visit.key)
    elif done is not None:
        await done(visit, placement_id)
    else:
        raise nothing_here(("act",))


def side_of(actor: Actor, record: Placement) -> Party | None:
    """The side of the placement for which the visitor acts; None for an authority or a reader by consent."""
    if actor.kind is ActorKind.RESEARCHER and actor.researcher_id == record.researcher_id:
        return Party.RESEARCHER
    if actor.kind is not ActorKind.HR:
        return None
    sides = {record.home_unit_id: Party.HOME_UNIT, record.host_unit_id: Party.HOST_UNIT}
    return None if actor.organisation_id is None else sides.get(actor.organisation_id)


def offered(visit: Visit, history: placement_histories.History) -> list[PlacementAct]:
    """What the visitor can do now, in the order of the domain."""
    side = side_of(visit.actor, history.record)
    if side is None:
        authority = visit.actor.kind is ActorKind.AUTHORITY
        return [one for one in possible_acts(history.record) if authority and one in _BY_AUTHORITY]
    return [one for one in possible_acts(history.record) if _offers(one, side, history)]


async def first_last_day(visit: Visit, history: placement_histories.History) -> str:
    """The first last day of which the visitor's side can give notice today, as a form holds it; "" for no side."""
    side = side_of(visit.actor, history.record)
    if side is None:
        return ""
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    in_force = history.rounds[history.record.round - 1]
    version = agreement_version_in_force(law.agreement, shanghai_today(in_force.proposed_at))
    first = first_end(version, in_force.terms, words.REASON_OF[side], visit.registry.today())
    return min(first, history.record.term.until or first).isoformat()


def _offers(one: PlacementAct, side: Party, history: placement_histories.History) -> bool:
    waiting = history.waiting
    if one is PlacementAct.SIGN:
        return side in history.missing
    if one in (PlacementAct.DECLINE, PlacementAct.COUNTER):
        return waiting is not None and waiting.proposed_by is not side
    if one is PlacementAct.WITHDRAW:
        return waiting is None or waiting.proposed_by is side
    if one is PlacementAct.WITHDRAW_END:
        return any(each.party is side and each.withdrawn_at is None for each in history.ends)
    if one is PlacementAct.EXTEND:
        # What waits is answered, not replaced.
        return waiting is None
    return one in (PlacementAct.ACTIVATE, PlacementAct.END)


async def _sign(visit: Visit, placement_id: UUID) -> None:
    asked = placement_signing.Signing(placement_id, visit.sent("digest") or None)
    await placement_signing.sign(visit.registry, visit.actor, asked, visit.key)


async def _counter(visit: Visit, placement_id: UUID) -> None:
    asked = placement_counters.CounterProposal(
        placement_id,
        read_day(visit.sent("term_from"), TERM_NAMES["term_from"]),
        read_day(visit.sent("term_until"), TERM_NAMES["term_until"]),
        read_number(visit.sent("workload_percent"), TERM_NAMES["workload_percent"]),
        read_terms(typed(visit)),
        visit.sent("digest") or None,
    )
    await placement_counters.counter(visit.registry, visit.actor, asked, visit.key)


async def _extend(visit: Visit, placement_id: UUID) -> None:
    asked = placement_signing.Extension(
        placement_id,
        read_day(visit.sent("until"), TERM_NAMES["term_until"]),
        read_number(visit.sent("workload_percent"), TERM_NAMES["workload_percent"]),
    )
    await placement_signing.extend(visit.registry, visit.actor, asked, visit.key)


async def _suspend(visit: Visit, placement_id: UUID) -> None:
    asked = Grounded(placement_id, visit.sent("ground"))
    await placement_life.suspend(visit.registry, visit.actor, asked, visit.key)


async def _resume(visit: Visit, placement_id: UUID) -> None:
    asked = Grounded(placement_id, visit.sent("ground"))
    await placement_life.resume(visit.registry, visit.actor, asked, visit.key)


async def _end(visit: Visit, placement_id: UUID) -> None:
    record = await placements.get_placement(visit.registry, visit.actor, placement_id)
    side = side_of(visit.actor, record)
    if side is None and visit.actor.kind is not ActorKind.AUTHORITY:
        raise nothing_here(("id",))
    reason = EndReason.BREACH if side is None else words.REASON_OF[side]
    on = visit.sent("on")
    last = read_day(on, Message(zh="最后工作日", en="Last day of work")) if on else None
    ending = placement_life.Ending(placement_id, reason, last, _ground(visit))
    await placement_life.end(visit.registry, visit.actor, ending, visit.key)


def _ground(visit: Visit) -> str | None:
    ground = visit.sent("ground")
    if len(ground) > _LONGEST_GROUND:
        raise InvalidInput(
            Message(zh="理由至多 500 个字符，请缩短。", en="The ground has at most 500 characters. Shorten it."),
            path=("input", "ground"),
        )
    return ground or None


_FORMS: Final[dict[str, Callable[[Visit, UUID], Awaitable[None]]]] = {
    PlacementAct.SIGN.value: _sign,
    PlacementAct.COUNTER.value: _counter,
    PlacementAct.EXTEND.value: _extend,
    PlacementAct.SUSPEND.value: _suspend,
    PlacementAct.RESUME.value: _resume,
    PlacementAct.END.value: _end,
}
