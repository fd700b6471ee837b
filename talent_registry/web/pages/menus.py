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
_OFFICE: Final = (VERIFY, Way("/rosters", "名册核验", "Rosters"), Way("/watches", "变更订阅", "Watches"))
_INBOX: Final = Way("/inbox", "收件箱", "Inbox")
_WAYS: Final = {
    ActorKind.ANONYMOUS: (VERIFY, DEVELOPERS),
    ActorKind.RESEARCHER: (
        Way("/me", "我的档案", "My record"),
        Way("/me/cases", "我的办件", "My cases"),
        Way("/me/consents", "授权", "Consents"),
        Way("/me/looks", "查询记录", "Who looked"),
        Way("/placements", "柔性流动", "Placements"),
        _INBOX,
        VERIFY,
    ),
    ActorKind.HR: (
        *_OFFICE,
        Way("/placements", "柔性流动协议", "Placements"),
        Way("/unit/opportunities", "岗位需求", "Opportunities"),
        _INBOX,
    ),
    ActorKind.ISSUER: (*_OFFICE, _INBOX),
    ActorKind.AUTHORITY: (*_OFFICE, _INBOX),
}


def menu_of(actor: Actor) -> tuple[Way, ...]:
    """The entries for whoever this is."""
    return _WAYS.get(actor.kind, (VERIFY, DEVELOPERS))
