"""Drafts of placements: seen by their author alone, edited, discarded, and proposed once they say enough."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.placement_drafts import DraftContent, PlacementDraftState
from talent_registry.domain.placement_states import Party
from talent_registry.domain.placements import Terms
from talent_registry.services import placement_drafts
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor
from talent_registry.services.placement_drafts import NewDraft
from tests.postings import Postings, hr_of, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


def content(posts: Postings, **changes: Any) -> DraftContent:
    said = DraftContent(
        credential_id=posts.person.credential,
        kind="PART_TIME",
        post="讲座教授",
        post_series="01",
        term_from=posts.today,
        term_until=posts.today + timedelta(days=364),
        workload_percent=40,
        terms=Terms(pay="面议", days_per_year=60),
    )
    return replace(said, **changes)


async def draft(posts: Postings, actor: Actor, said: DraftContent | None = None, host: UUID | None = None) -> UUID:
    asked = NewDraft(
        researcher=posts.person.id, host_unit_id=host or posts.host, content=said or DraftContent(post="讲座教授")
    )
    done = await placement_drafts.draft(posts.registry, actor, asked, posts.world.key())
    return UUID(done.result["draft_id"])


async def seen_by(posts: Postings, actor: Actor) -> list[UUID]:
    page = await placement_drafts.list_drafts(posts.registry, actor, PageRequest())
    return [one.id for one in page.items]


async def test_a_draft_is_its_authors_alone_until_it_is_proposed(posts: Postings) -> None:
    mine, theirs = await draft(posts, posts.person.me), await draft(posts, posts.home_hr)
    assert await seen_by(posts, posts.person.me) == [mine]
    assert await seen_by(posts, posts.home_hr) == [theirs]
    for stranger in (posts.host_hr, posts.other_host_hr, posts.titles.officer):
        assert await seen_by(posts, stranger) == []
        for one in (mine, theirs):
            with pytest.raises(NotFound):
                await placement_drafts.get_draft(posts.registry, stranger, one)
            with pytest.raises(NotFound):
                await placement_drafts.edit(posts.registry, stranger, one, DraftContent(), posts.world.key())
    with pytest.raises(NotFound):
        await placement_drafts.get_draft(posts.registry, posts.home_hr, mine)
    for act in (placement_drafts.list_drafts(posts.registry, ANONYMOUS, PageRequest()),):
        with pytest.raises(NotPermitted):
            await act
    with pytest.raises(NotPermitted):
        await placement_drafts.get_draft(posts.registry, ANONYMOUS, mine)
    record = await placement_drafts.get_draft(posts.registry, posts.home_hr, theirs)
    assert (record.by, record.unit_id, record.state) == (Party.HOME_UNIT, posts.titles.home, "DRAFT")


async def test_colleagues_of_one_unit_share_its_drafts(posts: Postings) -> None:
    theirs = await draft(posts, posts.home_hr)
    colleague = await hr_of(posts.world, posts.titles.home, "510000")
    assert await seen_by(posts, colleague) == [theirs]
    await placement_drafts.edit(posts.registry, colleague, theirs, content(posts), posts.world.key())


async def test_whoever_may_not_propose_may_not_draft(posts: Postings) -> None:
    for stranger in (posts.host_hr, posts.other_host_hr, posts.titles.officer):
        with pytest.raises(NotFound):
            await draft(posts, stranger)
    with pytest.raises(NotPermitted):
        await draft(posts, ANONYMOUS)
    with pytest.raises(NotFound):
        await draft(posts, posts.person.me, host=UUID(int=0))


async def test_a_host_with_a_placement_agreed_on_drafts_as_the_host(posts: Postings) -> None:
    await posts.begin()
    theirs = await draft(posts, posts.host_hr)
    record = await placement_drafts.get_draft(posts.registry, posts.host_hr, theirs)
    assert (record.by, record.unit_id) == (Party.HOST_UNIT, posts.host)


async def test_a_draft_is_edited_and_proposed_and_is_a_placement_then(posts: Postings) -> None:
    mine = await draft(posts, posts.person.me)
    with pytest.raises(InvalidInput) as lacking:
        await placement_drafts.propose_draft(posts.registry, posts.person.me, mine, posts.world.key())
    assert (lacking.value.reason, lacking.value.path) == ("DRAFT_INCOMPLETE", ("input", "credential"))
    with pytest.raises(InvalidInput):
        said = content(posts, workload_percent=200)
        await placement_drafts.edit(posts.registry, posts.person.me, mine, said, posts.world.key())
    await placement_drafts.edit(posts.registry, posts.person.me, mine, content(posts), posts.world.key())
    before = await posts.ledger_length()
    done = await placement_drafts.propose_draft(posts.registry, posts.person.me, mine, posts.world.key())
    assert await posts.ledger_length() == before + 1
    placement = await posts.get(UUID(done.result["placement_id"]))
    assert (placement.state, placement.post, placement.workload_percent) == ("PROPOSED", "讲座教授", 40)
    record = await placement_drafts.get_draft(posts.registry, posts.person.me, mine)
    assert (record.state, record.placement_id) == (PlacementDraftState.PROPOSED, placement.id)
    for act in (placement_drafts.propose_draft, placement_drafts.discard):
        with pytest.raises(Conflict) as over:
            await act(posts.registry, posts.person.me, mine, posts.world.key())
        assert over.value.reason == "DRAFT_IS_PROPOSED"
    assert await posts.sign(placement.id) == "AGREED"


async def test_a_draft_that_the_rules_refuse_stays_a_draft(posts: Postings) -> None:
    mine = await draft(posts, posts.person.me, content(posts, terms=Terms(classified_work=True)))
    with pytest.raises(Conflict) as refused:
        await placement_drafts.propose_draft(posts.registry, posts.person.me, mine, posts.world.key())
    assert refused.value.reason == "CLASSIFIED_WORK"
    record = await placement_drafts.get_draft(posts.registry, posts.person.me, mine)
    assert record.state is PlacementDraftState.DRAFT


async def test_of_a_discarded_draft_nothing_is_kept(posts: Postings) -> None:
    mine = await draft(posts, posts.person.me, content(posts))
    await placement_drafts.discard(posts.registry, posts.person.me, mine, posts.world.key())
    record = await placement_drafts.get_draft(posts.registry, posts.person.me, mine)
    assert (record.state, record.content) == (PlacementDraftState.DISCARDED, DraftContent())
    with pytest.raises(Conflict):
        await placement_drafts.edit(posts.registry, posts.person.me, mine, content(posts), posts.world.key())
    page = await placement_drafts.list_drafts(posts.registry, posts.person.me, PageRequest(), PlacementDraftState.DRAFT)
    assert page.items == ()


async def test_the_ledger_tells_nobody_of_whom_a_draft_is(posts: Postings) -> None:
    await draft(posts, posts.home_hr)
    async with posts.registry.reading(OPERATOR) as connection:
        rows = await connection.exec_driver_sql("SELECT subjects FROM ledger_entry WHERE name = 'draftPlacement'")
        subjects = [one for row in rows.scalars() for one in row]
    assert [one.split(":")[0] for one in subjects] == ["placementDraft"]
