"""How the record of a credential, what was done to it and what rests on it are written on pages."""

from typing import Final

from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.effects import StandingChange
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import STATE_NAMES
from talent_registry.domain.recalls import RecalledKind

STATUSES: Final = {
    RecordStatus.VALID: Message(zh="有效", en="Valid"),
    RecordStatus.PUBLICITY: Message(zh="公示中", en="In public notice"),
    RecordStatus.SUSPENDED: Message(zh="暂停", en="Suspended"),
    RecordStatus.REVOKED: Message(zh="已撤销", en="Revoked"),
}
CHANGES: Final = {
    StandingChange.SUSPEND: Message(zh="暂停", en="Suspend"),
    StandingChange.REINSTATE: Message(zh="恢复", en="Reinstate"),
    StandingChange.REVOKE: Message(zh="撤销（不可恢复）", en="Revoke (for good)"),
}
RECALLED: Final = {
    RecalledKind.DECISION: Message(zh="认定决定", en="Decisions"),
    RecalledKind.PLACEMENT: Message(zh="柔性流动", en="Placements"),
    RecalledKind.VERIFICATION: Message(zh="核验答复", en="Verifications"),
    RecalledKind.ENTITLEMENT: Message(zh="待遇查询", en="Checks of entitlements"),
}
PLACEMENT_STATES: Final = STATE_NAMES
_COMMANDS: Final = {
    "recordCredential": Message(zh="登记", en="Recorded"),
    "importRoll": Message(zh="随名册登记或更新", en="Recorded or changed by a roll"),
    "correctCredential": Message(zh="更正", en="Corrected"),
    "suspendCredential": Message(zh="暂停", en="Suspended"),
    "reinstateCredential": Message(zh="恢复", en="Reinstated"),
    "revokeCredential": Message(zh="撤销", en="Revoked"),
    "decideRecognition": Message(zh="作出认定", en="A recognition was decided"),
    "verifyCredential": Message(zh="核验", en="Verified"),
}


def command_name(code: str) -> Message:
    """What an entry of the ledger did, its code where there is no word for it."""
    return _COMMANDS.get(code, Message(zh=code, en=code))


def possible(status: RecordStatus | None) -> list[StandingChange]:
    """The changes that a record in this status can be given; a revocation is final."""
    if status is RecordStatus.REVOKED:
        return []
    if status is RecordStatus.SUSPENDED:
        return [StandingChange.REINSTATE, StandingChange.REVOKE]
    return [StandingChange.SUSPEND, StandingChange.REVOKE]
