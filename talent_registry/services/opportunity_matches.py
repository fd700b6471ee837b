"""Who meets an opportunity among those who opted in, and which opportunities a researcher meets; each with reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Agreement, Outcome, agreement_version_in_force
from talent_registry.domain.counterfactuals import Missing, what_is_missing
from talent_registry.domain.matches import Bearing, Match, MatchCriterion, find_match
from talent_registry.domain.matching_consents import SHOWABLE, MatchingConsent
from talent_registry.domain.opportunities import NEAR_LEVELS, Opportunity, levels_that_fit
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceeding_facts import told_facts
from talent_registry.domain.profiles import PROFILE_FIELDS, ProfileItem
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import decide
from talent_registry.domain.researchers import PersonField, PersonName
from talent_registry.domain.workload import Share
from talent_registry.services.agreements import agreement_known
from talent_registry.services.credentials import DecisionFacts, facts_of_people
from talent_registry.services.looks import note_shown
from talent_registry.services.permissions import (
    Actor,
    ActorKind,
    Permission,
    Subject,
    nothing_here,
    sign_in_first,
)
from talent_registry.services.proceeding_openings import Confirming, SeenCase, confirmed_among, see_cases
from talent_registry.services.profiles import open_item
from talent_registry.services.registry import Registry
from talent_registry.services.relation_kinds import Relation
from talent_registry.storage import (
    matches,
    opportunities,
    opportunity_answers,
    organisations,
    proceedings,
    profiles,
    researcher_facts,
    researchers,
)
from talent_registry.storage.session import duty

# What a match tells whoever is shown one: by which credential, and how full the days are.
_ALWAYS: Final = frozenset({PersonField.CREDENTIALS, PersonField.PLACEMENTS})


@dataclass(frozen=True, slots=True)
class Explained:
    """A match with the law it was weighed by."""

    match: Match
    agreement: Agreement

    @property
    def missing(self) -> Missing:
        """What is missing for a recognition: empty where it is recognised. Costs up to a few hundred decisions."""
        unmet = {one.criterion for one in self.match.reasons if not one.met}
        if MatchCriterion.RECOGNITION not in unmet:
            return Missing((), (), 0)
        return what_is_missing(self.agreement, self.match.bearing.question)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who opted in, as shown to a unit that they match: the public number and what the consent names."""

    researcher_id: UUID
    public_number: str
    shown: tuple[PersonField, ...]
    name: PersonName | None = field(repr=False)
    profile: Mapping[PersonField, ProfileItem] = field(repr=False)


@dataclass(frozen=True, slots=True)
class MatchedCandidate:
    """A candidate with the match; `answered`: whether the unit may propose on the person's answer today."""

    candidate: Candidate
    explained: Explained
    answered: bool


@dataclass(frozen=True, slots=True)
class OwnMatch:
    """An opportunity that the caller meets or nearly meets."""

    opportunity: Opportunity
    explained: Explained


@dataclass(frozen=True, slots=True)
class AskedMatches:
    """Whose matches to list, for what purpose, and what of a person to show where the person shows it."""

    opportunity_id: UUID
    purpose: str
    fields: frozenset[PersonField] = SHOWABLE


async def list_matches(
    registry: Registry, actor: Actor, asked: AskedMatches, request: PageRequest
) -> Page[MatchedCandidate]:
    """Who of those who opted in meets an open opportunity of the office's own unit, or nearly does.

    Oldest consent first; a page may be shorter than asked, or empty, and more still follow. A look is noted for each
    shown person with exactly what was shown. Whoever did not opt in is not looked for: nothing here depends on them.
    NotFound where the opportunity is absent or another unit's; NotInForce (OPPORTUNITY_CLOSED).
    """
    today = registry.today()
    async with registry.reading(actor) as connection:
        found = await opportunities.find_opportunity(connection, asked.opportunity_id)
        hosts = frozenset[UUID]() if found is None else frozenset({found.host_unit_id})
        actor.must(Permission.READ_MATCHES, Subject(host_unit_ids=hosts))
        if found is None:
            raise nothing_here()
        found.must_be_open(today)
        async with duty(connection, "matching"):
            weighed = await weigh_candidates(registry, connection, found, request)
            consents = [consent for consent, _ in weighed.items]
            candidates = await _show(registry, connection, consents, asked.fields | _ALWAYS)
        page = weighed.of(lambda pair: (candidates[pair[0].id], pair[1]))
        people = [one.researcher_id for one, _ in page.items]
        answering = await opportunity_answers.list_answering(connection, found.id, people, today)
    shown = {one.researcher_id: one.shown for one, _ in page.items}
    await note_shown(registry, actor, shown, Relation.MATCHED.value, asked.purpose)
    return page.of(lambda pair: MatchedCandidate(pair[0], pair[1], pair[0].researcher_id in answering))


