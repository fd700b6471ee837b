"""What follows a verification: being told if the certificate changes, on the page /watches."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.services import watches
from talent_registry.services.permissions import Actor, ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages.my_record import next_address, page_asked
from talent_registry.web.pages.placement_terms import read_day
from talent_registry.web.pages.visits import Visit

_OFFICES: Final = frozenset({ActorKind.HR, ActorKind.ISSUER, ActorKind.AUTHORITY})
_USUAL: Final = timedelta(days=365)
_UNTIL: Final = Message(zh="订阅的止日", en="Last day of the watch")


def may_watch(actor: Actor) -> bool:
    """Whether the visitor's office can be told of what it verified."""
    return actor.kind in _OFFICES and actor.organisation_id is not None


def usual_until(today: date) -> date:
    """The last day that the form proposes."""
    return today + _USUAL


async def show_watches(visit: Visit) -> Response:
    """GET /watches."""
    if not visit.is_signed_in:
        raise sign_in_first()
    return await _listed(visit)


async def watch(visit: Visit) -> Response:
    """POST /watches."""
    try:
        credential = UUID(visit.sent("credential"))
    except ValueError:
        raise nothing_here(("credential",)) from None
    try:
        until = read_day(visit.sent("until"), _UNTIL)
        asked = watches.NewWatch(credential, visit.sent("purpose"), until)
        await watches.watch(visit.registry, visit.actor, asked, visit.key)
    except InvalidInput as refusal:
        sent = {name: visit.sent(name) for name in ("credential", "purpose", "until")}
        return await _listed(visit, fault=refusal.message, sent=sent)
    return visit.go("/watches?done=begun")


async def end_watch(visit: Visit) -> Response:
    """POST /watches/{id}/end."""
    await watches.end(visit.registry, visit.actor, visit.record_id, visit.key)
    return visit.go("/watches?done=ended")


async def _listed(visit: Visit, *, fault: Message | None = None, sent: dict[str, str] | None = None) -> Response:
    about = visit.asked("credential")
    try:
        credential = UUID(about) if about else None
    except ValueError:
        raise nothing_here(("credential",)) from None
    page = await watches.list_watches(visit.registry, visit.actor, page_asked(visit), credential)
    today = visit.registry.today()
    facts: dict[str, Any] = {"fault": fault, "sent": sent, "about": credential, "done": visit.asked("done")}
    return visit.page(
        "watches.html",
        status=400 if fault else 200,
        rows=[(one, one.watch.is_open(today)) for one in page.items],
        more=next_address(visit, page),
        as_of=visit.registry.clock(),
        today=today,
        **facts,
    )
