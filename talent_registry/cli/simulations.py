"""`talent-registry simulate`: try a draft of the agreement on every recorded credential, without writing anything."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from talent_registry.cli.cases import same_name, unreadable
from talent_registry.cli.language import say, worded
from talent_registry.cli.running import on_registry
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from talent_registry.services.registry import Registry

_MOST_SHOWN = 20
_STATEMENT_SECONDS = 900
_CHANGES = {
    "GAIN": Message(zh="结果更好", en="gains"),
    "LOSS": Message(zh="结果更差", en="loses"),
    "BASIS": Message(zh="依据变更", en="other basis"),
}


def simulate(
    drafts: Annotated[
        list[Path], typer.Option("--draft", help="草案文件（TOML，可多个）。Draft (TOML), may be given several times.")
    ],
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="决定日。Decision day, YYYY-MM-DD.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。One JSON object.")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", help="将全部变化写入 CSV。Write all changes as CSV.")] = None,
) -> None:
    """试算草案：对全部证书比较现行规则与草案，不写入任何内容。Try a draft on every credential; nothing is written.

    退出码 Exit codes: 0 已试算 done, whatever it found; 2 草案有误 the draft cannot be used.
    """
    from talent_registry.documents.simulations import simulation_as_csv

    files = _read(drafts)
    if csv is not None:
        _check_writable(csv)
    day = None if on is None else on.date()
    result = on_registry(lambda registry: _simulated(registry, files, day), statement_seconds=_STATEMENT_SECONDS)
    if csv is not None:
        try:
            csv.write_text(simulation_as_csv(result), encoding="utf-8", newline="")
        except OSError as failure:
            raise _unwritable(csv, failure) from None
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        _show(result)


async def _simulated(registry: "Registry", files: dict[str, str], day: Any) -> dict[str, Any]:  # noqa: ANN401 - a date or none
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from talent_registry.domain.simulation_results import simulation_as_json
    from talent_registry.services.permissions import OPERATOR
    from talent_registry.services.simulations import simulate as simulated

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(worded(Message(zh="试算", en="Simulating")), total=100)
        found = await simulated(
            registry, OPERATOR, files, day, progress=lambda percent: bar.update(task, completed=percent)
        )
    return simulation_as_json(found)


def _read(drafts: list[Path]) -> dict[str, str]:
    files: dict[str, str] = {}
    for path in drafts:
        if path.name in files:
            raise same_name(path)
        try:
            files[path.name] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as failure:
            raise unreadable(path, failure) from None
    return files


def _check_writable(path: Path) -> None:
    """Before minutes are spent: the file can be written; nothing of it changes, and none is left behind."""
    new = not path.exists()
    try:
        path.open("ab").close()
    except OSError as failure:
        raise _unwritable(path, failure) from None
    if new:
        path.unlink()


def _unwritable(path: Path, failure: OSError) -> InvalidInput:
    return InvalidInput(
        Message(
            zh=f"无法写入 {path}（{failure.strerror}）。请检查路径和权限。",
            en=f"{path} cannot be written ({failure.strerror}). Check path and permissions.",
        ),
        reason="FILE_UNWRITABLE",
    )


def _show(result: dict[str, Any]) -> None:
    from rich.console import Console

    # Names of a draft are text, not mark-up.
    console = Console(markup=False)
    before, after = result["in_force"], result["draft"]
    say(
        f"决定日 {result['on']}：现行 {before['version']}（{before['digest'][:12]}）对草案 {after['version']}"
        f"（{after['digest'][:12]}）；证书 {result['credentials']} 项。",
        f"On {result['on']}: {before['version']} ({before['digest'][:12]}) against the draft {after['version']} "
        f"({after['digest'][:12]}); {result['credentials']} credentials.",
    )
    console.print(_table_of_targets(result))
    if result["changes"]:
        console.print(_table_of_changes(result))
    left_out = len(result["changes"]) - _MOST_SHOWN
    if left_out > 0:
        say(f"另有 {left_out} 行，见 --csv 或 --json。", f"{left_out} more rows: see --csv or --json.")
    lost = result["placements_losing_support"]
    say(f"将失去依据的进行中柔性流动：{lost} 项。", f"Active placements that would lose their support: {lost}.")


def _table_of_targets(result: dict[str, Any]) -> Any:  # noqa: ANN401 - rich is imported only when needed
    heads = ("目标 target", "证书 asked", "更好 gains", "更差 loses", "依据变更 other basis")
    table = _table(heads, numbers=4)
    for one in result["targets"]:
        counts = (one["asked"], one["gains"], one["losses"], one["changed_basis"])
        table.add_row(_places(one["divisions"]), *(str(count) for count in counts))
    return table


def _table_of_changes(result: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
    from talent_registry.documents.simulations import basis_of

    divisions = {group["number"]: group["divisions"] for group in result["groups"]}
    heads = (
        "变化 change",
        "规则 rules",
        "类型 kind",
        "系列 series",
        "层级 level",
        "发证地 from",
        "目标 target",
        "数量 count",
    )
    table = _table(heads, numbers=1)
    for one in result["changes"][:_MOST_SHOWN]:
        table.add_row(
            worded(_CHANGES[one["change"]]),
            f"{basis_of(one['before'])} → {basis_of(one['after'])}",
            one["kind"],
            one["series"] or "",
            one["level"] or "",
            one["issued_in"],
            _places([one["division"]] if one["division"] else divisions[one["group"]]),
            str(one["count"]),
        )
    return table


def _table(heads: tuple[str, ...], *, numbers: int) -> Any:  # noqa: ANN401 - as above
    from rich.box import SIMPLE
    from rich.table import Table

    table = Table(box=SIMPLE)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place >= len(heads) - numbers else "left")
    return table


def _places(divisions: list[str]) -> str:
    """Divisions by name; of many, the first and how many more."""
    from talent_registry.reference.catalogue import catalogue

    division = catalogue().find_division(divisions[0])
    first = divisions[0] if division is None else f"{division.name_zh} {divisions[0]}"
    return first if len(divisions) == 1 else f"{first} +{len(divisions) - 1}"
