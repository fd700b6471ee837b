"""What an office states when it records or corrects a credential, checked against the catalogue."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from talent_registry.domain.credentials import CredentialVersion, Details
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.identifiers import normalise_certificate_number
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.rolls import DEFAULT_CERTIFICATE, DEFAULT_DELEGATED, DEFAULT_FOUND_IN_LOOKUP
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.records import TitleName

TITLE: Final = "TITLE"
MEDIA: Final = frozenset({"ELECTRONIC", "PAPER"})
# Who wrote the letter of a delegated review; CENTRAL_HR is the personnel department of a central unit.
LETTERS: Final = frozenset({"COUNTY", "PREFECTURE", "PROVINCE", "CENTRAL_HR"})
# An authority of human resources sits in a division of its own level; other kinds of issuer may sit anywhere.
_DIVISION_LEVEL: Final = {"PROVINCIAL_HRSS": "province", "PREFECTURE_HRSS": "prefecture", "COUNTY_HRSS": "county"}

# What a new record says without changing a fact.
_OF_RECORDING: Final = frozenset({"id", "recorded_at", "superseded_at", "source_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The facts of a credential as an office states them: codes or names of the catalogue; None = not stated."""

    route: str
    issuer_kind: str
    title_code: str | None = None
    title_name: str | None = None
    level: str | None = None
    specialty: str | None = None
    filing_number: str | None = None
    approval_date: date | None = None
    issued_on: date | None = None
    valid_until: date | None = None
    certificate_medium: str | None = None
    found_in_lookup: bool | None = None
    delegated: bool | None = None
    delegation_level: str | None = None
    targeted_area: tuple[str, ...] | None = None
    origin_division: str | None = None
    details: Details = field(default_factory=Details)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands behind a version: its id, its credential's, the organisation that states it, the instant."""

    version_id: UUID
    credential_id: UUID
    source_id: UUID
    at: datetime


def known_kind(text: str) -> str:
    """The code of a kind of credential, written as code or name; InvalidInput (UNKNOWN_KIND)."""
    kind = catalogue().find_credential_kind(text)
    if kind is None:
        raise _refusal("UNKNOWN_KIND", ("kind",), "证书种类", "kind of credential")
    return kind.code


def read_version(kind: str, said: Statement, issuer: Organisation, written: Written, today: date) -> CredentialVersion:
    """The version that a statement makes; InvalidInput names the field that is unknown or contradicts another."""
    title = _title(kind, said)
    issued_on, defaulted = _days(kind, said, today)
    medium = said.certificate_medium or DEFAULT_CERTIFICATE
    _must(medium in MEDIA, "certificateMedium", "证书载体", "medium of the certificate")
    _must(said.delegation_level in {None, *LETTERS}, "delegationLevel", "委托函出具机关层级", "level of the letter")
    for code in said.targeted_area or ():
        _must(catalogue().find_division(code) is not None, "targetedArea", "行政区划代码", "division code")
    _must(
        said.origin_division is None or _may_be(said.origin_division), "originDivision", "行政区划代码", "division code"
    )
    lacking = (
        ("certificate_medium", said.certificate_medium),
        ("found_in_lookup", said.found_in_lookup),
        ("delegated", said.delegated),
        ("targeted_area", said.targeted_area),
    )
    return CredentialVersion(
        id=written.version_id,
        credential_id=written.credential_id,
        title_code=title.code if title else None,
        title_name=(said.title_name or title.name_zh) if title else said.title_name,
        series=title.series_code if title else None,
        level=title.level_code if title else _level(said.level),
        specialty=said.specialty,
        route=_route(said.route),
        issuer_kind=_issuer_kind(said.issuer_kind, issuer),
        issuer_division=issuer.division,
        filing_number=normalise_certificate_number(said.filing_number) if said.filing_number else None,
        approval_date=said.approval_date,
        certificate_medium=medium,
        found_in_lookup=DEFAULT_FOUND_IN_LOOKUP if said.found_in_lookup is None else said.found_in_lookup,
        delegated=DEFAULT_DELEGATED if said.delegated is None else said.delegated,
        delegation_level=said.delegation_level,
        targeted_area=said.targeted_area or None,
        origin_division=said.origin_division,
        details=said.details,
        defaulted=(*(name for name, value in lacking if value is None), *defaulted),
        source_id=written.source_id,
        valid_from=issued_on,
        valid_until=said.valid_until,
        recorded_at=written.at,
    )


def differences(new: CredentialVersion, old: CredentialVersion) -> frozenset[str]:
    """The names of the facts in which two versions differ."""
    names = {item.name for item in fields(CredentialVersion)} - _OF_RECORDING
    return frozenset(name for name in names if getattr(new, name) != getattr(old, name))


def already_recorded() -> Conflict:
    """The refusal to record a certificate number of one issuer and kind twice."""
    return Conflict(
        Message(
            zh="该发证机关已登记此证书编号。如需更正，请办理证书更正。",
            en="This issuer has recorded this certificate number already. Record a correction instead.",
        ),
        reason="CREDENTIAL_EXISTS",
        path=("input", "number"),
    )


