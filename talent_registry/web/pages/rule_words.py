"""How the agreement, its drafts and what they would change are written on pages."""

from typing import Final

from talent_registry.domain.agreement_differences import EntryChange
from talent_registry.domain.agreements import Outcome
from talent_registry.domain.conformance import Reading
from talent_registry.domain.messages import Message
from talent_registry.domain.release_states import ReleaseState
from talent_registry.domain.simulation_jobs import SimulationState
from talent_registry.domain.simulations import Change
from talent_registry.web.pages import words

STATES: Final = {
    ReleaseState.DRAFT: (Message(zh="草案", en="Draft"), "calm"),
    ReleaseState.PROPOSED: (Message(zh="已提交双方审议", en="Put to both provinces"), "wait"),
    ReleaseState.APPROVED_BY_ONE: (Message(zh="一方已批准", en="Approved by one province"), "wait"),
    ReleaseState.APPROVED: (Message(zh="双方已批准，尚未生效", en="Approved by both, not in force yet"), "good"),
    ReleaseState.IN_FORCE: (Message(zh="现行有效", en="In force"), "good"),
    ReleaseState.SUPERSEDED: (Message(zh="已被后续版本取代", en="Superseded by a later one"), "calm"),
    ReleaseState.WITHDRAWN: (Message(zh="已撤回", en="Withdrawn"), "bad"),
    ReleaseState.LAPSED: (Message(zh="已失效", en="Lapsed"), "bad"),
}
JOBS: Final = {
    SimulationState.QUEUED: (Message(zh="排队中", en="Waiting"), "wait"),
    SimulationState.RUNNING: (Message(zh="试算中", en="Under way"), "wait"),
    SimulationState.DONE: (Message(zh="已完成", en="Done"), "good"),
    SimulationState.FAILED: (Message(zh="未完成", en="Not done"), "bad"),
}
SECTIONS: Final = {
    "clauses": Message(zh="认定条款", en="Clauses of recognition"),
    "reciprocity": Message(zh="地方互认名单", en="Local authorities that list each other"),
    "equivalences": Message(zh="层级和人才卡对应", en="Equivalent levels and cards"),
    "qualifications": Message(zh="职业资格与职称对应", en="Qualifications that count as titles"),
    "placement_kinds": Message(zh="柔性流动方式", en="Kinds of placement"),
    "placement_rules": Message(zh="柔性流动规则", en="Rules of placements"),
    "minimum_days": Message(zh="最少工作日", en="Minimum days"),
    "procedures": Message(zh="办理程序", en="Procedures"),
    "entitlements": Message(zh="待遇", en="Entitlements"),
    "placement_periods": Message(zh="柔性流动期限", en="Periods of placements"),
}
ENTRY_CHANGES: Final = {
    EntryChange.ADDED: Message(zh="新增", en="Added"),
    EntryChange.REMOVED: Message(zh="删去", en="Removed"),
    EntryChange.CHANGED: Message(zh="修改", en="Changed"),
}
CHANGES: Final = {
    Change.GAIN: Message(zh="更有利", en="Better"),
    Change.LOSS: Message(zh="更不利", en="Worse"),
    Change.BASIS: Message(zh="结果相同，依据不同", en="The same by another clause"),
}
READINGS: Final = {
    Reading.AS_IT_WOULD_STAND: Message(zh="按当日有效的版本", en="By the version of its own day"),
    Reading.BY_ITS_RULEBOOK: Message(zh="按新旧规则本身", en="By the two rulebooks themselves"),
}
_TRUST: Final = (
    ("sourced", Message(zh="有出处", en="Sourced")),
    ("provisional", Message(zh="暂定", en="Provisional")),
    ("general knowledge", Message(zh="一般了解，待核实", en="General knowledge, to be confirmed")),
    ("design", Message(zh="登记库的设计，待双方确认", en="The registry's design, to be confirmed by both")),
)


def trust(status: str) -> Message:
    """How far a source can be trusted, in a word; the status itself says it in full."""
    return next((word for begins, word in _TRUST if status.startswith(begins)), Message(zh=status, en=status))


def outcome(code: str) -> Message:
    """An outcome by its code."""
    return words.OUTCOMES[Outcome(code)][0]


def short(version_id: str) -> str:
    """The part of a version's id by which addresses name it."""
    return version_id.rpartition("/")[2]


def places(codes: list[str]) -> Message:
    """Divisions by name; of many the first, and how many more."""
    first, more = words.place_name(codes[0]), len(codes) - 1
    if not more:
        return first
    return Message(zh=f"{first.zh}等 {more + 1} 处", en=f"{first.en} and {more} more")


def change(code: str) -> Message:
    """What a draft does to an answer, by its code."""
    return CHANGES[Change(code)]
