"""The queue as the worker reaches it; what commands add to it, they add through storage in their own transaction."""

from procrastinate import PsycopgConnector

from talent_registry.services.registry import Registry
from talent_registry.storage import queue


def connector_of(registry: Registry) -> PsycopgConnector:
    """How a worker reaches the queue of this registry; not open yet."""
    return queue.connector(registry.database)