def nothing_to_correct() -> Conflict:
    """The refusal of a correction that says what the record says."""
    return Conflict(
        Message(
            zh="所填内容与现有登记完全相同，未作更正。请核对要更正的项目。",
            en="The record says the same already, so nothing was corrected. Check what is to be corrected.",
        ),
        reason="NOTHING_TO_CORRECT",
    )


def not_at_first() -> InvalidInput:
    """The refusal of a new record that begins suspended or revoked."""
    return InvalidInput(
        Message(
            zh="新登记的证书只能是“有效”或“公示”。请先登记，再办理暂停或撤销。",
            en="A new record is valid or in public notice. Record it first, then suspend or revoke it.",
        ),
        reason="STATUS",
        path=("input", "status"),
    )


def unknown_filing() -> InvalidInput:
    """The refusal of a citation of a committee filing that nobody recorded."""
    return InvalidInput(
        Message(
            zh="登记库中没有此评委会备案号。请核对，或先登记备案。",
            en="No committee filing of this number is recorded. Check the number, or record the filing first.",
        ),
        reason="UNKNOWN_FILING",
        path=("input", "facts", "filingNumber"),
    )


def _title(kind: str, said: Statement) -> TitleName | None:
    """The title that the code names; name and level, where stated, must be that title's."""
    if kind != TITLE:
        return None
    title = catalogue().titles.get(said.title_code or "")
    if title is None:
        raise _refusal("UNKNOWN_TITLE_CODE", ("facts", "titleCode"), "职称代码", "title code")
    if said.title_name and title not in catalogue().list_titles(said.title_name):
        raise _contradiction("titleName", "职称名称", "title's name")
    if said.level and _level(said.level) != title.level_code:
        raise _contradiction("level", "职称层级", "level")
    return title


def _days(kind: str, said: Statement, today: date) -> tuple[date, tuple[str, ...]]:
    """The day of issue, and its name where it holds by default: issued on the day of approval."""
    approval, issued_on, until = said.approval_date, said.issued_on, said.valid_until
    first = issued_on or approval
    if first is None or (kind == TITLE and approval is None):
        raise _days_wrong(
            "approvalDate", "缺少通过日期。请填写。", "The day of approval is missing. Enter it.", "MISSING"
        )
    if approval is not None and approval > today:
        raise _days_wrong(
            "approvalDate", "通过日期晚于今天。请核对。", "The day of approval has not come yet. Check the day."
        )
    if approval is not None and first < approval:
        raise _days_wrong(
            "issuedOn",
            "发证日期早于通过日期。请核对。",
            "The day of issue is before the day of approval. Check the days.",
        )
    if until is not None and until < first:
        raise _days_wrong(
            "validUntil", "有效期早于发证日期。请核对。", "The validity ends before the day of issue. Check the days."
        )
    return first, (() if issued_on else ("valid_from",))


def _route(text: str) -> str:
    route = catalogue().find_route(text)
    if route is None:
        raise _refusal("UNKNOWN_CODE", ("facts", "route"), "取得方式", "route")
    return route.code


def _level(text: str | None) -> str | None:
    if text is None:
        return None
    level = catalogue().find_level(text)
    if level is None:
        raise _refusal("UNKNOWN_CODE", ("facts", "level"), "职称层级", "level")
    return level.code


def _issuer_kind(text: str, issuer: Organisation) -> str:
    kind = catalogue().find_issuer_kind(text)
    if kind is None:
        raise _refusal("UNKNOWN_CODE", ("facts", "issuerKind"), "发证机关类型", "kind of issuer")
    level = _DIVISION_LEVEL.get(kind.code)
    if level is not None and _level_of(issuer.division) != level:
        raise _contradiction("issuerKind", "发证机关类型", "kind of issuer")
    return kind.code


def _level_of(division: str) -> str:
    """The level of a division, by the way its code is written where the catalogue does not hold its province."""
    known = catalogue().find_division(division)
    if known is not None:
        return known.level
    if division == province_of(division):
        return "province"
    return "prefecture" if division.endswith("00") else "county"


def _may_be(division: str) -> bool:
    """Whether there can be such a division: the catalogue holds all of its own provinces and none of the others."""
    try:
        province = province_of(division)
    except InvalidInput:
        return False
    if catalogue().find_division(province) is not None:
        return catalogue().find_division(division) is not None
    return division[0] in "12345678"


def _must(holds: bool, name: str, zh: str, en: str) -> None:  # noqa: FBT001 - a condition, read as one
    if not holds:
        raise _refusal("UNKNOWN_CODE", ("facts", name), zh, en)


def _refusal(reason: str, path: tuple[str, ...], zh: str, en: str) -> InvalidInput:
    return InvalidInput(
        Message(zh=f"未知的{zh}。请使用目录中的代码或名称。", en=f"This {en} is not known. Use one of the catalogue."),
        reason=reason,
        path=("input", *path),
    )


def _contradiction(name: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(
        Message(
            zh=f"{zh}与其他内容不符。请对照证书核对。",
            en=f"The {en} contradicts what else is stated. Compare it with the certificate.",
        ),
        reason="CONTRADICTION",
        path=("input", "facts", name),
    )


def _days_wrong(name: str, zh: str, en: str, reason: str = "DAYS") -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason, path=("input", "facts", name))
