"""How the looks at a person's record are written on pages: what the registry stated as a purpose, and the filter."""

from typing import Final

from talent_registry.domain.messages import Message
from talent_registry.web.pages.languages import Language

COLUMNS: Final = (
    Message(zh="时间", en="When"),
    Message(zh="查询人", en="Who"),
    Message(zh="查看内容", en="Fields"),
    Message(zh="用途", en="Purpose"),
    Message(zh="依据", en="Basis"),
)
CUT: Final = Message(
    zh="更早的查询未列出：请把“止日”设为上一行的日期，再导出一次（当日的查询会重复）。",
    en="Earlier looks are left out: set “Until” to the day of the row above and export again; that day's looks come "
    "twice.",
)
PERSON: Final = Message(zh="个人", en="A person")
HOLDER: Final = Message(zh="持码人（未登录）", en="Whoever held the code (not signed in)")
NOTHING: Final = Message(zh="未显示任何内容", en="Nothing was shown")
# What the registry writes where a question states no purpose of its own: "with: " and what was asked.
_ALONG: Final = "with: "
_ASKED: Final = {
    **dict.fromkeys(("credential", "credentials"), Message(zh="查看证书", en="Reading a credential")),
    **dict.fromkeys(
        ("recognitionDecision", "recognitionDecisions", "isReproducible"),
        Message(zh="查看认定决定", en="Reading a recognition decision"),
    ),
    **dict.fromkeys(
        ("recognitionCase", "recognitionCases"), Message(zh="办理认定事项", en="Working on a recognition case")
    ),
    **dict.fromkeys(
        ("correctionCase", "correctionCases"), Message(zh="办理更正申请", en="Working on a correction case")
    ),
    **dict.fromkeys(
        ("placement", "placements", "workload", "placementDraft", "placementDrafts"),
        Message(zh="办理柔性流动", en="Working on a placement"),
    ),
    **dict.fromkeys(
        ("opportunity", "opportunities", "opportunityAnswers", "opportunityMatches"),
        Message(zh="办理岗位机会的应征", en="Working on answers to an opportunity"),
    ),
    **dict.fromkeys(("researcher", "researchers"), Message(zh="查看个人登记信息", en="Reading a person's record")),
    **dict.fromkeys(("roster", "rosters", "rosterAnswers"), Message(zh="名册核验", en="Verifying a roster")),
}
_COMMANDS: Final = {
    "verifyCredential": Message(zh="核验证书", en="Verifying a certificate"),
    "verifyRoster": Message(zh="名册核验", en="Verifying a roster"),
    "openShareCode": Message(zh="打开分享码", en="Opening a share code"),
    "VERIFY": Message(zh="核验（机构登记的用途）", en="Verification (the agency's registered purpose)"),
    "办理更正申请 / correction case": Message(zh="办理更正申请", en="Working on a correction case"),
}


def purpose(stated: str) -> Message:
    """A purpose in both languages where the registry wrote it; as it was stated where somebody did."""
    if stated in _COMMANDS:
        return _COMMANDS[stated]
    if not stated.startswith(_ALONG):
        return Message(zh=stated, en=stated)
    asked = stated.removeprefix(_ALONG)
    return _ASKED.get(asked) or Message(
        zh=f"办理其他事项时一并查看（{asked}）", en=f"Seen along with other work ({asked})"
    )


def purposes_of(stated: list[str], language: Language) -> dict[str, tuple[str, ...]]:
    """The purposes as the visitor reads them, in order, each with all that was stated in those words."""
    found: dict[str, tuple[str, ...]] = {}
    for one in stated:
        words = language.message(purpose(one))
        found[words] = (*found.get(words, ()), one)
    return dict(sorted(found.items()))
