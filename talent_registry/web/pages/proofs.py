"""Receipts and letters on pages: handed in at /verify, opened by the code of a letter, taken away by who got them."""

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.credentials import Standing
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.verification import Verdict
from talent_registry.services.letters import LiveStatus, live_status, make_letter
from talent_registry.services.permissions import nothing_here
from talent_registry.services.proofs import prove
from talent_registry.web.pages import words
from talent_registry.web.pages.visits import Visit

MOST_BYTES: Final = 4 * 1024 * 1024
_STANDINGS: Final = {
    Standing.VALID: (Message(zh="有效", en="Valid"), "good"),
    Standing.PENDING: (Message(zh="公示中", en="In public notice"), "wait"),
    Standing.NOT_YET_ISSUED: (Message(zh="尚未生效", en="Not in force yet"), "wait"),
    Standing.SUSPENDED: (Message(zh="暂停", en="Suspended"), "bad"),
    Standing.REVOKED: (Message(zh="已撤销", en="Revoked"), "bad"),
    Standing.EXPIRED: (Message(zh="已过期", en="Expired"), "wait"),
}


async def prove_document(visit: Visit) -> Response:
    """POST /verify/document: a receipt or letter, pasted or dropped."""
    name, content = visit.files.get("file", ("", b""))
    given = content or visit.sent("receipt").encode("ascii", "replace")
    try:
        proven = await prove(visit.registry, given)
    except RegistryError as refusal:
        return visit.page("document_refused.html", status=400, refusal=refusal.message, name=name)
    return _shown(visit, proven.said, proven.live)


async def show_letter(visit: Visit) -> Response:
    """GET /l/{id}: where the code of a letter leads. The check value stands behind #, so that no log ever holds it."""
    _receipt_id(visit)
    return visit.page("letter.html", refusal=None)


async def open_letter(visit: Visit) -> Response:
    """POST /l/{id}."""
    try:
        live = await live_status(visit.registry, _receipt_id(visit), visit.sent("check").lower()[:100])
    except RegistryError as refusal:
        return visit.page("letter.html", status=404, refusal=refusal.message)
    return _shown(visit, live.said, live)


async def take_letter(visit: Visit) -> Response:
    """GET /verify/letters/{id}: the letter as PDF, for whom its receipt was given."""
    receipt_id = _receipt_id(visit)
    pdf = await make_letter(visit.registry, visit.actor, receipt_id)
    headers = {"Content-Disposition": f'attachment; filename="letter-{receipt_id}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _shown(visit: Visit, said: dict[str, Any], live: LiveStatus) -> Response:
    verdict = str(said.get("verdict", ""))
    then = words.VERDICTS[Verdict(verdict)] if verdict in Verdict.__members__ else None
    now = None if live.standing is None else _STANDINGS[live.standing]
    return visit.page("document.html", said=said, live=live, then=then, now=now)


def _receipt_id(visit: Visit) -> UUID:
    try:
        return UUID(visit.request.path_params["id"])
    except ValueError:
        raise nothing_here() from None
