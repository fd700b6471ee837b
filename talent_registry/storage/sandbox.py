"""What a sandbox asks of the database: whether it holds anything that may be a real person's."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.identifiers import TEST_RESIDENT_ID
from talent_registry.storage.session import duty
from talent_registry.storage.tables import identity_document


async def holds_real_people(connection: AsyncConnection) -> bool:
    """Whether any identity document, current or not, is no sample number."""
    async with duty(connection, "match"):
        found = select(exists().where(identity_document.c.kind != TEST_RESIDENT_ID))
        return bool((await connection.execute(found)).scalar_one())
