"""The corrections that an office sees to: /corrections, the queue, and one case with what can be done about it."""

from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.correction_cases import OF_CREDENTIAL, DisputedFact, SeenCorrection
from talent_registry.domain.credential_amendments import amended
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import correction_cases, corrections, credential_reads, disputes, organisations, standing
from talent_registry.services.accesses import Look, SeenPerson, look_at_each
from talent_registry.services.correction_cases import CorrectionAct
from talent_registry.services.credentials import Correction
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages.my_corrections import frame
from talent_registry.web.pages.my_record import credential_facts, next_address, page_asked
from talent_registry.web.pages.visits import Visit

_LOOK: Final = "办理更正申请 / correction case"
_OFFICES: Final = frozenset({ActorKind.HR, ActorKind.ISSUER, ActorKind.AUTHORITY})


async def show_queue(visit: Visit) -> Response:
    """GET /corrections: what still waits; with ?all=1 what is settled too."""
    _must_be_office(visit)
    pending = None if visit.asked("all") == "1" else True
    page = await disputes.list_cases(visit.registry, visit.actor, page_asked(visit), pending=pending, purpose=_LOOK)
    return visit.page(
        "corrections.html",
        cases=page.items,
        more=next_address(visit, page),
        pending=pending,
        **await frame(visit, list(page.items)),
    )


async def show_case(visit: Visit) -> Response:
    """GET /corrections/{id}."""
    return await _shown(visit)


async def act_on_case(visit: Visit) -> Response:
    """POST /corrections/{id}: evidence asked for, declined with reasons, or put right in the record."""
    _must_be_office(visit)
    act, asked = visit.sent("act"), CorrectionAct(visit.record_id, visit.sent("text"))
    try:
        if act == "ask":
            await correction_cases.request_evidence(visit.registry, visit.actor, asked, visit.key)
        elif act == "decline":
            await correction_cases.decline(visit.registry, visit.actor, asked, visit.key)
        elif act == "uphold":
            await correction_cases.uphold(visit.registry, visit.actor, asked, visit.key)
        elif act == "correct":
            await _correct(visit, await disputes.get_case(visit.registry, visit.actor, visit.record_id, _LOOK))
        else:
            raise nothing_here(("act",))
    except RegistryError as error:
        return await _shown(visit, fault=error.message)
    return visit.go(f"/corrections/{visit.record_id}")


async def _correct(visit: Visit, seen: SeenCorrection) -> None:
    """The correcting command of the fact, naming the case, so that both happen or neither."""
    case, value = seen.case, visit.sent("value")
    registry, actor, key, how = visit.registry, visit.actor, visit.key, Amendment.CORRECTION
    if case.fact in OF_CREDENTIAL and case.credential_id is not None:
        record = await credential_reads.get_credential(registry, actor, case.credential_id, _LOOK)
        said = amended(record.credential.kind, record.version, case.fact, value)
        await standing.correct(registry, actor, Correction(case.credential_id, said, case.id), key)
    elif case.fact is DisputedFact.NAME:
        name = corrections.NameCorrection(case.researcher_id, how, value, case_id=case.id)
        await corrections.correct_name(registry, actor, name, key)
    elif case.fact is DisputedFact.HOUSEHOLD:
        household = corrections.HouseholdCorrection(case.researcher_id, how, value, case_id=case.id)
        await corrections.correct_household(registry, actor, household, key)
    elif case.fact is DisputedFact.PERSONNEL_RELATION:
        unit = await organisations.get_named(registry, actor, value)
        relation = corrections.RelationCorrection(case.researcher_id, how, unit.id, case_id=case.id)
        await corrections.correct_relation(registry, actor, relation, key)
    else:
        document = corrections.DocumentCorrection(
            case.researcher_id, how, visit.sent("kind"), value, _id(visit.sent("replaces")), case_id=case.id
        )
        await corrections.correct_document(registry, actor, document, key)


async def _shown(visit: Visit, fault: Message | None = None) -> Response:
    _must_be_office(visit)
    seen = await disputes.get_case(visit.registry, visit.actor, visit.record_id, _LOOK)
    record = await _record(visit, seen)
    return visit.page(
        "correction.html",
        status=400 if fault else 200,
        seen=seen,
        fault=fault,
        record=record,
        facts=credential_facts(visit, record) if record else [],
        person=await _person(visit, seen),
        sent={name: visit.sent(name) for name in ("text", "value")},
        **await frame(visit, [seen]),
    )


async def _record(visit: Visit, seen: SeenCorrection) -> CredentialRecord | None:
    if seen.case.credential_id is None:
        return None
    return await credential_reads.get_credential(visit.registry, visit.actor, seen.case.credential_id, _LOOK)


async def _person(visit: Visit, seen: SeenCorrection) -> SeenPerson | None:
    """The person as far as the office may know them, documents masked; the look is noted. None for a look."""
    if seen.case.look_id is not None:
        return None
    fields = frozenset({PersonField.NAME, PersonField.DOCUMENTS})
    if seen.case.fact is DisputedFact.HOUSEHOLD:
        fields |= {PersonField.HOUSEHOLD}
    if seen.case.fact is DisputedFact.PERSONNEL_RELATION:
        fields |= {PersonField.PERSONNEL_RELATION}
    (found,) = await look_at_each(visit.registry, visit.actor, [Look(seen.case.researcher_id, fields, _LOOK)])
    return found


def _must_be_office(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind not in _OFFICES:
        raise nothing_here()


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise nothing_here(("replaces",)) from None
