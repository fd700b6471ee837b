"""The pages /placements and /placements/{id}: whose turn it is, who signed, what is agreed, what can be done now."""

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import Response

from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce, RegistryError
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_drafts import PlacementDraft
from talent_registry.domain.placement_states import ACT_NAMES, STATE_NAMES, Party, PlacementAct
from talent_registry.domain.placement_terms import compared_with, differences
from talent_registry.domain.placements import Placement, PlacementFilter, TermsRound
from talent_registry.domain.researchers import PersonField
from talent_registry.services import organisations, placement_histories, placements, reveals
from talent_registry.services.accesses import Look, SeenPerson, look_at_each
from talent_registry.services.permissions import ActorKind, nothing_here
from talent_registry.web.pages import placement_acts, placement_terms
from talent_registry.web.pages import placement_words as words
from talent_registry.web.pages.visits import Visit
from talent_registry.web.pages.words import place_name

_MOST: Final = 100


async def show_placements(visit: Visit) -> Response:
    """GET /placements."""
    page = await placement_histories.list_placements(visit.registry, visit.actor, PageRequest(_MOST), PlacementFilter())
    ids = [one.id for one in page.items]
    found = await placement_histories.list_histories(visit.registry, visit.actor, ids)
    seen = [one for one in found if one is not None]
    records = [one.record for one in seen]
    rows = list(zip(seen, await _names(visit, records), await names_of_people(visit, records), strict=True))
    return visit.page("placements.html", rows=rows, has_more=page.has_next, words=words, states=STATE_NAMES)


async def show_placement(visit: Visit) -> Response:
    """GET /placements/{id}."""
    return await _shown(visit)


async def act_on_placement(visit: Visit) -> Response:
    """POST /placements/{id}."""
    placement_id = visit.record_id
    try:
        await placement_acts.act(visit, placement_id)
    except (InvalidInput, Conflict, NotInForce) as refusal:
        return await _shown(visit, fault=refusal)
    return visit.go(f"/placements/{placement_id}")


async def _shown(visit: Visit, fault: RegistryError | None = None) -> Response:
    placement_id = visit.record_id
    record = await placements.get_placement(visit.registry, visit.actor, placement_id)
    (history,) = await placement_histories.list_histories(visit.registry, visit.actor, [placement_id])
    if history is None:
        raise nothing_here(("id",))
    latest = history.waiting or (history.rounds[record.round - 1] if history.rounds else None)
    side = placement_acts.side_of(visit.actor, record)
    (names,), person = await _names(visit, [record]), await _person(visit, record, side)
    acts, basis = placement_acts.offered(visit, history), await _reveal_basis(visit, record)
    return visit.page(
        "placement.html",
        status=200 if fault is None else 400 if isinstance(fault, InvalidInput) else 409,
        history=history,
        record=record,
        latest=latest,
        names=names | {Party.RESEARCHER: _name(visit, person)},
        person=person,
        parties=list(Party),
        side=side,
        acts=acts,
        fault=None if fault is None else fault.message,
        sent=_sent(visit, latest, fault),
        first_end=await placement_acts.first_last_day(visit, history) if PlacementAct.END in acts else "",
        signed={} if latest is None else {s.party: s for s in history.signatures if s.digest == latest.digest},
        compared=_compared(visit, history, latest),
        kinds_of_terms=placement_terms.grouped(),
        shown=placement_terms.shown,
        words=words,
        place_name=place_name,
        states=STATE_NAMES,
        act_names=ACT_NAMES,
        reveal_basis=basis,
        reveal_purposes=await reveals.list_purposes(visit.registry, visit.actor, record.researcher_id) if basis else [],
        as_of=visit.registry.clock(),
    )


async def _reveal_basis(visit: Visit, record: Placement) -> str:
    """On what a unit may read the person's document number in full: the person's consent, or "" for nothing."""
    if visit.actor.kind is not ActorKind.HR:
        return ""
    basis = await reveals.find_basis(visit.registry, visit.actor, record.researcher_id)
    return "" if basis is None else basis.value


def _sent(visit: Visit, latest: TermsRound | None, fault: RegistryError | None) -> dict[str, str]:
    """What the forms of the page hold: what was sent if it was refused, else the terms as they stand."""
    names = ("term_from", "term_until", "workload_percent", "until", "on", "ground")
    if fault is not None and "act" in visit.fields:
        return placement_terms.typed(visit) | {name: visit.sent(name) for name in (*names, "act")}
    empty = dict.fromkeys((*names, "act"), "")
    if latest is None:
        return empty
    return (
        empty
        | placement_terms.written(latest.terms)
        | {
            "term_from": str(latest.term.start),
            "term_until": str(latest.term.until or ""),
            "workload_percent": str(latest.workload_percent),
        }
    )


def _compared(visit: Visit, history: placement_histories.History, latest: TermsRound | None) -> dict[str, Any]:
    """The two versions that the address names (else the last against what it answers), and what differs."""
    rounds = history.rounds
    after = _round(rounds, visit.asked("to")) or latest
    before = _round(rounds, visit.asked("from"))
    if before is None and after is not None:
        before = compared_with(rounds, after.number)
    changes = () if before is None or after is None else differences(before, after)
    return {"before": before, "after": after, "changes": changes}


def _round(rounds: Sequence[TermsRound], number: str) -> TermsRound | None:
    return next((one for one in rounds if str(one.number) == number), None)


async def _names(visit: Visit, records: Sequence[Placement]) -> list[dict[Party, str]]:
    """The names of both units of each placement, in the visitor's language; one statement for all."""
    ids = [unit for one in records for unit in (one.home_unit_id, one.host_unit_id)]
    found = await organisations.list_by_ids(visit.registry, visit.actor, ids)
    names = ["—" if one is None else visit.language.say(one.name_zh, one.name_en or one.name_zh) for one in found]
    return [{Party.HOME_UNIT: home, Party.HOST_UNIT: host} for home, host in zip(names[::2], names[1::2], strict=True)]


async def names_of_people(visit: Visit, records: Sequence[Placement | PlacementDraft]) -> list[str]:
    """The name of the person of each, where the visitor may know it; each look by somebody else is noted."""
    name = frozenset({PersonField.NAME})
    looks = [Look(one.researcher_id, name, "with: placement") for one in records]
    return [_name(visit, one) for one in await look_at_each(visit.registry, visit.actor, looks)]


async def _person(visit: Visit, record: Placement, side: Party | None) -> SeenPerson | None:
    """Whom the placement is about, with what it leaves as it is; the household for the person and the home unit."""
    fields = {PersonField.NAME, PersonField.PERSONNEL_RELATION}
    if side is not Party.HOST_UNIT:
        fields.add(PersonField.HOUSEHOLD)
    look = Look(record.researcher_id, frozenset(fields), "with: placement")
    (seen,) = await look_at_each(visit.registry, visit.actor, [look])
    return seen


def _name(visit: Visit, one: SeenPerson | None) -> str:
    hidden = visit.language.say("（尚未向贵方公开）", "(not shown to you yet)")
    return hidden if one is None or one.name is None else one.name.name_zh
