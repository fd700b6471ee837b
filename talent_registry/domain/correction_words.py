"""What the inbox says of corrections that people ask for; nothing of a person."""

from typing import Final

from talent_registry.domain.proceedings import ProceedingEventKind

_E = ProceedingEventKind
LOOK_TEXTS: Final[dict[str, tuple[str, str]]] = {
    f"case.look_{kind.value.lower()}": text
    for kind, text in {
        _E.OPENED: (
            "本人投诉一次对其档案的查询，已立案。查询单位所在省市的主管部门请在期限内查明：该次查询有无依据，并说明理由。",
            (
                "A person reports a look at the own record. The authority of whoever looked finds in time whether it "
                "had ground, and states its reasons."
            ),
        ),
        _E.EVIDENCE_REQUESTED: (
            "查询投诉需补充说明。请在期限内提交。",
            "More is asked for in the case about a look. Give it in time.",
        ),
        _E.EVIDENCE_GIVEN: (
            "查询投诉已有补充。主管部门请继续查明。",
            "More was given in the case about a look. The authority goes on with it.",
        ),
        _E.DECIDED: (
            "查询投诉已有结论。请查看理由；未予支持的，可在期限内申请复核。",
            "The case about a look is settled. Read the reasons; what was declined may be appealed in time.",
        ),
        _E.WITHDRAWN: (
            "查询投诉已由本人撤回。无需办理。",
            "The report of a look was withdrawn by the person. Nothing to do.",
        ),
        _E.APPEALED: (
            "本人对查询投诉的结论申请复核。主管部门请在期限内由另一人员办理。",
            "The person appeals what was found about a look. The authority has another officer decide it in time.",
        ),
        _E.APPEAL_DECIDED: (
            "查询投诉的复核已有结论。请查看理由。",
            "The appeal in the case about a look is decided. Read the reasons.",
        ),
    }.items()
} | {
    "case.look_upheld": (
        (
            "主管部门于 {on} 认定：贵单位账户 {account} 于 {lookedOn} 对一份个人档案的查询没有依据。"
            "请查明该账户的使用，停止使用并删除由此取得的内容。"
        ),
        (
            "The authority found on {on} that the look at a person's record on {lookedOn} by the account {account} of "
            "your organisation had no ground. Look into its use; stop using what was obtained, and delete it."
        ),
    )
}
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
