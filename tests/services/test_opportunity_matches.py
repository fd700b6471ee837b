"""Who is found for a need, and which needs a researcher finds: with reasons, among those alone who opted in."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.errors import InvalidInput, NotFound, NotInForce, NotPermitted
from talent_registry.domain.matches import MatchCriterion, MatchResult
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.periods import Period
from talent_registry.domain.profiles import Contact, Visibility
from talent_registry.domain.questions import Target
from talent_registry.domain.researchers import PersonField
from talent_registry.services import (
    accesses,
    credentials,
    opportunities,
    opportunity_matches,
    profiles,
    recognition,
    standing,
)
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.storage import matches, paging, placement_shares
from talent_registry.storage.credentials import list_by_researchers
from talent_registry.storage.session import duty
from tests.opportunities import PURPOSE, YEAR, matches_of, opt_in, post
from tests.postings import Postings, another_person, hr_of, open_postings
from tests.registries import World, authority


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def mine(posts: Postings, **page: Any) -> list[opportunity_matches.OwnMatch]:
    found = await opportunity_matches.list_for_me(posts.registry, posts.person.me, PageRequest(**page))
    return list(found.items)


def unmet(explained: opportunity_matches.Explained) -> set[MatchCriterion]:
    return {one.criterion for one in explained.match.reasons if not one.met}


async def test_whoever_opted_in_and_fits_is_found_with_a_reason_for_each_criterion(posts: Postings) -> None:
    need = await post(posts)
    assert (await matches_of(posts, need)).items == ()
    await opt_in(posts, posts.person)
    (found,) = (await matches_of(posts, need)).items
    match = found.explained.match
    assert (found.candidate.public_number, match.result) == (posts.person.public_number, MatchResult.MATCH)
    assert (match.bearing.credential_id, match.bearing.decision.outcome) == (posts.person.credential, Outcome.AUTO)
    assert [one.criterion for one in match.reasons] == list(MatchCriterion)
    assert all(one.met and one.message.zh and one.message.en for one in match.reasons)
    assert found.explained.missing.remedies == ()
    assert not found.answered


async def test_the_recognition_is_the_one_that_is_decided_for_the_post_today(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    (found,) = (await matches_of(posts, await post(posts))).items
    target = Target(division="500106", employer_kind="INSTITUTE", post_series="01")
    asked = recognition.AskedRecognition(posts.person.credential, target)
    computed = await recognition.compute(posts.registry, posts.person.me, asked)
    assert found.explained.match.bearing.decision == computed.decision
    assert found.explained.match.bearing.question == computed.question


async def test_the_facts_of_many_are_the_facts_of_each_alone(posts: Postings) -> None:
    other = await another_person(posts, 40)
    await posts.titles.record("512020000090", issuer_kind="中央单位", filing_number=None)
    people = [posts.person.id, other.id]
    async with posts.registry.reading(OPERATOR) as connection, duty(connection, "recognise"):
        many = await credentials.facts_of_people(connection, people, posts.today)
        held = [one.credential.id for own in await list_by_researchers(connection, people) for one in own]
        alone = [await credentials.facts_for_decision(connection, one, posts.today) for one in held]
    assert len(alone) == 3
    assert [one for person in people for one in many[person]] == alone


async def test_the_shares_of_many_are_the_shares_of_each_alone(posts: Postings) -> None:
    other = await another_person(posts, 40)
    await posts.begin(workload_percent=30)
    await posts.agree_for(other, workload_percent=20, term_from=posts.today + timedelta(days=3))
    await posts.propose(workload_percent=50, host_unit_id=posts.other_host)
    people = [posts.person.id, other.id]
    async with posts.registry.reading(OPERATOR) as connection, duty(connection, "workload"):
        many = await matches.list_shares_of(connection, people, posts.today)
        far = posts.world.clock.now + timedelta(days=1)
        alone = {one: await placement_shares.list_shares(connection, one, posts.today, agreed_by=far) for one in people}
    assert many == alone
    assert [len(shares) for shares in many.values()] == [1, 1]


async def test_a_share_that_does_not_fit_makes_it_near_and_shows_its_sum_to_whoever_may_see_it(posts: Postings) -> None:
    await posts.begin(workload_percent=70)
    need = await post(posts)
    await opt_in(posts, posts.person)
    (found,) = (await matches_of(posts, need)).items
    assert (found.explained.match.result, unmet(found.explained)) == (MatchResult.NEAR, {MatchCriterion.WORKLOAD})
    told = found.explained.match.reasons[-1].message
    assert "70" not in told.zh + told.en
    await opt_in(posts, posts.person, PersonField.PLACEMENTS)
    (found,) = (await matches_of(posts, need)).items
    told = found.explained.match.reasons[-1].message
    assert "70 % + 40 % = 110 %" in told.zh
    assert "70 % + 40 % = 110 %" in told.en
    later = await post(posts, term=Period(posts.today + YEAR, posts.today + 2 * YEAR))
    (found,) = (await matches_of(posts, later)).items
    assert found.explained.match.result is MatchResult.MATCH


@pytest.mark.parametrize(
    ("level", "result"),
    [
        ("INTERMEDIATE", MatchResult.MATCH),
        ("SENIOR_DEPUTY", MatchResult.MATCH),
        ("SENIOR_FULL", MatchResult.NEAR),
    ],
)
async def test_levels_go_by_the_catalogues_order(posts: Postings, level: str, result: MatchResult) -> None:
    await opt_in(posts, posts.person)
    need = await post(posts, level=level)
    (found,) = (await matches_of(posts, need)).items
    assert found.explained.match.result is result
    (own,) = await mine(posts)
    assert own.explained.match.result is result


async def test_another_series_or_two_things_that_lack_are_not_near(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    await posts.begin(workload_percent=10)
    for changes in ({"series": "02"}, {"level": "SENIOR_FULL", "workload_percent": 100}):
        assert (await matches_of(posts, await post(posts, **changes))).items == ()
    assert await mine(posts) == []


async def test_what_is_missing_for_a_recognition_is_told(posts: Postings) -> None:
    """A title of the central unit is verified first: near, with what would make it recognised."""
    await standing.revoke(
        posts.registry,
        posts.titles.officer,
        standing.StatusChange(posts.person.credential, "核查"),
        posts.world.key(),
    )
    await posts.titles.record("512020000080", issuer_kind="中央单位")
    await opt_in(posts, posts.person, PersonField.PLACEMENTS)
    need = await post(posts)
    (found,) = (await matches_of(posts, need)).items
    assert (found.explained.match.result, unmet(found.explained)) == (MatchResult.NEAR, {MatchCriterion.RECOGNITION})
    assert found.explained.match.bearing.decision.outcome is Outcome.VERIFY
    (own,) = await mine(posts)
    assert own.explained.match == found.explained.match
    assert own.explained.missing == found.explained.missing


async def test_a_revoked_credential_brings_no_match(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    need = await post(posts)
    change = standing.StatusChange(posts.person.credential, "核查")
    await standing.revoke(posts.registry, posts.titles.officer, change, posts.world.key())
    assert (await matches_of(posts, need)).items == ()
    assert await mine(posts) == []


async def test_a_look_is_noted_with_exactly_what_was_shown(posts: Postings) -> None:
    edit = profiles.ProfileEdit(
        contact=profiles.ContactEdit("a@example.cn", None, Visibility.PRIVATE),
        discipline=profiles.TextEdit("教育学", Visibility.PRIVATE),
    )
    await profiles.edit(posts.registry, posts.person.me, edit, posts.world.key())
    await opt_in(posts, posts.person, PersonField.NAME, PersonField.CONTACT)
    need = await post(posts)
    (found,) = (await matches_of(posts, need)).items
    assert found.candidate.name is not None
    assert {item: one.value for item, one in found.candidate.profile.items()} == {
        PersonField.CONTACT: Contact("a@example.cn", None)
    }
    asked = opportunity_matches.AskedMatches(need, PURPOSE, frozenset({PersonField.DISCIPLINE}))
    (found,) = (await opportunity_matches.list_matches(posts.registry, posts.host_hr, asked, PageRequest())).items
    assert (found.candidate.name, found.candidate.profile) == (None, {})
    looks = (await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())).items
    assert [(one.organisation_id, one.purpose, one.basis, one.fields) for one in looks] == [
        (posts.host, PURPOSE, "MATCHED", (PersonField.NAME, PersonField.CONTACT, PersonField.CREDENTIALS)),
        (posts.host, PURPOSE, "MATCHED", (PersonField.CREDENTIALS,)),
    ]


async def test_nothing_is_shown_without_a_purpose(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    asked = opportunity_matches.AskedMatches(await post(posts), " ")
    with pytest.raises(InvalidInput) as refused:
        await opportunity_matches.list_matches(posts.registry, posts.host_hr, asked, PageRequest())
    assert refused.value.reason == "PURPOSE"
    assert (await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())).items == ()


async def test_whoever_works_in_the_hosts_province_or_for_nobody_is_not_found(posts: Postings) -> None:
    neighbour = await posts.world.organisation("四川样例公司", "ENTERPRISE", "510104")
    office = await hr_of(posts.world, neighbour, "510000")
    need = await post(posts, office)
    await opt_in(posts, posts.person)
    assert (await matches_of(posts, need, office)).items == ()
    assert await mine(posts) == []


async def test_matches_are_for_the_units_own_office_while_the_need_is_open(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    need = await post(posts)
    for actor in (posts.other_host_hr, posts.home_hr, posts.person.me, posts.titles.officer, authority("500000")):
        with pytest.raises(NotFound):
            await matches_of(posts, need, actor)
    with pytest.raises(NotFound):
        await matches_of(posts, UUID(int=7))
    for unknown in (need, UUID(int=7)):
        with pytest.raises(NotPermitted):
            await matches_of(posts, unknown, ANONYMOUS)
    await opportunities.close(posts.registry, posts.host_hr, need, posts.world.key())
    with pytest.raises(NotInForce) as refused:
        await matches_of(posts, need)
    assert refused.value.reason == "OPPORTUNITY_CLOSED"
    past = await post(posts)
    posts.world.clock.go_on(days=31)
    with pytest.raises(NotInForce):
        await matches_of(posts, past)
    assert await mine(posts) == []


async def test_a_researcher_finds_needs_without_opting_in_and_nobody_is_told(posts: Postings) -> None:
    need = await post(posts)
    await post(posts, series="02")
    await post(posts, series=None, post_series=None, text="不限系列。")
    before = await posts.ledger_length()
    first, second = await mine(posts)
    assert (first.opportunity.id, first.explained.match.result) == (need, MatchResult.MATCH)
    assert second.opportunity.need.series is None
    assert await posts.ledger_length() == before
    assert (await matches_of(posts, need)).items == ()


async def test_offices_find_no_needs_for_themselves(posts: Postings) -> None:
    await post(posts)
    page = await opportunity_matches.list_for_me(posts.registry, posts.home_hr, PageRequest())
    assert (page.items, page.has_next) == ((), False)
    with pytest.raises(NotPermitted):
        await opportunity_matches.list_for_me(posts.registry, ANONYMOUS, PageRequest())


async def test_whoever_has_no_home_unit_finds_none(posts: Postings) -> None:
    await post(posts)
    posts.world.clock.now = posts.world.clock.now.replace(year=2019)
    assert await mine(posts) == []


async def test_pages_look_through_a_bounded_number_and_together_show_everybody_once(
    posts: Postings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "WINDOW", 2)
    people = [await another_person(posts, serial) for serial in range(40, 45)]
    for person in people:
        await opt_in(posts, person)
    change = standing.StatusChange(people[0].credential, "核查")
    await standing.revoke(posts.registry, posts.titles.officer, change, posts.world.key())
    need = await post(posts)
    seen, after, pages = [], None, 0
    while True:
        page = await matches_of(posts, need, first=1, after=after)
        seen += [one.candidate.researcher_id for one in page.items]
        pages += 1
        assert len(page.items) <= 1
        if not page.has_next:
            break
        after = page.end or page.places[-1]
    assert seen == [one.id for one in people[1:]]
    assert pages <= 7
    for _ in range(4):
        await post(posts, series="02")
    last = await post(posts)
    found, after = [], None
    while True:
        own = await opportunity_matches.list_for_me(posts.registry, posts.person.me, PageRequest(1, after))
        found += [one.opportunity.id for one in own.items]
        if not own.has_next:
            break
        after = own.end or own.places[-1]
    assert found == [need, last]


async def test_the_need_of_a_unit_is_not_matched_by_an_account_of_another_kind(posts: Postings) -> None:
    need = await post(posts)
    for kind in (ActorKind.AGENCY, ActorKind.ISSUER):
        with pytest.raises(NotFound):
            await matches_of(posts, need, Actor(kind, None, posts.host, None, "500000"))
