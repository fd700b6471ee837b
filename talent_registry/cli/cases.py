"""`talent-registry decide`: decide a file of worked cases, without a database."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, TextIO

import typer

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message


def decide(
    cases: Annotated[
        Path | None,
        typer.Option("--cases", help="认定案例文件（JSON），- 为标准输入。File of recognition cases, - for stdin."),
    ] = None,
    placements: Annotated[
        Path | None,
        typer.Option("--placements", help="柔性流动案例文件，- 为标准输入。File of placement cases, - for stdin."),
    ] = None,
    missing: Annotated[
        bool,
        typer.Option(
            "--missing",
            help="同时给出改善结论所缺的事项（仅认定案例）。Also tell what is missing (recognition cases only).",
        ),
    ] = False,
) -> None:
    """判定案例。Decide recognition or placement cases: one JSON object a line.

    退出码 Exit codes: 0 一致 agree; 1 与所写结果不同 an expected outcome differs; 2 文件有误 malformed file.
    """
    from talent_registry.services.cases import decide_file
    from talent_registry.services.placement_cases import decide_placements

    decided: Callable[[TextIO, TextIO, TextIO], int]
    if placements is None and cases is not None:
        decided = partial(decide_file, missing=missing)
    elif cases is None and placements is not None and not missing:
        decided = decide_placements
    else:
        raise _one_file()
    raise typer.Exit(_decided(cases or placements or Path("-"), decided))


def _decided(path: Path, decided: Callable[[TextIO, TextIO, TextIO], int]) -> int:
    if str(path) == "-":
        return decided(sys.stdin, sys.stdout, sys.stderr)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return decided(file, sys.stdout, sys.stderr)
    except (OSError, UnicodeDecodeError) as failure:
        raise unreadable(path, failure) from None


def _one_file() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="请只用 --cases 或 --placements 之一指明案例文件；--missing 只用于 --cases。",
            en="Name one file of cases, by --cases or by --placements; --missing goes with --cases only.",
        ),
        reason="ONE_FILE_OF_CASES",
    )


def same_name(path: Path) -> InvalidInput:
    """The refusal of two files of a draft that messages could not tell apart."""
    return InvalidInput(
        Message(
            zh=f"两个草案文件同名：{path.name}。请改名。",
            en=f"Two files of the draft have the same name: {path.name}. Rename one.",
        ),
        reason="SAME_NAME",
    )


def unreadable(path: Path, failure: Exception) -> InvalidInput:
    """The refusal of a file that cannot be read."""
    why = (failure.strerror if isinstance(failure, OSError) else None) or "UTF-8"
    return InvalidInput(
        Message(
            zh=f"无法读取文件 {path}（{why}）。请检查路径、权限和编码。",
            en=f"The file {path} cannot be read ({why}). Check path, permissions and encoding.",
        ),
        reason="FILE_UNREADABLE",
    )
