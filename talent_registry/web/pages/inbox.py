"""The page /inbox: all that the visitor is told, what is unread first said, and marking it as read."""

from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.inbox import InboxFilter
from talent_registry.domain.pages import PageRequest
from talent_registry.services import inbox
from talent_registry.services.permissions import nothing_here, sign_in_first
from talent_registry.web.pages.visits import Visit


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
    return visit.page("inbox.html", items=page.items, unread=unread, unread_only=unread_only, following=following)


async def mark_read(visit: Visit) -> Response:
    """POST /inbox."""
    try:
        asked = inbox.Marking(up_to=UUID(visit.sent("up_to")))
    except ValueError:
        raise nothing_here(("up_to",)) from None
    await inbox.mark_read(visit.registry, visit.actor, asked, visit.key)
    return visit.go("/inbox")
