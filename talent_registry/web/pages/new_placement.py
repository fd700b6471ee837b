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
    placements,
    recognition,
)
from talent_registry.services.accesses import SeenPerson
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.services.placement_trials import Trial, try_to_propose
from talent_registry.services.placements import NewPlacement
from talent_registry.services.recognition import AskedRecognition
from talent_registry.web.pages import placement_terms, words
from talent_registry.web.pages.placement_terms import read_day, read_number
from talent_registry.web.pages.visits import Visit

_CHOSEN: Final = ("researcher", "host", "kind")
_STATED: Final = ("credential", "post", "post_series", "term_from", "term_until", "workload_percent")
_PURPOSE: Final = "with: placement"
_PARTIES: Final = frozenset({ActorKind.RESEARCHER, ActorKind.HR})
_FIELDS: Final = frozenset({PersonField.NAME, PersonField.PERSONNEL_RELATION})


@dataclass(frozen=True, slots=True)
class _Chosen:
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
    empty = dict.fromkeys(_STATED, "") | {field.name: "" for field in placement_terms.FIELDS}
    return await _stating(visit, asked, chosen, empty)


async def propose_new(visit: Visit) -> Response:
    """POST /placements/new: say what it would come to, or propose it."""
    _must_be_party(visit)
    asked = {name: visit.sent(name) for name in _CHOSEN}
    sent = {name: visit.sent(name) for name in _STATED} | placement_terms.typed(visit)
    chosen = await _chosen(visit, asked)
    try:
        new = _read(chosen, sent)
        trial = await try_to_propose(visit.registry, visit.actor, new, chosen.person.researcher.id)
        if visit.sent("act") == "PROPOSE" and trial.too_much is None:
            done = await placements.propose(visit.registry, visit.actor, new, visit.key)
            return visit.go(f"/placements/{UUID(done.result['placement_id'])}")
    except (InvalidInput, Conflict, NotInForce, NotFound) as refusal:
        return await _stating(visit, asked, chosen, sent, refusal=refusal)
    return await _stating(visit, asked, chosen, sent, trial=trial, new=new)


def _must_be_party(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind not in _PARTIES:
        raise nothing_here(("id",))


def _needed(visit: Visit) -> tuple[str, ...]:
    """What must be chosen first: a person names the host, an office the person (its own unit is the host at first)."""
    return ("host", "kind") if visit.actor.kind is ActorKind.RESEARCHER else ("researcher", "kind")


async def _law(visit: Visit) -> AgreementVersion:
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    return agreement_version_in_force(law.agreement, visit.registry.today())


async def _choosing(visit: Visit, asked: dict[str, str], refusal: RegistryError | None = None) -> Response:
    version = await _law(visit)
    return visit.page(
        "new_placement.html",
        status=400 if refusal else 200,
        fault=refusal.message if refusal else None,
        asked=asked,
        kinds=[one for one in version.placement_kinds if one.flexible],
        is_person=visit.actor.kind is ActorKind.RESEARCHER,
    )


async def _chosen(visit: Visit, asked: dict[str, str]) -> _Chosen:
    version = await _law(visit)
    kind = next((one for one in version.placement_kinds if one.code == asked["kind"] and one.flexible), None)
    if kind is None:
        raise InvalidInput(Message(zh="请选择柔性流动的类型。", en="Choose the kind of placement."), path=("kind",))
    if visit.actor.kind is ActorKind.RESEARCHER:
        person = await accesses.look_at_self(visit.registry, visit.actor, _FIELDS, history=False)
    else:
        person = await accesses.look_at(
            visit.registry, visit.actor, asked["researcher"], _FIELDS, _PURPOSE, history=False
        )
    return _Chosen(person, await _host(visit, asked["host"]), kind, version)


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


def _read(chosen: _Chosen, sent: dict[str, str]) -> NewPlacement:
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


async def _stating(
    visit: Visit,
    asked: dict[str, str],
    chosen: _Chosen,
    sent: dict[str, str],
    *,
    refusal: RegistryError | None = None,
    trial: Trial | None = None,
    new: NewPlacement | None = None,
) -> Response:
    version, kind = chosen.version, chosen.kind
    rules = {rule.id: rule.message for rule in version.placement_rules}
    periods = [(TERM_NAMES[field], version.find_placement_period(code)) for code, field in PERIODS.items()]
    return visit.page(
        "new_placement_terms.html",
        status=400 if refusal else 409 if trial and trial.too_much else 200,
        fault=refusal.message if refusal else None,
        asked=asked,
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


async def _recognised(visit: Visit, chosen: _Chosen, new: NewPlacement) -> dict[str, Any] | None:
    """How the host's side recognises the credential today; None where the visitor may not ask."""
    target = Target(division=chosen.host.division, employer_kind=chosen.host.kind, post_series=new.post_series)
    asked = AskedRecognition(new.credential_id, target, purpose=_PURPOSE)
    try:
        computed = await recognition.compute(visit.registry, visit.actor, asked)
    except (NotFound, NotPermitted):
        return None
    return {"decision": computed.decision, "word": words.OUTCOMES[computed.decision.outcome][0]}
