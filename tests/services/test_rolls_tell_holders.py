"""What a roll tells holders: each credential that it records of theirs, once, and each change as a change."""

from uuid import UUID

import pytest

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.domain.inbox import InboxFilter
from talent_registry.domain.pages import PageRequest
from talent_registry.services import accounts, inbox
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.storage.ids import new_id
from tests.postings import account_of
from tests.registries import World
from tests.rolls import Row, deliver, recorded, row

FIRST, SECOND = row(1), row(1, 证书编号="519900000001")
ANOTHER, OTHERS = row(2), row(2, 证书编号="519900000002")
Told = list[tuple[str, str]]


async def open_account(world: World, person: UUID) -> Actor:
    """The person's own account, opened now."""
    account = Account(new_id(), f"p{new_id().hex}", AccountKind.RESEARCHER, None, person, frozenset(), world.clock.now)
    return Actor(ActorKind.RESEARCHER, await account_of(world, account), None, person)


async def told(world: World, actor: Actor) -> Told:
    """Type and subject of everything that the actor was told, newest first."""
    page = await inbox.page_inbox(world.registry, actor, PageRequest(100), InboxFilter())
    return [(one.item.event.type, one.item.event.subject) for one in page.items]


async def of(world: World, delivered: Row) -> tuple[UUID, str]:
    """The holder of the credential of a row, and the credential as an event names it."""
    found = (await recorded(world, delivered["证书编号"])).credential
    return found.researcher_id, str(to_node_id("Credential", found.id))


@pytest.fixture
async def holder(world: World) -> Actor:
    """A roll recorded the first person, who then opened an account."""
    await deliver(world, FIRST, ANOTHER)
    return await open_account(world, (await of(world, FIRST))[0])


async def test_a_holder_with_an_account_is_told_once_of_what_a_roll_records(world: World, holder: Actor) -> None:
    assert await told(world, holder) == []
    await deliver(world, FIRST, SECOND, ANOTHER, OTHERS)
    _, second = await of(world, SECOND)
    news = [("credential.recorded", second)]
    assert await told(world, holder) == news
    # The same file, and the same rows in another file, record nothing new and tell nothing.
    await deliver(world, FIRST, SECOND, ANOTHER, OTHERS)
    await deliver(world, OTHERS, ANOTHER, SECOND, FIRST)
    assert await told(world, holder) == news


async def test_a_roll_that_corrects_a_credential_tells_a_correction(world: World, holder: Actor) -> None:
    await deliver(world, row(1, 专业="软件工程"), ANOTHER)
    _, first = await of(world, FIRST)
    assert await told(world, holder) == [("credential.corrected", first)]
    await deliver(world, row(1, 专业="软件工程", 状态="撤销"), ANOTHER)
    assert await told(world, holder) == [("credential.revoked", first), ("credential.corrected", first)]


async def test_a_holder_without_an_account_or_with_a_closed_one_is_not_told(world: World, holder: Actor) -> None:
    assert holder.account_id is not None
    await accounts.close_account(world.registry, OPERATOR, holder.account_id, world.key())
    await deliver(world, FIRST, SECOND, ANOTHER, OTHERS)
    await deliver(world, row(1, 专业="软件工程"), row(2, 专业="软件工程"))
    assert await told(world, holder) == []
    other, _ = await of(world, OTHERS)
    assert await told(world, await open_account(world, other)) == []
