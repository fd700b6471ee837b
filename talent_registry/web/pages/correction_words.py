"""How a correction case is written: the fact, what it came to, whose turn it is, what follows at zero."""

from typing import Final

from talent_registry.domain.correction_cases import DisputedFact, SeenCorrection
from talent_registry.domain.messages import Message
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome, ProceedingState
from talent_registry.web.pages import words

_E, _S = ProceedingEventKind, ProceedingState
FACTS: Final = {
    DisputedFact.NAME: Message(zh="姓名", en="Name"),
    DisputedFact.DOCUMENT: Message(zh="身份证件", en="Identity document"),
    DisputedFact.HOUSEHOLD: Message(zh="户籍所在地", en="Household registration"),
    DisputedFact.PERSONNEL_RELATION: Message(zh="人事关系所在单位", en="Home unit"),
    DisputedFact.TITLE_NAME: Message(zh="名称", en="Title"),
    DisputedFact.SERIES: Message(zh="系列", en="Series"),
    DisputedFact.LEVEL: Message(zh="层级", en="Level"),
    DisputedFact.SPECIALTY: Message(zh="专业", en="Speciality"),
    DisputedFact.FILING_NUMBER: Message(zh="评委会备案号", en="Filing of the committee"),
    DisputedFact.APPROVAL_DATE: Message(zh="批准日期", en="Approved on"),
    DisputedFact.ISSUE_DATE: Message(zh="颁发日期", en="Issued on"),
    DisputedFact.VALID_UNTIL: Message(zh="有效期至", en="Valid until"),
    DisputedFact.LOOK: Message(zh="一次查询", en="A look at the record"),
}
RESULTS: Final = {
    ProceedingOutcome.CORRECTED: Message(zh="已更正", en="Corrected"),
    ProceedingOutcome.DECLINED: Message(zh="未予更正", en="Declined"),
    ProceedingOutcome.UPHELD: Message(zh="该次查询没有依据", en="The look had no ground"),
}
_RESULTS_OF_LOOK: Final = {
    **RESULTS,
    ProceedingOutcome.DECLINED: Message(zh="该次查询有依据", en="The look had ground"),
}
EVENTS: Final = {
    _E.OPENED: Message(zh="提出", en="Asked for"),
    _E.EVIDENCE_REQUESTED: Message(zh="要求补充证据", en="Evidence asked for"),
    _E.EVIDENCE_GIVEN: Message(zh="补充证据", en="Evidence given"),
    _E.DECIDED: Message(zh="作出结论", en="Settled"),
    _E.WITHDRAWN: Message(zh="撤回", en="Withdrawn"),
    _E.APPEALED: Message(zh="申请复核", en="Appealed"),
    _E.APPEAL_DECIDED: Message(zh="复核结论", en="Appeal decided"),
}
AT_ZERO: Final = Message(
    zh="期限届满而未答复的，不视为更正，也不视为维持：该项事实继续显示为“有争议”，办件显示为已逾期，双方主管部门均可查见。",
    en="When the term is over without an answer, nothing is taken as corrected or as right: the fact goes on "
    "reading as disputed, and the case reads as overdue to the source and its authority.",
)


AT_ZERO_OF_LOOK: Final = Message(
    zh="期限届满而未答复的，不视为查询有依据，也不视为没有依据：办件显示为已逾期，本人和主管部门均可查见。",
    en="When the term is over without an answer, nothing is taken as found: the case reads as overdue to the person "
    "and to the authority.",
)


def at_zero(seen: SeenCorrection) -> Message:
    """What follows when the term is over."""
    return AT_ZERO if seen.case.look_id is None else AT_ZERO_OF_LOOK


def result(seen: SeenCorrection, outcome: ProceedingOutcome) -> Message:
    """What it came to, in the words of what was asked."""
    return (RESULTS if seen.case.look_id is None else _RESULTS_OF_LOOK)[outcome]


def turn_of(seen: SeenCorrection, source: str) -> Message:
    """Who has to act next; `source` is the name of the unit that keeps the fact, empty where the authority does."""
    state = seen.position.state
    if not seen.position.is_pending:
        return Message(zh="已办结", en="Nobody's: it is closed")
    if state is _S.EVIDENCE_REQUESTED:
        return Message(zh="本人：补充证据", en="The person's: give the evidence asked for")
    if source and state is _S.OPEN:
        return Message(zh=f"来源单位：{source}", en=f"The source's: {source}")
    name = words.division_name(seen.case.body_province)
    return Message(zh=f"{name.zh}主管部门", en=f"The authority's of {name.en}")
