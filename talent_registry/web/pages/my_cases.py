"""One case of a person's own, /me/cases/{id}: its clocks, whose turn it is, what follows at zero, what can be done."""

from starlette.responses import Response

from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.proceeding_checks import POSSIBLE_IN
from talent_registry.domain.proceedings import GRANTING, ClockPurpose, ProceedingEventKind, ProceedingKind
from talent_registry.services import proceeding_acts, proceedings
from talent_registry.services.permissions import nothing_here
from talent_registry.services.proceeding_acts import CaseAct
from talent_registry.services.proceeding_openings import SeenCase
from talent_registry.web.pages import case_turns, words
from talent_registry.web.pages.my_record import must_be_researcher, units_by_id
from talent_registry.web.pages.visits import Visit

_E = ProceedingEventKind
EVIDENCE, APPEAL, WITHDRAW = "evidence", "appeal", "withdraw"


async def show_case(visit: Visit) -> Response:
    """GET /me/cases/{id}."""
    return await _shown(visit)


async def act_on_case(visit: Visit) -> Response:
    """POST /me/cases/{id}: evidence, an appeal, or the withdrawal."""
    must_be_researcher(visit)
    act, asked, key = visit.sent("act"), CaseAct(visit.record_id, visit.sent("text")), visit.key
    try:
        if act == EVIDENCE:
            await proceeding_acts.give_evidence(visit.registry, visit.actor, asked, key)
        elif act == APPEAL:
            await proceeding_acts.appeal(visit.registry, visit.actor, asked, key)
        elif act == WITHDRAW:
            await proceeding_acts.withdraw(visit.registry, visit.actor, visit.record_id, key)
        else:
            raise nothing_here(("act",))
    except RegistryError as error:
        return await _shown(visit, fault=error.message)
    return visit.go(f"/me/cases/{visit.record_id}")


async def _shown(visit: Visit, fault: Message | None = None) -> Response:
    must_be_researcher(visit)
    seen = await proceedings.get_case(visit.registry, visit.actor, visit.record_id)
    return visit.page(
        "me_case.html",
        status=400 if fault else 200,
        seen=seen,
        acts=acts_of(seen),
        fault=fault,
        sent=visit.sent("text"),
        units=await units_by_id(visit, [one.organisation_id for one in seen.events]),
        turn=case_turns.turn_of,
        as_of=visit.registry.clock(),
        words=words,
        case_turns=case_turns,
    )


def acts_of(seen: SeenCase) -> list[str]:
    """What the applicant can do in the case today."""
    position, override = seen.position, seen.case.kind is ProceedingKind.OVERRIDE
    asked = any(one.purpose is ClockPurpose.EVIDENCE for one in position.clocks)
    lodging = next((one.clock for one in position.clocks if one.purpose is ClockPurpose.APPEAL), None)
    refused = position.outcome is not None and position.outcome not in GRANTING
    possible = {
        EVIDENCE: position.state in POSSIBLE_IN[_E.EVIDENCE_GIVEN] and asked,
        APPEAL: position.state in POSSIBLE_IN[_E.APPEALED]
        and refused
        and not override
        and lodging is not None
        and not lodging.has_run_out(position.on),
        WITHDRAW: position.state in POSSIBLE_IN[_E.WITHDRAWN],
    }
    return [act for act, may in possible.items() if may]
