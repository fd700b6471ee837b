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
FLOWS: Final = Way("/flows", "川渝流动统计", "Flows")
_QUESTIONS: Final = Way("/questions", "核查请求", "Questions")
_OFFICE: Final = (VERIFY, Way("/rosters", "名册核验", "Rosters"), Way("/watches", "变更订阅", "Watches"), _QUESTIONS)
_CORRECTIONS: Final = Way("/corrections", "更正申请", "Corrections")
_INBOX: Final = Way("/inbox", "收件箱", "Inbox")
_CASES: Final = Way("/cases", "办件", "Cases")
_CREDENTIALS: Final = Way("/credentials", "证书", "Credentials")
_AUTHORITY: Final = (
    _CASES,
    _CREDENTIALS,
    Way("/alerts", "提醒", "Alerts"),
    Way("/committees", "评委会", "Committees"),
    Way("/rules", "规则", "Rules"),
)
_WAYS: Final = {
    ActorKind.ANONYMOUS: (VERIFY, FLOWS, DEVELOPERS),
    ActorKind.RESEARCHER: (
        Way("/me", "我的档案", "My record"),
        Way("/me/cases", "我的办件", "My cases"),
        Way("/me/consents", "授权", "Consents"),
        Way("/me/looks", "查询记录", "Who looked"),
        Way("/me/shares", "分享码", "Share codes"),
        Way("/placements", "柔性流动", "Placements"),
        Way("/me/opportunities", "岗位需求", "Opportunities"),
        _INBOX,
        VERIFY,
        FLOWS,
    ),
    ActorKind.HR: (
        *_OFFICE,
        Way("/placements", "柔性流动协议", "Placements"),
        Way("/unit/opportunities", "岗位需求", "Opportunities"),
        _CORRECTIONS,
        _INBOX,
        FLOWS,
    ),
    ActorKind.ISSUER: (*_OFFICE, _CASES, _CORRECTIONS, _CREDENTIALS, _INBOX, FLOWS),
    ActorKind.AUTHORITY: (*_OFFICE, *_AUTHORITY, _CORRECTIONS, _INBOX, FLOWS),
}

# Where a menu is long, what is used seldom stands behind 更多.
_LONG: Final = 9
_SELDOM: Final = frozenset({"/watches", "/committees", "/corrections", "/flows", "/me/opportunities"})


def menu_of(actor: Actor) -> tuple[Way, ...]:
    """The entries for whoever this is."""
    return _WAYS.get(actor.kind, (VERIFY, FLOWS, DEVELOPERS))


def split_menu(actor: Actor) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """The entries that are always seen, and those behind 更多, which a short menu has none of."""
    ways = menu_of(actor)
    seldom = _SELDOM if len(ways) > _LONG else frozenset()
    return tuple(one for one in ways if one.path not in seldom), tuple(one for one in ways if one.path in seldom)
