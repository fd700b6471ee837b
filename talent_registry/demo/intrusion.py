"""What a fault or an intruder in the application would try: SQL past every service, with the application's rights.

The one place outside `storage` that speaks SQL, because it stands for code that keeps no rule of the house.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry, caller_of

_MOVE = text("UPDATE household_registration SET superseded_at = now() WHERE researcher_id = :person")


async def try_to_move_household(registry: Registry, actor: Actor, person: UUID) -> str:
    """Close the person's household registration in the name of a placement command; what the database says."""
    try:
        async with registry.database.writing(caller_of(actor), registry.today(), "activatePlacement") as connection:
            moved = (await connection.execute(_MOVE, {"person": person})).rowcount
    except DBAPIError as failure:
        return str(getattr(failure.orig, "sqlstate", "")) + ": " + str(failure.orig).splitlines()[0]
    return f"{moved} rows"
