"""`talent-registry verify-roster`: verify a file of certificates and write the answers beside its rows."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from talent_registry.cli.cases import unreadable
from talent_registry.cli.language import say, worded
from talent_registry.cli.running import on_registry
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from talent_registry.domain.rosters import Roster
    from talent_registry.services.registry import Registry
    from talent_registry.services.rosters import AskedRoster

ALL_VALID, SOME_NOT, NOT_DONE = 0, 1, 2
_POLL_SECONDS = 0.2


def verify_roster(
    file: Annotated[Path, typer.Argument(help="核验名单（CSV 或 XLSX）。Roster (CSV or XLSX).")],
    authority: Annotated[
        str,
        typer.Option(
            "--as",
            help="以哪个单位名义：名称、统一社会信用代码或省级区划代码。On whose behalf: name, code or province.",
        ),
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="核验用途。Purpose.")] = "名册核验",
    basis: Annotated[str, typer.Option("--basis", help="法律依据。Legal basis.")] = "履行法定职责",
    out: Annotated[
        Path | None,
        typer.Option("--out", help="结果文件（.csv 或 .xlsx）。File for the result (.csv or .xlsx)."),
    ] = None,
) -> None:
    """核验名单：每行一个结论，附在原表之后。Verify a roster: one verdict a row, behind the row's own columns.

    退出码 Exit codes: 0 全部有效 all valid; 1 部分行另有结论 some are not; 2 未能完成 not done, or unusable.
    """
    from talent_registry.services.rosters import AskedRoster

    try:
        data = file.read_bytes()
    except OSError as failure:
        raise unreadable(file, failure) from None
    as_workbook = out is not None and out.suffix.lower() == ".xlsx"
    asked = AskedRoster(purpose, basis)
    one, result = on_registry(lambda registry: _verified(registry, authority, data, asked, as_workbook=as_workbook))
    if out is not None:
        out.write_bytes(result)
    _sum_up(one)
    if one.failure is not None:
        raise typer.Exit(NOT_DONE)
    raise typer.Exit(ALL_VALID if one.counts.get("VALID", 0) == one.rows else SOME_NOT)


async def _verified(
    registry: "Registry", authority: str, data: bytes, asked: "AskedRoster", *, as_workbook: bool
) -> "tuple[Roster, bytes]":
    from uuid import UUID

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from talent_registry.services import offices, roster_jobs, roster_results, rosters
    from talent_registry.services.registry import new_key

    actor = await offices.office_named(registry, authority)
    done = await rosters.start(registry, actor, data, asked, new_key())
    roster_id = UUID(done.result["roster_id"])
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(worded(Message(zh="核验", en="Verifying")), total=None)
        one = await rosters.get_roster(registry, actor, roster_id)
        while one.finished_at is None:
            # A server that runs on the same database may be at it already.
            working = asyncio.create_task(roster_jobs.work_one(registry))
            while not working.done():
                await asyncio.wait({working}, timeout=_POLL_SECONDS)
                one = await rosters.get_roster(registry, actor, roster_id)
                bar.update(task, completed=one.done, total=one.rows)
            if not await working and one.finished_at is None:
                await asyncio.sleep(_POLL_SECONDS)
    write = roster_results.result_as_workbook if as_workbook else roster_results.result_as_csv
    return one, await write(registry, actor, roster_id)


def _sum_up(one: "Roster") -> None:
    counts = "，".join(f"{verdict} {number}" for verdict, number in sorted(one.counts.items()))
    say(f"共 {one.rows} 行，已核验 {one.done} 行：{counts}。", f"{one.rows} rows, {one.done} answered: {counts}.")
    if one.failure is not None:
        message = one.failure["message"]
        say(message["zh"], message["en"])
