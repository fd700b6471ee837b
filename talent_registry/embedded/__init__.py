"""A PostgreSQL of our own, for trying the registry out and for tests: started when needed, shared, stopped by the last.

Never for production: one machine, no backup, no replica. A deployment names its server in TALENT_REGISTRY_DATABASE_URL.
"""

from talent_registry.embedded.failures import CannotStart
from talent_registry.embedded.server import Running, start

__all__ = ["CannotStart", "Running", "start"]
