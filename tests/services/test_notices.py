"""Notices: whoever relied on a fact that turned out wrong reads what changed and acknowledges it once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from talent_registry.domain.errors import Conflict, NotFound, NotPermitted
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.questions import Target
from talent_registry.domain.recalls import RecallCause, RecalledKind
from talent_registry.domain.verification import Typed
from talent_registry.services import notices, recognition, standing, verification
from talent_registry.services.credentials import Correction
from talent_registry.services.notices import ReadNotice
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.recognition import AskedRecognition
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from talent_registry.storage import ledger
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.titles import NAME, NUMBER, PROFESSOR


@pytest.fixture
async def posts(world: World) -> Postings:
    """A verification by the host unit and a decision by the person, then a correction and a revocation."""
    posts = await open_postings(world)
    asked = Asked(Typed(NUMBER, NAME), "聘用核验")
    await verification.verify(posts.registry, posts.host_hr, asked, None, "192.0.2.1")
    decide = AskedRecognition(posts.person.credential, Target(division="500106"))
    await recognition.decide_recognition(posts.registry, posts.person.me, decide, world.key())
    world.clock.go_on(seconds=1)
    correct = Correction(posts.person.credential, replace(PROFESSOR, approval_date=date(2020, 4, 16)))
    await standing.correct(posts.registry, posts.titles.issuer, correct, world.key())
    world.clock.go_on(seconds=1)
    revoke = StatusChange(posts.person.credential, "核查", posts.today - timedelta(days=1))
    await standing.revoke(posts.registry, posts.titles.issuer, revoke, world.key())
    return posts


async def read(posts: Postings, actor: Actor, *, unread: bool = False) -> list[ReadNotice]:
    return list((await notices.list_notices(posts.registry, actor, PageRequest(), unread=unread)).items)


async def test_each_receiver_reads_its_own_notices_and_what_to_do(posts: Postings) -> None:
    corrected, revoked = await read(posts, posts.host_hr)
    assert [one.notice.recall.kind for one in (corrected, revoked)] == [RecalledKind.VERIFICATION] * 2
    assert [one.notice.recall.cause for one in (corrected, revoked)] == [RecallCause.CORRECTION, RecallCause.REVOCATION]
    assert NUMBER in revoked.message.zh
    assert str(posts.today - timedelta(days=1)) in revoked.message.zh
    assert str(posts.today - timedelta(days=1)) in revoked.message.en
    assert "重新核验" in revoked.message.zh
    assert "verify again" in revoked.message.en
    for actor in (posts.person.me, posts.titles.other_officer):
        assert [one.notice.recall.kind for one in await read(posts, actor)] == [RecalledKind.DECISION] * 2


async def test_whoever_relied_on_nothing_reads_nothing(posts: Postings) -> None:
    nobody = Actor(ActorKind.RESEARCHER)
    for actor in (posts.home_hr, posts.other_host_hr, posts.titles.issuer, posts.titles.officer, OPERATOR, nobody):
        assert await read(posts, actor) == []
    with pytest.raises(NotPermitted):
        await read(posts, ANONYMOUS)


async def test_a_notice_is_acknowledged_once_by_its_receiver(posts: Postings) -> None:
    first, second = await read(posts, posts.host_hr)
    done = await notices.acknowledge(posts.registry, posts.host_hr, first.notice.id, posts.world.key())
    assert [one.notice.id for one in await read(posts, posts.host_hr, unread=True)] == [second.notice.id]
    all_of_them = await read(posts, posts.host_hr)
    assert [one.notice.acknowledged_at for one in all_of_them] == [posts.world.clock.now, None]
    with pytest.raises(Conflict) as again:
        await notices.acknowledge(posts.registry, posts.host_hr, first.notice.id, posts.world.key())
    assert again.value.reason == "ACKNOWLEDGED_BEFORE"
    assert str(posts.today) in again.value.message.zh
    async with posts.registry.reading(OPERATOR) as connection:
        subject = f"notice:{first.notice.id}"
        (entry,) = await ledger.list_entries_about(connection, subject, after=done.sequence - 1, limit=5)
    assert entry.entry.name == "acknowledgeNotice"


async def test_nobody_acknowledges_for_another(posts: Postings) -> None:
    first, _ = await read(posts, posts.host_hr)
    # The authority of the issuer's province sees to it that notices are read, but does not read them for others.
    strangers = (posts.titles.officer, posts.titles.other_officer, posts.person.me, posts.home_hr, posts.titles.issuer)
    for stranger in strangers:
        with pytest.raises(NotFound) as foreign:
            await notices.acknowledge(posts.registry, stranger, first.notice.id, posts.world.key())
        with pytest.raises(NotFound) as absent:
            await notices.acknowledge(posts.registry, stranger, posts.host, posts.world.key())
        assert str(foreign.value) == str(absent.value)
        assert await notices.list_by_ids(posts.registry, stranger, [first.notice.id]) == [None]
    with pytest.raises(NotPermitted):
        await notices.acknowledge(posts.registry, ANONYMOUS, first.notice.id, posts.world.key())
    assert len(await read(posts, posts.host_hr, unread=True)) == 2


async def test_notices_are_read_page_by_page(posts: Postings) -> None:
    first = await notices.list_notices(posts.registry, posts.host_hr, PageRequest(1))
    rest = await notices.list_notices(posts.registry, posts.host_hr, PageRequest(1, first.places[0]))
    assert (first.has_next, rest.has_next) == (True, False)
    assert [one.notice.id for one in (*first.items, *rest.items)] == [
        one.notice.id for one in await read(posts, posts.host_hr)
    ]
