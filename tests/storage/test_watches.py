"""The database lets an office watch what it verified, in its own account's name, and nothing else."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.verification import Typed
from talent_registry.services import verification
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import caller_of
from talent_registry.storage.ids import new_id
from tests.postings import Postings, open_postings
from tests.registries import World
from tests.storage.test_guards import begin, finish, insert
from tests.titles import NAME, NUMBER


async def state_of(posts: Postings, actor: Actor, **changed: Any) -> str | None:
    """The database's refusal of a watch written by SQL; None where it stands."""
    registry = posts.registry
    try:
        async with registry.database.writing(caller_of(actor), registry.today(), "x") as connection:
            command = await begin(connection, "x")
            values: dict[str, Any] = {
                "id": new_id(),
                "credential_id": posts.person.credential,
                "organisation_id": actor.organisation_id,
                "account_id": actor.account_id,
                "purpose": "聘任审核",
                "valid_until": registry.today(),
                "started_at": registry.clock(),
                "command_id": command,
            }
            await insert(connection, "credential_watch", **(values | changed))
            await finish(connection, command, "x")
    except DBAPIError as failure:
        return getattr(failure.orig, "sqlstate", None)
    return None


async def test_a_watch_stands_in_the_name_of_whoever_verified_and_of_no_colleague(world: World) -> None:
    posts = await open_postings(world)
    office = posts.other_host_hr
    assert await state_of(posts, office) == "42501"
    asked = verification.Asked(Typed(NUMBER, NAME), "聘任审核")
    await verification.verify(posts.registry, office, asked, world.key(), "192.0.2.1")
    for lent in (
        {"account_id": posts.host_hr.account_id},
        {"account_id": None},
        {"organisation_id": posts.host_hr.organisation_id},
    ):
        assert await state_of(posts, office, **lent) == "42501"
    assert await state_of(posts, posts.host_hr) == "42501"
    assert await state_of(posts, office) is None
    async with posts.registry.reading(posts.host_hr) as connection:
        assert (await connection.execute(text("SELECT count(*) FROM credential_watch"))).scalar_one() == 0
