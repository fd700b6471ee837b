"""Receipts and letters on pages: handed in at /verify, opened by the code of a letter, taken away by who got them."""

from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.verification import Verdict
from talent_registry.services.letters import LiveStatus, live_status, make_letter
from talent_registry.services.proofs import prove
from talent_registry.web.pages import words
from talent_registry.web.pages.visits import Visit

MOST_BYTES: Final = 4 * 1024 * 1024


async def prove_document(visit: Visit) -> Response:
    """POST /verify/document: a receipt or letter, pasted or dropped."""
    name, content = visit.files.get("file", ("", b""))
    return await answer_document(visit, content or visit.sent("receipt").encode("ascii", "replace"), name)


async def answer_document(visit: Visit, given: bytes, name: str = "") -> Response:
    """What a receipt or letter says and how that stands now, or why it is refused; `name` is that of its file."""
    try:
        proven = await prove(visit.registry, given)
    except RegistryError as refusal:
        return visit.page("document_refused.html", status=400, refusal=refusal.message, name=name)
    return _shown(visit, proven.said, proven.live)


async def show_letter(visit: Visit) -> Response:
    """GET /l/{id}: where the code of a letter leads. The check value stands behind #, so that no log ever holds it."""
    return visit.page("letter.html", letter_id=visit.record_id, refusal=None)


async def open_letter(visit: Visit) -> Response:
    """POST /l/{id}."""
    try:
        live = await live_status(visit.registry, visit.record_id, visit.sent("check").lower()[:100])
    except RegistryError as refusal:
        return visit.page("letter.html", status=404, letter_id=visit.record_id, refusal=refusal.message)
    return _shown(visit, live.said, live)


async def take_letter(visit: Visit) -> Response:
    """GET /verify/letters/{id}: the letter as PDF, for whom its receipt was given."""
    receipt_id = visit.record_id
    pdf = await make_letter(visit.registry, visit.actor, receipt_id)
    headers = {"Content-Disposition": f'attachment; filename="letter-{receipt_id}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _shown(visit: Visit, said: dict[str, Any], live: LiveStatus) -> Response:
    verdict, outcome = str(said.get("verdict", "")), str(said.get("outcome", ""))
    then = words.VERDICTS[Verdict(verdict)] if verdict in Verdict.__members__ else None
    recognised = words.OUTCOMES[Outcome(outcome)] if outcome in Outcome.__members__ else None
    now = None if live.standing is None else words.STANDINGS[live.standing]
    as_of = datetime.fromisoformat(said["as_of"])
    counts = words.counted(said.get("counts") or {})
    return visit.page(
        "document.html",
        said=said,
        live=live,
        then=then,
        recognised=recognised,
        now=now,
        said_at=as_of,
        counts=counts,
    )
