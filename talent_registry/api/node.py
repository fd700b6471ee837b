"""A record of any kind by its opaque id, with the permission and the noted look of its kind's own question."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from uuid import UUID

import strawberry

from talent_registry.api.agreement_releases import AgreementRelease
from talent_registry.api.context import Info
from talent_registry.api.correction_cases import CorrectionCase
from talent_registry.api.credentials import load_credential
from talent_registry.api.nodes import Node, kind_and_id
from talent_registry.api.organisations import load_organisation
from talent_registry.api.placement_drafts import PlacementDraft
from talent_registry.api.placements import Placement
from talent_registry.api.proceedings import RecognitionCase
from talent_registry.api.recognition import RecognitionDecision
from talent_registry.api.researchers import load_researcher
from talent_registry.domain.consents import check_purpose
from talent_registry.domain.errors import NotFound, NotPermitted
from talent_registry.services import (
    agreement_releases,
    disputes,
    placement_drafts,
    placements,
    proceedings,
    recognition,
)

_WITH_NODE: Final = "with: node"


async def _organisation(info: Info, record_id: UUID, _: str | None) -> Node | None:
    return await load_organisation(info, record_id)


async def _researcher(info: Info, record_id: UUID, purpose: str | None) -> Node | None:
    return await load_researcher(info, record_id, check_purpose(purpose or ""))


async def _credential(info: Info, record_id: UUID, purpose: str | None) -> Node | None:
    return await load_credential(info, record_id, check_purpose(purpose or ""))


async def _decision(info: Info, record_id: UUID, purpose: str | None) -> Node | None:
    context = info.context
    kept = await recognition.get_decision(context.registry, context.actor, record_id, purpose or _WITH_NODE)
    return RecognitionDecision.of(kept)


async def _case(info: Info, record_id: UUID, purpose: str | None) -> Node | None:
    context = info.context
    return RecognitionCase.of(
        await proceedings.get_case(context.registry, context.actor, record_id, purpose or _WITH_NODE)
    )


async def _correction(info: Info, record_id: UUID, purpose: str | None) -> Node | None:
    context = info.context
    return CorrectionCase.of(await disputes.get_case(context.registry, context.actor, record_id, purpose or _WITH_NODE))


async def _placement(info: Info, record_id: UUID, purpose: str | None) -> Node | None:
    context = info.context
    record = await placements.get_placement(context.registry, context.actor, record_id, purpose or _WITH_NODE)
    return Placement.of(record)


async def _draft(info: Info, record_id: UUID, _: str | None) -> Node | None:
    context = info.context
    return PlacementDraft.of(await placement_drafts.get_draft(context.registry, context.actor, record_id))


async def _release(info: Info, record_id: UUID, _: str | None) -> Node | None:
    context = info.context
    release = await agreement_releases.get_release(context.registry, context.actor, record_id)
    return AgreementRelease.of(release, context.registry.today())


_FIND: Final[dict[str, Callable[[Info, UUID, str | None], Awaitable[Node | None]]]] = {
    "Organisation": _organisation,
    "Researcher": _researcher,
    "Credential": _credential,
    "RecognitionDecision": _decision,
    "RecognitionCase": _case,
    "CorrectionCase": _correction,
    "Placement": _placement,
    "PlacementDraft": _draft,
    "AgreementRelease": _release,
}


@strawberry.type
class NodeQuery:
    @strawberry.field(
        description="The record with this opaque id, as its own question gives it; a look at a person's record is "
        "noted. Null, without a word why, for every id that is not one of the caller's to know of."
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")],
        purpose: Annotated[
            str | None,
            strawberry.argument(
                description="For what purpose the record is read, 1 to 200 characters; needed for a researcher and a "
                "credential (Personal Information Protection Law, art. 6)."
            ),
        ] = None,
    ) -> Node | None:
        # Before the id is read: what is wrong with a purpose is said alike of every id.
        stated = None if purpose is None else check_purpose(purpose)
        found = kind_and_id(id)
        if found is None or found[0] not in _FIND:
            return None
        kind, record_id = found
        try:
            return await _FIND[kind](info, record_id, stated)
        except (NotFound, NotPermitted):
            return None
