"""The addresses of the pages, each with what shows it."""

from typing import Final

from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from talent_registry.settings import Settings
from talent_registry.web.pages import front, inbox, placements, signing_in, verifying
from talent_registry.web.pages.rendering import STATIC
from talent_registry.web.pages.visits import Show, framed

# Path, what shows it, what takes its form (None: it has none), the largest upload in bytes.
_Page = tuple[str, Show | None, Show | None, int]
_PAGES: Final[tuple[_Page, ...]] = (
    ("/", front.show_front, None, 0),
    ("/language", signing_in.choose_language, None, 0),
    ("/sign-in", signing_in.show_sign_in, signing_in.sign_in, 0),
    ("/sign-out", None, signing_in.sign_out, 0),
    ("/verify", verifying.show_verify, verifying.verify, 0),
    ("/placements", placements.show_placements, None, 0),
    ("/placements/{id}", placements.show_placement, placements.act_on_placement, 0),
    ("/inbox", inbox.show_inbox, inbox.mark_read, 0),
)


def page_routes(settings: Settings) -> list[Route | Mount]:
    """The routes of all pages and of their styles and scripts."""
    found: list[Route | Mount] = [Mount("/static", StaticFiles(directory=STATIC), name="static")]
    for path, shows, takes, upload in _PAGES:
        if shows is not None:
            found.append(Route(path, framed(path, settings, shows), methods=["GET"]))
        if takes is not None:
            found.append(Route(path, framed(path, settings, takes, upload_bytes=upload), methods=["POST"]))
    return found
