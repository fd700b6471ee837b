"""How parties, reasons and terms of placements are written on pages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import EndReason, Party, PlacementEventKind, ResultsHolder
from talent_registry.domain.placement_terms import Difference, differences
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


KINDS_OF_CHANGE: Final = {
    "ADDED": Message(zh="新增", en="Added"),
    "REMOVED": Message(zh="删去", en="Removed"),
    "CHANGED": Message(zh="改为", en="Changed"),
}


def kind_of_change(one: Difference) -> Message:
    """What became of a field between two versions, in a word."""
    if one.before is None:
        return KINDS_OF_CHANGE["ADDED"]
    return KINDS_OF_CHANGE["REMOVED" if one.after is None else "CHANGED"]


_NOTICES: Final = {
    Party.RESEARCHER: "return_notice_days",
    Party.HOME_UNIT: "recall_notice_days",
    Party.HOST_UNIT: "release_notice_days",
}
_HOLDS: Final = {
    ResultsHolder.HOME_UNIT: (Party.HOME_UNIT,),
    ResultsHolder.HOST_UNIT: (Party.HOST_UNIT,),
    ResultsHolder.RESEARCHER: (Party.RESEARCHER,),
    ResultsHolder.JOINTLY: (Party.HOME_UNIT, Party.HOST_UNIT),
}
STAYS: Final = {
    Party.HOME_UNIT: Message(zh="人事关系、档案仍在本单位", en="Personnel relation and file stay here"),
    Party.RESEARCHER: Message(zh="户口不迁，人事关系不转", en="Household and personnel relation do not move"),
    Party.HOST_UNIT: Message(zh="不转入人事关系", en="No personnel relation comes here"),
}


def bears(terms: Terms, party: Party) -> list[Message]:
    """What one side bears or holds by the terms."""
    found = []
    if terms.paid_by is party:
        found.append(Message(zh="承担薪酬", en="Pays"))
    if terms.insured_by is party:
        found.append(Message(zh="承担社会保险", en="Pays social insurance"))
    if terms.work_injury_insurance and party is Party.HOST_UNIT:
        found.append(Message(zh="缴纳工伤保险", en="Pays work-injury insurance"))
    if terms.results_held_by is not None and party in _HOLDS[terms.results_held_by]:
        jointly = terms.results_held_by is ResultsHolder.JOINTLY
        found.append(
            Message(zh="共同持有成果", en="Holds results jointly")
            if jointly
            else Message(zh="持有成果", en="Holds results")
        )
    return found


def notice_days(terms: Terms, party: Party) -> int | None:
    """The notice that a side gives of its end, in days; None: the terms are silent."""
    days: int | None = getattr(terms, _NOTICES[party])
    return days


def terms_of(latest: TermsRound) -> Sequence[Difference]:
    """What the terms state: their difference to terms that are silent."""
    return differences(replace(latest, terms=Terms()), latest)
