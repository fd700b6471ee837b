"""`talent-registry organisation register`: register an organisation as the operator."""

from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from talent_registry.cli.language import say
from talent_registry.cli.running import on_registry

if TYPE_CHECKING:
    from talent_registry.services.registry import Done, Registry

app = typer.Typer(help="单位。Organisations.", no_args_is_help=True)


@app.callback()
def _organisations() -> None:
    """单位。Organisations."""


@app.command("register")
def register(
    name: Annotated[str, typer.Option("--name", help="中文名称。Name in Chinese.")],
    kind: Annotated[str, typer.Option("--kind", help="单位类型代码，如 HRSS_BUREAU。Kind, such as HRSS_BUREAU.")],
    division: Annotated[str, typer.Option("--division", help="行政区划代码。Division (GB/T 2260), such as 510000.")],
    name_en: Annotated[str | None, typer.Option("--name-en", help="英文名称。Name in English.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="统一社会信用代码。Social credit code.")] = None,
    ror: Annotated[str | None, typer.Option("--ror", help="ROR 标识。ROR id.")] = None,
) -> None:
    """登记单位。Register an organisation."""

    async def work(registry: "Registry") -> "Done":
        from talent_registry.services import organisations
        from talent_registry.services.permissions import OPERATOR

        asked = organisations.NewOrganisation(name, kind, division, name_en, code, ror)
        return await organisations.register(registry, OPERATOR, asked, str(uuid4()))

    done = on_registry(work)
    say(
        f"已登记单位 {done.result['organisation_id']}（台账第 {done.sequence} 条）。",
        f"Registered organisation {done.result['organisation_id']} (ledger entry {done.sequence}).",
    )
