"""`talent-registry import`: load a province's or an issuer's roll."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from talent_registry.cli.cases import unreadable
from talent_registry.cli.language import say, warn, worded
from talent_registry.cli.running import on_registry
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from talent_registry.domain.roll_problems import CellProblem
    from talent_registry.domain.roll_results import RollCounts, RollOutcome
    from talent_registry.services.registry import Registry

ALL_GOOD, SOME_REFUSED, NOTHING_USABLE = 0, 1, 2
_STATEMENT_SECONDS = 3_600


def import_roll(
    file: Annotated[Path, typer.Argument(help="名册文件（CSV）。Roll (CSV).")],
    authority: Annotated[
        str,
        typer.Option(
            "--as",
            help="以哪个单位名义：名称、统一社会信用代码或省级区划代码。On whose behalf: name, code or province.",
        ),
    ],
) -> None:
    """导入名册：合格的行入库，有误的行逐格说明。Import a roll: good rows are kept, bad ones reported cell by cell.

    退出码 Exit codes: 0 全部合格 all good; 1 部分行未导入 some rows refused; 2 没有可用的行 nothing usable.
    """
    try:
        data = file.read_bytes()
    except OSError as failure:
        raise unreadable(file, failure) from None
    outcome = on_registry(lambda registry: _imported(registry, authority, data), statement_seconds=_STATEMENT_SECONDS)
    for problem in outcome.problems:
        warn(_line(problem))
    _left_out(outcome.problems_left_out)
    for note in outcome.notes:
        warn(_line(note))
    _left_out(outcome.notes_left_out)
    _sum_up(outcome)
    raise typer.Exit(exit_code(outcome.counts))


def exit_code(counts: "RollCounts") -> int:
    """0 where every row was taken, 1 where some were refused, 2 where no row could be used."""
    if counts.refused == 0:
        return ALL_GOOD
    return NOTHING_USABLE if counts.refused >= counts.rows else SOME_REFUSED


async def _imported(registry: "Registry", authority: str, data: bytes) -> "RollOutcome":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from talent_registry.services import offices, rolls

    actor = await offices.office_named(registry, authority)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(worded(Message(zh="导入", en="Importing")), total=None)
        return await rolls.import_roll(
            registry, actor, data, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )


def _line(problem: "CellProblem") -> Message:
    # The message names the cell; a row's number helps whoever reads it beside the sheet.
    where_zh = f"第 {problem.line} 行，" if problem.cell_ref else ""
    where_en = f"Row {problem.line}: " if problem.cell_ref else ""
    return Message(
        zh=f"{where_zh}{problem.message.zh}。{problem.fix.zh}。".replace("。。", "。"),
        en=f"{where_en}{problem.message.en}. {problem.fix.en}.".replace("..", "."),
    )


def _left_out(count: int) -> None:
    if count:
        warn(Message(zh=f"另有 {count} 条未列出。", en=f"{count} more are not listed."))


def _sum_up(outcome: "RollOutcome") -> None:
    counts = outcome.counts
    if outcome.replayed:
        say("此名册先前已导入，未再改动任何内容。", "This roll was imported before; nothing was changed again.")
    say(
        f"共 {counts.rows} 行，未导入 {counts.refused} 行，重复 {counts.repeated} 行；"
        f"新增人员 {counts.people_new} 名，已有 {counts.people_matched} 名；新增证书 {counts.credentials_new} 项，"
        f"更正 {counts.credentials_corrected} 项，未变 {counts.credentials_unchanged} 项，"
        f"状态变更 {counts.status_changed} 项。台账第 {outcome.sequence} 条。",
        f"{counts.rows} rows, {counts.refused} refused, {counts.repeated} repeated; people: {counts.people_new} new, "
        f"{counts.people_matched} known; credentials: {counts.credentials_new} new, {counts.credentials_corrected} "
        f"corrected, {counts.credentials_unchanged} unchanged, {counts.status_changed} changed in status. "
        f"Ledger entry {outcome.sequence}.",
    )
