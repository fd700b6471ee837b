"""What a command locks before it decides or changes what decisions rest on, and its moment once it has."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.services.registry import Work
from talent_registry.storage import common_ground, placements


async def lock_holder(work: Work, credential_id: UUID) -> None:
    """The person first, as every command on placements does: an activation is over, or waits and then sees this."""
    await placements.lock_holder(work.connection, credential_id)
    work.settle_moment()


async def lock_person(work: Work, researcher_id: UUID) -> None:
    """As `lock_holder`, where the person is known."""
    await placements.lock_person(work.connection, researcher_id)
    work.settle_moment()


async def rest_on_facts(work: Work, credential_id: UUID) -> None:
    """Let nothing of holder, filings and agreement change until the command that decides by them is through."""
    await hold_facts(work.connection, credential_id)
    work.settle_moment()


async def hold_facts(connection: AsyncConnection, credential_id: UUID) -> None:
    """As `rest_on_facts`, for a question: what it is told as known at an earlier instant is all that ever will be."""
    await placements.lock_holder(connection, credential_id)
    await common_ground.share(connection)


async def lock_common_ground(work: Work) -> None:
    """Before a filing or the agreement changes: decisions that rest on them are through, or wait and see the change."""
    await common_ground.lock(work.connection)
    work.settle_moment()
