"""The documents of graphql/operations, carried out in process as one actor, with their statements counted."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from talent_registry.api.context import Context
from talent_registry.api.plans.guarded import answer_by_plan
from talent_registry.api.schema import schema
from talent_registry.services.permissions import Actor
from tests.api.permission_world import Cast, open_cast
from tests.conftest import DatabaseUrls
from tests.registries import World, open_world

OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"


class Asking:
    """Asks what a document asks; `statements` counts the SQL statements of the last one."""

    def __init__(self, world: World) -> None:
        self.registry = world.registry
        self.statements = 0
        self.sql: list[str] = []

    async def __call__(self, actor: Actor, operation: str, **variables: Any) -> dict[str, Any]:
        """The data of a document that meets no top-level error."""
        data, errors = await self.with_errors(actor, operation, **variables)
        assert errors == []
        assert data is not None
        return data

    async def refused(self, actor: Actor, operation: str, **variables: Any) -> dict[str, Any]:
        """The extensions of the one top-level error that a document meets."""
        _, errors = await self.with_errors(actor, operation, **variables)
        assert len(errors) == 1
        return dict(errors[0].extensions or {})

    async def with_errors(
        self, actor: Actor, operation: str, **variables: Any
    ) -> tuple[dict[str, Any] | None, list[Any]]:
        """The data and the top-level errors of a document, answered as the web answers: by plan where there is one."""
        document = (OPERATIONS / f"{operation}.graphql").read_text(encoding="utf-8")
        context = Context(self.registry, actor, request_id="t", origin="test")
        self.statements, self.sql = 0, []
        planned = await answer_by_plan(schema, document, variables, None, context)
        if planned is not None:
            return json.loads(planned.data), []
        self.statements, self.sql = 0, []
        result = await schema.execute(document, variable_values=variables, context_value=context)
        return result.data, list(result.errors or [])

    def count(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """Called by SQLAlchemy before each statement."""
        self.statements += 1
        self.sql.append(statement)


@pytest.fixture
async def world(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[World]:
    """A registry with its clock."""
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield world
    await world.registry.database.close()


@pytest.fixture
async def cast(world: World) -> Cast:
    """Everybody and everything of `permission_world`."""
    return await open_cast(world)


@pytest.fixture
def ask(world: World) -> Iterator[Asking]:
    """Carries out documents of graphql/operations."""
    asking = Asking(world)
    engine = world.registry.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", asking.count)
    yield asking
    event.remove(engine, "before_cursor_execute", asking.count)
