"""The addresses of the pages, each with what shows it."""

from typing import Final

from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from talent_registry.settings import Settings
from talent_registry.web.pages import (
    alerts,
    cases,
    committees,
    console,
    corrections,
    credentials,
    decided,
    developing,
    drafts,
    flows,
    front,
    inbox,
    issuer_questions,
    my_cases,
    my_consents,
    my_corrections,
    my_cv,
    my_looks,
    my_opportunities,
    my_profile,
    my_recognition,
    my_record,
    my_shares,
    new_placement,
    placement_calendar,
    placement_drafts,
    placements,
    proofs,
    revealing,
    rosters,
    rules,
    sandbox_key,
    schema_feed,
    sharing,
    signing_in,
    simulating,
    unit_opportunities,
    verification_acts,
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
    ("/me/cases/{id}", my_cases.show_case, my_cases.act_on_case, 0),
    ("/me/credentials/{id}", my_recognition.show_credential, my_recognition.apply, 0),
    ("/me/decisions/{id}", my_recognition.show_decision, None, 0),
    ("/me/looks", my_looks.show_looks, None, 0),
    ("/me/shares", my_shares.show_shares, my_shares.issue_share, 0),
    ("/me/shares/preview", None, my_shares.preview_share, 0),
    ("/me/shares/{id}", my_shares.show_own_share, None, 0),
    ("/me/shares/{id}/qr.svg", my_shares.take_qr, None, 0),
    ("/me/shares/{id}/revoke", None, my_shares.revoke_share, 0),
    ("/s", sharing.show_share, sharing.open_share_code, 0),
    ("/s/{code}", sharing.show_share, None, 0),
    ("/me/looks.csv", my_looks.take_looks, None, 0),
    ("/me/profile", my_profile.show_profile, my_profile.edit_profile, 0),
    ("/me/cv", my_cv.show_cv, None, 0),
    ("/me/matching", None, my_consents.change_matching, 0),
    ("/me/opportunities", my_opportunities.show_opportunities, None, 0),
    ("/me/opportunities/{id}", my_opportunities.show_opportunity, my_opportunities.answer_opportunity, 0),
    ("/me/wrong", my_corrections.show_wrong, my_corrections.open_correction, 0),
    ("/me/corrections", my_corrections.show_corrections, None, 0),
    ("/me/corrections/{id}", my_corrections.show_correction, my_corrections.act_on_correction, 0),
    ("/corrections", corrections.show_queue, None, 0),
    ("/corrections/{id}", corrections.show_case, corrections.act_on_case, 0),
    ("/verify", verifying.show_verify, verifying.verify, 0),
    ("/verify/document", None, proofs.prove_document, proofs.MOST_BYTES),
    ("/verify/letters/{id}", proofs.take_letter, None, 0),
    ("/l/{id}", proofs.show_letter, proofs.open_letter, 0),
    ("/rosters", rosters.show_rosters, rosters.take_roster, rosters.MOST_BYTES),
    ("/rosters/template/{name}", rosters.take_template, None, 0),
    ("/rosters/{id}", rosters.show_roster, None, 0),
    ("/rosters/{id}/correct", None, rosters.correct_roster, rosters.MOST_BYTES),
    ("/rosters/{id}/letter", None, rosters.make_letter, 0),
    ("/rosters/{id}/watch", None, rosters.watch_roster, 0),
    ("/rosters/{id}/unwatch", None, rosters.end_watch, 0),
    ("/rosters/{id}/{name}", rosters.take_result, None, 0),
    ("/placements", placements.show_placements, None, 0),
    ("/placements/calendar", placement_calendar.show_calendar, None, 0),
    ("/placements/new", new_placement.show_new, new_placement.propose_new, 0),
    ("/placements/drafts/{id}", placement_drafts.show_draft, placement_drafts.act_on_draft, 0),
    ("/placements/{id}", placements.show_placement, placements.act_on_placement, 0),
    ("/unit/opportunities", unit_opportunities.show_opportunities, unit_opportunities.post_opportunity, 0),
    ("/unit/opportunities/{id}", unit_opportunities.show_opportunity, unit_opportunities.act_on_opportunity, 0),
    ("/watches", verification_acts.show_watches, verification_acts.watch, 0),
    ("/watches/{id}/end", None, verification_acts.end_watch, 0),
    ("/questions", issuer_questions.show_questions, issuer_questions.ask, 0),
    ("/questions/{id}", issuer_questions.show_question, issuer_questions.act_on_question, 0),
    ("/inbox", inbox.show_inbox, inbox.mark_read, 0),
    ("/rules", rules.show_rules, None, 0),
    ("/rules/drafts", drafts.show_drafts, drafts.take_draft, drafts.MOST_BYTES),
    ("/rules/releases/{id}", drafts.show_release, drafts.act_on_release, 0),
    ("/rules/simulations/{id}", simulating.show_simulation, None, 0),
    ("/rules/simulations/{id}/decisions", simulating.show_decisions, None, 0),
    ("/rules/simulations/{id}/{name}", simulating.take_csv, None, 0),
    ("/rules/{version}", rules.show_version, None, 0),
    ("/rules/{version}/clauses/{id}", rules.show_clause, None, 0),
    ("/cases", cases.show_cases, None, 0),
    ("/cases/{id}", cases.show_case, cases.act_on_case, 0),
    ("/alerts", alerts.show_alerts, alerts.acknowledge, 0),
    ("/committees", committees.show_committees, committees.file_committee, 0),
    ("/credentials", credentials.show_search, credentials.search, 0),
    ("/credentials/{id}", credentials.show_credential, credentials.change_status, 0),
    ("/people/numbers", revealing.show_by_consent, revealing.reveal_by_consent, 0),
    ("/people/{id}/numbers", None, revealing.reveal, 0),
    ("/decisions", decided.find_decision, None, 0),
    ("/decisions/{id}", decided.show_decision, decided.propose_override, 0),
    ("/flows", flows.show_flows, None, 0),
    ("/flows/table.csv", flows.take_table, None, 0),
    ("/developers", developing.show_developers, None, 0),
    ("/developers/errors", developing.show_errors, None, 0),
    ("/developers/changes", developing.show_changes, None, 0),
    ("/developers/changes.atom", schema_feed.take_feed, None, 0),
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
