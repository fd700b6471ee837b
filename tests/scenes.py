"""What many tests begin with, made once for each worker and put back, row by row, where a test asks for it.

A scene is a function that fills an empty registry by commands and answers who is in it. The commands of a scene take
longer than most tests; putting their rows back takes some milliseconds.
"""

from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import psycopg

from talent_registry.services.registry import utc_now
from talent_registry.signing.key_files import make_private_folder, write_once
from talent_registry.signing.keys import FILE_NAME, KeySet
from tests.databases import Held, held, put_back

if TYPE_CHECKING:
    from tests.registries import World

Opened = TypeVar("Opened")
Superuser = Callable[[str], AbstractContextManager[psycopg.Connection]]


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who is in it, of which world, what its database held and when its clock stood still."""

    opened: Any
    world: "World"
    held: Held
    now: datetime


_kept: dict[tuple[object, ...], _Scene] = {}
# The servers whose databases scenes may be put into, by the folder of their socket.
_servers: dict[str, Superuser] = {}
_material: list[bytes] = []


def allow_on(host: str, superuser: Superuser) -> None:
    """Scenes may be put into databases of this server; `superuser` opens a connection to one by its name."""
    _servers[host] = superuser


def scene(make: Callable[["World"], Coroutine[Any, Any, Opened]]) -> Callable[["World"], Coroutine[Any, Any, Opened]]:
    """Make a scene once for each set of keys, agreement and instant; afterwards put its rows back."""

    @wraps(make)
    async def opened(world: "World") -> Opened:
        url = world.registry.database.engine.url
        superuser = _servers.get(str(url.query.get("host")))
        if superuser is None:
            return await make(world)
        with superuser(str(url.database)) as connection:
            if _is_used(connection):
                return await make(world)
            key = (make.__module__, make.__qualname__, *_circumstances(world))
            kept = _kept.get(key)
            if kept is None:
                first = await make(world)
                copy = deepcopy(first, _same(world, world))
                _kept[key] = _Scene(copy, world, held(connection), world.clock.now)
                return first
            put_back(connection, kept.held)
        if world.registry.clock is not utc_now:
            world.clock.now = kept.now
        return cast("Opened", deepcopy(kept.opened, _same(kept.world, world)))

    return opened


def _is_used(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT EXISTS (SELECT FROM ledger_entry)").fetchone()
    return row is None or bool(row[0])


def _circumstances(world: "World") -> tuple[object, ...]:
    """Whatever else the rows of a scene depend on."""
    registry = world.registry
    keys, law = registry.keys, tuple(version.digest for version in registry.agreement.versions)
    now = None if registry.clock is utc_now else world.clock.now
    return type(world), (keys.token_id, keys.sealing_id, keys.digest_id, keys.receipt_id), law, now


def _same(old: "World", new: "World") -> dict[int, Any]:
    """What a copied cast refers to instead of the world it was made in."""
    return {id(old): new, id(old.registry): new.registry, id(old.clock): new.clock}


def keys_of_worker(folder: Path) -> KeySet:
    """This worker's keys, in a folder of the test's own: rows of a scene can be read with no others."""
    path = folder / FILE_NAME
    if _material and not path.exists():
        make_private_folder(folder)
        write_once(path, _material[0])
    keys = KeySet.open(folder)
    if not _material:
        _material.append(path.read_bytes())
    return keys
