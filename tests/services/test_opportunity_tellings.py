"""Whoever opted in and meets a need is told of it once; nobody else is, and the unit does not learn who."""

from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.inbox import InboxFilter, InboxKind
from talent_registry.domain.pages import PageRequest
from talent_registry.services import accounts, inbox, matching_consents, opportunities, opportunity_tellings
from talent_registry.services.permissions import OPERATOR, Actor
from talent_registry.services.registry import caller_of
from talent_registry.storage import ledger, matches
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from tests.opportunities import a_need, opt_in, post
from tests.postings import Person, Postings, another_person, open_postings
from tests.registries import World


@pytest.fixture
async def posts(world: World) -> Postings:
    return await open_postings(world)


async def told(posts: Postings, actor: Actor) -> list[str]:
    """The needs that the actor was told of, newest first."""
    page = await inbox.page_inbox(posts.registry, actor, PageRequest(100), InboxFilter(kind=InboxKind.OPPORTUNITY))
    assert all(one.message.zh and one.message.en for one in page.items)
    return [one.item.event.subject for one in page.items]


def node(need: UUID) -> str:
    return str(to_node_id("Opportunity", need))


async def edit(posts: Postings, need: UUID, **changes: object) -> None:
    asked = opportunities.Edit(need, a_need(posts, **changes))
    await opportunities.edit(posts.registry, posts.host_hr, asked, posts.world.key())


async def withdraw(posts: Postings, person: Person) -> None:
    await matching_consents.withdraw(posts.registry, person.me, posts.world.key())


async def test_whoever_opted_in_and_meets_a_need_is_told_once_also_after_an_edit(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    need = await post(posts)
    assert await told(posts, posts.person.me) == [node(need)]
    await edit(posts, need, workload_percent=30)
    assert await told(posts, posts.person.me) == [node(need)]
    another = await post(posts)
    assert await told(posts, posts.person.me) == [node(another), node(need)]
    for actor in (posts.host_hr, posts.home_hr, posts.other_host_hr, posts.titles.officer):
        assert await told(posts, actor) == []
    async with posts.registry.reading(OPERATOR) as connection:
        entries = await ledger.list_entries_about(connection, f"opportunity:{need}", after=0, limit=9)
    assert [one.entry.name for one in entries] == ["postOpportunity", "editOpportunity"]
    said = repr([(one.entry.subjects, one.entry.body) for one in entries])
    assert str(posts.person.id) not in said
    assert posts.person.public_number not in said


async def test_whoever_is_near_did_not_opt_in_or_took_it_back_is_not_told(posts: Postings) -> None:
    silent, gone, closed = [await another_person(posts, serial) for serial in (40, 41, 42)]
    for person in (posts.person, gone, closed):
        await opt_in(posts, person, days=10)
    await matching_consents.withdraw(posts.registry, gone.me, posts.world.key())
    assert closed.me.account_id is not None
    await accounts.close_account(posts.registry, OPERATOR, closed.me.account_id, posts.world.key())
    await posts.begin(workload_percent=70)
    need = await post(posts)
    assert await told(posts, posts.person.me) == []
    await edit(posts, need, workload_percent=30)
    assert await told(posts, posts.person.me) == [node(need)]
    posts.world.clock.go_on(days=11)
    await post(posts, workload_percent=10)
    assert await told(posts, posts.person.me) == [node(need)]
    for person in (silent, gone, closed):
        assert await told(posts, person.me) == []


async def test_many_are_weighed_page_by_page_and_no_more_than_a_command_has_time_for(
    posts: Postings, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [posts.person, *[await another_person(posts, serial) for serial in (40, 41)]]
    for person in people:
        await opt_in(posts, person)
    monkeypatch.setattr(opportunity_tellings, "_AT_ONCE", 1)
    need = await post(posts)
    assert [await told(posts, person.me) for person in people] == [[node(need)]] * 3
    monkeypatch.setattr(opportunity_tellings, "MOST_PAGES", 2)
    another = await post(posts)
    reached = [node(another) in await told(posts, person.me) for person in people]
    assert reached == [True, True, False]


async def test_a_unit_has_nobody_told_of_anothers_need(posts: Postings) -> None:
    await opt_in(posts, posts.person)
    theirs, _ = await post(posts, posts.other_host_hr), await post(posts)
    with pytest.raises(DBAPIError) as refused:
        async with (
            posts.registry.database.writing(caller_of(posts.host_hr), posts.today, "x") as connection,
            duty(connection, "matching"),
        ):
            await matches.tell(connection, theirs, [posts.person.id], new_id())
    assert getattr(refused.value.orig, "sqlstate", None) == "TR001"
