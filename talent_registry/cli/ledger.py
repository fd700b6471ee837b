"""`talent-registry ledger verify`: walk the ledger from end to end."""

from typing import TYPE_CHECKING

import typer

from talent_registry.cli.language import say
from talent_registry.cli.running import on_registry

if TYPE_CHECKING:
    from talent_registry.services.ledger import LedgerReport
    from talent_registry.services.registry import Registry

app = typer.Typer(help="台账。The ledger.", no_args_is_help=True)


@app.callback()
def _ledger() -> None:
    """台账。The ledger."""


@app.command("verify")
def verify() -> None:
    """核验台账。Verify the whole chain. 退出码 Exit codes: 0 完好 sound; 1 断裂 broken."""

    async def work(registry: "Registry") -> "LedgerReport":
        from talent_registry.services import ledger
        from talent_registry.services.permissions import OPERATOR

        return await ledger.verify(registry, OPERATOR)

    report = on_registry(work, statement_seconds=600)
    chain = report.chain
    if not chain.intact:
        say(
            f"台账在第 {chain.fault_at} 条断裂（此前 {chain.entries} 条完好）："
            f"{_FAULTS_ZH.get(chain.fault, chain.fault)}。请停止写入，并与备份及两省保存的头部比对。",
            f"The ledger is broken at entry {chain.fault_at} ({chain.entries} before it hold): {chain.fault}. "
            "Stop writing and compare with backups and the heads kept by both provinces.",
        )
    else:
        say(
            f"台账完好：{chain.entries} 条，头部 {chain.head.hex()}。",
            f"The ledger is sound: {chain.entries} entries, head {chain.head.hex()}.",
        )
    if report.commands_without_entry:
        say(
            f"有 {report.commands_without_entry} 条命令没有台账记录，或与其台账记录不符。",
            f"{report.commands_without_entry} commands have no entry, or say another thing than it does.",
        )
    if report.entries_without_command:
        say(
            f"有 {report.entries_without_command} 条台账记录没有对应的命令。",
            f"{report.entries_without_command} entries have no command.",
        )
    raise typer.Exit(0 if report.sound else 1)


_FAULTS_ZH = {
    "an entry is missing or out of order": "缺少一条或次序不对",
    "the entry does not follow the one before it": "与前一条不相接",
    "the entry was altered after it was written": "写入后被改动",
}
