"""The sandbox: certificates of invented people whose fates are documented, for developers to try every answer with."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from talent_registry.domain.check_characters import iso7064_mod_11_2
from talent_registry.domain.credential_entries import Statement
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import TEST_PREFIX, TEST_RESIDENT_ID, CheckedDocument
from talent_registry.domain.messages import Message
from talent_registry.reference.roll_columns import roll_headers

# The last certificate number of each series stands for a caller who asked too often; this many seconds are named.
LIMITED_SECONDS: Final = 7
# The answer about another one comes as late as this, in seconds, so that callers can try what waiting is like.
SLOW_SECONDS: Final = 2
PURPOSE: Final = "VERIFY"
POST_SERIES: Final = "05"
# The invented person that comes with a key.
OWN_NAME: Final = "沈砚"
_FIRST_BIRTHDAY: Final = date(1955, 1, 1)
_BIRTHDAYS: Final = 17_500
# Of a day's numbers the lower half is for those not generated; the documented people have the last of it.
_OF_A_DAY: Final = 499
_DOCUMENTED: Final = 499
_ROUTE, _SPECIALTY = "评审", "信息安全"
_TITLE_CODE, _TITLE_NAME, _LEVEL = "0501", "正高级工程师", "正高级"
# What a mail server takes (RFC 5321, 4.5.3.1), of the usual form; whether anybody reads it is not asked.
_LONGEST_MAIL: Final = 254
_MAIL = re.compile(r"[a-z0-9.!#$%&'+*/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


@dataclass(frozen=True, slots=True)
class SandboxTerms:
    """On what terms a sandbox gives keys to developers: for how many days, and how many a day to all of them."""

    key_days: int = 30
    keys_a_day: int = 200


@dataclass(frozen=True, slots=True)
class Fate:
    """A certificate by the end of its number, what verifying it answers and what recognising it does.

    `name` is what to type, `recorded_name` the holder's (None: nobody recorded it); `verdict` a verdict or LIMITED;
    `outcome` that of a recognition in the other province, "" where none is to be had; `status` and `issuer` as a roll
    writes them.
    """

    ending: str
    verdict: str
    outcome: str
    means: Message
    status: str = "有效"
    issuer: str = "province"
    approved: date = date(2024, 5, 20)
    valid_until: date | None = None
    name: str = "林晓"
    recorded_name: str | None = "林晓"


@dataclass(frozen=True, slots=True)
class Office:
    """The issuers of one province in the sandbox, and the post in the other province to ask about."""

    province: str
    letters: str
    authority: str
    local: tuple[str, str, str]
    home_unit: str
    household: str
    post: str
    surnames: str


@dataclass(frozen=True, slots=True)
class Documented:
    """One row of the table: the exact arguments, and what comes back."""

    fate: Fate
    office: Office
    number: str
    name: str
    document: str = field(repr=False)


OFFICES: Final = (
    Office(
        "510000", "SC", "四川省人力资源和社会保障厅",
        ("510100", "成都市人力资源和社会保障局", "市级人社"), "西南科技大学", "510107", "500106", "林",
    ),
    Office(
        "500000", "CQ", "重庆市人力资源和社会保障局",
        ("500106", "沙坪坝区人力资源和社会保障局", "县级人社"), "重庆大学", "500106", "510107", "顾",
    ),
)  # fmt: skip
_AS_OF_RIGHT, _CONFIRM, _NOT, _WAITS = "AUTO", "CONFIRM", "NOT_RECOGNISED", "PENDING"
FATES: Final = (
    Fate("0001", "VALID", _AS_OF_RIGHT, Message(zh="有效；直接互认", en="Valid; recognised as of right")),
    Fate("0002", "REVOKED", _NOT, Message(zh="已撤销；不予互认", en="Revoked; not recognised"), status="撤销"),
    Fate(
        "0003", "SUSPENDED", _WAITS,
        Message(zh="暂停；暂缓互认", en="Suspended; recognition waits"), status="暂停",
    ),
    Fate("0004", "NOT_FOUND", "", Message(zh="无人登记此编号", en="Nobody recorded this number"), recorded_name=None),
    Fate(
        "0005", "MISMATCH", "",
        Message(zh="编号有登记，姓名不符", en="The number is recorded, the name is not its holder's"),
        recorded_name="江远",
    ),
    Fate(
        "0006", "PENDING", _WAITS,
        Message(zh="公示中；暂缓互认", en="In public notice; recognition waits"), status="公示",
    ),
    Fate(
        "0007", "LIMITED", "",
        Message(
            zh=f"查询过于频繁：返回 Limited，retryAfter 为 {LIMITED_SECONDS}",
            en=f"Asked too often: Limited comes back, retryAfter is {LIMITED_SECONDS}",
        ),
        recorded_name=None,
    ),
    Fate(
        "0008", "EXPIRED", _NOT, Message(zh="已过有效期；不予互认", en="Expired; not recognised"),
        valid_until=date(2025, 5, 31),
    ),
    Fate(
        "0009", "VALID", _CONFIRM,
        Message(zh="有效；须由接收地确认后互认", en="Valid; recognised once the receiving province has confirmed it"),
        issuer="local",
    ),
    Fate(
        "0010", "VALID", _NOT,
        Message(zh="有效；评审时备案已到期，不予互认", en="Valid; the committee's filing had lapsed, not recognised"),
        issuer="lapsed", approved=date(2020, 5, 6),
    ),
    Fate(
        "0011", "VALID", _AS_OF_RIGHT,
        Message(
            zh=f"有效；直接互认；答复要等 {SLOW_SECONDS} 秒",
            en=f"Valid; recognised as of right; the answer takes {SLOW_SECONDS} seconds",
        ),
    ),
)  # fmt: skip


def documented() -> Iterator[Documented]:
    """Every documented certificate, province by province."""
    for place, office in enumerate(OFFICES):
        for row, fate in enumerate(FATES):
            born = date(1980, 1 + place, 1 + row)
            yield Documented(
                fate,
                office,
                certificate_number(office, fate.ending),
                office.surnames + fate.name[1:],
                resident_number(born, _DOCUMENTED),
            )


def certificate_number(office: Office, ending: str) -> str:
    """The number of a certificate of the sandbox, such as `SANDBOX-SC-0001`."""
    return f"SANDBOX-{office.letters}-{ending}"


def filing_number(office: Office, year: int = 2024) -> str:
    """The number under which the committee of the province's authority is filed."""
    return f"SANDBOX-{office.province}-05-{year}"


