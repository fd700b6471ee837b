"""How parties, reasons and terms of placements are written on pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import EndReason, Party, PlacementEventKind
from talent_registry.domain.placement_terms import Difference, compared_with, differences
from talent_registry.domain.placements import Terms, TermsRound

PARTIES: Final = {
    Party.HOME_UNIT: Message(zh="人事关系所在单位", en="Home unit"),
    Party.RESEARCHER: Message(zh="本人", en="The person"),
    Party.HOST_UNIT: Message(zh="接收单位", en="Host unit"),
}
REASON_OF: Final = {
    Party.RESEARCHER: EndReason.EARLY_RETURN,
    Party.HOME_UNIT: EndReason.HOME_RECALL,
    Party.HOST_UNIT: EndReason.HOST_RELEASE,
}
ENDS: Final = {
    Party.RESEARCHER: Message(zh="提前返回", en="Return early"),
    Party.HOME_UNIT: Message(zh="召回", en="Recall"),
    Party.HOST_UNIT: Message(zh="解除", en="Release"),
}

_E = PlacementEventKind
EVENTS: Final = {
    _E.PROPOSED: Message(zh="提出", en="Proposed"),
    _E.COUNTER_PROPOSED: Message(zh="反建议", en="Counter-proposed"),
    _E.SIGNED: Message(zh="签署", en="Signed by a party"),
    _E.AGREED: Message(zh="三方签署完毕", en="Signed by all three"),
    _E.ACTIVATED: Message(zh="启动", en="Begun"),
    _E.EXTENSION_PROPOSED: Message(zh="提出延期", en="Extension proposed"),
    _E.EXTENSION_DECLINED: Message(zh="拒绝延期", en="Extension declined"),
    _E.EXTENSION_WITHDRAWN: Message(zh="撤回延期", en="Extension withdrawn"),
    _E.EXTENSION_LAPSED: Message(zh="延期逾期未答复而失效", en="Extension lapsed by silence"),
    _E.EXTENDED: Message(zh="延期", en="Extended"),
    _E.END_DECLARED: Message(zh="通知终止", en="Notice of an end"),
    _E.END_WITHDRAWN: Message(zh="收回终止通知", en="Notice taken back"),
    _E.SUSPENDED: Message(zh="中止", en="Suspended"),
    _E.SUSPENDED_WITH_CREDENTIAL: Message(zh="随证书中止", en="Suspended with the credential"),
    _E.RESUMED: Message(zh="恢复", en="Resumed"),
    _E.ENDED: Message(zh="终止", en="Ended"),
    _E.DECLINED: Message(zh="拒绝", en="Declined"),
    _E.WITHDRAWN: Message(zh="撤回", en="Withdrawn"),
    _E.LAPSED: Message(zh="逾期未答复而失效", en="Lapsed by silence"),
}


def changes_of(rounds: tuple[TermsRound, ...], latest: TermsRound | None) -> Sequence[Difference]:
    """What these terms change against those that they answer or extend."""
    before = None if latest is None else compared_with(rounds, latest.number)
    return () if latest is None or before is None else differences(before, latest)


def terms_of(latest: TermsRound) -> Sequence[Difference]:
    """What the terms state: their difference to terms that are silent."""
    return differences(replace(latest, terms=Terms()), latest)
