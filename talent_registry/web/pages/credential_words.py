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
    "verifyRoster": Message(zh="随名册核验", en="Verified with a roster"),
    "watchCredential": Message(zh="订阅变更", en="Watched for changes"),
    "watchRoster": Message(zh="随名册订阅变更", en="Watched with a roster"),
    "activatePlacement": Message(zh="柔性流动启动", en="A placement resting on it began"),
    "extendPlacement": Message(zh="柔性流动延期", en="A placement resting on it was extended"),
    "endCredentialWatch": Message(zh="结束订阅", en="Watched no more"),
    "requestCaseEvidence": Message(zh="办件要求补正", en="Evidence was asked for in a case"),
    "answerCaseEvidence": Message(zh="办件补正材料", en="Evidence was given in a case"),
    "withdrawCase": Message(zh="办件撤回", en="A case about it was withdrawn"),
    "appealCase": Message(zh="申请复核", en="A case about it was appealed"),
    "closeLapsed": Message(zh="逾期未决，依规定办结", en="A case about it was settled by silence"),
    "approveOverride": Message(zh="个案处理已同意", en="An override was approved"),
    "declineOverride": Message(zh="个案处理未同意", en="An override was declined"),
    "decideCase": Message(zh="办件作出决定", en="A case about it was decided"),
    "decideAppeal": Message(zh="复核作出决定", en="An appeal about it was decided"),
    "proposeOverride": Message(zh="提出个案处理", en="An override was proposed"),
    "openCorrectionCase": Message(zh="本人提出更正", en="The holder says that it is wrong"),
    "addCorrectionEvidence": Message(zh="更正申请补充材料", en="Evidence was added to a correction"),
    "requestCorrectionEvidence": Message(zh="更正申请要求补正", en="Evidence was asked for a correction"),
    "withdrawCorrection": Message(zh="更正申请撤回", en="A correction was withdrawn"),
    "declineCorrection": Message(zh="未予更正", en="A correction was declined"),
    "appealCorrection": Message(zh="更正申请复核", en="A declined correction was appealed"),
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
