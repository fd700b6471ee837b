"""The inbox: whoever has a part in a change reads it once, newest first, and marks it as read."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.errors import InvalidInput, NotFound, NotPermitted
from talent_registry.domain.inbox import InboxFilter, InboxKind
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.verification import Typed
from talent_registry.services import inbox, standing, verification
from talent_registry.services.inbox import Marking, ReadItem
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.registry import caller_of
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from talent_registry.storage import ledger
from tests.postings import Postings, open_postings
from tests.registries import World, authority
from tests.titles import NAME, NUMBER

ALL = InboxFilter()


@pytest.fixture
async def posts(world: World) -> Postings:
    """A placement is active, and the host unit verified the certificate that is then revoked."""
    posts = await open_postings(world)
    await posts.begin()
    await verification.verify(posts.registry, posts.host_hr, Asked(Typed(NUMBER, NAME), "聘用核验"), None, "192.0.2.1")
    world.clock.go_on(seconds=1)
    revoke = StatusChange(posts.person.credential, "核查", posts.today - timedelta(days=1))
    await standing.revoke(posts.registry, posts.titles.issuer, revoke, world.key())
    return posts


async def read(posts: Postings, actor: Actor, asked: InboxFilter = ALL) -> list[ReadItem]:
    return list((await inbox.page_inbox(posts.registry, actor, PageRequest(100), asked)).items)


def types(items: list[ReadItem]) -> list[str]:
    return [one.item.event.type for one in items]


async def test_an_inbox_has_changes_and_recalls_in_one_list_newest_first(posts: Postings) -> None:
    found = await read(posts, posts.host_hr)
    places = [one.item.event.position for one in found]
    assert places == sorted(places, reverse=True)
    assert {"placement.activated", "placement.ended", "credential.revoked", "notice.queued"} <= set(types(found))
    told = [one for one in found if one.notice is not None]
    assert {one.kind for one in told} == {InboxKind.RECALL}
    assert all(NUMBER in one.message.zh for one in told)
    assert sorted(one.notice.notice.recall.kind for one in told if one.notice) == ["PLACEMENT", "VERIFICATION"]
    assert await inbox.count_unread(posts.registry, posts.host_hr) == len(found)


async def test_an_inbox_is_narrowed_by_kind_record_and_what_is_unread(posts: Postings) -> None:
    whole = await read(posts, posts.host_hr)
    for kind in InboxKind:
        kept = await read(posts, posts.host_hr, InboxFilter(kind=kind))
        assert kept == [one for one in whole if one.kind is kind]
    about = str(to_node_id("Credential", posts.person.credential))
    kept = await read(posts, posts.host_hr, InboxFilter(about=about))
    assert kept == [one for one in whole if one.item.event.subject == about] != []
    await inbox.mark_read(posts.registry, posts.host_hr, Marking((whole[1].item.event.id,)), posts.world.key())
    kept = await read(posts, posts.host_hr, InboxFilter(unread=True))
    assert [one.item.event.id for one in kept] == [one.item.event.id for one in whole if one is not whole[1]]


async def test_an_inbox_is_read_page_by_page(posts: Postings) -> None:
    whole = await read(posts, posts.titles.other_officer, InboxFilter(kind=InboxKind.PLACEMENT))
    request = PageRequest(2)
    found: list[ReadItem] = []
    while True:
        page = await inbox.page_inbox(
            posts.registry, posts.titles.other_officer, request, InboxFilter(kind=InboxKind.PLACEMENT)
        )
        found += page.items
        if not page.has_next:
            break
        request = PageRequest(2, page.end)
    assert found == whole
    with pytest.raises(InvalidInput) as foreign:
        await inbox.page_inbox(posts.registry, posts.host_hr, PageRequest(2, ("x",)), ALL)
    assert foreign.value.reason == "FOREIGN_CURSOR"


async def test_a_sparse_kind_is_looked_for_window_by_window(posts: Postings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talent_registry.storage.inbox.WINDOW", 2)
    wanted = InboxFilter(kind=InboxKind.CREDENTIAL)
    request, pages = PageRequest(10), 0
    found: list[ReadItem] = []
    while True:
        page = await inbox.page_inbox(posts.registry, posts.person.me, request, wanted)
        found += page.items
        pages += 1
        if not page.has_next:
            break
        request = PageRequest(10, page.end)
    assert pages > 2
    monkeypatch.undo()
    assert found == await read(posts, posts.person.me, wanted) != []


async def test_what_was_read_stays_read_since_then_for_all_of_the_office(posts: Postings) -> None:
    newest, second, *rest = await read(posts, posts.host_hr)
    marking = Marking((second.item.event.id,))
    done = await inbox.mark_read(posts.registry, posts.host_hr, marking, posts.world.key())
    assert done.result == {"unread": len(rest) + 1}
    at = posts.world.clock.now
    posts.world.clock.go_on(seconds=60)
    await inbox.mark_read(posts.registry, posts.host_hr, marking, posts.world.key())
    everything = Marking(up_to=second.item.event.id)
    for _ in range(2):
        done = await inbox.mark_read(posts.registry, posts.host_hr, everything, posts.world.key())
        assert done.result == {"unread": 1}
    posts.world.clock.go_on(seconds=60)
    done = await inbox.mark_read(posts.registry, posts.host_hr, Marking(up_to=newest.item.event.id), posts.world.key())
    assert done.result == {"unread": 0}
    seen = [one.item.read_at for one in await read(posts, posts.host_hr)]
    assert seen == [posts.world.clock.now, at, *[at + timedelta(seconds=60)] * len(rest)]
    # Nobody else's inbox is touched, and nobody is told that somebody read.
    assert {one.item.read_at for one in await read(posts, posts.home_hr)} == {None}
    async with posts.registry.reading(OPERATOR) as connection:
        subject = f"event:{newest.item.event.id}"
        (entry,) = await ledger.list_entries_about(connection, subject, after=done.sequence - 1, limit=5)
    assert entry.entry.name == "markRead"


async def test_an_authority_has_read_what_it_is_told_as_office_and_as_province(posts: Postings) -> None:
    found = await read(posts, posts.titles.officer)
    assert found
    marking = Marking(up_to=found[0].item.event.id)
    done = await inbox.mark_read(posts.registry, posts.titles.officer, marking, posts.world.key())
    assert done.result == {"unread": 0}
    assert None not in {one.item.read_at for one in await read(posts, posts.titles.officer)}


async def test_others_read_nothing_and_mark_nothing_of_it(posts: Postings) -> None:
    (first, *_) = await read(posts, posts.host_hr, InboxFilter(kind=InboxKind.RECALL))
    nobody = Actor(ActorKind.RESEARCHER)
    strangers = (posts.other_host_hr, authority("520000"), OPERATOR, nobody)
    for stranger in strangers:
        assert await read(posts, stranger) == []
        assert await inbox.count_unread(posts.registry, stranger) == 0
    for stranger in (*strangers, posts.person.me, posts.home_hr, posts.titles.officer):
        for marking in (Marking((first.item.event.id,)), Marking(up_to=first.item.event.id)):
            with pytest.raises(NotFound):
                await inbox.mark_read(posts.registry, stranger, marking, posts.world.key())
        with pytest.raises(DBAPIError):
            async with posts.registry.database.writing(caller_of(stranger), posts.today, "x") as connection:
                await connection.execute(
                    text(
                        "INSERT INTO inbox_reading (position, organisation_id, and_before, at, command_id) "
                        "SELECT :position, :host, true, now(), id FROM command LIMIT 1"
                    ),
                    {"position": first.item.event.position, "host": posts.host},
                )
    with pytest.raises(NotPermitted):
        await read(posts, ANONYMOUS)
    with pytest.raises(NotPermitted):
        await inbox.mark_read(posts.registry, ANONYMOUS, Marking((first.item.event.id,)), posts.world.key())
    assert (await read(posts, posts.host_hr, InboxFilter(kind=InboxKind.RECALL)))[0].item.read_at is None


async def test_whoever_relied_on_what_it_revokes_itself_has_the_recall_in_its_inbox(world: World) -> None:
    posts = await open_postings(world)
    asked = Asked(Typed(NUMBER, NAME), "核验")
    await verification.verify(posts.registry, posts.titles.issuer, asked, None, "192.0.2.1")
    world.clock.go_on(seconds=1)
    change = StatusChange(posts.person.credential, "核查", posts.today - timedelta(days=1))
    await standing.revoke(posts.registry, posts.titles.issuer, change, world.key())
    (told,) = await read(posts, posts.titles.issuer, InboxFilter(kind=InboxKind.RECALL))
    assert told.notice is not None
