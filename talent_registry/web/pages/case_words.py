"""How a case is written for those who see to it: who holds the turn, what happens at zero, by which calendar."""

from collections.abc import Sequence
from typing import Final

from talent_registry.domain.clocks import Clock
from talent_registry.domain.messages import Message
from talent_registry.domain.proceeding_checks import POSSIBLE_IN
from talent_registry.domain.proceedings import OUTCOMES, ClockPurpose, ProceedingEventKind, ProceedingState
from talent_registry.reference.records import WorkingDayException
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.proceeding_openings import SeenCase
from talent_registry.services.proceedings import subject_of_case
from talent_registry.web.pages import case_turns, words

_E, _S = ProceedingEventKind, ProceedingState
EVENTS: Final = {
    _E.OPENED: Message(zh="受理", en="Opened"),
    _E.EVIDENCE_REQUESTED: Message(zh="要求补正材料", en="Evidence was asked for"),
    _E.EVIDENCE_GIVEN: Message(zh="已补正材料", en="Evidence was given"),
    _E.DECIDED: Message(zh="作出决定", en="Decided"),
    _E.LAPSED: Message(zh="期满未答复，依规定视为同意", en="Granted by silence"),
    _E.WITHDRAWN: Message(zh="申请人撤回", en="Withdrawn by the applicant"),
    _E.APPEALED: Message(zh="申请复核", en="Appealed"),
    _E.APPEAL_DECIDED: Message(zh="复核决定", en="Appeal decided"),
    _E.OVERRIDE_PROPOSED: Message(zh="提出个案处理", en="Override proposed"),
    _E.OVERRIDE_APPROVED: Message(zh="同意个案处理", en="Override approved"),
    _E.OVERRIDE_DECLINED: Message(zh="不同意个案处理", en="Override declined"),
}
OFFICE_ACTS: Final = {
    _E.EVIDENCE_REQUESTED: Message(zh="要求申请人补正材料", en="Ask the applicant for evidence"),
    _E.DECIDED: Message(zh="作出决定", en="Decide"),
    _E.APPEAL_DECIDED: Message(zh="决定复核", en="Decide the appeal"),
    _E.OVERRIDE_APPROVED: Message(zh="同意个案处理", en="Agree to the override"),
    _E.OVERRIDE_DECLINED: Message(zh="不同意个案处理", en="Do not agree to the override"),
}
ACTORS: Final = {
    "RESEARCHER": Message(zh="申请人", en="The applicant"),
    "HR": Message(zh="用人单位", en="A unit"),
    "ISSUER": Message(zh="发证机关", en="The issuer"),
    "AUTHORITY": Message(zh="主管部门", en="The authority"),
    "CLOCK": Message(zh="系统时钟", en="The clock"),
    "OPERATOR": Message(zh="登记库运行机构", en="The operator of the registry"),
}
# Each act of an office, by the event that it leaves, and which permission carries it.
_CARRIED: Final = {
    _E.EVIDENCE_REQUESTED: Permission.CONDUCT_CASE,
    _E.DECIDED: Permission.CONDUCT_CASE,
    _E.APPEAL_DECIDED: Permission.CONDUCT_CASE,
    _E.OVERRIDE_APPROVED: Permission.APPROVE_OVERRIDE,
    _E.OVERRIDE_DECLINED: Permission.APPROVE_OVERRIDE,
}
_HOLIDAYS: Final = {
    "HOLIDAY": Message(zh="放假", en="holiday"),
    "MAKE_UP_WORKDAY": Message(zh="调休上班", en="make-up workday"),
}


def acts_of(seen: SeenCase, actor: Actor) -> list[ProceedingEventKind]:
    """What this office can do in the case now; the services decide again when it is done."""
    return [
        event
        for event, permission in _CARRIED.items()
        if seen.position.state in POSSIBLE_IN[event] and actor.may(permission, subject_of_case(seen.case, permission))
    ]


def outcomes_of(seen: SeenCase) -> list[tuple[str, Message]]:
    """What the case may come to, the granting outcome first."""
    return [(one.value, case_turns.RESULTS[one]) for one in OUTCOMES[seen.case.kind]]


def turn_of(seen: SeenCase) -> Message:
    """Who has to act next, said to an office."""
    if seen.position.state is _S.EVIDENCE_REQUESTED:
        return Message(zh="轮到申请人：补正材料", en="The applicant's: to give the evidence asked for")
    return case_turns.turn_of(seen)


def running_clock(seen: SeenCase) -> tuple[ClockPurpose, Clock] | None:
    """The clock that runs for whoever holds the turn; None where the case is closed."""
    if not seen.position.is_pending:
        return None
    purpose = {
        _S.EVIDENCE_REQUESTED: ClockPurpose.EVIDENCE,
        _S.APPEALED: ClockPurpose.APPEAL_DECISION,
        _S.OVERRIDE_PROPOSED: ClockPurpose.SECOND_APPROVAL,
    }.get(seen.position.state, ClockPurpose.DECISION)
    return purpose, seen.position.clock(purpose).clock


def at_zero(seen: SeenCase) -> Message:
    """What happens when the running clock runs out with nothing done."""
    state = seen.position.state
    if state is _S.EVIDENCE_REQUESTED:
        return Message(
            zh="期满未补正的，办理机关的期限恢复计算，按现有材料决定。",
            en="Without an answer the body's clock goes on, and it decides on what there is.",
        )
    if state is _S.OPEN and seen.case.terms.tacit:
        return Message(zh="期满未决定的，依规定视为同意。", en="Without a decision it counts as granted.")
    if state is _S.OVERRIDE_PROPOSED:
        return Message(
            zh="期满未答复的不视为同意，原不予认可的决定继续有效，记为逾期。",
            en="Silence is no approval: the refusal stands, and the case reads overdue.",
        )
    return Message(
        zh="期满未决定的不视为同意，记为逾期，仍须决定。",
        en="Silence grants nothing: the case reads overdue and must still be decided.",
    )


def calendar_of(clock: Clock) -> Message:
    """By which calendar the clock was counted: the days on which a notice overrides the week, where there are any."""
    found = _listed(clock.exceptions)
    if not found:
        return Message(
            zh="周一至周五计为工作日，期间无放假或调休。",
            en="Monday to Friday count; no holiday or make-up workday falls within.",
        )
    zh = "、".join(f"{days} {name.zh}" for days, name in found)
    en = ", ".join(f"{days} {name.en}" for days, name in found)
    return Message(zh=f"周一至周五计为工作日，但：{zh}。", en=f"Monday to Friday count, but: {en}.")


def place_of(seen: SeenCase) -> Message:
    """Where the post is."""
    return words.place_name(seen.case.target.division)


def _listed(exceptions: Sequence[WorkingDayException]) -> list[tuple[str, Message]]:
    """Days of one kind in a row as one, in ISO form."""
    found: list[tuple[str, Message]] = []
    first = last = None
    for one in exceptions:
        if last is not None and first is not None and (one.day - last.day).days == 1 and one.kind == last.kind:
            found.pop()
        else:
            first = one
        days = str(first.day) if first.day == one.day else f"{first.day} … {one.day}"
        found.append((days, _HOLIDAYS[one.kind]))
        last = one
    return found
