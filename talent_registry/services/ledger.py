"""Walking the ledger from its first entry to its last."""

from dataclasses import dataclass

from talent_registry.domain.ledger import ChainReport, walk
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.registry import Registry
from talent_registry.storage import ledger


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """How far the chain holds, and how many commands lack their entry or entries their command."""

    chain: ChainReport
    commands_without_entry: int
    entries_without_command: int

    @property
    def sound(self) -> bool:
        """Whether the chain is unbroken, every command has its entry and every entry its command."""
        return self.chain.intact and self.commands_without_entry == 0 and self.entries_without_command == 0


async def verify(registry: Registry, actor: Actor) -> LedgerReport:
    """Follow the whole chain in one snapshot, up to its first fault. Raises `NotPermitted`."""
    actor.must(Permission.READ_LEDGER, hidden=False)
    report = ChainReport(0, walk(()).head)
    async with registry.reading(actor) as connection:
        missing = await ledger.count_commands_without_entry(connection)
        orphaned = await ledger.count_entries_without_command(connection)
        async for page in ledger.entries_from(connection):
            report = walk(page, report)
            if not report.intact:
                break
    return LedgerReport(report, missing, orphaned)
