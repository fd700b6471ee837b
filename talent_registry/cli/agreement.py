"""`talent-registry agreement check`: validate a draft of the agreement, without a database."""

import json
from pathlib import Path
from typing import Annotated

import typer

from talent_registry.cli.cases import unreadable
from talent_registry.cli.language import say, warn

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
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。Print JSON.")] = False,
) -> None:
    """校验草案并运行示例。Validate a draft and run its own and the settled conformance cases.

    退出码 Exit codes: 0 通过 passes; 1 与示例不符 a case stands against it; 2 草案有误 the draft has a fault.
    """
    from talent_registry.domain.agreement_loading import shipped_agreement
    from talent_registry.domain.agreement_releases import read_release
    from talent_registry.domain.conformance import report_as_json, run_conformance
    from talent_registry.domain.conformance_cases import shipped_cases

    texts = _read(files)
    agreement = shipped_agreement()
    release = read_release(agreement, texts)
    report = run_conformance(agreement, release, shipped_cases())
    version, objections = release.version, report.list_objections()
    if as_json:
        found = {
            "version": version.id,
            "from": release.since.isoformat(),
            "digest": version.digest,
            "base_digest": release.base_digest,
            "passes": report.passes,
            "conformance": report_as_json(report),
            "objections": [
                {"reason": one.reason, "case_id": one.path[0], "zh": one.message.zh, "en": one.message.en}
                for one in objections
            ],
        }
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _tell(version.id, release.since.isoformat(), version.digest)
        say(
            f"自带示例 {len(report.own)} 个，已定示例 {report.settled} 个，其中结论改变 {len(report.changed)} 处。",
            f"{len(report.own)} cases of its own, {report.settled} settled; {len(report.changed)} answers changed.",
        )
        for one in report.changed:
            if one.why is not None:
                say(
                    f"{one.case_id}：{one.before} → {one.after}：{one.why.zh}",
                    f"{one.case_id}: {one.before} → {one.after}: {one.why.en}",
                )
        for objection in objections:
            warn(objection.message)
        if not objections:
            say("草案通过。", "The draft passes.")
    raise typer.Exit(PASSES if report.passes else OBJECTED)


def _tell(version: str, since: str, digest: str) -> None:
    say(f"版本 {version}，自 {since} 起生效。", f"Version {version}, in force from {since}.")
    say(f"摘要 {digest}", f"digest {digest}")


def _read(files: list[Path]) -> dict[str, str]:
    texts = {}
    for file in files:
        try:
            texts[file.name] = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as failure:
            raise unreadable(file, failure) from None
    return texts
