"""`talent-registry demo`: the registry's story, told in the terminal."""

from typing import Annotated

import typer


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象。Print one JSON object only.")] = False,
) -> None:
    """演示登记库的全部承诺。Show what the registry does, on the shipped sample rolls."""
    from talent_registry.demo import main

    raise typer.Exit(main(as_json=as_json))
