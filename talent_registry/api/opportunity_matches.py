"""Matches of people and opportunities as the API gives them: with the reason for each, and what is missing."""

from typing import Annotated

import strawberry

from talent_registry.api.connections import Connection, connection_of, page_request
from talent_registry.api.context import Info
from talent_registry.api.counterfactuals import WhatIsMissing
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.nodes import from_node_id, to_node_id
from talent_registry.api.opportunities import Opportunity
from talent_registry.api.person_facts import PersonName
from talent_registry.api.profile_items import ContactItem, KeywordsItem, TextItem
from talent_registry.api.recognition_parts import RecognitionTarget
from talent_registry.api.researchers import After, First, Purpose
from talent_registry.api.selections import selected_fields
from talent_registry.domain import matches as domain
from talent_registry.domain.agreements import Outcome
from talent_registry.domain.researchers import PersonField
from talent_registry.services import opportunity_matches

described(
    domain.MatchCriterion,
    "What a match is weighed by.",
    {
        "SERIES": "The title series wanted.",
        "LEVEL": "The title level needed, or a higher one, by the catalogue's order.",
        "RECOGNITION": "What the agreement in force today decides of the credential for the post.",
        "WORKLOAD": "The share beside the person's active and agreed placements, on every day of the term.",
    },
)
described(
    domain.MatchResult,
    "How near a person comes to an opportunity.",
    {
        "MATCH": "Every criterion is met.",
        "NEAR": "One criterion is not met that may still be: a level, a recognition, free days.",
    },
)
# The GraphQL fields of a candidate and what each shows.
_SHOWS = {
    "name": PersonField.NAME,
    "discipline": PersonField.DISCIPLINE,
    "keywords": PersonField.KEYWORDS,
    "contact": PersonField.CONTACT,
    "orcid": PersonField.ORCID,
}


@strawberry.type(description="One criterion of a match.")
class MatchReason:
    criterion: domain.MatchCriterion = strawberry.field(description="The criterion.")
    met: bool = strawberry.field(description="Whether it is met.")
    message: LocalisedText = strawberry.field(description="Why, or what is missing.")

    @classmethod
    def of(cls, reason: domain.MatchReason) -> "MatchReason":
        """The reason as GraphQL gives it."""
        return cls(criterion=reason.criterion, met=reason.met, message=LocalisedText.of(reason.message))


@strawberry.type(
    description="How a person meets an opportunity today, by the credential that comes nearest. It is computed and not "
    "kept, and decides nothing: the recognition is decided anew when a placement begins."
)
class Match:
    result: domain.MatchResult = strawberry.field(description="How near.")
    reasons: list[MatchReason] = strawberry.field(description="One for each criterion.")
    credential: strawberry.ID = strawberry.field(description="Opaque id of the credential.")
    title_name: str | None = strawberry.field(description="Its title, as it is written.")
    series: str | None = strawberry.field(description="Its title series.")
    level: str | None = strawberry.field(description="Its level.")
    target: RecognitionTarget = strawberry.field(description="The post that the recognition is asked for.")
    outcome: Outcome = strawberry.field(description="What the agreement comes to for the post today.")
    is_recognised: bool = strawberry.field(description="Recognised as of right, or confirmed in a case.")
    rule: str = strawberry.field(description="The clause of the agreement that rules.")
    reason_code: str = strawberry.field(description="The reason, a code of the agreement.")
    agreement_version: str = strawberry.field(description="The version of the agreement in force today.")
    explained: strawberry.Private[opportunity_matches.Explained]

    @strawberry.field(description="What is missing for a recognition; empty where it is recognised.")
    def what_is_missing(self) -> WhatIsMissing:
        return WhatIsMissing.of(self.explained.missing)

    @classmethod
    def of(cls, explained: opportunity_matches.Explained) -> "Match":
        """The match as GraphQL gives it."""
        match = explained.match
        bearing = match.bearing
        made = bearing.decision
        return cls(
            result=match.result,
            reasons=[MatchReason.of(one) for one in match.reasons],
            credential=to_node_id("Credential", bearing.credential_id),
            title_name=bearing.title_name,
            series=bearing.series,
            level=bearing.level,
            target=RecognitionTarget.of(bearing.question.target),
            outcome=made.outcome,
            is_recognised=bearing.is_recognised,
            rule=made.rule,
            reason_code=made.reason_code,
            agreement_version=made.version_id,
            explained=explained,
        )


