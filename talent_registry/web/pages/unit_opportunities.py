"""The pages /unit/opportunities: what a host unit needs, posted, edited and closed, and who answered."""

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.opportunities import Need, Opportunity, OpportunityFilter
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_terms import TERM_NAMES
from talent_registry.domain.researchers import PersonField
from talent_registry.reference.catalogue import catalogue
from talent_registry.services import agreement_releases, opportunities, opportunity_answers
from talent_registry.services.accesses import Look, look_at_each
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages import words
from talent_registry.web.pages.my_record import next_address, page_asked
from talent_registry.web.pages.placement_terms import read_day, read_number
from talent_registry.web.pages.visits import Visit

_FIELDS: Final = (
    *("kind", "post", "post_series", "series", "level", "term_from", "term_until", "workload_percent", "text"),
    "open_until",
)
_OPEN_UNTIL: Final = Message(zh="应聘截止日", en="Last day to answer")
_PURPOSE: Final = "with: opportunityAnswers"


async def show_opportunities(visit: Visit) -> Response:
    """GET /unit/opportunities."""
    _must_be_unit(visit)
    return await _listed(visit, dict.fromkeys(_FIELDS, ""))


async def post_opportunity(visit: Visit) -> Response:
    """POST /unit/opportunities."""
    _must_be_unit(visit)
    sent = {name: visit.sent(name) for name in _FIELDS}
    try:
        done = await opportunities.post(visit.registry, visit.actor, _read(sent), visit.key)
    except (InvalidInput, Conflict) as refusal:
        return await _listed(visit, sent, refusal)
    return visit.go(f"/unit/opportunities/{done.result['opportunity_id']}")


async def show_opportunity(visit: Visit) -> Response:
    """GET /unit/opportunities/{id}."""
    found = await _own(visit)
    return await _shown(visit, found, _written(found.need))


async def act_on_opportunity(visit: Visit) -> Response:
    """POST /unit/opportunities/{id}: edit it, close it, or propose a placement to somebody who answered."""
    found, act = await _own(visit), visit.sent("act")
    sent = {name: visit.sent(name) for name in _FIELDS} if act == "EDIT" else _written(found.need)
    try:
        if act == "EDIT":
            asked = opportunities.Edit(found.id, _read(sent))
            await opportunities.edit(visit.registry, visit.actor, asked, visit.key)
        elif act == "CLOSE":
            await opportunities.close(visit.registry, visit.actor, found.id, visit.key)
        elif act == "PROPOSE":
            return await _propose(visit, found)
        else:
            raise nothing_here(("act",))
    except (InvalidInput, Conflict, NotInForce) as refusal:
        return await _shown(visit, found, sent, refusal)
    return visit.go(f"/unit/opportunities/{found.id}")


async def _propose(visit: Visit, found: Opportunity) -> Response:
    try:
        person = UUID(visit.sent("person"))
    except ValueError:
        raise nothing_here(("person",)) from None
    asked = opportunity_answers.Proposing(found.id, person)
    done = await opportunity_answers.propose(visit.registry, visit.actor, asked, visit.key)
    return visit.go(f"/placements/{done.result['placement_id']}")


def _must_be_unit(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind is not ActorKind.HR:
        raise nothing_here(("id",))


async def _own(visit: Visit) -> Opportunity:
    _must_be_unit(visit)
    found = await opportunities.get_opportunity(visit.registry, visit.actor, visit.record_id)
    if found.host_unit_id != visit.actor.organisation_id:
        raise nothing_here(("id",))
    return found


async def _listed(visit: Visit, sent: dict[str, str], refusal: RegistryError | None = None) -> Response:
    page = await opportunities.list_opportunities(
        visit.registry, visit.actor, page_asked(visit), OpportunityFilter(), mine=True
    )
    return visit.page(
        "unit_opportunities.html",
        status=400 if refusal else 200,
        fault=refusal.message if refusal else None,
        rows=[(one, one.is_open(visit.registry.today())) for one in page.items],
        more=next_address(visit, page),
        sent=sent,
        **await _choices(visit),
    )


async def _shown(
    visit: Visit, found: Opportunity, sent: dict[str, str], refusal: RegistryError | None = None
) -> Response:
    answers = await opportunity_answers.list_to(visit.registry, visit.actor, found.id, PageRequest(100))
    fields = frozenset({PersonField.NAME, PersonField.CREDENTIALS})
    people = await look_at_each(
        visit.registry, visit.actor, [Look(one.researcher_id, fields, _PURPOSE) for one in answers.items]
    )
    return visit.page(
        "unit_opportunity.html",
        status=400 if isinstance(refusal, InvalidInput) else 409 if refusal else 200,
        fault=refusal.message if refusal else None,
        one=found,
        is_open=found.is_open(visit.registry.today()),
        answers=list(zip(answers.items, people, strict=True)),
        has_more=answers.has_next,
        sent=sent,
        **await _choices(visit),
    )


async def _choices(visit: Visit) -> dict[str, Any]:
    law = await agreement_releases.get_law(visit.registry, visit.actor)
    version = agreement_version_in_force(law.agreement, visit.registry.today())
    return {
        "kinds": {one.code: one.name for one in version.placement_kinds if one.flexible},
        "series": words.series_names(),
        "levels": [(one.code, words.level_name(one.code)) for one in catalogue().levels],
        "words": words,
        "as_of": visit.registry.clock(),
    }


def _read(sent: dict[str, str]) -> Need:
    since = read_day(sent["term_from"], TERM_NAMES["term_from"])
    until = read_day(sent["term_until"], TERM_NAMES["term_until"])
    if until < since:
        raise InvalidInput(
            Message(zh="截止日早于起始日。请更正。", en="The last day lies before the first. Correct it."),
            path=("input", "until"),
        )
    return Need(
        kind=sent["kind"],
        post=sent["post"],
        post_series=sent["post_series"] or None,
        series=sent["series"] or None,
        level=sent["level"],
        term=Period(since, until),
        workload_percent=read_number(sent["workload_percent"], TERM_NAMES["workload_percent"]),
        text=sent["text"],
        open_until=read_day(sent["open_until"], _OPEN_UNTIL),
    )


def _written(need: Need) -> dict[str, str]:
    """The need as the fields of the form hold it."""
    plain = {name: str(getattr(need, name) or "") for name in _FIELDS if hasattr(need, name)}
    return plain | {"term_from": str(need.term.start), "term_until": str(need.term.until or "")}
