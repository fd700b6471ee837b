"""Where each kind of visitor can go from every page."""

from dataclasses import dataclass
from typing import Final

from talent_registry.services.permissions import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the menu."""

    path: str
    zh: str
    en: str


VERIFY: Final = Way("/verify", "证书核验", "Verify")
DEVELOPERS: Final = Way("/developers", "开发者", "Developers")
_OFFICE: Final = (VERIFY, Way("/rosters", "名册核验", "Rosters"))
_WAYS: Final = {
    ActorKind.ANONYMOUS: (VERIFY, DEVELOPERS),
    ActorKind.RESEARCHER: (
        Way("/me", "我的档案", "My record"),
        Way("/me/consents", "授权", "Consents"),
        Way("/me/looks", "查询记录", "Who looked"),
        Way("/me/shares", "分享码", "Share codes"),
        Way("/placements", "柔性流动", "Placements"),
        Way("/inbox", "收件箱", "Inbox"),
        VERIFY,
    ),
    ActorKind.HR: (
        *_OFFICE,
        Way("/placements", "柔性流动协议", "Placements"),
        Way("/opportunities", "用人需求", "Opportunities"),
        Way("/inbox", "收件箱", "Inbox"),
    ),
    ActorKind.ISSUER: (*_OFFICE, Way("/cases", "办理事项", "Cases"), Way("/inbox", "收件箱", "Inbox")),
    ActorKind.AUTHORITY: (
        *_OFFICE,
        Way("/cases", "办理事项", "Cases"),
        Way("/rules", "互认规则", "Rules"),
        Way("/flows", "流动统计", "Flows"),
        Way("/committees", "评委会与发证机关", "Committees and issuers"),
        Way("/inbox", "收件箱", "Inbox"),
    ),
}


def menu_of(actor: Actor) -> tuple[Way, ...]:
    """The entries for whoever this is."""
    return _WAYS.get(actor.kind, (VERIFY, DEVELOPERS))
