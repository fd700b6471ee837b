"""Whoever opted in and meets a need is told of it when it is posted or edited; the unit does not learn who was."""

from typing import Final

from talent_registry.domain.matches import MatchResult
from talent_registry.domain.opportunities import Opportunity
from talent_registry.domain.pages import PageRequest
from talent_registry.services.opportunity_matches import weigh_candidates
from talent_registry.services.registry import Work
from talent_registry.storage import matches
from talent_registry.storage.session import duty

# So many people are weighed at once, and so many times, that a command takes seconds at most however many opted in.
_AT_ONCE: Final = 100
MOST_PAGES: Final = 10


async def tell_in(work: Work, opportunity: Opportunity) -> None:
    """Have those told who meet an open opportunity of the unit today, within the command that posts or edits it.

    Only whoever meets every criterion, has an account, and was not told of this need before. Of very many who opted in
    those with the oldest consents are looked at; the others find the need among their own matches.
    """
    request = PageRequest(_AT_ONCE)
    async with duty(work.connection, "matching"):
        for _ in range(MOST_PAGES):
            page = await weigh_candidates(work.registry, work.connection, opportunity, request)
            people = [one.researcher_id for one, made in page.items if made.match.result is MatchResult.MATCH]
            if people:
                await matches.tell(work.connection, opportunity.id, people, work.command_id)
            if not page.has_next:
                break
            request = PageRequest(_AT_ONCE, page.end)
