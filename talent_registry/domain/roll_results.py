"""What became of a delivered roll: counts, what must be mended by hand, and what was kept as recorded."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.messages import Message
from talent_registry.domain.roll_problems import CellProblem
from talent_registry.reference.roll_columns import roll_headers

# So many problems and notes are kept with the command; whoever imports first is handed all of them.
MOST_REMEMBERED: Final = 200


@dataclass(frozen=True, slots=True)
class RollCounts:
    """How many of each; a credential may be corrected and change its status by one row.

    `refused` rows changed nothing, `repeated` ones said what an earlier row of the file said. `people_matched` were
    known before; `facts_corrected` are households and personnel relations that the same source had stated otherwise;
    `placements_affected` rest on a credential whose status changed.
    """

    rows: int
    refused: int
    repeated: int
    people_new: int = 0
    people_matched: int = 0
    facts_corrected: int = 0
    organisations_new: int = 0
    filings_new: int = 0
    filings_superseded: int = 0
    credentials_new: int = 0
    credentials_unchanged: int = 0
    credentials_corrected: int = 0
    status_changed: int = 0
    placements_affected: int = 0


@dataclass(frozen=True, slots=True)
class RollOutcome:
    """The answer to an import. `replayed`: the same rows came before from the same office, nothing was done again.

    `problems` say what must be mended, `notes` what was left as recorded or left out, both by row;
    the `…_left_out` are further ones that are not listed. `digest` is the SHA-256 (hex) of the rows' contents.
    """

    command_id: UUID
    sequence: int
    replayed: bool
    digest: str
    counts: RollCounts
    problems: tuple[CellProblem, ...]
    problems_left_out: int
    notes: tuple[CellProblem, ...]
    notes_left_out: int

    @property
    def complete(self) -> bool:
        """Whether every row was taken."""
        return self.counts.refused == 0


def remembered(
    digest: str, counts: RollCounts, problems: tuple[CellProblem, ...], left_out: int, notes: tuple[CellProblem, ...]
) -> dict[str, Any]:
    """What is kept with the command, as JSON without personal data: the counts and the first problems and notes."""
    return {
        "digest": digest,
        "counts": asdict(counts),
        "problems": [asdict(each) for each in problems[:MOST_REMEMBERED]],
        "problems_left_out": left_out + len(problems[MOST_REMEMBERED:]),
        "notes": [asdict(each) for each in notes[:MOST_REMEMBERED]],
        "notes_left_out": len(notes[MOST_REMEMBERED:]),
    }


def recalled(command_id: UUID, sequence: int, result: Mapping[str, Any]) -> RollOutcome:
    """The outcome of an import that was carried out before, from what was kept with its command."""
    return RollOutcome(
        command_id=command_id,
        sequence=sequence,
        replayed=True,
        digest=result["digest"],
        counts=RollCounts(**{item.name: result["counts"][item.name] for item in fields(RollCounts)}),
        problems=tuple(_problem(each) for each in result["problems"]),
        problems_left_out=result["problems_left_out"],
        notes=tuple(_problem(each) for each in result["notes"]),
        notes_left_out=result["notes_left_out"],
    )


def _problem(stored: Mapping[str, Any]) -> CellProblem:
    return CellProblem(**{**stored, "message": Message(**stored["message"]), "fix": Message(**stored["fix"])})


# reason: column, what in zh, what in en, remedy in zh, remedy in en. None repeats a value: most are about a person.
_WORDS: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "ISSUER_NOT_OWN": (
        "issuer_name",
        "发证机关不是提交名册的单位",
        "the issuer is not the office that delivers the roll",
        "请删除该行，由发证机关自行提交",
        "Remove the row; its issuer delivers it",
    ),
    "HOME_UNIT_UNKNOWN": (
        "home_unit_name",
        "该单位未登记，且无法得知其所在区划",
        "the unit is not registered and the division it lies in is not known",
        "请先登记该单位，再将该行另行提交",
        "Register the unit first, then deliver the row again in a roll of its own",
    ),
    "HOME_UNIT_AMBIGUOUS": (
        "home_unit_name",
        "不同区划内登记有多个同名单位",
        "several units of this name are registered in different divisions",
        "请办理人事关系登记以指明单位，该行可不填单位后另行提交",
        "Leave the unit empty, deliver the row again in a roll of its own, and record the personnel relation by hand",
    ),
    "NAME_DIFFERS": (
        "name",
        "该证件号码已登记在另一姓名之下",
        "this document is registered under another name",
        "请核对姓名和证件号码；确已更名的，先办理姓名更正",
        "Check name and number; if the name has changed, have the name corrected first",
    ),
    "DOCUMENT_TWICE": (
        "document_number",
        "名册中同一证件号码对应不同姓名",
        "the roll gives different names to the same document",
        "请核对这些行的姓名和证件号码",
        "Check names and document numbers of these rows",
    ),
    "HOLDER_DIFFERS": (
        "certificate_number",
        "该证书编号已登记在另一证件号码之下",
        "this certificate is registered for a person with another document",
        "请核对证书编号和证件号码；登记有误的，先由发证机关更正",
        "Check both numbers; if the record is wrong, its issuer corrects it first",
    ),
    "FILING_TWICE": (
        "filing_number",
        "名册中同一备案号的评委会或起止日期不一致",
        "the roll gives different committees, levels or days to the same filing",
        "请核对引用该备案号的各行",
        "Check the rows that cite this filing",
    ),
    "FILING_DIFFERS": (
        "filing_number",
        "该备案号已由另一机关备案，且内容不同",
        "this filing is recorded for another authority with different content",
        "请核对备案号；备案有误的，由备案机关更正",
        "Check the filing number; if the filing is wrong, its authority corrects it",
    ),
    "STATUS_NOT_CHANGED": (
        "status",
        "证书的状态不能如此变更",
        "the record status cannot change in this way",
        "请核对状态，或由发证机关办理状态变更",
        "Check the status, or have its issuer change it",
    ),
    "HOUSEHOLD_KEPT": (
        "household_division",
        "与已登记的户籍地不同，保留已登记的内容",
        "the household registration differs from the record; the record was kept",
        "确有变更的，请办理户籍更正",
        "If it has changed, have the household registration corrected",
    ),
    "HOUSEHOLD_LEFT_OUT": (
        "household_division",
        "户籍由省级主管部门的名册登记，发证机关名册中的此列未采用",
        "households are recorded from rolls of the provincial authority; this column of an issuer's roll was left out",
        "无须处理；确有误的，请联系省级主管部门",
        "Nothing to do; if a record is wrong, ask the provincial authority",
    ),
    "PERSONNEL_RELATION_LEFT_OUT": (
        "home_unit_name",
        "人事关系由省级主管部门的名册登记，发证机关名册中的此列未采用",
        "home units are recorded from rolls of the provincial authority; this column of an issuer's roll was left out",
        "无须处理；确有误的，请联系省级主管部门",
        "Nothing to do; if a record is wrong, ask the provincial authority",
    ),
    "PERSONNEL_RELATION_KEPT": (
        "home_unit_name",
        "与已登记的人事关系单位不同，保留已登记的内容",
        "the home unit differs from the record; the record was kept",
        "确有变更的，请办理人事关系更正",
        "If it has changed, have the personnel relation corrected",
    ),
}


def finding(line: int, reason: str, letters: Mapping[str, str], detail: Message | None = None) -> CellProblem:
    """A problem or note about the row `line`; `letters` gives the spreadsheet's column letter of each column key.

    `detail` says more exactly what is wrong, in whole sentences without personal data.
    """
    key, what_zh, what_en, fix_zh, fix_en = _WORDS[reason]
    header, letter = roll_headers()[key], letters.get(key)
    place_zh = f"单元格 {letter}{line}" if letter else f"第 {line} 行"
    place_en = f"Cell {letter}{line}" if letter else f"Row {line}"
    zh, en = (detail.zh, detail.en) if detail else (f"{what_zh}。", f"{what_en}.")
    return CellProblem(
        line=line,
        column_key=key,
        column_header=header,
        cell_ref=f"{letter}{line}" if letter else "",
        reason=reason,
        message=Message(zh=f"{place_zh}（{header}）：{zh}", en=f"{place_en} ({header}): {en}"),
        fix=Message(zh=f"{fix_zh}。", en=f"{fix_en}."),
    )
