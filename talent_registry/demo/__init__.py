"""The registry's story on the two sample rolls: every promise kept on real input by the product's own services."""

from talent_registry.demo.telling import main

__all__ = ["main"]
