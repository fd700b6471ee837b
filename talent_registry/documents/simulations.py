"""What a draft would change, as tables that a spreadsheet opens: sorts of credentials, and decisions taken before."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from talent_registry.domain.simulations import DecidedOtherwise

_BOM = "\ufeff"
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_HEADER = (
    "变化 change",
    "目标区划 target divisions",
    "原规则 rule before",
    "原结果 outcome before",
    "新规则 rule after",
    "新结果 outcome after",
    "证书类型 kind",
    "系列 series",
    "层级 level",
    "发证地 issued in",
    "数量 count",
    "示例证书 example",
)
_DECIDED_HEADER = (
    "决定号 decision",
    "决定日 decided for",
    "岗位所在 post in",
    "证书类型 kind",
    "系列 series",
    "层级 level",
    "发证地 issued in",
    "当时版本 version then",
    "现行规则 rule in force",
    "现行结果 outcome in force",
    "现行理由 reason in force",
    "草案规则 rule by the draft",
    "草案结果 outcome by the draft",
    "草案理由 reason by the draft",
)


def simulation_as_csv(result: Mapping[str, Any]) -> str:
    """The changes of a result (as `domain.simulation_results` gives it) in CSV, UTF-8 with a mark for spreadsheets."""
    divisions = {group["number"]: " ".join(group["divisions"]) for group in result["groups"]}
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for one in result["changes"]:
        before, after = one["before"], one["after"]
        row = (
            one["change"],
            one["division"] or divisions[one["group"]],
            basis_of(before),
            before["outcome"],
            basis_of(after),
            after["outcome"],
            one["kind"],
            one["series"],
            one["level"],
            one["issued_in"],
            one["count"],
            one["example"],
        )
        writer.writerow([inert(cell) for cell in row])
    return out.getvalue()


def decided_as_csv(found: Iterable[DecidedOtherwise], *, head: bool = False) -> str:
    """Rows of decisions that a draft would answer otherwise; with `head` the mark for spreadsheets and the header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if head:
        out.write(_BOM)
        writer.writerow(_DECIDED_HEADER)
    for one in found:
        row = (
            one.id,
            one.decided_for,
            one.division,
            one.kind,
            one.series,
            one.level,
            one.issuer_division,
            one.version,
            *(part for made in (one.before, one.after) for part in (made.rule, made.outcome.value, made.reason_code)),
        )
        writer.writerow([inert(cell) for cell in row])
    return out.getvalue()


def basis_of(ruled: Mapping[str, Any]) -> str:
    """The clause as it is named in lists, for instance `R8` or `R8/officer`."""
    return str(ruled["rule"]) if ruled["variant"] is None else f"{ruled['rule']}/{ruled['variant']}"


def inert(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
