"""Posted needs as a researcher sees them: open ones, those that fit by one's own titles, and one's answers."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.errors import InvalidInput, RegistryError
from talent_registry.domain.matches import Match
from talent_registry.domain.messages import Message
from talent_registry.domain.opportunities import Opportunity, OpportunityFilter
from talent_registry.domain.opportunity_answers import ALWAYS_OPENED, OpportunityAnswer
from talent_registry.domain.pages import OfPerson, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services import credential_reads, opportunities, opportunity_answers, opportunity_matches
from talent_registry.services.permissions import nothing_here
from talent_registry.web.pages import me_words, words
from talent_registry.web.pages.my_record import must_be_researcher, next_address, page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_MOST: Final = 100
# What the host unit may be shown beside what it must see.
MORE: Final = (PersonField.NAME, PersonField.CONTACT, PersonField.DISCIPLINE, PersonField.KEYWORDS, PersonField.ORCID)


async def show_opportunities(visit: Visit) -> Response:
    """GET /me/opportunities: every open need; with ?fit=1 those that one's own titles meet or nearly meet."""
    must_be_researcher(visit)
    fit, series = visit.asked("fit") == "1", visit.asked("series")
    found: list[tuple[Opportunity, Match | None]]
    if fit:
        matched = await opportunity_matches.list_for_me(visit.registry, visit.actor, page_asked(visit))
        found = [(one.opportunity, one.explained.match) for one in matched.items]
        more = next_address(visit, matched)
    else:
        known = {code for code, _ in words.series_names()}
        asked = OpportunityFilter(series=series if series in known else None)
        page = await opportunities.list_opportunities(visit.registry, visit.actor, page_asked(visit), asked)
        found, more = [(one, None) for one in page.items], next_address(visit, page)
    kept = "fit=1&" if fit else (f"series={series}&" if series.isalnum() else "")
    return visit.page(
        "me_opportunities.html",
        found=found,
        more=None if more is None else more.replace("?", f"?{kept}", 1),
        fit=fit,
        series_asked=series,
        answers=await _answers(visit),
        units=await units_by_id(visit, [one.host_unit_id for one, _ in found]),
        **_frame(visit),
    )


async def show_opportunity(visit: Visit) -> Response:
    """GET /me/opportunities/{id}."""
    return await _shown(visit)


async def answer_opportunity(visit: Visit) -> Response:
    """POST /me/opportunities/{id}: interested, or the interest taken back."""
    must_be_researcher(visit)
    try:
        if visit.sent("act") == "withdraw":
            await opportunity_answers.withdraw(visit.registry, visit.actor, _id(visit.sent("answer")), visit.key)
        else:
            chosen = tuple(one for one in MORE if one.value in visit.every("field"))
            asked = opportunity_answers.NewAnswer(
                visit.record_id, _id(visit.sent("credential")), _day(visit.sent("until")), chosen
            )
            await opportunity_answers.answer(visit.registry, visit.actor, asked, visit.key)
    except RegistryError as error:
        return await _shown(visit, fault=error.message)
    return visit.go(f"/me/opportunities/{visit.record_id}")


async def _shown(visit: Visit, fault: Message | None = None) -> Response:
    person_id = must_be_researcher(visit)
    found = await opportunities.get_opportunity(visit.registry, visit.actor, visit.record_id)
    asked = OfPerson(person_id, PageRequest(_MOST))
    (held,) = await credential_reads.list_of_people(visit.registry, visit.actor, [asked])
    today = visit.registry.today()
    answers = await _answers(visit)
    return visit.page(
        "me_opportunity.html",
        status=400 if fault else 200,
        one=found,
        fault=fault,
        is_open=found.is_open(today),
        today=today,
        until=visit.sent("until") or found.need.open_until.isoformat(),
        held=held.items,
        given=answers.get(found.id),
        always=sorted(ALWAYS_OPENED),
        more_fields=MORE,
        units=await units_by_id(visit, [found.host_unit_id]),
        **_frame(visit),
    )


async def _answers(visit: Visit) -> dict[UUID, OpportunityAnswer]:
    """One's answers that hold today, by the need that they answer."""
    today, request = visit.registry.today(), PageRequest(_MOST)
    page = await opportunity_answers.list_own(visit.registry, visit.actor, request)
    found = list(page.items)
    while page.has_next and page.end is not None:
        page = await opportunity_answers.list_own(visit.registry, visit.actor, PageRequest(_MOST, page.end))
        found += page.items
    return {one.opportunity_id: one for one in found if one.holds_on(today)}


def _frame(visit: Visit) -> dict[str, Any]:
    kinds = visit.registry.agreement.versions[-1].placement_kinds

    def kind_of(one: Opportunity) -> Message:
        named = {kind.code: kind.name for kind in kinds}
        return named.get(one.need.kind, Message(zh=one.need.kind, en=one.need.kind))

    return {
        "kind_of": kind_of,
        "series": words.series_names(),
        "as_of": visit.registry.clock(),
        "words": words,
        "me_words": me_words,
    }


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise nothing_here(("id",)) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            Message(
                zh="截止日期无法识别。请按 2027-06-30 的样式填写。",
                en="The last day cannot be read. Write it like 2027-06-30.",
            ),
            reason="UNTIL",
            path=("input", "until"),
        ) from None
