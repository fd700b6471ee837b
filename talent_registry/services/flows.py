"""Flows between the provinces: the clock publishes each closed quarter once; everybody reads the same figures."""

from hashlib import sha256
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.flows import FlowEdition, FlowMeasure, Quarter, tables_of
from talent_registry.domain.ledger import canonical
from talent_registry.domain.periods import shanghai_today
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.registry import Registry, Work, perform
from talent_registry.storage import flows
from talent_registry.storage.session import duty

_EDITION: Final = 1
# Ten years.
_MOST_QUARTERS: Final = 40


async def find_edition(registry: Registry, actor: Actor, quarter: Quarter | None = None) -> FlowEdition | None:
    """What was published of a quarter, of the latest where none is named; None where nothing was."""
    actor.must(Permission.READ_FLOWS)
    async with registry.reading(actor) as connection:
        return await flows.find_edition(connection, quarter)


async def list_editions(registry: Registry, actor: Actor) -> list[FlowEdition]:
    """The quarters of the last ten years that were published, the latest first."""
    actor.must(Permission.READ_FLOWS)
    async with registry.reading(actor) as connection:
        return await flows.list_editions(connection, _MOST_QUARTERS)


async def publish_due(registry: Registry, actor: Actor) -> list[Quarter]:
    """Publish each quarter that is closed and was not published, the oldest first; those published here."""
    actor.must(Permission.RUN_CLOCKS, hidden=False)
    published = []
    async with registry.reading(actor) as connection:
        # By the database's clock: what a server that is ahead published too early could never be mended.
        today = shanghai_today(await registry.instant(connection))
        quarter = await _next(connection)
    while quarter is not None and quarter.is_due(today):
        if await _publish(registry, actor, quarter):
            published.append(quarter)
        quarter = quarter.after()
    return published


async def _next(connection: AsyncConnection) -> Quarter | None:
    """The quarter after the last one published, or the one in which the registry was begun."""
    last = await flows.find_last_quarter(connection)
    if last is not None:
        return last.after()
    begun = await flows.find_first_day(connection)
    return None if begun is None else Quarter.of(shanghai_today(begun))


async def _publish(registry: Registry, actor: Actor, quarter: Quarter) -> bool:
    """False where somebody else published it first."""
    provinces = sorted(registry.agreement.parties)

    async def act(work: Work) -> dict[str, Any]:
        tables = []
        async with duty(work.connection, "publish"):
            for measure in FlowMeasure:
                movements = await flows.count_movements(work.connection, measure, quarter, provinces)
                tables += tables_of(measure, quarter, provinces, movements)
            edition = FlowEdition(quarter, _EDITION, work.now, tuple(tables))
            await flows.add_edition(work.connection, edition, work.command_id)
        digest = sha256(canonical([table.as_json() for table in tables])).hexdigest()
        work.says(quarter=str(quarter), edition=_EDITION, digest=digest)
        return {"quarter": str(quarter), "edition": _EDITION}

    done = await perform(registry, actor, "publishFlows", f"flows:{quarter}", {"quarter": str(quarter)}, act)
    return not done.replayed
