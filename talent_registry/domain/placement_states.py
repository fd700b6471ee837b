"""The vocabulary of placements: states, parties, acts and events, and what is possible in which state."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from talent_registry.domain.messages import Message


class PlacementState(StrEnum):
    """Where a placement stands."""

    PROPOSED = "PROPOSED"
    AGREED = "AGREED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    ENDED = "ENDED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


class EndReason(StrEnum):
    """Why a placement ended."""

    TERM = "TERM"
    EARLY_RETURN = "EARLY_RETURN"
    HOME_RECALL = "HOME_RECALL"
    HOST_RELEASE = "HOST_RELEASE"
    RECOGNITION_LOST = "RECOGNITION_LOST"
    BREACH = "BREACH"
    TRANSFER = "TRANSFER"


class Party(StrEnum):
    """The three parties of a placement."""

    RESEARCHER = "RESEARCHER"
    HOME_UNIT = "HOME_UNIT"
    HOST_UNIT = "HOST_UNIT"


class ResultsHolder(StrEnum):
    """To whom the agreement gives what is invented at the post."""

    HOME_UNIT = "HOME_UNIT"
    HOST_UNIT = "HOST_UNIT"
    JOINTLY = "JOINTLY"
    RESEARCHER = "RESEARCHER"


class PlacementAct(StrEnum):
    """What can be done with a placement."""

    SIGN = "SIGN"
    COUNTER = "COUNTER"
    ACTIVATE = "ACTIVATE"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    EXTEND = "EXTEND"
    END = "END"
    WITHDRAW_END = "WITHDRAW_END"
    DECLINE = "DECLINE"
    WITHDRAW = "WITHDRAW"


class PlacementEventKind(StrEnum):
    """What happened to a placement."""

    PROPOSED = "PROPOSED"
    COUNTER_PROPOSED = "COUNTER_PROPOSED"
    SIGNED = "SIGNED"
    AGREED = "AGREED"
    ACTIVATED = "ACTIVATED"
    EXTENSION_PROPOSED = "EXTENSION_PROPOSED"
    EXTENSION_DECLINED = "EXTENSION_DECLINED"
    EXTENSION_WITHDRAWN = "EXTENSION_WITHDRAWN"
    EXTENDED = "EXTENDED"
    END_DECLARED = "END_DECLARED"
    END_WITHDRAWN = "END_WITHDRAWN"
    SUSPENDED = "SUSPENDED"
    SUSPENDED_WITH_CREDENTIAL = "SUSPENDED_WITH_CREDENTIAL"
    RESUMED = "RESUMED"
    ENDED = "ENDED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"
    EXTENSION_LAPSED = "EXTENSION_LAPSED"


_S, _A = PlacementState, PlacementAct
POSSIBLE: Mapping[PlacementState, tuple[PlacementAct, ...]] = MappingProxyType(
    {
        _S.PROPOSED: (_A.SIGN, _A.COUNTER, _A.DECLINE, _A.WITHDRAW),
        _S.AGREED: (_A.ACTIVATE, _A.WITHDRAW),
        _S.ACTIVE: (_A.SUSPEND, _A.EXTEND, _A.END),
        _S.SUSPENDED: (_A.RESUME, _A.END),
        _S.ENDED: (),
        _S.DECLINED: (),
        _S.WITHDRAWN: (),
        _S.LAPSED: (),
    }
)

STATE_NAMES: Mapping[PlacementState, Message] = MappingProxyType(
    {
        _S.PROPOSED: Message(zh="待签署", en="proposed"),
        _S.AGREED: Message(zh="已约定", en="agreed"),
        _S.ACTIVE: Message(zh="生效中", en="active"),
        _S.SUSPENDED: Message(zh="已中止", en="suspended"),
        _S.ENDED: Message(zh="已结束", en="ended"),
        _S.DECLINED: Message(zh="已谢绝", en="declined"),
        _S.WITHDRAWN: Message(zh="已撤回", en="withdrawn"),
        _S.LAPSED: Message(zh="已失效", en="lapsed"),
    }
)
ACT_NAMES: Mapping[PlacementAct, Message] = MappingProxyType(
    {
        _A.SIGN: Message(zh="签署", en="sign"),
        _A.COUNTER: Message(zh="提出修改条款", en="answer with other terms"),
        _A.ACTIVATE: Message(zh="生效", en="activate"),
        _A.SUSPEND: Message(zh="中止", en="suspend"),
        _A.RESUME: Message(zh="恢复", en="resume"),
        _A.EXTEND: Message(zh="延期", en="extend"),
        _A.END: Message(zh="结束", en="end"),
        _A.WITHDRAW_END: Message(zh="撤销结束通知", en="take back the notice of its end"),
        _A.DECLINE: Message(zh="谢绝", en="decline"),
        _A.WITHDRAW: Message(zh="撤回", en="withdraw"),
    }
)
