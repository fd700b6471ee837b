"""Showing the number of a document in full: a form on pages of authorities and units, answered once, kept nowhere."""

from typing import Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.errors import NotFound, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.reveals import LegalBasis
from talent_registry.services import reveals
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages.share_words import document_name
from talent_registry.web.pages.visits import Visit, status_of

_NOT_OPENED: Final = Message(
    zh="查不到本人对贵单位的有效授权。请核对登记编号；编号无误的，请本人在“授权”中向贵单位开放“身份证件”后再试。",
    en="No consent to your unit in force was found for this number. Check it; if it is right, ask the person to open "
    "“Identity documents” to your unit on the page Consents.",
)


async def reveal(visit: Visit) -> Response:
    """POST /people/{id}/numbers."""
    if not visit.is_signed_in:
        raise sign_in_first()
    try:
        basis = LegalBasis(visit.sent("legal_basis"))
    except ValueError:
        raise nothing_here(("legal_basis",)) from None
    return await _revealed(visit, visit.record_id, basis)


async def show_by_consent(visit: Visit) -> Response:
    """GET /people/numbers: a unit's form for a person who opened the documents to it."""
    _must_be_unit(visit)
    return _form(visit, visit.asked("number"))


async def reveal_by_consent(visit: Visit) -> Response:
    """POST /people/numbers: by the public number, on the person's consent."""
    _must_be_unit(visit)
    try:
        person = await reveals.find_person(visit.registry, visit.actor, visit.sent("number"))
        return await _revealed(visit, person, LegalBasis.CONSENT)
    except NotFound as fault:
        return _form(visit, visit.sent("number"), fault, _NOT_OPENED)
    except RegistryError as fault:
        return _form(visit, visit.sent("number"), fault)


def _form(visit: Visit, number: str, fault: RegistryError | None = None, message: Message | None = None) -> Response:
    return visit.page(
        "reveal.html",
        status=200 if fault is None else status_of(fault.code),
        fault=message or (None if fault is None else fault.message),
        typed=number,
        purpose=visit.sent("purpose"),
    )


def _must_be_unit(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind is not ActorKind.HR:
        raise nothing_here()


async def _revealed(visit: Visit, person: UUID, basis: LegalBasis) -> Response:
    asked = reveals.NewReveal(person, visit.sent("purpose"), basis)
    shown = await reveals.reveal(visit.registry, visit.actor, asked, visit.key)
    return visit.page(
        "revealed.html",
        shown=shown,
        purpose=visit.sent("purpose"),
        by_consent=basis is LegalBasis.CONSENT,
        document_name=document_name,
        as_of=visit.registry.clock(),
    )
