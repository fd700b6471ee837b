"""`talent-registry decide`: decide a file of worked cases, without a database."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message


def decide(
    cases: Annotated[Path, typer.Option("--cases", help="案例文件（JSON），- 为标准输入。File of cases, - for stdin.")],
    missing: Annotated[
        bool,
        typer.Option("--missing", help="同时给出改善结论所缺的事项。Also tell what is missing for a better answer."),
    ] = False,
) -> None:
    """判定案例。Decide recognition cases: one JSON object a line.

    退出码 Exit codes: 0 一致 agree; 1 与所写结果不同 an expected outcome differs; 2 文件有误 malformed file.
    """
    from talent_registry.services.cases import decide_file

    if str(cases) == "-":
        raise typer.Exit(decide_file(sys.stdin, sys.stdout, sys.stderr, missing=missing))
    try:
        with cases.open(encoding="utf-8", newline="") as file:
            code = decide_file(file, sys.stdout, sys.stderr, missing=missing)
    except (OSError, UnicodeDecodeError) as failure:
        raise unreadable(cases, failure) from None
    raise typer.Exit(code)


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
