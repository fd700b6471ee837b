"""The page /placements/new: whom, where and of which kind first; then the terms, what they come to, and proposing."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.agreements import AgreementVersion, PlacementKind, agreement_version_in_force
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.pages import OfPerson, PageRequest
from talent_registry.domain.placement_drafts import PlacementDraft, PlacementDraftState
from talent_registry.domain.placement_limits import limits_of
from talent_registry.domain.placement_periods import FIELDS as PERIODS
from talent_registry.domain.placement_terms import TERM_NAMES
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.services import (
    accesses,
    agreement_releases,
    credential_reads,
    organisations,
    placement_drafts,
    placements,
    recognition,
)
from talent_registry.services.accesses import SeenPerson
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.services.placement_drafts import NewDraft
from talent_registry.services.placement_trials import Trial, try_to_propose
from talent_registry.services.placements import NewPlacement
from talent_registry.services.recognition import AskedRecognition
from talent_registry.web.pages import placement_terms, words
from talent_registry.web.pages.my_record import units_by_id
from talent_registry.web.pages.placement_terms import read_day, read_number
from talent_registry.web.pages.placements import names_of_people
from talent_registry.web.pages.visits import Visit

_CHOSEN: Final = ("researcher", "host", "kind")
STATED: Final = ("credential", "post", "post_series", "term_from", "term_until", "workload_percent")
PURPOSE: Final = "with: placement"
_MOST_DRAFTS: Final = 100
_PARTIES: Final = frozenset({ActorKind.RESEARCHER, ActorKind.HR})
FIELDS: Final = frozenset({PersonField.NAME, PersonField.PERSONNEL_RELATION})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom, where and of which kind: what the rest of the form rests on."""

    person: SeenPerson
    host: Organisation
    kind: PlacementKind
    version: AgreementVersion


async def show_new(visit: Visit) -> Response:
    """GET /placements/new."""
    _must_be_party(visit)
    asked = {name: visit.asked(name) for name in _CHOSEN}
    if not all(asked[name] for name in _needed(visit)):
        return await _choosing(visit, asked)
    try:
        chosen = await _chosen(visit, asked)
    except (InvalidInput, NotFound, Conflict) as refusal:
        return await _choosing(visit, asked, refusal)
    empty = dict.fromkeys(STATED, "") | {field.name: "" for field in placement_terms.FIELDS}
    return await stating(visit, asked, chosen, empty)


async def propose_new(visit: Visit) -> Response:
    """POST /placements/new: keep it as a draft, say what it would come to, or propose it."""
    _must_be_party(visit)
    asked = {name: visit.sent(name) for name in _CHOSEN}
    sent = typed(visit)
    chosen = await _chosen(visit, asked)
    try:
        if visit.sent("act") == "SAVE":
            return await _keep(visit, chosen, sent)
        new = read_proposal(chosen, sent)
        trial = await try_to_propose(visit.registry, visit.actor, new, chosen.person.researcher.id)
        if visit.sent("act") == "PROPOSE" and trial.too_much is None:
            done = await placements.propose(visit.registry, visit.actor, new, visit.key)
            return visit.go(f"/placements/{UUID(done.result['placement_id'])}")
    except (InvalidInput, Conflict, NotInForce, NotFound) as refusal:
        return await stating(visit, asked, chosen, sent, refusal=refusal)
    return await stating(visit, asked, chosen, sent, trial=trial, new=new)


async def _keep(visit: Visit, chosen: Chosen, sent: dict[str, str]) -> Response:
    """What is not finished is kept for the party that typed it; nobody is told."""
    content = placement_terms.read_draft(chosen.kind.code, sent)
    asked = NewDraft(researcher=chosen.person.researcher.id, host_unit_id=chosen.host.id, content=content)
    done = await placement_drafts.draft(visit.registry, visit.actor, asked, visit.key)
    return visit.go(f"/placements/drafts/{UUID(done.result['draft_id'])}?done=saved")


def typed(visit: Visit) -> dict[str, str]:
    """What the form of the terms holds as it was sent."""
    return {name: visit.sent(name) for name in STATED} | placement_terms.typed(visit)


