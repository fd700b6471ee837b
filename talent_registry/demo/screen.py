"""The story on a terminal: one panel a chapter, Chinese and English side by side."""

import re
from collections.abc import Callable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

Facts = dict[str, Any]

# Down to the second is enough for a reader; `--json` gives the instant whole.
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)[.\d]*\+00:00")

TITLES = {
    "imported": ("两省名册入库", "Both provinces' rolls are imported"),
    "verified": ("核验一份证书", "A certificate is verified"),
    "recognised": ("当然互认", "Recognised as of right"),
    "needs_confirmation": ("须经确认", "Needs confirmation"),
    "refused": ("不予互认，理由如下", "Not recognised, and why"),
    "profile": ("本人所见：来源与查询记录", "Sources, and who looked"),
    "placement": ("兼职：三方签署，40 % 生效", "A placement, signed thrice, active"),
    "overload_refused": ("第二份 70 %：超出，不予办理", "A second at 70 %: refused"),
    "household_refused": ("迁移户籍：不予办理", "Moving the household: refused"),
    "returned_early": ("提前返岗：随时可以", "Early return: always open"),
    "counter_proposed": ("对方提出修改条款，三方重签；单位收到推送", "A counter-proposal, and a webhook received"),
    "extended": ("延期：三方再次签署", "An extension, signed thrice again"),
    "entitlement": ("仪器平台核查待遇", "An instrument platform checks an entitlement"),
    "ended_by_revocation": ("撤销证书：所依兼职同时终止", "A revocation ends what rested on it"),
    "ledger": ("台账核验", "The ledger is verified"),
}


OPENING = """户口不迁 · 关系不转 · 身份互认 · 能出能进
Household not moved · relation not transferred · status mutually recognised · free to leave and to enter

[dim]人员均为虚构，证件号码使用未分配的 990000 前缀；规则为参考文本，须经两省主管部门确认。
All people are invented (unassigned prefix 990000).
The rulebook is a reference that the two provinces must confirm.[/dim]"""


