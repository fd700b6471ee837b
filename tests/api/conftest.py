"""The documents of graphql/operations, carried out in process as one actor, with their statements counted."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from talent_registry.api.context import Context
from talent_registry.api.plans.guarded import answer_by_plan
from talent_registry.api.schema import schema
from talent_registry.services.permissions import Actor
from tests.api.permission_world import Cast, open_cast
from tests.conftest import TEMPLATE, DatabaseUrls, create_database, drop_database
from tests.databases import Lender
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


@dataclass(frozen=True, slots=True)
class Stage:
    """A database that holds the whole cast of `permission_world`, lent from test to test, and who is in it."""

    lender: Lender
    keys: Path
    cast: Cast


@pytest.fixture(scope="session")
def stage(server: DatabaseUrls, lender: Lender, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The cast made once for this worker: it takes more than a hundred commands."""
    keys = tmp_path_factory.mktemp("stage") / "keys"
    name = f"c_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)

    async def make() -> Cast:
        world = open_world(server.of(name).app_url, keys)
        try:
            return await open_cast(world)
        finally:
            await world.registry.database.close()

    with asyncio.Runner() as runner:
        cast = runner.run(make())
    own = replace(lender, make=lambda copy: create_database(server, copy, name))
    yield Stage(own, keys, cast)
    own.close()
    drop_database(server, name)


@pytest.fixture
def staged(request: pytest.FixtureRequest) -> Stage | None:
    """The stage, for a test that asks for the cast."""
    return request.getfixturevalue("stage") if "cast" in request.fixturenames else None


@pytest.fixture
def database_urls(lender: Lender, staged: Stage | None) -> Iterator[DatabaseUrls]:
    """A migrated database, empty but for the cast of those tests that ask for it."""
    with (staged.lender if staged else lender).lent() as urls:
        yield urls


@pytest.fixture
async def world(database_urls: DatabaseUrls, staged: Stage | None, tmp_path: Path) -> AsyncIterator[World]:
    """A registry with its clock."""
    world = open_world(database_urls.app_url, staged.keys if staged else tmp_path / "keys")
    yield world
    await world.registry.database.close()


@pytest.fixture
def cast(stage: Stage, world: World) -> Cast:
    """Everybody and everything of `permission_world`, in this test's registry."""
    old = stage.cast.world
    return deepcopy(stage.cast, {id(old): world, id(old.registry): world.registry, id(old.clock): world.clock})


@pytest.fixture
def ask(world: World) -> Iterator[Asking]:
    """Carries out documents of graphql/operations."""
    asking = Asking(world)
    engine = world.registry.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", asking.count)
    yield asking
    event.remove(engine, "before_cursor_execute", asking.count)