def _must_be_party(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind not in _PARTIES:
        raise nothing_here(("id",))


def _needed(visit: Visit) -> tuple[str, ...]:
    """What must be chosen first: a person names the host, an office the person (its own unit is the host at first)."""
    return ("host", "kind") if visit.actor.kind is ActorKind.RESEARCHER else ("researcher", "kind")


async def law_in_force(visit: Visit) -> AgreementVersion:
    """The version of the agreement that is in force today, as both provinces approved it."""
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    return agreement_version_in_force(law.agreement, visit.registry.today())


async def _choosing(visit: Visit, asked: dict[str, str], refusal: RegistryError | None = None) -> Response:
    version = await law_in_force(visit)
    kept = await placement_drafts.list_drafts(
        visit.registry, visit.actor, PageRequest(_MOST_DRAFTS), PlacementDraftState.DRAFT
    )
    return visit.page(
        "new_placement.html",
        status=400 if refusal else 200,
        fault=refusal.message if refusal else None,
        asked=asked,
        kinds=[one for one in version.placement_kinds if one.flexible],
        drafts=list(zip(kept.items, await names_of_people(visit, kept.items), strict=True)),
        units=await units_by_id(visit, [one.host_unit_id for one in kept.items]),
        kind_names={one.code: one.name for one in version.placement_kinds},
        done=visit.asked("done"),
        is_person=visit.actor.kind is ActorKind.RESEARCHER,
    )


async def _chosen(visit: Visit, asked: dict[str, str]) -> Chosen:
    version = await law_in_force(visit)
    kind = kind_of(version, asked["kind"])
    if visit.actor.kind is ActorKind.RESEARCHER:
        person = await accesses.look_at_self(visit.registry, visit.actor, FIELDS, history=False)
    else:
        person = await accesses.look_at(
            visit.registry, visit.actor, asked["researcher"], FIELDS, PURPOSE, history=False
        )
    return Chosen(person, await _host(visit, asked["host"]), kind, version)


def kind_of(version: AgreementVersion, code: str) -> PlacementKind:
    """The kind of placement of this code; InvalidInput where the agreement has none that is flexible."""
    kind = next((one for one in version.placement_kinds if one.code == code and one.flexible), None)
    if kind is None:
        raise InvalidInput(Message(zh="请选择柔性流动的类型。", en="Choose the kind of placement."), path=("kind",))
    return kind


async def _host(visit: Visit, name: str) -> Organisation:
    own = visit.actor.organisation_id
    if not name and own is not None:
        return await organisations.get_organisation(visit.registry, visit.actor, own)
    try:
        return await organisations.get_named(visit.registry, visit.actor, name)
    except NotFound:
        raise InvalidInput(
            Message(
                zh="该单位未登记。请核对全称或统一社会信用代码。",
                en="The organisation is not registered. Check its full name or social credit code.",
            ),
            reason="ORGANISATION",
            path=("host",),
        ) from None


def read_proposal(chosen: Chosen, sent: dict[str, str]) -> NewPlacement:
    """What the form proposes; InvalidInput at the first field that says nothing readable."""
    try:
        credential = UUID(sent["credential"])
    except ValueError:
        raise InvalidInput(
            Message(zh="请选择所依据的证书。", en="Choose the credential that it rests on."), path=("credential",)
        ) from None
    return NewPlacement(
        researcher=chosen.person.researcher.id,
        host_unit_id=chosen.host.id,
        credential_id=credential,
        kind=chosen.kind.code,
        post=sent["post"],
        post_series=sent["post_series"] or None,
        term_from=read_day(sent["term_from"], TERM_NAMES["term_from"]),
        term_until=read_day(sent["term_until"], TERM_NAMES["term_until"]),
        workload_percent=read_number(sent["workload_percent"], TERM_NAMES["workload_percent"]),
        terms=placement_terms.read_terms(sent),
    )


async def stating(
    visit: Visit,
    asked: dict[str, str],
    chosen: Chosen,
    sent: dict[str, str],
    *,
    refusal: RegistryError | None = None,
    trial: Trial | None = None,
    new: NewPlacement | None = None,
    draft: PlacementDraft | None = None,
) -> Response:
    """The form of the terms with what was typed, and what it would come to; of a `draft`, with what keeps that."""
    version, kind = chosen.version, chosen.kind
    rules = {rule.id: rule.message for rule in version.placement_rules}
    periods = [(TERM_NAMES[field], version.find_placement_period(code)) for code, field in PERIODS.items()]
    return visit.page(
        "new_placement_terms.html",
        status=400 if refusal else 409 if trial and trial.too_much else 200,
        fault=refusal.message if refusal else None,
        asked=asked,
        draft=draft,
        kind_stated=draft is None or bool(visit.sent("kind") or draft.content.kind),
        kinds=[one for one in version.placement_kinds if one.flexible],
        done=visit.asked("done"),
        chosen=chosen,
        held=await _held(visit, chosen.person.researcher.id),
        sent=sent,
        trial=trial,
        new=new,
        rules=rules,
        limits=limits_of(version, kind),
        periods=[(name, period) for name, period in periods if period is not None],
        recognised=None if new is None else await _recognised(visit, chosen, new),
        fields=placement_terms.grouped(),
        series=words.series_names(),
        words=words,
        as_of=visit.registry.clock(),
    )


async def _held(visit: Visit, person: UUID) -> list[CredentialRecord]:
    """The credentials of the person that the visitor may see."""
    (page,) = await credential_reads.list_of_people(visit.registry, visit.actor, [OfPerson(person, PageRequest(50))])
    return list(page.items)


async def _recognised(visit: Visit, chosen: Chosen, new: NewPlacement) -> dict[str, Any] | None:
    """How the host's side recognises the credential today; None where the visitor may not ask."""
    target = Target(division=chosen.host.division, employer_kind=chosen.host.kind, post_series=new.post_series)
    asked = AskedRecognition(new.credential_id, target, purpose=PURPOSE)
    try:
        computed = await recognition.compute(visit.registry, visit.actor, asked)
    except (NotFound, NotPermitted):
        return None
    return {"decision": computed.decision, "word": words.OUTCOMES[computed.decision.outcome][0]}
