"""What the inbox says of corrections that people ask for; nothing of a person."""

from typing import Final

from talent_registry.domain.proceedings import ProceedingEventKind

_E = ProceedingEventKind
CORRECTION_TEXTS: Final[dict[str, tuple[str, str]]] = {
    f"case.correction_{kind.value.lower()}": text
    for kind, text in {
        _E.OPENED: (
            "本人提出一项登记事实有误，已立案，办结前显示为“有争议”。来源单位请在期限内核实：更正，或说明不予更正的理由。",
            "A person disputes a recorded fact. The source verifies it in time and corrects it, or states why not.",
        ),
        _E.EVIDENCE_REQUESTED: (
            "更正申请需补充证据。请在期限内提交。",
            "Evidence is asked for in the correction case. Give it in time.",
        ),
        _E.EVIDENCE_GIVEN: (
            "更正申请已补充证据。来源单位请继续核实。",
            "Evidence was given in the correction case. The source goes on with it.",
        ),
        _E.DECIDED: (
            "更正申请已有结论。请查看：已更正的，原值留存于历史；未予更正的，可在期限内申请复核。",
            "The correction case is settled: what was corrected keeps its history, what was declined may be appealed.",
        ),
        _E.WITHDRAWN: (
            "更正申请已由本人撤回，登记事实不变。无需办理。",
            "The correction case was withdrawn by the person; the record stands. Nothing to do.",
        ),
        _E.APPEALED: (
            "本人对不予更正申请复核。主管部门请在期限内由另一人员办理。",
            "The person appeals a declined correction. The authority has another officer decide it in time.",
        ),
        _E.APPEAL_DECIDED: (
            "更正申请的复核已有结论。请查看理由。",
            "The appeal in the correction case is decided. Read the reasons.",
        ),
    }.items()
}
