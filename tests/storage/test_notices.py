"""Recalls and notices by SQL: each is seen by its receivers and by those who see to it, and never changed."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.verification import Typed
from talent_registry.services import standing, verification
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import caller_of
from talent_registry.services.standing import StatusChange
from talent_registry.services.verification import Asked
from tests.conftest import DatabaseUrls, as_superuser
from tests.postings import Postings, open_postings
from tests.registries import World, authority, open_world
from tests.titles import NAME, NUMBER


@pytest.fixture
async def posts(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Postings]:
    """The host unit verified a certificate that was revoked since."""
    world: World = open_world(database_urls.app_url, tmp_path / "keys")
    posts = await open_postings(world)
    asked = Asked(Typed(NUMBER, NAME), "聘用核验")
    await verification.verify(posts.registry, posts.host_hr, asked, None, "192.0.2.1")
    world.clock.go_on(seconds=1)
    change = StatusChange(posts.person.credential, "核查")
    await standing.revoke(posts.registry, posts.titles.issuer, change, world.key())
    yield posts
    await world.registry.database.close()


async def seen(posts: Postings, actor: Actor) -> tuple[int, int]:
    """How many recalls and notices the actor's transactions see."""
    async with posts.registry.reading(actor) as connection:
        counts = [
            (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            for table in ("recall", "notice")
        ]
    return int(counts[0]), int(counts[1])


async def test_a_notice_is_seen_by_its_receiver_and_the_issuers_authority(posts: Postings) -> None:
    assert await seen(posts, posts.host_hr) == (1, 1)
    assert await seen(posts, posts.titles.officer) == (1, 1)
    # An issuer sees what was recalled, not who relied on it.
    assert await seen(posts, posts.titles.issuer) == (1, 0)
    strangers = (
        posts.person.me,
        posts.home_hr,
        posts.titles.other_officer,
        authority("520000"),
        Actor(ActorKind.HR),
        Actor(ActorKind.RESEARCHER),
        Actor(ActorKind.ANONYMOUS, organisation_id=posts.host),
    )
    for stranger in strangers:
        assert await seen(posts, stranger) == (0, 0), stranger.kind


async def write(posts: Postings, actor: Actor, statement: str, *, duty: str = "") -> None:
    async with posts.registry.database.writing(caller_of(actor), posts.today, "test") as connection:
        await connection.execute(text("SELECT set_config('registry.duty', :duty, true)"), {"duty": duty})
        await connection.execute(text(statement))


ADD_NOTICE = """
    INSERT INTO notice (id, recall_id, organisation_id, queued_at, command_id)
    SELECT gen_random_uuid(), id, '{unit}', now(), command_id FROM recall
"""
ADD_RECEIPT = """
    INSERT INTO notice_receipt (notice_id, at, command_id) VALUES ('{notice}', now(), '{command}')
"""


async def test_only_a_command_that_mends_facts_queues_notices(posts: Postings) -> None:
    statement = ADD_NOTICE.format(unit=posts.titles.home)
    for actor, duty in ((posts.titles.officer, ""), (posts.host_hr, "consequences"), (posts.person.me, "consequences")):
        with pytest.raises(DBAPIError, match="row-level security"):
            await write(posts, actor, statement, duty=duty)


async def test_only_the_receiver_writes_a_receipt(posts: Postings, database_urls: DatabaseUrls) -> None:
    with as_superuser(database_urls) as connection:
        row = connection.execute("SELECT id, command_id FROM notice").fetchone()
    assert row is not None
    notice, command = row
    statement = ADD_RECEIPT.format(notice=notice, command=command)
    for actor in (posts.titles.officer, posts.titles.issuer, posts.home_hr, posts.person.me):
        with pytest.raises(DBAPIError, match="row-level security"):
            await write(posts, actor, statement)
    await write(posts, posts.host_hr, statement)


@pytest.mark.parametrize("table", ["recall", "notice", "notice_receipt"])
async def test_what_was_recalled_and_told_is_final(posts: Postings, database_urls: DatabaseUrls, table: str) -> None:
    with as_superuser(database_urls) as connection:
        row = connection.execute("SELECT id, command_id FROM notice").fetchone()
        assert row is not None
        connection.execute(ADD_RECEIPT.format(notice=row[0], command=row[1]).encode())
        assert isinstance(row[1], UUID)
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET command_id = command_id"):
            with pytest.raises(Exception, match="final"):
                connection.execute(statement.encode())
        with pytest.raises(Exception, match="final"):
            connection.execute(f"TRUNCATE {table} CASCADE".encode())
