"""The page /s: what a person shares, for whoever holds the code.

In the link and the QR code that a person hands on the code stands behind # (`/s#FX…`): no browser sends it, so that no
log of ours or of a proxy on the way and no other site by Referer holds it; the form of the page sends it in a body.
`/s/FX…` is answered too, for links that were typed and for browsers without scripts; it only fills in the form. Our own
log holds the pattern of a page alone, and "Referrer-Policy: same-origin" tells no other site: "no-referrer" would have
old browsers send forms without the origin that these pages check. Opening is a POST: a preview of a link, which only
GETs, is no look.
"""

from typing import Final

from starlette.responses import Response

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.shares import ShareOutcome
from talent_registry.services.permissions import ActorKind
from talent_registry.services.share_openings import AskedOpening, Opening
from talent_registry.services.share_openings import open_code as open_share
from talent_registry.web.pages import share_words, words
from talent_registry.web.pages.visits import Visit

_LONGEST: Final = 100
_ONCE_IN_SECONDS: Final = 60
_ASKS_FOR_PIN: Final = {ShareOutcome.PIN_NEEDED: 200, ShareOutcome.PIN_WRONG: 403}


async def show_share(visit: Visit) -> Response:
    """GET /s and /s/{code}: the form; nothing is looked up."""
    return _form(visit, visit.request.path_params.get("code", "")[:_LONGEST])


async def open_share_code(visit: Visit) -> Response:
    """POST /s."""
    return await open_code(visit, visit.sent("code"))


async def open_code(visit: Visit, code: str) -> Response:
    """The page of a code that was typed here or in the one box of /verify."""
    asked = AskedOpening(code[:_LONGEST], visit.sent("pin")[:_LONGEST] or None, visit.sent("purpose") or None)
    # Pressed twice it is opened once; a page that stayed open asks anew, for it may have been revoked since.
    key = f"{visit.key} {int(visit.registry.clock().timestamp()) // _ONCE_IN_SECONDS}"
    try:
        opening = await open_share(visit.registry, visit.actor, asked, key, visit.origin)
    except InvalidInput as failure:
        return _form(visit, code[:_LONGEST], fault=failure.message, status=400)
    if opening.outcome in _ASKS_FOR_PIN:
        return _pin_form(visit, code, opening)
    if opening.view is None:
        return visit.page("share_gone.html", status=404, opening=opening, path="/s")
    return visit.page(
        "shared.html",
        view=opening.view,
        expires_at=opening.expires_at,
        opening=opening,
        words=words,
        share_words=share_words,
        path="/s",
    )


def _form(visit: Visit, code: str, *, fault: Message | None = None, status: int = 200) -> Response:
    # Whoever changes the language goes on to the page without the code in its address.
    return visit.page(
        "share.html", status=status, code=code, fault=fault, asks_pin=False, says_purpose=_office(visit), path="/s"
    )


def _pin_form(visit: Visit, code: str, opening: Opening) -> Response:
    wrong = opening.outcome is ShareOutcome.PIN_WRONG
    return visit.page(
        "share.html",
        status=_ASKS_FOR_PIN[opening.outcome],
        code=code,
        fault=opening.message if wrong else None,
        asks_pin=True,
        says_purpose=_office(visit),
        path="/s",
    )


def _office(visit: Visit) -> bool:
    return visit.actor.kind in (ActorKind.HR, ActorKind.ISSUER, ActorKind.AUTHORITY)
