"""`talent-registry clocks run`: record what the passing of days has brought about."""

from typing import TYPE_CHECKING

import typer

from talent_registry.cli.language import say
from talent_registry.cli.running import on_registry

if TYPE_CHECKING:
    from uuid import UUID

    from talent_registry.services.registry import Registry

app = typer.Typer(help="期限。The clocks of cases.", no_args_is_help=True)


@app.callback()
def _clocks() -> None:
    """期限。The clocks of cases."""


@app.command("run")
def run() -> None:
    """登记因逾期而认可的办件，可每日运行。Record the cases in which silence counts as granted; run it daily."""

    async def work(registry: "Registry") -> "list[UUID]":
        from talent_registry.services.permissions import OPERATOR
        from talent_registry.services.proceeding_clocks import run_clocks

        return await run_clocks(registry, OPERATOR)

    recorded = on_registry(work)
    say(
        f"已登记 {len(recorded)} 件因逾期而认可的办件。",
        f"Recorded {len(recorded)} cases in which silence counts as granted.",
    )
