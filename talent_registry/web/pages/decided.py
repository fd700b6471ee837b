"""The page of one decision for an authority: findings, the facts it was taken on, and the way to override a refusal."""

from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.errors import NotFound, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.services import proceeding_overrides, proceedings, recognition
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages import case_turns, case_words, fact_words, words
from talent_registry.web.pages.my_record import units_by_id
from talent_registry.web.pages.visits import Visit

_LOOK: Final = "with: recognitionDecision"


async def find_decision(visit: Visit) -> Response:
    """GET /decisions?id=…: the decision of this number."""
    _must_be_authority(visit)
    try:
        return visit.go(f"/decisions/{UUID(visit.asked('id'))}")
    except ValueError:
        raise nothing_here(("id",)) from None


async def show_decision(visit: Visit) -> Response:
    """GET /decisions/{id}."""
    _must_be_authority(visit)
    return await _decision(visit)


async def propose_override(visit: Visit) -> Response:
    """POST /decisions/{id}: propose to override a refusal; the other province must agree."""
    _must_be_authority(visit)
    asked = proceeding_overrides.NewOverride(visit.record_id, visit.sent("text"))
    try:
        done = await proceeding_overrides.propose_override(visit.registry, visit.actor, asked, visit.key)
    except NotFound:
        raise
    except RegistryError as fault:
        return await _decision(visit, fault=fault.message)
    return visit.go(f"/cases/{done.result['case_id']}?done=1")


async def _decision(visit: Visit, *, fault: Message | None = None) -> Response:
    kept = await recognition.get_decision(visit.registry, visit.actor, visit.record_id, _LOOK)
    (opened,) = await proceedings.list_of_decisions(visit.registry, visit.actor, [kept.id])
    here = kept.target_province == visit.actor.province
    return visit.page(
        "decision.html",
        status=409 if fault else 200,
        kept=kept,
        opened=opened,
        overrides=here and opened is None and kept.decision.outcome is Outcome.NOT_RECOGNISED,
        units=await units_by_id(visit, [one.source_id for one in kept.facts]),
        text=visit.sent("text"),
        fault=fault,
        as_of=visit.registry.clock(),
        words=words,
        fact_words=fact_words,
        case_turns=case_turns,
        case_words=case_words,
    )


def _must_be_authority(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind is not ActorKind.AUTHORITY:
        raise nothing_here()
