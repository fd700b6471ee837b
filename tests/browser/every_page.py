"""Every page with a record that fills it: who opens it, at which address, and what must then stand on it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: the pattern of its route, who opens it ("": nobody signed in), its address, and a part that is filled.

    The address names records of `whole_town`; `part` is a selector of what an empty page would not have.
    """

    pattern: str
    login: str
    address: str
    part: str


_ROWS: Final = "main table tbody tr"
_WORD: Final = ".verdict .word"
_FORM: Final = "main form"
_FACTS: Final = "dl.facts dd"

PAGES: Final = (
    Shown("/", "", "/", ".ways a"),
    Shown("/sign-in", "", "/sign-in", _FORM),
    Shown("/verify", "host", "/verify", _FORM),
    Shown("/s", "", "/s", _FORM),
    Shown("/s/{code}", "", "/s/{code}", _FORM),
    Shown("/l/{id}", "", "/l/{letter}#{check}", f"{_FORM}, {_WORD}"),
    Shown("/me", "teacher", "/me", _ROWS),
    Shown("/me/consents", "teacher", "/me/consents", "form[action$='/withdraw']"),
    Shown("/me/cases", "teacher", "/me/cases", "main a[href^='/me/cases/']"),
    Shown("/me/cases/{id}", "teacher", "/me/cases/{case}", _FORM),
    Shown("/me/credentials/{id}", "teacher", "/me/credentials/{credential}?division=500000&post_series=01", _WORD),
    Shown("/me/decisions/{id}", "teacher", "/me/decisions/{my_decision}", _WORD),
    Shown("/me/looks", "teacher", "/me/looks", _ROWS),
    Shown("/me/looks", "teacher", "/me/looks?purpose=岗位聘用审核&shown=NAME", _ROWS),
    Shown("/me/shares", "teacher", "/me/shares", "form[action$='/revoke']"),
    Shown("/me/shares/{id}", "teacher", "/me/shares/{share}", "img.qr"),
    Shown("/me/profile", "teacher", "/me/profile", _FORM),
    Shown("/me/cv", "teacher", "/me/cv", ".cv li"),
    Shown("/me/opportunities", "teacher", "/me/opportunities", "main a[href^='/me/opportunities/']"),
    Shown("/me/opportunities/{id}", "teacher", "/me/opportunities/{opportunity}", _FACTS),
    Shown("/me/wrong", "teacher", "/me/wrong?fact=NAME", _FORM),
    Shown("/me/wrong", "teacher", "/me/wrong?fact=LOOK&look={look}", _FORM),
    Shown("/me/corrections", "teacher", "/me/corrections", "main a[href^='/me/corrections/']"),
    Shown("/me/corrections/{id}", "teacher", "/me/corrections/{correction}", _FACTS),
    Shown("/corrections", "issuer", "/corrections", "main a[href^='/corrections/']"),
    Shown("/corrections/{id}", "issuer", "/corrections/{correction}", _FORM),
    Shown("/corrections/{id}", "other", "/corrections/{reported}", _FORM),
    Shown("/people/numbers", "host", "/people/numbers", _FORM),
    Shown("/rosters", "host", "/rosters", "main a[href^='/rosters/']"),
    Shown("/rosters/{id}", "host", "/rosters/{roster}", _ROWS),
    Shown("/placements", "host", "/placements", _ROWS),
    Shown("/placements/calendar", "home", "/placements/calendar", _ROWS),
    Shown("/placements/new", "host", "/placements/new?researcher={public_number}&kind=PART_TIME", "#credential"),
    Shown("/placements/drafts/{id}", "host", "/placements/drafts/{placement_draft}", "#credential"),
    Shown("/placements/{id}", "host", "/placements/{placement}", _ROWS),
    Shown("/unit/opportunities", "host", "/unit/opportunities", "main a[href^='/unit/opportunities/']"),
    Shown("/unit/opportunities/{id}", "host", "/unit/opportunities/{opportunity}?purpose=x", _FORM),
    Shown("/watches", "host", "/watches", _ROWS),
    Shown("/questions", "host", "/questions", _ROWS),
    Shown("/questions/{id}", "issuer", "/questions/{question}", _FORM),
    Shown("/inbox", "host", "/inbox", _ROWS),
    Shown("/rules", "", "/rules", "main a[href^='/rules/']"),
    Shown("/rules/drafts", "other", "/rules/drafts", "main a[href^='/rules/simulations/']"),
    Shown("/rules/releases/{id}", "officer", "/rules/releases/{release}", _FORM),
    Shown("/rules/simulations/{id}", "other", "/rules/simulations/{simulation}", "svg"),
    Shown("/rules/simulations/{id}/decisions", "other", "/rules/simulations/{simulation}/decisions", _ROWS),
    Shown("/rules/{version}", "", "/rules/2022-10-01", _ROWS),
    Shown("/rules/{version}/clauses/{id}", "", "/rules/2022-10-01/clauses/R1", _FACTS),
    Shown("/cases", "other", "/cases", _ROWS),
    Shown("/cases/{id}", "other", "/cases/{case}", _FORM),
    Shown("/alerts", "other", "/alerts", "section form"),
    Shown("/alerts", "other", "/alerts?kind=walks", "section form"),
    Shown("/committees", "officer", "/committees", _ROWS),
    Shown("/credentials", "officer", "/credentials", _FORM),
    Shown("/credentials/{id}", "officer", "/credentials/{credential}", _FORM),
    Shown("/decisions", "other", "/decisions?id={decision}", _FORM),
    Shown("/decisions/{id}", "other", "/decisions/{decision}", _FORM),
    Shown("/flows", "", "/flows", "svg"),
    Shown("/developers", "", "/developers", "pre.code"),
    Shown("/developers/errors", "", "/developers/errors", _ROWS),
    Shown("/developers/changes", "", "/developers/changes", "main li"),
    Shown("/developers/key", "", "/developers/key", _FORM),
    Shown("/console", "", "/console", "#document"),
    Shown("/console/schema", "", "/console/schema", "main dl, main table, main li"),
)
# What is no page: pattern, who takes it, its address, and how its media type begins.
FILES: Final = (
    Shown("/language", "", "/language?to=en", "text/html"),
    Shown("/me/shares/{id}/qr.svg", "teacher", "/me/shares/{share}/qr.svg", "image/svg+xml"),
    Shown("/me/looks.csv", "teacher", "/me/looks.csv", "text/csv"),
    Shown("/verify/letters/{id}", "host", "/verify/letters/{letter}", "application/pdf"),
    Shown("/rosters/template/{name}", "host", "/rosters/template/roster.csv", "text/csv"),
    Shown("/rosters/{id}/{name}", "host", "/rosters/{roster}/result.csv", "text/csv"),
    Shown("/rules/simulations/{id}/{name}", "other", "/rules/simulations/{simulation}/changes.csv", "text/csv"),
    Shown("/developers/changes.atom", "", "/developers/changes.atom", "application/atom+xml"),
    Shown("/flows/table.csv", "", "/flows/table.csv", "text/csv"),
)
