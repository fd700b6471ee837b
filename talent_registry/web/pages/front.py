"""The first page: what the registry is, and the way to what the visitor most likely came for."""

from starlette.responses import Response

from talent_registry.services.permissions import ActorKind
from talent_registry.web.pages.menus import menu_of
from talent_registry.web.pages.visits import Visit


async def show_front(visit: Visit) -> Response:
    """GET /: whoever is signed in goes to the own work, everybody else reads what this is."""
    if visit.is_signed_in and visit.actor.kind is not ActorKind.OPERATOR:
        return visit.go(menu_of(visit.actor)[0].path)
    return visit.page("front.html")
