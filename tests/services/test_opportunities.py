"""Needs are posted, edited and closed by the unit's own office, answered by researchers, and become proposals."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotInForce, NotPermitted, RegistryError
from talent_registry.domain.matching_consents import SHOWABLE
from talent_registry.domain.opportunities import OpportunityFilter
from talent_registry.domain.opportunity_answers import OpportunityAnswer
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import Party, PlacementState
from talent_registry.domain.placements import Terms
from talent_registry.domain.researchers import PersonField
from talent_registry.services import (
    accesses,
    consents,
    opportunities,
    opportunity_answers,
    placement_histories,
)
from talent_registry.services.permissions import ANONYMOUS, Actor
from tests.opportunities import YEAR, a_need, answer, matches_of, opt_in, post
from tests.people import sample_number
from tests.postings import Postings, another_person, open_postings
from tests.registries import World, authority


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def listed(posts: Postings, actor: Actor | None = None, *, mine: bool = False, **asked: Any) -> list[UUID]:
    page = await opportunities.list_opportunities(
        posts.registry, actor or ANONYMOUS, PageRequest(), OpportunityFilter(**asked), mine=mine
    )
    return [one.id for one in page.items]


async def edit(posts: Postings, need: UUID, actor: Actor | None = None, **changes: Any) -> None:
    asked = opportunities.Edit(need, a_need(posts, **changes))
    await opportunities.edit(posts.registry, actor or posts.host_hr, asked, posts.world.key())


async def close(posts: Postings, need: UUID, actor: Actor | None = None) -> None:
    await opportunities.close(posts.registry, actor or posts.host_hr, need, posts.world.key())


async def propose(posts: Postings, actor: Actor, need: UUID, **asked: Any) -> UUID:
    proposing = opportunity_answers.Proposing(need, **asked)
    done = await opportunity_answers.propose(posts.registry, actor, proposing, posts.world.key())
    return UUID(done.result["placement_id"])


async def to(posts: Postings, need: UUID, actor: Actor | None = None) -> list[OpportunityAnswer]:
    page = await opportunity_answers.list_to(posts.registry, actor or posts.host_hr, need, PageRequest())
    return list(page.items)


async def refused(act: Any, reason: str, kind: type[RegistryError] = Conflict) -> None:
    with pytest.raises(kind) as failure:
        await act
    assert failure.value.reason == reason


async def test_anybody_reads_an_open_need_until_it_is_closed_or_its_last_day_is_over(posts: Postings) -> None:
    need, other = await post(posts), await post(posts, posts.other_host_hr, series="02")
    assert await listed(posts) == [need, other]
    cases: tuple[tuple[dict[str, Any], list[UUID]], ...] = (
        ({"series": "02"}, [other]),
        ({"level": "SENIOR_DEPUTY"}, [need, other]),
        ({"level": "ENTRY"}, []),
        ({"province": "500000"}, [need, other]),
        ({"province": "510000"}, []),
        ({"kind": "PART_TIME"}, [need, other]),
        ({"kind": "SECONDMENT"}, []),
    )
    for asked, found in cases:
        assert await listed(posts, **asked) == found
    await close(posts, need)
    assert await listed(posts) == [other]
    assert await listed(posts, posts.host_hr, mine=True) == [need]
    assert await listed(posts, posts.person.me, mine=True) == []
    assert (await opportunities.get_opportunity(posts.registry, ANONYMOUS, need)).closed_at == posts.world.clock.now
    posts.world.clock.go_on(days=30)
    assert await listed(posts) == [other]
    posts.world.clock.go_on(days=1)
    assert await listed(posts) == []
    with pytest.raises(NotFound):
        await opportunities.get_opportunity(posts.registry, ANONYMOUS, UUID(int=7))


async def test_an_edit_supersedes_what_it_read_before(posts: Postings) -> None:
    need = await post(posts)
    before = await opportunities.get_opportunity(posts.registry, ANONYMOUS, need)
    posts.world.clock.go_on(hours=1)
    await edit(posts, need, level="INTERMEDIATE")
    after = await opportunities.get_opportunity(posts.registry, ANONYMOUS, need)
    assert after.need == replace(before.need, level="INTERMEDIATE")
    assert (after.version_id != before.version_id, after.edited_at) == (True, posts.world.clock.now)
    await refused(edit(posts, need, level="INTERMEDIATE"), "NOTHING_TO_EDIT")
    posts.world.clock.go_on(days=31)
    assert await listed(posts) == []
    await edit(posts, need)
    assert await listed(posts) == [need]
    await close(posts, need)
    await refused(edit(posts, need), "CLOSED_BEFORE")
    await refused(close(posts, need), "CLOSED_BEFORE")


async def test_only_the_units_own_office_posts_edits_and_closes(posts: Postings) -> None:
    need = await post(posts)
    strangers = (posts.other_host_hr, posts.person.me, posts.titles.officer, authority("500000", posts.host))
    for actor in strangers:
        for unknown in (need, UUID(int=7)):
            with pytest.raises(NotFound):
                await edit(posts, unknown, actor)
            with pytest.raises(NotFound):
                await close(posts, unknown, actor)
    for actor in (ANONYMOUS, *strangers[1:]):
        with pytest.raises(NotPermitted):
            await post(posts, actor)
    for unknown in (need, UUID(int=7)):
        with pytest.raises(NotPermitted):
            await close(posts, unknown, ANONYMOUS)


async def test_a_kind_that_would_move_something_or_is_unknown_is_not_posted(posts: Postings) -> None:
    await refused(post(posts, kind="RIGID_TRANSFER"), "NOT_FLEXIBLE")
    with pytest.raises(InvalidInput):
        await post(posts, kind="CIRCUS")
    await refused(post(posts, text=f"请联系 {sample_number(1)}"), "IDENTITY_NUMBER", InvalidInput)


async def test_an_answer_opens_what_a_proposal_needs_and_the_unit_proposes_in_one_step(posts: Postings) -> None:
    need = await post(posts)
    assert await to(posts, need) == []
    given = await answer(posts, need, None, PersonField.NAME)
    (seen,) = await to(posts, need)
    assert (seen.id, seen.researcher_id, seen.credential_id) == (given, posts.person.id, posts.person.credential)
    (consent,) = (await consents.list_own(posts.registry, posts.host_hr, PageRequest())).items
    assert consent.fields == (PersonField.NAME, PersonField.PERSONNEL_RELATION, PersonField.CREDENTIALS)
    assert (consent.purpose, consent.valid_until) == ("应聘岗位：讲座教授", posts.today + timedelta(days=90))
    terms = Terms(paid_by=Party.HOST_UNIT)
    made = await posts.get(
        await propose(posts, posts.host_hr, need, researcher=posts.person.public_number, terms=terms)
    )
    wanted = a_need(posts)
    assert (made.state, made.kind, made.post, made.post_series, made.term, made.workload_percent) == (
        PlacementState.PROPOSED,
        wanted.kind,
        wanted.post,
        wanted.post_series,
        wanted.term,
        wanted.workload_percent,
    )
    assert (made.host_unit_id, made.home_unit_id, made.credential_id) == (
        posts.host,
        posts.titles.home,
        posts.person.credential,
    )
    history = (await placement_histories.list_histories(posts.registry, posts.person.me, [made.id]))[0]
    assert history is not None
    assert (history.rounds[0].proposed_by, history.rounds[0].terms) == (Party.HOST_UNIT, terms)
    assert await posts.sign(made.id) == "AGREED"


async def test_a_researcher_proposes_to_a_need_answered_or_not(posts: Postings) -> None:
    need = await post(posts)
    await refused(propose(posts, posts.person.me, need), "CREDENTIAL", InvalidInput)
    made = await propose(posts, posts.person.me, need, credential_id=posts.person.credential)
    assert (await posts.get(made)).state is PlacementState.PROPOSED
    other = await post(posts, posts.other_host_hr)
    await answer(posts, other)
    assert (await posts.get(await propose(posts, posts.person.me, other))).host_unit_id == posts.other_host


async def test_no_unit_proposes_to_whoever_did_not_answer_it_or_took_the_answer_back(posts: Postings) -> None:
    """Opting in opens nothing for a proposal: the words are those for a person nobody has."""
    need, other = await post(posts), await post(posts, posts.other_host_hr)
    await opt_in(posts, posts.person, *SHOWABLE - {PersonField.CREDENTIALS})
    await answer(posts, other)
    me = posts.person.id

    async def not_found(actor: Actor, opportunity: UUID, researcher: UUID | str) -> None:
        with pytest.raises(NotFound):
            await propose(posts, actor, opportunity, researcher=researcher)

    await not_found(posts.host_hr, need, me)
    await not_found(posts.host_hr, need, "999999999")
    await not_found(posts.host_hr, other, me)
    await not_found(posts.home_hr, other, me)
    await not_found(posts.host_hr, UUID(int=7), me)
    given = await answer(posts, need)
    await opportunity_answers.withdraw(posts.registry, posts.person.me, given, posts.world.key())
    await not_found(posts.host_hr, need, me)
    assert await to(posts, need) == []
    assert [
        one.recipient_id for one in (await consents.list_own(posts.registry, posts.host_hr, PageRequest())).items
    ] == []
    withdrawal = opportunity_answers.withdraw(posts.registry, posts.person.me, given, posts.world.key())
    await refused(withdrawal, "WITHDRAWN_BEFORE")
    for unknown in (need, UUID(int=7)):
        with pytest.raises(NotPermitted):
            await propose(posts, ANONYMOUS, unknown, researcher=me)
    await refused(propose(posts, posts.host_hr, need), "RESEARCHER", InvalidInput)


async def test_an_answer_ends_with_its_consent_and_may_be_given_anew(posts: Postings) -> None:
    need = await post(posts)
    given = await answer(posts, need)
    await refused(answer(posts, need), "ANSWERED_BEFORE")
    (one,) = await to(posts, need)
    await consents.withdraw(posts.registry, posts.person.me, one.consent_id, posts.world.key())
    assert await to(posts, need) == []
    with pytest.raises(NotFound):
        await propose(posts, posts.host_hr, need, researcher=posts.person.id)
    again = await answer(posts, need)
    assert [seen.id for seen in await to(posts, need)] == [again]
    own = (await opportunity_answers.list_own(posts.registry, posts.person.me, PageRequest())).items
    assert [(seen.id, seen.withdrawn_at is None) for seen in own] == [(given, False), (again, True)]
    posts.world.clock.go_on(days=20)
    asked = opportunity_answers.NewAnswer(need, posts.person.credential, posts.today)
    await opportunity_answers.withdraw(posts.registry, posts.person.me, again, posts.world.key())
    await opportunity_answers.answer(posts.registry, posts.person.me, asked, posts.world.key())
    posts.world.clock.go_on(days=1)
    assert await to(posts, need) == []
    await answer(posts, need)
    assert len(await to(posts, need)) == 1


async def test_a_closed_need_is_neither_answered_nor_proposed_from(posts: Postings) -> None:
    need = await post(posts)
    await answer(posts, need)
    await close(posts, need)
    proposing = propose(posts, posts.host_hr, need, researcher=posts.person.id)
    await refused(proposing, "OPPORTUNITY_CLOSED", NotInForce)
    await refused(answer(posts, need), "OPPORTUNITY_CLOSED", NotInForce)
    with pytest.raises(NotFound):
        await answer(posts, UUID(int=7))


async def test_nobody_answers_for_somebody_else_or_on_a_foreign_credential(posts: Postings) -> None:
    need, other = await post(posts), await another_person(posts, 40)
    foreign = replace(posts.person, credential=other.credential)
    with pytest.raises(NotFound):
        await answer(posts, need, foreign)
    with pytest.raises(NotFound):
        await answer(posts, need, replace(posts.person, credential=UUID(int=7)))
    for actor in (posts.host_hr, posts.titles.officer, ANONYMOUS):
        with pytest.raises(NotPermitted):
            await answer(posts, need, replace(posts.person, me=actor))
    given = await answer(posts, need)
    for actor in (other.me, posts.host_hr):
        for unknown in (given, UUID(int=7)):
            with pytest.raises(NotFound):
                await opportunity_answers.withdraw(posts.registry, actor, unknown, posts.world.key())


async def test_answers_are_listed_for_whom_they_are(posts: Postings) -> None:
    need = await post(posts)
    given = await answer(posts, need)
    for actor in (posts.other_host_hr, posts.home_hr, posts.person.me, posts.titles.officer):
        for unknown in (need, UUID(int=7)):
            with pytest.raises(NotFound):
                await to(posts, unknown, actor)
    with pytest.raises(NotPermitted):
        await opportunity_answers.list_own(posts.registry, ANONYMOUS, PageRequest())
    assert (await opportunity_answers.list_own(posts.registry, posts.host_hr, PageRequest())).items == ()
    for actor, sees in ((posts.host_hr, True), (posts.person.me, True), (posts.home_hr, False)):
        (found,) = await opportunity_answers.list_by_ids(posts.registry, actor, [given])
        assert (found is not None) is sees


async def test_a_need_beyond_its_term_or_of_another_unit_moves_nothing(posts: Postings) -> None:
    before = await posts.ledger_length()
    with pytest.raises(InvalidInput):
        await post(posts, term=Period(posts.today - YEAR, posts.today - timedelta(days=1)))
    assert await posts.ledger_length() == before
    looks = await accesses.list_accesses(posts.registry, posts.person.me, PageRequest())
    assert looks.items == ()


async def test_the_unit_sees_who_answered(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    need = await post(posts)
    await answer(posts, need)
    (found,) = (await matches_of(posts, need)).items
    assert found.answered
