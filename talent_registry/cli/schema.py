"""`talent-registry schema`: print the GraphQL contract."""

import sys


def schema() -> None:
    """输出 GraphQL 接口定义。Print the GraphQL schema (SDL)."""
    from talent_registry.api.schema import sdl

    sys.stdout.write(sdl())