def is_always_limited(number: str) -> bool:
    """Whether a certificate number, in normal form, is one that stands for having asked too often."""
    return any(number == certificate_number(office, "0007") for office in OFFICES)


def is_always_slow(number: str) -> bool:
    """Whether a certificate number, in normal form, is one whose answer comes late."""
    return any(number == certificate_number(office, "0011") for office in OFFICES)


def resident_number(born: date, of_day: int) -> str:
    """A sample identity number."""
    digits = f"{TEST_PREFIX}{born:%Y%m%d}{of_day:03d}"
    return digits + iso7064_mod_11_2(digits)


def drawn_number(draw: int) -> str:
    """The sample identity number of a developer's own invented person; `draw` is any whole number from 0 on."""
    days, of_day = divmod(draw % (_BIRTHDAYS * _OF_A_DAY), _OF_A_DAY)
    return resident_number(_FIRST_BIRTHDAY + timedelta(days=days), of_day)


def check_invented(document: CheckedDocument) -> CheckedDocument:
    """The document, if it is one that no real person has. Raises InvalidInput (SANDBOX_SAMPLES_ONLY)."""
    if document.kind != TEST_RESIDENT_ID:
        raise samples_only()
    return document


def check_mail(text: str) -> str:
    """A mail address in normal form. Raises InvalidInput (MAIL_MALFORMED), never quoting it."""
    mail = unicodedata.normalize("NFKC", text[: 2 * _LONGEST_MAIL]).strip().lower()
    if len(mail) > _LONGEST_MAIL or not _MAIL.fullmatch(mail):
        raise InvalidInput(
            Message(
                zh="邮箱地址的格式不正确，请按 name@example.org 的形式填写。",
                en="This is no mail address; write it like name@example.org.",
            ),
            reason="MAIL_MALFORMED",
            path=("mail",),
        )
    return mail


def own_statement() -> Statement:
    """What is stated of a developer's own certificate: the facts of one that is recognised as of right."""
    first = FATES[0].approved
    return Statement(
        route=_ROUTE,
        issuer_kind="省级人社",
        specialty=_SPECIALTY,
        filing_number=filing_number(OFFICES[0]),
        approval_date=first,
        issued_on=first + timedelta(days=31),
        title_code=_TITLE_CODE,
        title_name=_TITLE_NAME,
        level=_LEVEL,
    )


def samples_only() -> InvalidInput:
    """The refusal to take what may be a real person's into a sandbox."""
    return InvalidInput(
        Message(
            zh=f"这是沙箱，只收虚构人员。请使用以 {TEST_PREFIX} 开头的样例身份证号码。",
            en=f"This is a sandbox for invented people only. Use a sample identity number that begins {TEST_PREFIX}.",
        ),
        reason="SANDBOX_SAMPLES_ONLY",
        path=("input", "document", "number"),
    )


def roll_rows(office: Office) -> list[dict[str, str]]:
    """The roll by which the authority of a province records its documented people, by header."""
    headers = roll_headers()
    rows = [
        _row(one, one.fate.recorded_name)
        for one in documented()
        if one.office is office and one.fate.recorded_name is not None
    ]
    return [{headers[key]: value for key, value in row.items()} for row in rows]


def _row(one: Documented, recorded: str) -> dict[str, str]:
    fate, office = one.fate, one.office
    is_local = fate.issuer == "local"
    division, issuer, kind = office.local if is_local else (office.province, office.authority, "省级人社")
    year = fate.approved.year - (4 if fate.issuer == "lapsed" else 0)
    return {
        "name": office.surnames + recorded[1:],
        "document_kind": "居民身份证",
        "document_number": one.document,
        "certificate_number": one.number,
        "title_code": _TITLE_CODE,
        "title_name": _TITLE_NAME,
        "level": _LEVEL,
        "specialty": _SPECIALTY,
        "route": _ROUTE,
        "issuer_division": division,
        "issuer_name": issuer,
        "issuer_kind": kind,
        "committee_name": f"{issuer}工程技术人员评审委员会",
        "filing_number": f"{filing_number(office, year)}{'-L' if is_local else ''}",
        "filed_from": f"{year}-01-01",
        "filed_to": f"{year + 2}-12-31",
        "filing_max_level": _LEVEL,
        "approval_date": fate.approved.isoformat(),
        "issue_date": (fate.approved + timedelta(days=31)).isoformat(),
        "valid_to": fate.valid_until.isoformat() if fate.valid_until else "",
        "status": fate.status,
        "household_division": office.household,
        "home_unit_name": office.home_unit,
    }
