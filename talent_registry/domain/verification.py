"""Verifying a certificate: what a person typed is read, compared with the record, and answered by a verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from talent_registry.domain.credentials import CredentialRecord, Standing
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import (
    RESIDENT_ID,
    check_document,
    guess_kind,
    normalise_certificate_number,
    normalise_number,
)
from talent_registry.domain.messages import Message
from talent_registry.domain.names import normalise_name
from talent_registry.domain.written_days import read_day
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.named_lists import lookup_key

NOT_RECORDED: Final = "no such certificate"
# Longer texts than this are no name, number, day or level, and are not looked at.
LONGEST_TEXT: Final = 300
# Level words of everyday use that stand for two levels each.
_WIDE_LEVELS: Final = {
    "高级": frozenset({"SENIOR_FULL", "SENIOR_DEPUTY"}),
    "高级职称": frozenset({"SENIOR_FULL", "SENIOR_DEPUTY"}),
    "初级": frozenset({"ASSISTANT", "ENTRY"}),
    "初级职称": frozenset({"ASSISTANT", "ENTRY"}),
}
# A digits-only text of these lengths was meant to be a resident identity number.
_MEANT_AS_RESIDENT: Final = range(12, 20)


class Verdict(StrEnum):
    """The answer to a verification."""

    VALID = "VALID"
    PENDING = "PENDING"
    SUSPENDED = "SUSPENDED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    MISMATCH = "MISMATCH"
    NOT_FOUND = "NOT_FOUND"
    INVALID_INPUT = "INVALID_INPUT"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed; None or blank = not given. Nothing of it is shown by repr."""

    number: str = field(repr=False)
    name: str = field(repr=False)
    document: str | None = field(default=None, repr=False)
    obtained_on: str | None = field(default=None, repr=False)
    level: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sought:
    """The same in normal form; `document` a number of any kind, `levels` the level codes that the word may mean."""

    number: str = field(repr=False)
    name: str = field(repr=False)
    document: str | None = field(repr=False)
    obtained_on: date | None = field(repr=False)
    levels: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why what was typed cannot be sought: the field, a short reason, a sentence; never the value."""

    field: str
    reason: str
    message: Message


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recorded credential of the number, the names its holder bears or bore, whether the document is the holder's.

    `document_fits` None where none was typed.
    """

    record: CredentialRecord
    names: tuple[str, ...] = field(repr=False)
    document_fits: bool | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict: the record it is about where everything typed fits, else the field at fault of a mismatch."""

    verdict: Verdict
    record: CredentialRecord | None = None
    fault: str = ""


def read_typed(typed: Typed, today: date, *, allow_test_identities: bool) -> Sought | Unreadable:
    """What was typed, in normal form, or the first field that cannot be read."""
    document_text, day_text, level_text = typed.document or "", typed.obtained_on or "", typed.level or ""
    if len(typed.name) + len(document_text) + len(typed.number) + len(day_text) + len(level_text) > LONGEST_TEXT:
        given = {name: getattr(typed, name) or "" for name in ("name", "document", "number", "obtained_on", "level")}
        too_long = next((name for name, text in given.items() if len(text) > LONGEST_TEXT), None)
        if too_long is not None:
            return _unreadable(too_long, "LENGTH", _TOO_LONG)
    at = "name"
    try:
        name = normalise_name(typed.name)
        at = "document"
        document = _read_document(document_text, allow_test_identities=allow_test_identities)
        at = "number"
        number = normalise_certificate_number(typed.number)
    except InvalidInput as failure:
        return _unreadable(at, failure.reason, failure.message)
    text = day_text.strip()
    obtained_on = read_day(text) if text else None
    if text and (obtained_on is None or obtained_on > today):
        return _unreadable("obtained_on", "DATE", _DATE)
    levels = _read_levels(level_text)
    if levels is not None and not levels:
        return _unreadable("level", "UNKNOWN", _LEVEL)
    return Sought(number, name, document, obtained_on, levels)


def candidates_of(
    records: Iterable[CredentialRecord],
    names: Mapping[UUID, tuple[str, ...]],
    documents: Mapping[UUID, frozenset[bytes]],
    typed: frozenset[bytes] | None,
) -> list[Candidate]:
    """The records with what is known of their holders, by id; `typed` are digests of the document typed, if any."""
    return [
        Candidate(
            record,
            names.get(holder := record.credential.researcher_id, ()),
            None if typed is None else bool(typed & documents.get(holder, frozenset())),
        )
        for record in records
    ]


def judge(sought: Sought, candidates: Iterable[Candidate], today: date) -> Judged:
    """The verdict. Of several issuers' certificates of one number, the one whose holder fits is meant.

    What does not fit is a MISMATCH that names one field at fault and says nothing of what would be right.
    """
    faults = [(_fault(sought, each), each.record) for each in candidates]
    fitting = [record for fault, record in faults if not fault]
    if fitting:
        best = min(fitting, key=lambda record: _PREFERENCE.index(record.standing(today)))
        return Judged(VERDICT_OF[best.standing(today)], best)
    if not faults:
        return Judged(Verdict.NOT_FOUND)
    # The candidate that fits furthest is the one that was meant.
    return Judged(Verdict.MISMATCH, fault=max((fault for fault, _ in faults), key=_FIELDS.index))


def verdict_text(verdict: Verdict) -> Message:
    """The verdict as a sentence for whoever asked."""
    zh, en = _SENTENCES[verdict]
    return Message(zh=zh, en=en)


def _fault(sought: Sought, candidate: Candidate) -> str:
    """The first field that does not fit, or ""."""
    version = candidate.record.version
    if sought.name.casefold() not in {name.casefold() for name in candidate.names}:
        return "name"
    if candidate.document_fits is False:
        return "document"
    if sought.obtained_on is not None and sought.obtained_on not in (version.approval_date, version.valid_from):
        return "obtainedOn"
    if sought.levels is not None and version.level not in sought.levels:
        return "level"
    return ""


def _read_document(text: str, *, allow_test_identities: bool) -> str | None:
    """The document number in normal form. Its kind was not typed: any kind that it may be will do."""
    number = normalise_number(text) if text else ""
    if not number:
        return None
    digits = number.removesuffix("X")
    resident = digits.isdecimal() and len(number) in _MEANT_AS_RESIDENT
    kind = guess_kind(number)
    if kind is None and not resident and number.isascii() and number.isalnum():
        return number
    kind = kind or RESIDENT_ID
    return check_document(kind, number, allow_test_identities=allow_test_identities).number


@lru_cache(maxsize=1_000)
def _read_levels(text: str) -> frozenset[str] | None:
    """The levels that a word may mean: a level's name, or that of a title; empty if it means none."""
    key = lookup_key(text)
    if not key:
        return None
    lists = catalogue()
    if key in _WIDE_LEVELS:
        return _WIDE_LEVELS[key]
    level = lists.find_level(key)
    return frozenset({level.code}) if level else frozenset(title.level_code for title in lists.list_titles(key))


