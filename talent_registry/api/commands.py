"""The receipt that every successful command gives."""

import strawberry

from talent_registry.api.nodes import to_node_id
from talent_registry.services.registry import Done


@strawberry.type(description="The command that was carried out: exactly one entry of the ledger stands for it.")
class CommandReceipt:
    id: strawberry.ID = strawberry.field(description="The command's id.")
    ledger_sequence: int = strawberry.field(description="The number of its entry in the ledger.")
    replayed: bool = strawberry.field(
        description="True where the same request came before under this key: nothing was done again."
    )

    @classmethod
    def of(cls, done: Done) -> "CommandReceipt":
        """The receipt of a command."""
        return cls(id=to_node_id("Command", done.command_id), ledger_sequence=done.sequence, replayed=done.replayed)


IDEMPOTENCY_KEY = (
    "A key of 1 to 200 characters that the caller makes for this act. "
    "A repeat with the same key and input gets the first answer and changes nothing."
)
