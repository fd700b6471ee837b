"""`talent-registry agreement check`: validate a draft of the agreement; without a database unless asked to."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from talent_registry.cli.cases import same_name, unreadable
from talent_registry.cli.language import say, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent_registry.domain.agreement_releases import Release
    from talent_registry.domain.agreements import Agreement
    from talent_registry.domain.cases import Case
    from talent_registry.domain.conformance import ConformanceReport

PASSES, OBJECTED = 0, 1

app = typer.Typer(help="双方协议的草案。Drafts of the agreement.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Typer needs it to keep a group of one command a group."""


@app.command("check")
def check(
    files: Annotated[
        list[Path],
        typer.Argument(help="草案文件：规则 .toml，示例 .json。The draft: rules as .toml, cases as .json."),
    ],
    registry: Annotated[
        bool,
        typer.Option(
            "--registry",
            help="以登记库中现行的协议为基础（含双方已批准的版本），否则以程序所附的协议为基础。"
            "Check against what stands in the registry, releases included; else against what ships with the program.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。Print JSON.")] = False,
) -> None:
    """校验草案并运行示例。Validate a draft and run its own and the settled conformance cases.

    退出码 Exit codes: 0 通过 passes; 1 与示例不符 a case stands against it; 2 草案有误 the draft has a fault.
    """
    from talent_registry.domain.agreement_releases import read_release
    from talent_registry.domain.conformance import run_conformance

    texts = _read(files)
    agreement, cases = _law(stored=registry)
    release = read_release(agreement, texts)
    report = run_conformance(agreement, release, cases)
    if as_json:
        _print_json(release, report)
    else:
        _tell(release, report)
    raise typer.Exit(PASSES if report.passes else OBJECTED)


def _law(*, stored: bool) -> "tuple[Agreement, Sequence[Case]]":
    """What the draft is checked against: the agreement, and the cases settled under it."""
    if not stored:
        from talent_registry.domain.agreement_loading import shipped_agreement
        from talent_registry.domain.conformance_cases import shipped_cases

        return shipped_agreement(), shipped_cases()
    from talent_registry.cli.running import on_registry
    from talent_registry.services.agreement_releases import get_law
    from talent_registry.services.permissions import OPERATOR

    law = on_registry(lambda opened: get_law(opened, OPERATOR))
    return law.agreement, law.cases


def _print_json(release: "Release", report: "ConformanceReport") -> None:
    from talent_registry.domain.conformance import report_as_json

    found = {
        "version": release.version.id,
        "from": release.since.isoformat(),
        "digest": release.version.digest,
        "base_digest": release.base_digest,
        "passes": report.passes,
        "conformance": report_as_json(report),
        "objections": [
            {"reason": one.reason, "case_id": one.path[0], "zh": one.message.zh, "en": one.message.en}
            for one in report.list_objections()
        ],
    }
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _tell(release: "Release", report: "ConformanceReport") -> None:
    version, since = release.version, release.since
    say(f"版本 {version.id}，自 {since} 起生效。", f"Version {version.id}, in force from {since}.")
    say(f"摘要 {version.digest}", f"digest {version.digest}")
    own, changed = len(report.own), len(report.changed)
    say(
        f"自带示例 {own} 个，已定示例 {report.settled} 个，其中结论改变 {changed} 处。",
        f"{own} cases of its own, {report.settled} settled; {changed} answers changed.",
    )
    for one in report.changed:
        if one.why is not None:
            move = f"{one.before} → {one.after}"
            say(f"{one.case_id}：{move}：{one.why.zh}", f"{one.case_id}: {move}: {one.why.en}")
    for objection in report.list_objections():
        warn(objection.message)
    if report.passes:
        say("草案通过。", "The draft passes.")


def _read(files: list[Path]) -> dict[str, str]:
    texts = {}
    for file in files:
        if file.name in texts:
            raise same_name(file)
        try:
            texts[file.name] = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as failure:
            raise unreadable(file, failure) from None
    return texts
