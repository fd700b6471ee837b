"""`talent-registry generate`: fill a registry with sample people."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from talent_registry.cli.language import say, worded
from talent_registry.cli.running import on_registry
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from talent_registry.services.generation import SampleRequest
    from talent_registry.services.registry import Done, Registry

# One chunk is one statement a table; what runs longer than this has stopped.
_STATEMENT_SECONDS = 3_600


def generate(
    people: Annotated[int, typer.Option("--people", min=1, help="人数。How many people.")],
    seed: Annotated[int, typer.Option("--seed", help="种子：同一种子同一结果。The same seed gives the same.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。Print the summary as JSON.")] = False,
) -> None:
    """生成样例数据（号码前缀 990000）。Generate sample people, credentials, decisions and placements.

    须以表的所有者身份写入，且允许样例身份。Writes as the owner of the tables; sample identities must be allowed.
    退出码 Exit codes: 0 已生成或先前已生成 generated now or before; 1 被拒绝 refused; 2 人数无法使用 unusable number.
    """
    from talent_registry.services.generation import SampleRequest

    asked = SampleRequest(people, seed)
    done = on_registry(
        lambda registry: _generated(registry, asked), statement_seconds=_STATEMENT_SECONDS, as_owner=True
    )
    if as_json:
        typer.echo(json.dumps({**done.result, "sequence": done.sequence, "replayed": done.replayed}, sort_keys=True))
        return
    _sum_up(done)


async def _generated(registry: "Registry", asked: "SampleRequest") -> "Done":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from talent_registry.services import generation
    from talent_registry.services.permissions import OPERATOR

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(worded(Message(zh="生成", en="Generating")), total=asked.people)
        return await generation.generate(
            registry, OPERATOR, asked, lambda made, total: bar.update(task, completed=made, total=total)
        )


def _sum_up(done: "Done") -> None:
    made = done.result
    if done.replayed:
        say("此样例先前已生成，未再写入任何内容。", "This sample was generated before; nothing was written again.")
    say(
        f"样例人员 {made['people']} 名，证书 {made['credentials']} 项，认可决定 {made['decisions']} 项，"
        f"柔性流动 {made['placements']} 项（种子 {made['seed']}）。台账第 {done.sequence} 条。",
        f"{made['people']} sample people, {made['credentials']} credentials, {made['decisions']} decisions, "
        f"{made['placements']} placements (seed {made['seed']}). Ledger entry {done.sequence}.",
    )
    say(f"摘要 {made['rows']}", f"Digest {made['rows']}")
