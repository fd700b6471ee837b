"""What can be wrong in a cell of a roll: reason, message and remedy in both languages, without personal data."""

import re
from dataclasses import dataclass
from typing import Final

from talent_registry.domain.messages import Message

_QUOTED = 40
# Values of these columns are about a person, so no message repeats them.
PERSONAL: Final = frozenset({"name", "document_number", "certificate_number", "household_division", "home_unit_name"})
# A long number is an identity or certificate number that slipped into another column.
_LONG_NUMBER = re.compile(r"\d{11}")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One fault in one row: `line` is the spreadsheet's row, `cell_ref` like D17 ("" if the column is absent).

    `message` says what is wrong, `fix` what to do; neither repeats a personal value.
    """

    line: int
    column_key: str
    column_header: str
    cell_ref: str
    reason: str
    message: Message
    fix: Message


# reason: what in zh, what in en, remedy in zh, remedy in en; {value} is the quoted value, where one may be quoted.
_WORDS: Final[dict[str, tuple[str, str, str, str]]] = {
    "EMPTY": ("必填项为空", "a required value is missing", "请填写该项", "Fill in the value"),
    "TOO_LONG": ("内容过长", "the value is too long", "请缩短为 200 字以内", "Shorten it to at most 200 characters"),
    "CONTROL_CHARACTER": (
        "含有换行或不可见字符",
        "the value holds line breaks or invisible characters",
        "请删除换行和不可见字符",
        "Remove the line breaks and invisible characters",
    ),
    "FORMULA": (
        "内容是公式或以公式符号开头",
        "the value is a formula or begins like one",
        "请将公式粘贴为数值",
        "Paste the formula's result as a plain value",
    ),
    "TOO_MANY_CELLS": (
        "该行的单元格多于表头，可能有未加引号的分隔符",
        "the row has more cells than the header, perhaps through an unquoted delimiter",
        "请核对该行，含分隔符的内容须加双引号",
        "Check the row; put values that hold the delimiter in double quotes",
    ),
    "DIGITS_LOST": (
        "号码被电子表格改成了科学计数，末尾数字已丢失",
        "a spreadsheet turned the number into scientific notation and lost its last digits",
        "请将该列设为文本格式后重新填写完整号码",
        "Format the column as text and enter the full number again",
    ),
    "NAME_INVALID": (
        "姓名无法识别",
        "the name cannot be read",
        "请按证件填写姓名，不带其他符号",
        "Enter the name as in the identity document, without other signs",
    ),
    "UNKNOWN_DOCUMENT_KIND": (
        "未知的证件类型{value}",
        "unknown kind of document{value}",
        "请填写证件类型的规范名称，如 居民身份证",
        "Use a listed kind of document, such as 居民身份证",
    ),
    "DOCUMENT_NUMBER_INVALID": (
        "证件号码不符合该证件类型的格式或校验规则",
        "the number fails the format or check character of its kind of document",
        "请对照证件核对号码",
        "Compare the number with the document",
    ),
    "TEST_IDENTITY_NOT_ALLOWED": (
        "样例号码不能用于正式数据",
        "sample identity numbers are not accepted in real data",
        "请填写真实证件号码",
        "Enter the number of the real document",
    ),
    "CERTIFICATE_NUMBER_INVALID": (
        "证书编号无法识别",
        "the certificate number cannot be read",
        "请对照证书核对编号",
        "Compare the number with the certificate",
    ),
    "UNKNOWN_TITLE_CODE": (
        "未知的职称代码{value}",
        "unknown title code{value}",
        "请使用四位职称代码，保留开头的 0",
        "Use the four-digit title code and keep its leading 0",
    ),
    "TITLE_NAME_MISMATCH": (
        "职称名称{value}与职称代码不符",
        "the title{value} does not belong to the title code",
        "请核对职称代码与名称",
        "Check the title code and the title's name",
    ),
    "UNKNOWN_LEVEL": (
        "未知的职称层级{value}",
        "unknown level{value}",
        "请填写 正高级、副高级、中级、助理级 或 员级",
        "Use 正高级, 副高级, 中级, 助理级 or 员级",
    ),
    "LEVEL_MISMATCH": (
        "职称层级{value}与职称代码的层级不符",
        "the level{value} is not the level of the title code",
        "请核对职称代码与层级",
        "Check the title code and the level",
    ),
    "UNKNOWN_ROUTE": (
        "未知的评审方式{value}",
        "unknown route{value}",
        "请填写规范的评审方式，如 评审",
        "Use a listed route, such as 评审",
    ),
    "UNKNOWN_ISSUER_KIND": (
        "未知的发证机关类型{value}",
        "unknown kind of issuer{value}",
        "请填写规范的类型，如 省级人社",
        "Use a listed kind, such as 省级人社",
    ),
    "ISSUER_KIND_MISMATCH": (
        "发证机关类型{value}与其区划的层级不符",
        "the kind of issuer{value} does not fit the level of its division",
        "请核对发证机关类型与区划代码",
        "Check the kind of issuer and its division code",
    ),
    "UNKNOWN_STATUS": (
        "未知的状态{value}",
        "unknown record status{value}",
        "请填写 有效、公示、暂停 或 撤销",
        "Use 有效, 公示, 暂停 or 撤销",
    ),
    "UNKNOWN_DIVISION": (
        "未知的区划代码{value}",
        "unknown division code{value}",
        "请填写六位行政区划代码",
        "Use the six-digit division code (GB/T 2260)",
    ),
    "DIVISION_NOT_IN_FORCE": (
        "区划代码{value}在通过时间当日和今天都不存在",
        "the division code{value} was in force neither on the day of approval nor today",
        "请填写通过时间当日或现行有效的区划代码",
        "Use the code that was in force on the day of approval, or today's",
    ),
    "ISSUER_OUTSIDE_PROVINCE": (
        "发证机关区划{value}不属于提交机关所在省（市）",
        "the issuer's division{value} lies outside the province of the authority that delivers the roll",
        "请删除该行，由发证机关所在省（市）提交",
        "Remove the row; the issuer's own province delivers it",
    ),
    "DATE_INVALID": (
        "日期{value}无法识别",
        "the date{value} cannot be read",
        "请写作 2010-08-21",
        "Write dates like 2010-08-21",
    ),
    "APPROVAL_IN_FUTURE": (
        "通过时间{value}晚于今天",
        "the approval date{value} lies in the future",
        "请核对通过时间",
        "Check the approval date",
    ),
    "ISSUED_BEFORE_APPROVAL": (
        "发证时间{value}早于通过时间",
        "the issue date{value} precedes the approval date",
        "请核对通过时间与发证时间",
        "Check the approval date and the issue date",
    ),
    "VALIDITY_ENDS_BEFORE_APPROVAL": (
        "有效期至{value}早于通过时间",
        "the last day of validity{value} precedes the approval date",
        "请核对有效期与通过时间",
        "Check the validity and the approval date",
    ),
    "FILING_INCOMPLETE": (
        "评委会备案信息不全",
        "the committee's filing is incomplete",
        "请同时填写评委会、备案号、备案起、备案止，或全部留空",
        "Fill in committee, filing number, first and last day of the filing, or leave all empty",
    ),
    "FILING_ENDS_BEFORE_START": (
        "评委会备案止{value}早于备案起",
        "the filing's last day{value} precedes its first",
        "请核对备案起止日期",
        "Check the first and last day of the filing",
    ),
    "CERTIFICATE_TWICE": (
        "同一发证机关的同一证书编号出现多次且内容不同",
        "the same certificate number of the same issuer occurs more than once with different content",
        "请核对这些行，只保留正确的一行",
        "Check these rows and keep the right one",
    ),
    "DUPLICATE_ROW": (
        "与前面的一行完全相同，只保留一次",
        "the row repeats an earlier one and is kept once",
        "无需处理；可删除重复行",
        "Nothing needs to be done; the repeated row may be removed",
    ),
}


def problem(
    line: int,
    column: tuple[str, str],
    ref: str,
    reason: str,
    *,
    value: str = "",
    detail: Message | None = None,
    rows: str = "",
) -> CellProblem:
    """A problem of the column (key, header) at `ref`; `value` is quoted unless the column is personal.

    `detail` says more exactly what is wrong, in whole sentences; `rows` names the other rows concerned.
    """
    key, header = column
    what_zh, what_en, fix_zh, fix_en = _WORDS[reason]
    shown = "" if key in PERSONAL else quotable(value)
    zh = what_zh.format(value=f"“{shown}”" if shown else "") + (f"（第 {rows} 行）" if rows else "") + "。"
    en = what_en.format(value=f" “{shown}”" if shown else "") + (f" (rows {rows})" if rows else "") + "."
    if detail is not None:
        zh, en = detail.zh, detail.en
    place_zh = f"单元格 {ref}（{header}）" if ref else f"第 {line} 行（{header}）"
    place_en = f"Cell {ref} ({header})" if ref else f"Row {line} ({header})"
    return CellProblem(
        line=line,
        column_key=key,
        column_header=header,
        cell_ref=ref,
        reason=reason,
        message=Message(zh=f"{place_zh}：{zh}", en=f"{place_en}: {en}"),
        fix=Message(zh=f"{fix_zh}。", en=f"{fix_en}."),
    )


def quotable(value: str) -> str:
    """A value that may be shown: bounded, without control characters; nothing of one that holds a long number."""
    if _LONG_NUMBER.search(value):
        return ""
    return "".join(char for char in value if char.isprintable())[:_QUOTED]
