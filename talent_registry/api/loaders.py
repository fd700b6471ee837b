"""Loaders: what siblings of a request ask for one by one is fetched in one read, each batch in its own session."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from strawberry.dataloader import DataLoader

from talent_registry.api.context import Context
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry

K = TypeVar("K")
V = TypeVar("V")

Fetch = Callable[[Registry, Actor, Sequence[K]], Awaitable[Sequence[V]]]


async def load(context: Context, fetch: Fetch[K, V], key: K) -> V:
    """The value for `key`, fetched with its siblings by `fetch` (a services function: keys → values in order)."""
    loader = context.loaders.get(fetch)
    if loader is None:

        async def batch(keys: list[K]) -> Sequence[V]:
            return await fetch(context.registry, context.actor, keys)

        loader = context.loaders[fetch] = DataLoader(load_fn=batch, max_batch_size=100)
    value: V = await loader.load(key)
    return value