def _unreadable(name: str, reason: str, message: Message) -> Unreadable:
    field_name = "obtainedOn" if name == "obtained_on" else name
    return Unreadable(field_name, _REASONS.get((name, reason), f"{field_name} unreadable"), message)


_FIELDS: Final = ("name", "document", "obtainedOn", "level")
_PREFERENCE: Final = (
    Standing.VALID,
    Standing.PENDING,
    Standing.NOT_YET_ISSUED,
    Standing.SUSPENDED,
    Standing.EXPIRED,
    Standing.REVOKED,
)
# How a certificate whose holder fits is answered, by how it stands.
VERDICT_OF: Final = {
    Standing.VALID: Verdict.VALID,
    Standing.PENDING: Verdict.PENDING,
    Standing.NOT_YET_ISSUED: Verdict.PENDING,
    Standing.SUSPENDED: Verdict.SUSPENDED,
    Standing.EXPIRED: Verdict.EXPIRED,
    Standing.REVOKED: Verdict.REVOKED,
}
_LOST: Final = "digits lost by a spreadsheet"
_REASONS: Final = {
    ("name", "MISSING"): "name missing",
    ("name", "FORMULA"): "formula in a name",
    ("document", "CHECKSUM"): "check character",
    ("document", "DIGITS_LOST"): _LOST,
    ("document", "TEST_IDENTITY_NOT_ALLOWED"): "sample number",
    ("number", "DIGITS_LOST"): _LOST,
    ("number", "MISSING"): "number missing",
    ("obtained_on", "DATE"): "date",
    ("level", "UNKNOWN"): "level unknown",
}
_TOO_LONG: Final = Message(
    zh="内容过长，无法核验。请只填写证书上的内容。",
    en="The text is too long. Enter what the certificate says, no more.",
)
_DATE: Final = Message(
    zh="取得时间无法识别或尚未到来，请按 2020-04-17 的形式填写。",
    en="The day cannot be read or has not come yet; write it like 2020-04-17.",
)
_LEVEL: Final = Message(
    zh="职称层级无法识别，请填写 正高级、副高级、中级、助理级 或 员级。",
    en="The level cannot be read; use 正高级, 副高级, 中级, 助理级 or 员级 (full senior to entry).",
)
_SENTENCES: Final = {
    Verdict.VALID: (
        "所填内容与登记一致，证书有效。",
        "What was entered agrees with the record; the certificate is valid.",
    ),
    Verdict.PENDING: (
        "所填内容与登记一致，证书尚在公示或尚未发证。",
        "What was entered agrees with the record; the certificate is in public notice or not yet issued.",
    ),
    Verdict.SUSPENDED: (
        "所填内容与登记一致，证书已暂停使用。如有疑问，请联系发证机关。",
        "What was entered agrees with the record; the certificate is suspended. Ask the issuer if in doubt.",
    ),
    Verdict.REVOKED: (
        "所填内容与登记一致，证书已被撤销。如有疑问，请联系发证机关。",
        "What was entered agrees with the record; the certificate was revoked. Ask the issuer if in doubt.",
    ),
    Verdict.EXPIRED: (
        "所填内容与登记一致，证书已过有效期。",
        "What was entered agrees with the record; the certificate has expired.",
    ),
    Verdict.MISMATCH: (
        "所填内容与登记不一致。请对照证书逐项核对后再试，或向发证机关核实。",
        "What was entered does not agree with the record. Compare each item with the certificate, or ask the issuer.",
    ),
    Verdict.NOT_FOUND: (
        "登记库中没有此编号的证书。请核对编号，或向发证机关核实。",
        "The registry holds no certificate of this number. Check the number, or ask the issuer.",
    ),
    Verdict.INVALID_INPUT: (
        "所填内容无法识别，请更正后再试。",
        "What was entered cannot be read. Correct it and try again.",
    ),
}
