"""`talent-registry clocks run`: record what the passing of days has brought about."""

from typing import TYPE_CHECKING

import typer

from talent_registry.cli.language import say
from talent_registry.cli.running import on_registry

if TYPE_CHECKING:
    from uuid import UUID

    from talent_registry.services.registry import Registry

app = typer.Typer(help="期限。The clocks of cases and placements.", no_args_is_help=True)


@app.callback()
def _clocks() -> None:
    """期限。The clocks of cases and placements."""


@app.command("run")
def run() -> None:
    """登记逾期认可的办件和到期的柔性流动，可每日运行。Record what days brought to cases, placements; run it daily."""

    async def work(registry: "Registry") -> "tuple[list[UUID], list[UUID], list[UUID]]":
        from talent_registry.services.placement_clocks import end_due
        from talent_registry.services.placement_lapses import lapse_due
        from talent_registry.services.placement_reminders import CLOCK
        from talent_registry.services.proceeding_clocks import run_clocks

        cases = await run_clocks(registry, CLOCK)
        return cases, await end_due(registry, CLOCK), await lapse_due(registry, CLOCK)

    cases, placements, proposals = on_registry(work)
    say(
        f"已登记 {len(cases)} 件因逾期而认可的办件。",
        f"Recorded {len(cases)} cases in which silence counts as granted.",
    )
    say(
        f"已登记 {len(placements)} 项到期或证书失效的柔性流动。",
        f"Recorded {len(placements)} placements whose last day, or whose credential's, is over.",
    )
    say(
        f"已登记 {len(proposals)} 项逾期无人答复而失效的提议。",
        f"Recorded {len(proposals)} proposals that lapsed because nobody replied in time.",
    )
