"""What a command locks before it decides or changes what decisions rest on, and its moment once it has."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.services.registry import Work
from talent_registry.storage import common_ground, placements
from talent_registry.storage.session import duty


async def lock_holder(work: Work, credential_id: UUID) -> None:
    """The person first, as every command on placements does: an activation is over, or waits and then sees this."""
    await placements.lock_holder(work.connection, credential_id)
    await work.settle_moment()


async def lock_person(work: Work, researcher_id: UUID) -> None:
    """As `lock_holder`, where the person is known."""
    await placements.lock_person(work.connection, researcher_id)
    await work.settle_moment()


async def rest_on_facts(work: Work, credential_id: UUID) -> None:
    """Let nothing of holder, filings and agreement change until the command that decides by them is through."""
    await hold_facts(work.connection, credential_id)
    await work.settle_moment()


async def hold_facts(connection: AsyncConnection, credential_id: UUID) -> None:
    """As `rest_on_facts`, for a question: what it is told as known at an earlier instant is all that ever will be."""
    await placements.lock_holder(connection, credential_id)
    await common_ground.share(connection)


async def hold_facts_of(connection: AsyncConnection, researcher_id: UUID) -> None:
    """As `hold_facts`, for everything that is known of one person."""
    await placements.lock_person(connection, researcher_id)
    await common_ground.share(connection)


async def lock_common_ground(work: Work) -> None:
    """Before the agreement changes: decisions that rest on it are through, or wait and then see the change."""
    await common_ground.lock(work.connection)
    await work.settle_moment()


async def lock_filings(work: Work, numbers: Sequence[str]) -> list[UUID]:
    """Before these filings change: decisions that rest on them are through, or wait and then see the change.

    The credentials that cite one and that a placement under way rests on, their holders locked. People come before
    filings in every command; who began a placement in between is locked after, and should two then wait for each other,
    the database ends one and it is done again.
    """
    await _lock_placed(work, numbers)
    await common_ground.lock(work.connection)
    placed = await _lock_placed(work, numbers)
    await work.settle_moment()
    return placed


async def _lock_placed(work: Work, numbers: Sequence[str]) -> list[UUID]:
    async with duty(work.connection, "consequences"):
        placed = await placements.list_placed_citing(work.connection, numbers)
        await placements.lock_holders(work.connection, placed)
    return placed
