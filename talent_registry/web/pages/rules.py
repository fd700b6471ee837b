"""The pages of the agreement: every version with its days, one version's clauses, and one clause beside its source."""

from datetime import date
from typing import Any, Final

from starlette.responses import Response

from talent_registry.domain.agreements import AgreementVersion, Clause, Parameters, agreement_version_in_force
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.release_states import AgreementRelease
from talent_registry.services import agreement_releases
from talent_registry.services.permissions import ActorKind, nothing_here
from talent_registry.web.pages import rule_words, words
from talent_registry.web.pages.visits import Visit

MOST: Final = 100


async def show_rules(visit: Visit) -> Response:
    """GET /rules: the versions, which of them decides today, and the releases that the visitor may read."""
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    today = visit.registry.today()
    return visit.page(
        "rules.html",
        agreement=law.agreement,
        in_force=agreement_version_in_force(law.agreement, today),
        releases=await list_releases(visit),
        today=today,
        drafts=may_draft(visit),
        **facts(visit),
    )


async def show_version(visit: Visit) -> Response:
    """GET /rules/{version}."""
    version = await _version(visit)
    return visit.page(
        "rules_version.html",
        version=version,
        decides=version.holds_on(visit.registry.today()),
        is_open={one.id: _is_open(one, visit.registry.today()) for one in version.clauses},
        **facts(visit),
    )


async def show_clause(visit: Visit) -> Response:
    """GET /rules/{version}/clauses/{id}."""
    version = await _version(visit)
    found = {one.id: one for one in version.clauses}
    clause = found.get(visit.request.path_params["id"])
    if clause is None:
        raise nothing_here(("id",))
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    others = [one for one in law.agreement.versions if any(c.id == clause.id for c in one.clauses)]
    kinds = [words.kind_name(code) for code in sorted(clause.kinds)]
    return visit.page(
        "rules_clause.html",
        version=version,
        clause=clause,
        kinds=kinds,
        others=others,
        parameters=_parameters(clause.parameters),
        **facts(visit),
    )


async def list_releases(visit: Visit) -> list[AgreementRelease]:
    """The releases that the visitor may read, newest draft first; those before the first hundred by pages of them."""
    found: list[AgreementRelease] = []
    after: tuple[str, ...] | None = None
    while True:
        page = await agreement_releases.list_releases(visit.registry, visit.actor, PageRequest(MOST, after))
        found += page.items
        if not page.has_next:
            return list(reversed(found))
        after = page.end


def may_draft(visit: Visit) -> bool:
    """Whether the visitor acts for a party to the agreement; the services decide on each act."""
    return visit.actor.kind is ActorKind.AUTHORITY and visit.actor.province in visit.registry.agreement.parties


def facts(visit: Visit) -> dict[str, Any]:
    """What every page of the agreement is handed."""
    return {"words": words, "rule_words": rule_words, "as_of": visit.registry.clock()}


async def _version(visit: Visit) -> AgreementVersion:
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    named = {rule_words.short(one.id): one for one in law.agreement.versions}
    found = named.get(visit.request.path_params["version"])
    if found is None:
        raise nothing_here(("version",))
    return found


def _is_open(clause: Clause, on: date) -> bool:
    return (clause.applies_from or on) <= on <= (clause.applies_until or on)


def _parameters(said: Parameters) -> list[tuple[str, str]]:
    codes = [(name, ", ".join(sorted(value))) for name, value in said.codes.items()]
    return codes + [(name, str(value)) for name, value in (*said.days.items(), *said.numbers.items())]
