"""The command line: one file per command."""

from talent_registry.cli.program import main

__all__ = ["main"]
