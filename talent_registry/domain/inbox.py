"""The inbox: each event as a sentence for whoever is told of it: what happened and what to do; nothing of a person."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from talent_registry.domain.correction_words import CORRECTION_TEXTS, LOOK_TEXTS
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.events import Event
from talent_registry.domain.issuer_question_words import QUESTION_TEXTS
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import PlacementEventKind
from talent_registry.domain.proceedings import ProceedingEventKind


class InboxKind(StrEnum):
    """What an item is about."""

    CREDENTIAL = "CREDENTIAL"
    PLACEMENT = "PLACEMENT"
    RECOGNITION = "RECOGNITION"
    CASE = "CASE"
    CONSENT = "CONSENT"
    PERSON = "PERSON"
    RECALL = "RECALL"
    OPPORTUNITY = "OPPORTUNITY"
    QUESTION = "QUESTION"


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which items to list; None leaves a field open. `about`: the opaque id of a record."""

    unread: bool = False
    kind: InboxKind | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An event and when all as whom the caller is told of it had read it (None: not yet)."""

    event: Event
    read_at: datetime | None


def kind_of(event: Event) -> InboxKind:
    """What an event is about."""
    return _BY_PREFIX[event.type.partition(".")[0]]


def prefix_of(kind: InboxKind) -> str:
    """How the types of the events of a kind begin."""
    return next(prefix for prefix, one in _BY_PREFIX.items() if one is kind)


def item_text(event: Event) -> Message:
    """What happened and what to do next; codes and days alone."""
    zh, en = _TEXTS.get(event.type, _OTHER)
    data = _told(event.data)
    return Message(zh=zh.format_map(data), en=en.format_map(data))


def either_items_or_all(items: int, *, up_to: bool) -> None:
    """Refuse to mark nothing as read, or both some items and all."""
    if (items > 0) != up_to:
        return
    raise InvalidInput(
        Message(
            zh="请在 items 与 upTo 中只填一项：要么逐条标记，要么标记到某一条为止。",
            en="Give either items or upTo: mark some, or all up to one.",
        ),
        reason="ITEMS_OR_UP_TO",
        path=("input", "items"),
    )


def _told(data: Mapping[str, Any]) -> Mapping[str, str]:
    told = {name: str(value) for name, value in data.items()}
    end = _ENDS.get(told.get("endReason", ""), ("", ""))
    on = told.get("on") or told.get("from")
    more = {
        "on_zh": f"自 {on} 起" if on else "",
        "on_en": f" from {on}" if on else "",
        "end_zh": f"（{end[0]}）" if end[0] else "",
        "end_en": f" ({end[1]})" if end[1] else "",
    }
    return defaultdict(lambda: "–", told | more)


_BY_PREFIX: Final = {
    "credential": InboxKind.CREDENTIAL,
    "placement": InboxKind.PLACEMENT,
    "recognition": InboxKind.RECOGNITION,
    "case": InboxKind.CASE,
    "consent": InboxKind.CONSENT,
    "researcher": InboxKind.PERSON,
    "notice": InboxKind.RECALL,
    "opportunity": InboxKind.OPPORTUNITY,
    "question": InboxKind.QUESTION,
}
_ENDS: Final = {
    "TERM": ("期限届满", "the term is over"),
    "EARLY_RETURN": ("本人提前返回", "early return"),
    "HOME_RECALL": ("人事关系所在单位召回", "recalled by the home unit"),
    "HOST_RELEASE": ("接收单位解除", "released by the host unit"),
    "RECOGNITION_LOST": ("所依据的互认不再成立", "its recognition was lost"),
    "BREACH": ("违约", "breach"),
    "TRANSFER": ("人事关系已转移", "transfer"),
}
_P, _C = PlacementEventKind, ProceedingEventKind
_PLACEMENTS: Final = {
    _P.PROPOSED: (
        "一项柔性流动已提出。请查看条款，在期限内签署、提出反建议或拒绝。",
        "A placement is proposed. Read its terms; sign, counter-propose or decline in time.",
    ),
    _P.COUNTER_PROPOSED: (
        "柔性流动的条款已有反建议，此前的签署不再有效。请查看新条款后签署或答复。",
        "The terms of the placement were counter-proposed; earlier signatures lapse. Read the new terms and answer.",
    ),
    _P.SIGNED: (
        "柔性流动已有一方签署。如贵方尚未签署，请查看条款后签署。",
        "A party signed the placement. If your signature is missing, read the terms and sign.",
    ),
    _P.AGREED: (
        "柔性流动已由三方签署。到期限首日即可启动。",
        "All three parties signed the placement. It can be activated from the first day of its term.",
    ),
    _P.ACTIVATED: (
        "柔性流动{on_zh}启动；户籍、人事关系不变。无需办理。",
        "The placement is active{on_en}; household and personnel relation stay. Nothing to do.",
    ),
    _P.EXTENSION_PROPOSED: (
        "柔性流动已提出延期，须三方重新签署。请查看后签署或拒绝。",
        "An extension of the placement is proposed and needs the three signatures again. Sign or decline it.",
    ),
    _P.EXTENSION_DECLINED: (
        "柔性流动的延期已被拒绝，原期限不变。如仍需延期，请另行提出。",
        "The extension was declined; the term stays as it was. Propose another one if it is still needed.",
    ),
    _P.EXTENSION_WITHDRAWN: (
        "柔性流动的延期建议已撤回，原期限不变。无需办理。",
        "The proposed extension was withdrawn; the term stays as it was. Nothing to do.",
    ),
    _P.LAPSED: (
        "柔性流动的建议在期限内未获三方答复，已失效。如仍需要，请重新提出。",
        "The proposed placement was not answered by all in time and lapsed. Propose it anew if it is still wanted.",
    ),
    _P.EXTENSION_LAPSED: (
        "柔性流动的延期建议在期限内未获三方答复，已失效，原期限不变。如仍需要，请重新提出。",
        "The extension was not answered by all in time and lapsed; the term stays. Propose it anew if still wanted.",
    ),
    _P.EXTENDED: (
        "柔性流动已延期。请查看新的期限并相应安排。",
        "The placement was extended. See the new term and plan by it.",
    ),
    _P.END_DECLARED: (
        "已声明结束柔性流动{end_zh}。请查看结束日，并在此之前安排交接。",
        "An end of the placement was declared{end_en}. See its last day and hand over by then.",
    ),
    _P.END_WITHDRAWN: (
        "结束柔性流动的声明已撤回，原期限不变。无需办理。",
        "The declared end was withdrawn; the term stays. Nothing to do.",
    ),
    _P.SUSPENDED: (
        "柔性流动{on_zh}中止。请暂停相关工作，查看理由。",
        "The placement is suspended{on_en}. Pause the work and see the ground.",
    ),
    _P.SUSPENDED_WITH_CREDENTIAL: (
        "所依据的证书被暂停，柔性流动随之{on_zh}中止。请暂停相关工作，等待证书恢复。",
        "Its credential is suspended, so the placement is suspended{on_en}. Pause the work until it is reinstated.",
    ),
    _P.RESUMED: (
        "柔性流动{on_zh}恢复。可继续相关工作。",
        "The placement is resumed{on_en}. The work may go on.",
    ),
    _P.ENDED: (
        "柔性流动{on_zh}结束{end_zh}。请办理交接；如有异议，请联系两地主管部门。",
        "The placement ended{on_en}{end_en}. Hand over; if you disagree, turn to the authorities of both provinces.",
    ),
    _P.DECLINED: (
        "柔性流动已被拒绝。如仍需要，请修改条款后另行提出。",
        "The placement was declined. Propose another one with other terms if it is still needed.",
    ),
    _P.WITHDRAWN: (
        "柔性流动的建议已撤回。无需办理。",
        "The proposed placement was withdrawn. Nothing to do.",
    ),
}
_CASES: Final = {
    _C.OPENED: (
        "互认确认案已立案。请查看承办机关与期限。",
        "A case on a recognition was opened. See who conducts it and by when.",
    ),
    _C.EVIDENCE_REQUESTED: (
        "互认确认案需补充材料。请在期限内提交。",
        "Evidence is asked for in the case. Give it in time.",
    ),
    _C.EVIDENCE_GIVEN: (
        "互认确认案的补充材料已提交。承办机关请继续审理。",
        "Evidence was given in the case. The body in charge goes on with it.",
    ),
    _C.DECIDED: (
        "互认确认案已作出决定。请查看理由；如不服，可在期限内申诉。",
        "The case is decided. Read the reasons; an appeal is open for its period.",
    ),
    _C.LAPSED: (
        "互认确认案的期限已过，案件按协议规定处理。请查看结果。",
        "The period of the case is over and the agreement says what follows. See the outcome.",
    ),
    _C.WITHDRAWN: ("互认确认案已由申请人撤回。无需办理。", "The case was withdrawn by the person. Nothing to do."),
    _C.APPEALED: (
        "互认确认案已提出申诉。承办机关请在期限内审理。",
        "An appeal was lodged in the case. The body in charge decides it in time.",
    ),
    _C.APPEAL_DECIDED: (
        "互认确认案的申诉已作出决定。请查看理由。",
        "The appeal in the case is decided. Read the reasons.",
    ),
    _C.OVERRIDE_PROPOSED: (
        "互认确认案已提议变更结论，须另一省市主管部门批准。请审查理由后批准或不予批准。",
        "An override is proposed in the case and needs the other province's approval. Review its grounds and decide.",
    ),
    _C.OVERRIDE_APPROVED: (
        "互认确认案变更结论的提议已获批准。请查看新的结论。",
        "The override in the case was approved. See the new outcome.",
    ),
    _C.OVERRIDE_DECLINED: (
        "互认确认案变更结论的提议未获批准，原结论不变。请查看理由。",
        "The override in the case was declined; the outcome stays. Read the reasons.",
    ),
}
_OTHER: Final = ("一项与您有关的记录有变更。请查看该记录。", "A record that concerns you changed. Look at the record.")
_TEXTS: Final[dict[str, tuple[str, str]]] = {
    **{f"placement.{kind.value.lower()}": text for kind, text in _PLACEMENTS.items()},
    **{f"case.{kind.value.lower()}": text for kind, text in _CASES.items()},
    **CORRECTION_TEXTS,
    **LOOK_TEXTS,
    **QUESTION_TEXTS,
    "placement.term_ending": (
        "柔性流动的期限将于 {until} 届满（还有 {days} 天）。请安排交接，或及时提出延期。",
        "The term of the placement ends on {until} (in {days} days). Plan the hand-over or propose an extension.",
    ),
    "credential.recorded": (
        "一项证书已登记。请核对内容；如有误，请联系发证机关更正。",
        "A credential was recorded. Check it; ask the issuer to correct what is wrong.",
    ),
    "credential.publicity": (
        "证书处于公示期。公示期满后方可据以办理。",
        "The credential is in public notice. Wait for its end before relying on it.",
    ),
    "credential.corrected": (
        "证书的登记事实已更正。请查看，并核查据以办理的事项。",
        "The facts of a credential were corrected. See them and review what was done by them.",
    ),
    "credential.suspended": (
        "证书{on_zh}暂停使用。在恢复之前请勿据以办理。",
        "The credential is suspended{on_en}. Do not rely on it until it is reinstated.",
    ),
    "credential.reinstated": (
        "证书{on_zh}恢复有效。可继续据以办理。",
        "The credential is reinstated{on_en}. It can be relied on again.",
    ),
    "credential.revoked": (
        "证书{on_zh}被撤销。请勿再据以办理，并核查据以办理的事项；持证人可向发证机关了解救济途径。",
        "The credential is revoked{on_en}. Do not rely on it, review what rested on it; the issuer tells of remedies.",
    ),
    "recognition.decided": (
        "已就证书作出互认决定（规则 {rule}）。请查看结果与理由。",
        "A recognition was decided (rule {rule}). See the outcome and its reasons.",
    ),
    "consent.granted": (
        "已授予查阅同意，至 {until} 止。可在所列范围和用途内查阅；本人可随时撤回。",
        "A consent was granted until {until}. Use it for what it names; the person may withdraw it at any time.",
    ),
    "consent.withdrawn": (
        "查阅同意已撤回。请勿再据以查阅或使用。",
        "A consent was withdrawn. Do not look or use by it any more.",
    ),
    "researcher.corrected": (
        "个人登记事实已更正。请核对；如有误，请联系办理机关。",
        "A person's recorded facts were corrected. Check them; ask the office that did it if they are wrong.",
    ),
    "notice.queued": (
        "您所依据的事实已变更。请查看通知，核查据以办理的事项并确认收到。",
        "A fact that you relied on changed. Read the notice, review what was done and acknowledge it.",
    ),
    "opportunity.matched": (
        "有一项岗位需求与您获认可的证书相符。请查看；有意者可答复，是否答复由您决定。",
        "A posted need matches a credential of yours that is recognised there. Look at it and answer if you wish.",
    ),
}
