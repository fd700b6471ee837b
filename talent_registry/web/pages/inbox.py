"""The page /inbox: all that the visitor is told, what is unread first said, and marking it as read."""

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.api.nodes import kind_and_id
from talent_registry.domain.inbox import InboxFilter
from talent_registry.domain.pages import PageRequest
from talent_registry.services import inbox
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages.visits import Visit

_PAGES: Final = {"Placement": "/placements/{}", "CorrectionCase": "/corrections/{}", "IssuerQuestion": "/questions/{}"}
_OWN_PAGES: Final = {
    "Credential": "/me/credentials/{}",
    "RecognitionDecision": "/me/decisions/{}",
    "RecognitionCase": "/me/cases/{}",
    "CorrectionCase": "/me/corrections/{}",
    "Opportunity": "/me/opportunities/{}",
    "Consent": "/me/consents",
    "Researcher": "/me",
}
# Offices read the number of what they watch there.
_UNIT_PAGES: Final = {"Credential": "/watches?credential={}"}
_OFFICES: Final = frozenset({ActorKind.AUTHORITY, ActorKind.ISSUER})
_OFFICE_PAGES: Final = {"RecognitionCase": "/cases/{}", "AgreementRelease": "/rules/releases/{}"}


async def show_inbox(visit: Visit) -> Response:
    """GET /inbox."""
    if not visit.is_signed_in:
        raise sign_in_first()
    unread_only = visit.asked("unread") == "1"
    after = visit.asked("after")
    request = PageRequest(20, (after,) if after else None)
    page = await inbox.page_inbox(visit.registry, visit.actor, request, InboxFilter(unread=unread_only))
    unread = await inbox.count_unread(visit.registry, visit.actor)
    following = page.end[0] if page.has_next and page.end else ""
    facts: dict[str, Any] = {"unread": unread, "unread_only": unread_only, "following": following}
    facts["as_of"] = visit.registry.clock()
    return visit.page("inbox.html", items=page.items, address=lambda subject: _address(visit, subject), **facts)


async def mark_read(visit: Visit) -> Response:
    """POST /inbox."""
    try:
        asked = inbox.Marking(up_to=UUID(visit.sent("up_to")))
    except ValueError:
        raise nothing_here(("up_to",)) from None
    await inbox.mark_read(visit.registry, visit.actor, asked, visit.key)
    return visit.go("/inbox")


def _address(visit: Visit, subject: str) -> str | None:
    """Where the record that an event is about stands for this visitor, None where no page shows it yet."""
    found = kind_and_id(subject)
    pages = dict(_PAGES)
    if visit.actor.researcher_id is not None:
        pages |= _OWN_PAGES
    else:
        pages |= _UNIT_PAGES | (_OFFICE_PAGES if visit.actor.kind in _OFFICES else {})
    return None if found is None or found[0] not in pages else pages[found[0]].format(found[1])
