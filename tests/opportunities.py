"""Needs of a host unit in Chongqing, and people of Sichuan who opt in to be found."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from talent_registry.domain.opportunities import Need
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.periods import Period
from talent_registry.domain.researchers import PersonField
from talent_registry.services import matching_consents, opportunities, opportunity_answers, opportunity_matches
from talent_registry.services.permissions import Actor
from tests.postings import Person, Postings

PURPOSE = "招聘讲座教授"
YEAR = timedelta(days=365)


def a_need(posts: Postings, **changes: Any) -> Need:
    """A lecturing associate professor of education, 40 % from today for a year, open for a month."""
    need: dict[str, Any] = {
        "kind": "PART_TIME",
        "post": "讲座教授",
        "post_series": "01",
        "series": "01",
        "level": "SENIOR_DEPUTY",
        "term": Period(posts.today, posts.today + YEAR),
        "workload_percent": 40,
        "text": "每月讲学两次。",
        "open_until": posts.today + timedelta(days=30),
    }
    return Need(**(need | changes))


async def post(posts: Postings, actor: Actor | None = None, **changes: Any) -> UUID:
    """Posted by the host unit unless another office is named."""
    done = await opportunities.post(posts.registry, actor or posts.host_hr, a_need(posts, **changes), posts.world.key())
    return UUID(done.result["opportunity_id"])


async def opt_in(posts: Postings, person: Person, *fields: PersonField, days: int = 60) -> None:
    """The person lets host units find them, and shows these fields beside the credential."""
    shown = (PersonField.CREDENTIALS, *fields)
    asked = matching_consents.NewMatchingConsent(shown, posts.today + timedelta(days=days))
    await matching_consents.grant(posts.registry, person.me, asked, posts.world.key())


async def matches_of(
    posts: Postings, opportunity: UUID, actor: Actor | None = None, **page: Any
) -> Page[opportunity_matches.MatchedCandidate]:
    """Who the host unit is shown."""
    asked = opportunity_matches.AskedMatches(opportunity, PURPOSE)
    return await opportunity_matches.list_matches(posts.registry, actor or posts.host_hr, asked, PageRequest(**page))


async def answer(posts: Postings, opportunity: UUID, person: Person | None = None, *fields: PersonField) -> UUID:
    """The person is interested."""
    who = person or posts.person
    asked = opportunity_answers.NewAnswer(opportunity, who.credential, posts.today + timedelta(days=90), fields)
    done = await opportunity_answers.answer(posts.registry, who.me, asked, posts.world.key())
    return UUID(done.result["answer_id"])