class Screen:
    """Shows each chapter as it happens."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(width=min(Console().width, 118) if console is None else None)
        self.number = 0

    def open(self) -> None:
        """Say what is about to be shown."""
        self.console.print()
        self.console.print(
            Panel(
                OPENING,
                title="talent_registry · 川渝人才互认登记",
                border_style="bold",
            )
        )

    def show(self, key: str, facts: Facts) -> None:
        """One chapter."""
        self.number += 1
        zh, en = TITLES[key]
        body = SHOWN_AS.get(key, _plain)(facts)
        self.console.print(Panel(body, title=f"{self.number}. {zh} · {en}", title_align="left", border_style="cyan"))

    def close(self) -> None:
        """Say that everything has been stopped."""
        self.console.print("演示结束，一切已停止。下一步：make serve，或阅读 README.zh-CN.md。")
        self.console.print("The story ends here; everything was stopped. Next: make serve, or read README.md.\n")


LABELS = {
    "number": "证书编号 number",
    "verdict": "结论 verdict",
    "title": "职称 title",
    "level": "层级 level",
    "as_of": "截至 as of",
    "ledger_sequence": "台账序号 ledger entry",
    "asked_percent": "申请份额 asked, %",
    "refused": "未予办理 refused",
    "code": "代码 code",
    "reason": "理由代码 reason",
    "state": "状态 state",
    "workload_percent": "份额 workload, %",
    "term": "期限 term",
    "ended_on": "止于 ended on",
    "end_reason": "结束原因 why",
    "differences": "改动 changed",
    "received": "收到的推送 webhook received",
    "until_before": "原止期 ended before",
    "entitlement": "待遇 entitlement",
    "open": "可享受 open",
    "on": "核查日 on",
    "version": "协议 agreement",
    "asked_by": "核查单位 asked by",
    "by_sql": "直接写库 by SQL",
    "household_unchanged": "户籍未变 household unchanged",
    "sound": "完好 sound",
    "entries": "条数 entries",
    "head": "链首 head",
    "commands_without_entry": "无台账的命令 commands without entry",
    "entries_without_command": "无命令的台账 entries without command",
}


def _table(facts: Facts) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(LABELS.get(name, name), Text(_word(value)))
    return table


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, list | tuple):
        return ", ".join(_word(item) for item in value)
    if isinstance(value, dict):
        return "  ".join(f"{name} {_word(item)}" for name, item in value.items())
    text = "–" if value is None else str(value)
    return _INSTANT.sub(r"\1 \2 UTC", text)


def _said(facts: Facts) -> list[RenderableType]:
    message = facts.get("message")
    return [Text(message["zh"], style="bold"), Text(message["en"], style="italic")] if message else []


def _plain(facts: Facts) -> RenderableType:
    return Group(*_said(facts), _table({name: value for name, value in facts.items() if name != "message"}))


def _only(*names: str) -> Callable[[Facts], RenderableType]:
    def shown(facts: Facts) -> RenderableType:
        return Group(*_said(facts), _table({name: facts[name] for name in names if name in facts}))

    return shown


def _decision(facts: Facts) -> RenderableType:
    counts: dict[str, int] = {}
    for finding in facts["findings"]:
        counts[finding["result"]] = counts.get(finding["result"], 0) + 1
    shown = {
        "证书 certificate": facts["number"],
        "结论 outcome": facts["outcome"],
        "条款 clause": f"{facts['rule']} · {facts['reason_code']}",
        "依据 source": f"{facts['source']}  [{facts['trust']}]",
        "协议 agreement": f"{facts['agreement_version']}  {facts['agreement_digest'][:16]}…",
        "逐条认定 findings": counts,
    }
    return Group(*_said(facts), _table(shown))


def _imported(facts: Facts) -> RenderableType:
    table = Table(box=None, header_style="dim")
    for heading in (
        "",
        "行 rows",
        "人员 people",
        "证书 credentials",
        "单位 organisations",
        "退回 refused",
        "台账 entry",
    ):
        table.add_column(heading)
    for name, roll in facts.items():
        cells = (roll["rows"], roll["people_new"], roll["credentials_new"], roll["organisations_new"])
        table.add_row(name, *(str(cell) for cell in (*cells, roll["refused"], roll["ledger_sequence"])))
    return table


def _profile(facts: Facts) -> RenderableType:
    shown = {
        "公开编号 public number": facts["public_number"],
        "姓名 name": facts["name"],
        "证件 document": facts["documents"],
        "户籍 household": facts["household"],
        "人事关系 home unit": facts["home_unit"],
    }
    sources = {f"来源 source of {name}": f"{one['source']}，{one['since']}" for name, one in facts["sources"].items()}
    looks = {
        f"查询 look {number}": f"{look['by']} · {look['purpose']} · {', '.join(look['fields'])} · {look['basis']}"
        for number, look in enumerate(facts["looks"], 1)
    }
    return _table(shown | sources | looks)


def _placement(facts: Facts) -> RenderableType:
    steps = {
        f"步骤 step {number}": f"{step['step']} {step.get('by', '')} "
        + (f"尚缺 missing: {_word(step['missing']) or '无 none'}" if "missing" in step else "")
        for number, step in enumerate(facts["steps"], 1)
    }
    over = facts["over_http"]
    return Group(
        _table(
            {
                "状态 state": facts["state"],
                "份额 workload": f"{facts['workload_percent']} %",
                "期限 term": f"{facts['term']['from']} – {facts['term']['until']}",
                **steps,
                "户籍与人事关系未变 household and relation unchanged": facts["household_unchanged"],
            }
        ),
        Text(f"\n同一问题经 GraphQL 再问一遍 · the same asked over HTTP at {over['address']}/graphql", style="bold"),
        Syntax(over["operation"], "graphql", theme="ansi_dark", word_wrap=True),
        Syntax(over["answer"], "json", theme="ansi_dark", word_wrap=True),
        _table({"与上文一致 the same answers": over["same"]}),
    )


def _ended(facts: Facts) -> RenderableType:
    return Group(
        _table(
            {
                "证书 credential": f"{facts['credential']} → {facts['status']}",
                "兼职 placement": f"{facts['before']} → {facts['state']} ({facts['end_reason']}, {facts['ended_on']})",
                "同一条台账 one ledger entry": facts["ledger_sequence"],
                "他省人员试图撤销 the other province's officer": facts["other_province"].get("reason", "?"),
            }
        )
    )


SHOWN_AS: dict[str, Callable[[Facts], RenderableType]] = {
    "imported": _imported,
    "verified": _only("number", "verdict", "title", "level", "as_of", "ledger_sequence"),
    "recognised": _decision,
    "needs_confirmation": _decision,
    "refused": _decision,
    "profile": _profile,
    "placement": _placement,
    "overload_refused": _only("asked_percent", "refused", "code", "reason", "state"),
    "returned_early": _only("state", "workload_percent", "term", "ended_on", "end_reason"),
    "counter_proposed": _only("differences", "received", "state", "workload_percent", "term", "ledger_sequence"),
    "extended": _only("until_before", "term", "state", "workload_percent"),
    "household_refused": _only("reason", "by_sql", "household_unchanged"),
    "ended_by_revocation": _ended,
}
