"""The addresses of the pages, each with what shows it."""

from typing import Final

from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from talent_registry.settings import Settings
from talent_registry.web.pages import (
    console,
    developing,
    front,
    inbox,
    my_consents,
    my_recognition,
    my_record,
    placements,
    proofs,
    rosters,
    sandbox_key,
    signing_in,
    verifying,
)
from talent_registry.web.pages.rendering import STATIC
from talent_registry.web.pages.visits import Show, framed

# Path, what shows it, what takes its form (None: it has none), the largest upload in bytes.
_Page = tuple[str, Show | None, Show | None, int]
_PAGES: Final[tuple[_Page, ...]] = (
    ("/", front.show_front, None, 0),
    ("/language", signing_in.choose_language, None, 0),
    ("/sign-in", signing_in.show_sign_in, signing_in.sign_in, 0),
    ("/sign-out", None, signing_in.sign_out, 0),
    ("/me", my_record.show_me, None, 0),
    ("/me/consents", my_consents.show_consents, my_consents.grant_consent, 0),
    ("/me/consents/{id}/withdraw", None, my_consents.withdraw_consent, 0),
    ("/me/cases", my_recognition.show_cases, None, 0),
    ("/me/credentials/{id}", my_recognition.show_credential, my_recognition.apply, 0),
    ("/me/decisions/{id}", my_recognition.show_decision, None, 0),
    ("/me/looks", my_record.show_looks, None, 0),
    ("/verify", verifying.show_verify, verifying.verify, 0),
    ("/verify/document", None, proofs.prove_document, proofs.MOST_BYTES),
    ("/verify/letters/{id}", proofs.take_letter, None, 0),
    ("/l/{id}", proofs.show_letter, proofs.open_letter, 0),
    ("/rosters", rosters.show_rosters, rosters.take_roster, rosters.MOST_BYTES),
    ("/rosters/template/{name}", rosters.take_template, None, 0),
    ("/rosters/{id}", rosters.show_roster, None, 0),
    ("/rosters/{id}/{name}", rosters.take_result, None, 0),
    ("/placements", placements.show_placements, None, 0),
    ("/placements/{id}", placements.show_placement, placements.act_on_placement, 0),
    ("/inbox", inbox.show_inbox, inbox.mark_read, 0),
    ("/developers", developing.show_developers, None, 0),
    ("/developers/errors", developing.show_errors, None, 0),
)
# Left out where the settings say so.
_CONSOLE: Final[tuple[_Page, ...]] = (
    ("/console", console.show_console, None, 0),
    ("/console/schema", console.show_schema, None, 0),
)
# Of a sandbox alone.
_SANDBOX: Final[tuple[_Page, ...]] = (("/developers/key", sandbox_key.show_key, sandbox_key.act_on_key, 0),)


def page_routes(settings: Settings) -> list[Route | Mount]:
    """The routes of all pages and of their styles and scripts."""
    found: list[Route | Mount] = [Mount("/static", StaticFiles(directory=STATIC), name="static")]
    pages = _PAGES + (_CONSOLE if settings.console else ()) + (_SANDBOX if settings.sandbox else ())
    for path, shows, takes, upload in pages:
        if shows is not None:
            found.append(Route(path, framed(path, settings, shows), methods=["GET"]))
        if takes is not None:
            found.append(Route(path, framed(path, settings, takes, upload_bytes=upload), methods=["POST"]))
    return found
