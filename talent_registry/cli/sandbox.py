"""`talent-registry sandbox`: found a sandbox, and say which certificates it answers for."""

from typing import TYPE_CHECKING

import typer

from talent_registry.cli.language import say, worded
from talent_registry.cli.running import on_registry
from talent_registry.domain.messages import Message

if TYPE_CHECKING:
    from talent_registry.services.registry import Registry

app = typer.Typer(help="开发者沙箱。The sandbox for developers.", no_args_is_help=True)


class NotASandbox(Exception):
    """The settings do not make this a sandbox; `message` says what to set."""

    def __init__(self) -> None:
        self.message = Message(
            zh="这不是沙箱。请设置 TALENT_REGISTRY_SANDBOX=true，并为沙箱另用一个数据库。",
            en="This is no sandbox. Set TALENT_REGISTRY_SANDBOX=true and give the sandbox a database of its own.",
        )
        super().__init__(self.message.en)


@app.callback()
def _sandbox() -> None:
    """开发者沙箱。The sandbox for developers."""


@app.command()
def found() -> None:
    """登记有据可查的虚构人员，可重复执行。Record the documented invented people; harmless when repeated."""
    from talent_registry.domain.sandbox import documented
    from talent_registry.services.sandbox import found_sandbox

    async def work(registry: "Registry") -> int:
        if registry.sandbox is None:
            raise NotASandbox
        return len(await found_sandbox(registry))

    on_registry(work)
    for one in documented():
        typer.echo(f"{one.number}  {one.name}  {one.fate.verdict:<9}  {worded(one.fate.means)}")
    say("沙箱已就绪。", "The sandbox is ready.")
