"""How a case of one's own is written: what is asked, where it stands, whose turn it is, what each clock is for."""

from typing import Final

from talent_registry.domain.agreements import ResponsibleBody
from talent_registry.domain.messages import Message
from talent_registry.domain.proceedings import (
    ClockPurpose,
    ProceedingEventKind,
    ProceedingKind,
    ProceedingOutcome,
    ProceedingState,
)
from talent_registry.services.proceeding_openings import SeenCase
from talent_registry.web.pages import words

KINDS: Final = {
    ProceedingKind.CONFIRMATION: Message(zh="确认", en="Confirmation"),
    ProceedingKind.VERIFICATION: Message(zh="核实", en="Verification"),
    ProceedingKind.RE_REVIEW: Message(zh="重新评审", en="New review"),
    ProceedingKind.OVERRIDE: Message(zh="个案处理", en="Override of a refusal"),
    ProceedingKind.CORRECTION: Message(zh="更正登记", en="Correction of a record"),
    ProceedingKind.LOOK: Message(zh="投诉查询", en="A reported look"),
}
STATES: Final = {
    ProceedingState.OPEN: Message(zh="办理中", en="Being seen to"),
    ProceedingState.EVIDENCE_REQUESTED: Message(zh="待补正材料", en="Evidence requested"),
    ProceedingState.DECIDED: Message(zh="已决定", en="Decided"),
    ProceedingState.WITHDRAWN: Message(zh="已撤回", en="Withdrawn"),
    ProceedingState.APPEALED: Message(zh="复核中", en="Under appeal"),
    ProceedingState.APPEAL_DECIDED: Message(zh="复核已决定", en="Appeal decided"),
    ProceedingState.OVERRIDE_PROPOSED: Message(zh="个案处理待另一方同意", en="Override proposed"),
    ProceedingState.OVERRIDE_APPROVED: Message(zh="个案处理已同意", en="Override approved"),
    ProceedingState.OVERRIDE_DECLINED: Message(zh="个案处理未同意", en="Override declined"),
}
RESULTS: Final = {
    ProceedingOutcome.CONFIRMED: Message(zh="予以确认", en="Confirmed"),
    ProceedingOutcome.REFUSED: Message(zh="不予确认", en="Refused"),
    ProceedingOutcome.VERIFIED: Message(zh="核实无误", en="Verified"),
    ProceedingOutcome.NOT_VERIFIED: Message(zh="未能核实", en="Not verified"),
    ProceedingOutcome.CORRECTED: Message(zh="已更正", en="Corrected"),
    ProceedingOutcome.DECLINED: Message(zh="未予更正", en="Declined"),
    ProceedingOutcome.UPHELD: Message(zh="该次查询没有依据", en="The look had no ground"),
}
PURPOSES: Final = {
    ClockPurpose.DECISION: Message(zh="作出决定", en="Decision"),
    ClockPurpose.EVIDENCE: Message(zh="补正材料", en="Evidence"),
    ClockPurpose.APPEAL: Message(zh="提出复核", en="Appeal"),
    ClockPurpose.APPEAL_DECISION: Message(zh="复核决定", en="Decision on the appeal"),
    ClockPurpose.SECOND_APPROVAL: Message(zh="另一方同意", en="Second approval"),
}

EVENTS: Final = {
    ProceedingEventKind.OPENED: Message(zh="受理", en="Opened"),
    ProceedingEventKind.EVIDENCE_REQUESTED: Message(zh="要求补正", en="Evidence asked for"),
    ProceedingEventKind.EVIDENCE_GIVEN: Message(zh="补正材料", en="Evidence given"),
    ProceedingEventKind.DECIDED: Message(zh="作出决定", en="Decided"),
    ProceedingEventKind.LAPSED: Message(zh="逾期未答复，依规定办结", en="Settled by the body's silence"),
    ProceedingEventKind.WITHDRAWN: Message(zh="撤回", en="Withdrawn"),
    ProceedingEventKind.APPEALED: Message(zh="申请复核", en="Appealed"),
    ProceedingEventKind.APPEAL_DECIDED: Message(zh="复核决定", en="Appeal decided"),
    ProceedingEventKind.OVERRIDE_PROPOSED: Message(zh="提出个案处理", en="Override proposed"),
    ProceedingEventKind.OVERRIDE_APPROVED: Message(zh="另一方同意", en="Override approved"),
    ProceedingEventKind.OVERRIDE_DECLINED: Message(zh="另一方不同意", en="Override declined"),
}


def at_zero(seen: SeenCase) -> Message:
    """What follows once the term of whoever owes an act is over, and nothing else."""
    if seen.case.terms.tacit:
        return Message(
            zh="办理机关期限届满仍未决定的，依协议视为予以认可；您的补正期限届满未答复的，机关按已有材料决定。",
            en="Without a decision in time it counts as granted by the agreement; if you do not answer a request for "
            "evidence in time, the body decides on what there is.",
        )
    return Message(
        zh="办理机关期限届满仍未决定的，不视为认可，办件显示为已逾期；您的补正期限届满未答复的，机关按已有材料决定。",
        en="Without a decision in time nothing counts as granted and the case reads as overdue; if you do not answer a "
        "request for evidence in time, the body decides on what there is.",
    )


def turn_of(seen: SeenCase) -> Message:
    """Who has to act next."""
    state, case = seen.position.state, seen.case
    if not seen.position.is_pending:
        return Message(zh="已办结", en="Nobody's: it is closed")
    if state is ProceedingState.EVIDENCE_REQUESTED:
        return Message(zh="轮到您：补正材料", en="Yours: give the evidence asked for")
    if state is ProceedingState.OVERRIDE_PROPOSED and case.approving_province is not None:
        return _authority(case.approving_province)
    if case.body is ResponsibleBody.ISSUER and state is ProceedingState.OPEN:
        return Message(zh="轮到发证机关", en="The issuer's")
    return _authority(case.body_province)


def _authority(province: str) -> Message:
    name = words.division_name(province)
    return Message(zh=f"轮到{name.zh}人社主管部门", en=f"The human resources authority of {name.en}")
