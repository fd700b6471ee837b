"""Notices: who relied on a fact that turned out wrong is told which record, what changed, since when, what to do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.recalls import Recall, RecallCause, RecalledKind


@dataclass(frozen=True, slots=True)
class Receiver:
    """An organisation, a person, or the authority of a province (a division code): exactly one of them."""

    organisation_id: UUID | None = None
    researcher_id: UUID | None = None
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A recall as one receiver is told of it; `acknowledged_at` None = nobody has acknowledged it yet."""

    id: UUID
    recall: Recall
    receiver: Receiver
    queued_at: datetime
    acknowledged_at: datetime | None = None


def notice_text(notice: Notice, number: str) -> Message:
    """The notice as a sentence for its receiver; `number` is that of the certificate."""
    recall = notice.recall
    what_zh, what_en = _CAUSES[recall.cause]
    zh, en = _RECORDS[recall.kind]
    since = recall.from_day
    days_zh = "" if since is None else f"自 {since} 起，"
    days_en = "" if since is None else f" from {since}"
    return Message(
        zh=f"证书 {number}：{days_zh}{what_zh}。{zh}",
        en=f"Certificate {number}: {what_en}{days_en}. {en}",
    )


def acknowledged_before(notice: Notice) -> Conflict:
    """The refusal to acknowledge a notice twice."""
    return Conflict(
        Message(
            zh=f"该通知已于 {notice.acknowledged_at:%Y-%m-%d} 确认收到，无需再次办理。",
            en=f"This notice was acknowledged on {notice.acknowledged_at:%Y-%m-%d}; nothing remains to be done.",
        ),
        reason="ACKNOWLEDGED_BEFORE",
    )


_CAUSES = {
    RecallCause.CORRECTION: ("登记事实已更正", "the recorded facts were corrected"),
    RecallCause.FILING: ("所引评委会备案已更正", "the committee filing it cites was corrected"),
    RecallCause.SUSPENSION: ("证书已暂停使用", "it is suspended"),
    RecallCause.REVOCATION: ("证书已被撤销", "it is revoked"),
    RecallCause.REINSTATEMENT: ("证书已恢复有效", "it is reinstated"),
    RecallCause.INTEGRITY: ("持证人的诚信记录有变更", "the integrity record of its holder changed"),
}
_RECORDS = {
    RecalledKind.DECISION: (
        "原互认决定所依据的事实已变更，请重新申请互认决定，并核查据以办理的事项。",
        "The decision relied on what has changed: ask for it anew and review what was done by it.",
    ),
    RecalledKind.PLACEMENT: (
        "原柔性流动所依据的事实已变更，请查看该柔性流动的现状，并核查其间办理的事项。",
        "The placement relied on what has changed: see how it stands now and review what was done meanwhile.",
    ),
    RecalledKind.VERIFICATION: (
        "原核验答复所依据的事实已变更，请重新核验该证书，并核查据以办理的事项。",
        "Your verification was answered by what has changed: verify again and review what was done by that answer.",
    ),
    RecalledKind.ENTITLEMENT: (
        "原待遇查询答复所依据的事实已变更，请重新查询该项待遇，并核查据以办理的事项。",
        "Your check of an entitlement was answered by what has changed: check it again and review what was granted.",
    ),
}
