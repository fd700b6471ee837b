"""`talent-registry worker`: what runs by itself, in a process of its own beside the servers."""

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from talent_registry.cli.language import say

if TYPE_CHECKING:
    from types import FrameType


def worker(
    once: Annotated[bool, typer.Option("--once", help="只运行一遍。Run everything once and end.")] = False,
) -> None:
    """到期、提醒、办件期限、推送与试算，直到 SIGTERM。Ends of terms, reminders, clocks, webhooks; until SIGTERM.

    可同时运行多个；中断后重新运行，每一事项仍只办理一次。Several may run; whatever stops them, each act is done once.
    """
    import asyncio

    from talent_registry.composition import open_registry, write_logs
    from talent_registry.jobs.worker import at_work, work_once
    from talent_registry.settings import load_settings

    write_logs(as_json=True)
    settings = load_settings()
    _leave_on_sigterm()

    async def whole() -> None:
        async with open_registry(settings) as registry:
            if once:
                await work_once(registry)
                return
            told_to_stop = asyncio.Event()
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
            async with at_work(registry):
                say("后台任务已启动。", "The worker runs.")
                await told_to_stop.wait()

    asyncio.run(whole())


def _leave_on_sigterm() -> None:
    """Leave through every `with`, as on an interrupt from the keyboard, before the worker runs."""

    def leave(_number: int, _frame: "FrameType | None") -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
