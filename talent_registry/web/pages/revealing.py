"""Showing the number of a document in full: a form on an authority's pages, answered once and kept nowhere."""

from starlette.responses import Response

from talent_registry.domain.reveals import LegalBasis
from talent_registry.services import reveals
from talent_registry.services.permissions import nothing_here, sign_in_first
from talent_registry.web.pages.share_words import document_name
from talent_registry.web.pages.visits import Visit


async def reveal(visit: Visit) -> Response:
    """POST /people/{id}/numbers."""
    if not visit.is_signed_in:
        raise sign_in_first()
    try:
        basis = LegalBasis(visit.sent("legal_basis"))
    except ValueError:
        raise nothing_here(("legal_basis",)) from None
    asked = reveals.NewReveal(visit.record_id, visit.sent("purpose"), basis)
    shown = await reveals.reveal(visit.registry, visit.actor, asked, visit.key)
    return visit.page(
        "revealed.html",
        shown=shown,
        purpose=visit.sent("purpose"),
        document_name=document_name,
        as_of=visit.registry.clock(),
    )