async def list_for_me(registry: Registry, actor: Actor, request: PageRequest) -> Page[OwnMatch]:
    """The open opportunities that the caller meets or nearly meets, oldest first, whether or not they opted in.

    A page may be shorter than asked, or empty, and more still follow. Nobody is told. None for whoever is no researcher
    or has no home unit today.
    """
    today, me = registry.today(), actor.researcher_id
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    if me is None:
        return Page((), (), has_next=False)
    async with registry.reading(actor) as connection:
        home = await matches.find_home_province(connection, me, today)
        if home is None:
            return Page((), (), has_next=False)
        weighing = await _weighing(registry, connection, [me], today)
        held = [
            opportunities.Held(one.record.version.series, one.record.version.level)
            for one in weighing.facts[me]
            if one.record.version.level is not None
        ]
        page = await opportunities.list_open_for(connection, request, held, home, NEAR_LEVELS, today)
        hosts = await organisations.list_by_ids(connection, [one.host_unit_id for one in page.items])
    units = {one.id: one for one in hosts if one is not None}
    met = {
        one.id: weighing.match(one, units[one.host_unit_id], me, today, shows_sum=True)
        for one in page.items
        if one.host_unit_id in units
    }
    kept = page.only(lambda one: met.get(one.id) is not None)
    return kept.of(lambda one: OwnMatch(one, Explained(_sure(met[one.id]), weighing.agreement)))


@dataclass(frozen=True, slots=True)
class _Weighing:
    """Everything that matches of these people are weighed by, read in as many statements for many as for one."""

    agreement: Agreement
    facts: dict[UUID, list[DecisionFacts]]
    shares: dict[UUID, list[Share]]
    cases: Sequence[SeenCase]

    def match(
        self, opportunity: Opportunity, host: Organisation, person: UUID, today: date, *, shows_sum: bool
    ) -> Match | None:
        """How a person meets an opportunity at a host unit."""
        target = Target(division=host.division, employer_kind=host.kind, post_series=opportunity.need.post_series)
        bearings = [self._bearing(one, target, today) for one in self.facts[person]]
        return find_match(opportunity, bearings, self.shares[person], today, shows_sum=shows_sum)

    def _bearing(self, facts: DecisionFacts, target: Target, today: date) -> Bearing:
        question = Question(
            credential=facts.credential,
            target=target,
            source_province=facts.source_province,
            on=today,
            holder=facts.holder,
        )
        made = decide(agreement_version_in_force(self.agreement, today), question)
        credential_id, version = facts.record.credential.id, facts.record.version
        asked = Confirming(credential_id, target, made.outcome, made.rule, told_facts(facts.used), today)
        confirmed = made.outcome is not Outcome.AUTO and confirmed_among(self.cases, asked) is not None
        return Bearing(credential_id, version.series, version.level, version.title_name, question, made, confirmed)


async def _weighing(registry: Registry, connection: AsyncConnection, people: Sequence[UUID], today: date) -> _Weighing:
    facts = await facts_of_people(connection, people, today)
    held = [one.record.credential.id for own in facts.values() for one in own]
    cases = await see_cases(connection, await proceedings.list_of_credentials(connection, held), today)
    shares = await matches.list_shares_of(connection, people, today)
    return _Weighing(await agreement_known(connection, registry), facts, shares, cases)


async def weigh_candidates(
    registry: Registry, connection: AsyncConnection, opportunity: Opportunity, request: PageRequest
) -> Page[tuple[MatchingConsent, Explained]]:
    """Who of the next people who opted in meets the unit's open opportunity, or nearly does, by their consents.

    To be asked under the duty "matching"; a page may be shorter than asked, or empty, and more still follow.
    """
    today = registry.today()
    host = await organisations.find_organisation(connection, opportunity.host_unit_id)
    if host is None:
        raise nothing_here()
    need = opportunity.need
    sought = matches.Sought(need.series, levels_that_fit(need.level, NEAR_LEVELS), host.province)
    page = await matches.list_candidates(connection, request, sought, today)
    weighing = await _weighing(registry, connection, [one.researcher_id for one in page.items], today)
    met = {}
    for one in page.items:
        shows_sum = PersonField.PLACEMENTS in one.fields
        met[one.id] = weighing.match(opportunity, host, one.researcher_id, today, shows_sum=shows_sum)
    page = page.only(lambda one: met[one.id] is not None)
    return page.of(lambda one: (one, Explained(_sure(met[one.id]), weighing.agreement)))


async def _show(
    registry: Registry, connection: AsyncConnection, consents: Sequence[MatchingConsent], fields: frozenset[PersonField]
) -> dict[UUID, Candidate]:
    """Of these people what is asked for and their consents name; as many statements for many as for one."""
    people = [one.researcher_id for one in consents]
    numbers = await researchers.list_researchers(connection, people)
    named = [one.researcher_id for one in consents if PersonField.NAME in fields.intersection(one.fields)]
    names = await researcher_facts.list_names(connection, named) if PersonField.NAME in fields else {}
    wanted = [one for one in PROFILE_FIELDS if one in fields]
    items = await profiles.list_items(connection, people, wanted) if wanted else {}
    today = registry.today()
    return {
        one.id: Candidate(
            one.researcher_id,
            numbers[one.researcher_id].public_number,
            tuple(shown for shown in one.fields if shown in fields),
            next((name for name in names.get(one.researcher_id, []) if name.provenance.holds_on(today)), None),
            {
                item: open_item(registry.keys, kept)
                for item, kept in items.get(one.researcher_id, {}).items()
                if item in one.fields
            },
        )
        for one in consents
    }


def _sure(match: Match | None) -> Match:
    if match is None:
        raise AssertionError("only matches are kept")
    return match
