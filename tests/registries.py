"""A registry on a fresh database, and the people and offices that the tests act as."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.services import organisations
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry
from talent_registry.signing.keys import KeySet
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import Database
from tests.scenes import keys_of_worker

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class World:
    """A registry with its clock, and short ways to act in it."""

    registry: Registry
    clock: Clock
    keys: dict[str, int] = field(default_factory=dict)

    def key(self) -> str:
        """A fresh idempotency key."""
        return str(new_id())

    async def organisation(self, name_zh: str, kind: str, division: str) -> UUID:
        """Register an organisation as the operator would."""
        asked = organisations.NewOrganisation(name_zh, kind, division)
        done = await organisations.register(self.registry, OPERATOR, asked, self.key())
        return UUID(done.result["organisation_id"])


def told_by(clock: Callable[[], datetime]) -> dict[str, Any]:
    """Both clocks of a registry, the server's and the database's, as one that a test sets."""

    async def instant(_: AsyncConnection) -> datetime:
        return clock()

    return {"clock": clock, "instant": instant}


def open_world(app_url: str, keys_folder: Path, *, statement_seconds: int = 15) -> World:
    """A registry on this database, with this worker's keys in a folder `keys` and its own in any other.

    Sample identities are allowed.
    """
    clock = Clock()
    registry = Registry(
        Database(app_url, pool_size=5, statement_ms=statement_seconds * 1000),
        keys_of_worker(keys_folder) if keys_folder.name == "keys" else KeySet.open(keys_folder),
        shipped_agreement(),
        allow_test_identities=True,
        **told_by(clock),
    )
    return World(registry, clock)


def authority(province: str, organisation_id: UUID | None = None) -> Actor:
    """An officer of a provincial authority (the account need not exist unless the act is signed)."""
    return Actor(ActorKind.AUTHORITY, None, organisation_id, None, province)