@strawberry.type(
    description="A person who opted in, as shown to a unit whose opportunity they match: the public number, and of the "
    "rest what the person shows; null where not shown or not stated."
)
class Candidate:
    public_number: str = strawberry.field(description="Public number with check character (ISO 7064 MOD 11-2).")
    shown: list[PersonField] = strawberry.field(description="What was shown, as it is noted for the person.")
    name: PersonName | None = strawberry.field(description="The name today.")
    discipline: TextItem | None = strawberry.field(description="Discipline, in the person's words.")
    keywords: KeywordsItem | None = strawberry.field(description="Keywords of the person's work.")
    contact: ContactItem | None = strawberry.field(description="How the person wishes to be reached.")
    orcid: TextItem | None = strawberry.field(description="ORCID iD (ISO 27729).")

    @classmethod
    def of(cls, person: opportunity_matches.Candidate) -> "Candidate":
        """The person as GraphQL gives them."""
        profile = person.profile
        discipline, keywords = profile.get(PersonField.DISCIPLINE), profile.get(PersonField.KEYWORDS)
        contact, orcid = profile.get(PersonField.CONTACT), profile.get(PersonField.ORCID)
        return cls(
            public_number=person.public_number,
            shown=list(person.shown),
            name=PersonName.of(person.name) if person.name else None,
            discipline=TextItem.of(discipline) if discipline else None,
            keywords=KeywordsItem.of(keywords) if keywords else None,
            contact=ContactItem.of(contact) if contact else None,
            orcid=TextItem.of(orcid) if orcid else None,
        )


@strawberry.type(description="A person who opted in and meets the opportunity, or nearly does.")
class OpportunityMatch:
    candidate: Candidate = strawberry.field(description="The person.")
    match: Match = strawberry.field(description="How, with the reasons.")
    answered: bool = strawberry.field(
        description="Whether the person answered, so that the unit may propose (proposeFromOpportunity)."
    )

    @classmethod
    def of(cls, matched: opportunity_matches.MatchedCandidate) -> "OpportunityMatch":
        """The match as GraphQL gives it."""
        return cls(
            candidate=Candidate.of(matched.candidate), match=Match.of(matched.explained), answered=matched.answered
        )


@strawberry.type(description="An opportunity that the caller meets, or nearly meets.")
class OpportunityForMe:
    opportunity: Opportunity = strawberry.field(description="The opportunity.")
    match: Match = strawberry.field(description="How, with the reasons.")

    @classmethod
    def of(cls, own: opportunity_matches.OwnMatch) -> "OpportunityForMe":
        """The match as GraphQL gives it."""
        return cls(opportunity=Opportunity.of(own.opportunity), match=Match.of(own.explained))


@strawberry.type
class OpportunityMatchQuery:
    @strawberry.field(
        description="Who of those who opted in meets an open opportunity of the caller's own unit, or nearly does, "
        "oldest consent first; each look is noted. A page looks through a bounded number of consents: it may be short, "
        "or empty, while more follow."
    )
    async def opportunity_matches(
        self,
        info: Info,
        opportunity: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the opportunity.")],
        purpose: Purpose,
        first: First = 20,
        after: After = None,
    ) -> Connection[OpportunityMatch]:
        context = info.context
        names = selected_fields(info, "Candidate", "edges", "node", "candidate")
        asked = opportunity_matches.AskedMatches(
            from_node_id(opportunity, "Opportunity", "opportunity"),
            purpose,
            frozenset(field for name, field in _SHOWS.items() if name in names),
        )
        page = await opportunity_matches.list_matches(
            context.registry, context.actor, asked, page_request(first, after)
        )
        return connection_of(page, OpportunityMatch.of)

    @strawberry.field(
        description="The open opportunities that the caller meets, or nearly meets, oldest first (the researcher, "
        "opted in or not; nobody is told). A page may be short, or empty, while more follow."
    )
    async def opportunities_for_me(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[OpportunityForMe]:
        context = info.context
        page = await opportunity_matches.list_for_me(context.registry, context.actor, page_request(first, after))
        return connection_of(page, OpportunityForMe.of)
