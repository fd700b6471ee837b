"""What may be done in a proceeding: which act in which state, which outcome for which kind, and in what words."""

from dataclasses import dataclass
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce, NotPermitted
from talent_registry.domain.free_texts import check_no_identity_number
from talent_registry.domain.messages import Message
from talent_registry.domain.proceeding_positions import Position
from talent_registry.domain.proceedings import (
    GRANTING,
    OUTCOMES,
    ClockPurpose,
    Conducted,
    ProceedingEvent,
    ProceedingEventKind,
    ProceedingKind,
    ProceedingOutcome,
    ProceedingState,
)

LONGEST_TEXT = 2000
_E, _S = ProceedingEventKind, ProceedingState
# In which states each act may be done; an act is named by the event it leaves.
POSSIBLE_IN = {
    _E.EVIDENCE_REQUESTED: frozenset({_S.OPEN}),
    _E.EVIDENCE_GIVEN: frozenset({_S.EVIDENCE_REQUESTED, _S.OPEN}),
    _E.DECIDED: frozenset({_S.OPEN, _S.EVIDENCE_REQUESTED}),
    _E.WITHDRAWN: frozenset({_S.OPEN, _S.EVIDENCE_REQUESTED}),
    _E.APPEALED: frozenset({_S.DECIDED}),
    _E.APPEAL_DECIDED: frozenset({_S.APPEALED}),
    _E.OVERRIDE_APPROVED: frozenset({_S.OVERRIDE_PROPOSED}),
    _E.OVERRIDE_DECLINED: frozenset({_S.OVERRIDE_PROPOSED}),
}
_PROVED_AT_ANY_TIME = frozenset({ProceedingKind.CORRECTION, ProceedingKind.LOOK})
_NAMES = {
    _S.OPEN: Message(zh="办理中", en="open"),
    _S.EVIDENCE_REQUESTED: Message(zh="待补正", en="waiting for evidence"),
    _S.DECIDED: Message(zh="已决定", en="decided"),
    _S.WITHDRAWN: Message(zh="已撤回", en="withdrawn"),
    _S.APPEALED: Message(zh="复查中", en="under appeal"),
    _S.APPEAL_DECIDED: Message(zh="复查已决定", en="decided on appeal"),
    _S.OVERRIDE_PROPOSED: Message(zh="人工更正待另一省市同意", en="an override that awaits the other province"),
    _S.OVERRIDE_APPROVED: Message(zh="人工更正已成立", en="an override that was approved"),
    _S.OVERRIDE_DECLINED: Message(zh="人工更正未获同意", en="an override that was declined"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """An act in a proceeding: what it leaves, its outcome where it has one, and the words of whoever acts."""

    event: ProceedingEventKind
    outcome: ProceedingOutcome | None = None
    text: str | None = None


def check_act(case: Conducted, position: Position, act: Act) -> Act:
    """The act with its words trimmed, if the proceeding stands where it can be done.

    Conflict (WRONG_STATE, NOTHING_TO_APPEAL), NotInForce (APPEAL_TOO_LATE), InvalidInput (WRONG_OUTCOME, no words).
    """
    if position.state not in POSSIBLE_IN[act.event]:
        name = _NAMES[position.state]
        raise Conflict(
            Message(
                zh=f"该办件目前为“{name.zh}”，不能办理此项。请先查看办件的现状。",
                en=f"The case is {name.en}, so this cannot be done. Look at where the case stands first.",
            ),
            reason="WRONG_STATE",
        )
    asked = any(one.purpose is ClockPurpose.EVIDENCE for one in position.clocks)
    # Whoever says that a record or a look is wrong may add what proves it at any time until it is decided.
    if act.event is _E.EVIDENCE_GIVEN and not asked and case.kind not in _PROVED_AT_ANY_TIME:
        raise Conflict(
            Message(zh="该办件没有要求补正材料。", en="No evidence was asked for in this case."), reason="NOTHING_ASKED"
        )
    if act.event is _E.APPEALED:
        _check_appeal(position)
    if act.outcome is not None and act.outcome not in OUTCOMES[case.kind]:
        listed = ", ".join(OUTCOMES[case.kind])
        raise InvalidInput(
            Message(zh=f"此类办件的结论只能是：{listed}。", en=f"A case of this kind comes to one of: {listed}."),
            reason="WRONG_OUTCOME",
            path=("input", "outcome"),
        )
    return act if act.text is None else Act(act.event, act.outcome, check_text(act.text))


def check_text(text: str) -> str:
    """The words of whoever acts, trimmed: 1 to 2000 visible characters and line breaks; InvalidInput otherwise.

    InvalidInput too where they hold an identity number.
    """
    words = text.strip()
    if not 1 <= len(words) <= LONGEST_TEXT or not all(part.isprintable() for part in words.split("\n")):
        raise InvalidInput(
            Message(
                zh=f"请写明理由或内容（1 至 {LONGEST_TEXT} 个可见字符）。请勿写入身份证号码。",
                en=f"State the grounds or the substance (1 to {LONGEST_TEXT} visible characters), without any identity "
                "number.",
            ),
            path=("input", "text"),
        )
    return check_no_identity_number(words, "input", "text")


def check_other_account(events: list[ProceedingEvent], account_id: UUID) -> None:
    """NotPermitted where the same account decided or proposed before: a second pair of eyes is asked for."""
    if any(one.account_id == account_id and one.event in (_E.DECIDED, _E.OVERRIDE_PROPOSED) for one in events):
        raise NotPermitted(
            Message(
                zh="作出原决定的账户不能办理其复查。请由同一单位的其他人员办理。",
                en="The account that decided cannot decide again on its own decision. Ask another officer of the body.",
            ),
            reason="DECIDED_BY_YOU",
        )


def _check_appeal(position: Position) -> None:
    if position.outcome in GRANTING:
        raise Conflict(
            Message(zh="该办件已予认可，无须申请复查。", en="The case was granted; there is nothing to appeal."),
            reason="NOTHING_TO_APPEAL",
        )
    clock = position.clock(ClockPurpose.APPEAL).clock
    if clock.has_run_out(position.on):
        raise NotInForce(
            Message(
                zh=f"申请复查的期限已于 {clock.deadline} 届满。情况有变的，请重新提出申请。",
                en=f"The term for an appeal ran out on {clock.deadline}. If facts have changed, apply anew.",
            ),
            reason="APPEAL_TOO_LATE",
        )
