"""What must be readable in a proposal before any rule is asked."""

import unicodedata
from dataclasses import replace
from datetime import date

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.free_texts import check_no_identity_number
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period, within_years
from talent_registry.domain.placement_states import Party
from talent_registry.domain.placement_terms import TERM_NAMES
from talent_registry.domain.placements import Placement, Terms
from talent_registry.domain.workload import FULL_POST
from talent_registry.reference.catalogue import catalogue

LONGEST_POST = 200
LONGEST_TEXT = 4000
LONGEST_GROUND = 500
# No placement was agreed under these rules before; no term outlives a working life.
EARLIEST_START = date(2000, 1, 1)
LONGEST_YEARS = 50
# No company of today was registered under an older law.
EARLIEST_COMPANY = date(1949, 10, 1)
POSITIONS = frozenset({"STAFF", "MIDDLE_LEADER", "LEADER", "HEAD"})
_TEXTS = ("pay", "intellectual_property", "confidentiality", "other", "insurance", "work_schedule")
# The least and the most that can be meant; what an agreement asks beyond it is checked by its own figures.
_NUMBERS = {
    "days_per_year": (1, 366),
    "confidential_years": (0, 50),
    "return_notice_days": (0, 366),
    "recall_notice_days": (0, 366),
    "release_notice_days": (0, 366),
    "reply_working_days": (1, 250),
    "contract_years": (0, 60),
}
# Control, format and surrogate characters: unseen, they make a signed text read otherwise than it is.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
_UNITS = (None, Party.HOME_UNIT, Party.HOST_UNIT)


def check_draft(drafted: Placement, terms: Terms, today: date) -> Placement:
    """The placement as drafted, its post trimmed; InvalidInput, by field, for what cannot be meant."""
    post = drafted.post.strip()
    series = drafted.post_series
    until = drafted.term.until
    _must(
        1 <= len(post) <= LONGEST_POST and post.isprintable(),
        "post",
        "岗位名称须为 1 至 200 个可见字符。",
        "The post needs a name of 1 to 200 visible characters.",
    )
    _must(
        series is None or series in catalogue().series,
        "postSeries",
        "未知的职称系列。",
        "This title series is not known.",
    )
    _must(
        until is not None and until >= today,
        "term",
        "期限已过。请填写今天或以后的截止日。",
        "The term is over already. Give a last day of today or later.",
    )
    check_bounds(drafted.term, "term")
    _must(
        within_years(Period(today, max(today, drafted.term.start)), LONGEST_YEARS),
        "term",
        "起始日至迟为今后五十年内。",
        "The first day lies within the next 50 years.",
    )
    check_share(drafted.workload_percent)
    check_terms(terms)
    _must(
        drafted.home_unit_id != drafted.host_unit_id,
        "hostUnit",
        "接收单位不能是派出单位。",
        "The host unit cannot be the home unit.",
    )
    return replace(drafted, post=post)


def check_bounds(term: Period, field: str) -> None:
    """A term begins in 2000 or later and is over within 50 years; InvalidInput at `field` otherwise."""
    _must(
        term.start >= EARLIEST_START and within_years(term, LONGEST_YEARS),
        field,
        f"期限须自 {EARLIEST_START} 起，至多 {LONGEST_YEARS} 年。",
        f"A term begins on {EARLIEST_START} or later and lasts {LONGEST_YEARS} years at most.",
    )


def check_share(percent: int) -> None:
    """A share is a whole number of percents, from 1 to a full post; InvalidInput otherwise."""
    _must(
        1 <= percent <= FULL_POST,
        "workloadPercent",
        "工作量须为 1 至 100 的整数百分比。",
        "The share must be 1 to 100 whole percents of a full post.",
    )


def check_terms(terms: Terms) -> None:
    """The texts are visible and not endless, numbers can be meant, sides are units, the position is known.

    InvalidInput otherwise.
    """
    for name in _TEXTS:
        text = getattr(terms, name)
        _must(
            text is None or (len(text) <= LONGEST_TEXT and _is_visible(text)),
            "terms",
            "条款每项至多 4000 字，除换行外不得含控制或不可见字符。",
            "A text of the terms has at most 4000 characters, none of them a control or invisible format character "
            "other than a line break.",
        )
    for name, (least, most) in _NUMBERS.items():
        number = getattr(terms, name)
        _must(
            number is None or least <= number <= most,
            "terms",
            f"{TERM_NAMES[name].zh}须为 {least} 至 {most} 的整数。",
            f"The {TERM_NAMES[name].en} must be a whole number from {least} to {most}.",
        )
    registered = terms.company_registered_on
    _must(
        registered is None or registered >= EARLIEST_COMPANY,
        "terms",
        f"企业注册日不早于 {EARLIEST_COMPANY}。",
        f"The company was registered on {EARLIEST_COMPANY} or later.",
    )
    sides = (terms.paid_by, terms.insured_by)
    _must(
        all(side in _UNITS for side in sides),
        "terms",
        "薪酬和保险由派出单位或接收单位承担。",
        "Pay and insurance are borne by the home unit or the host unit.",
    )
    _must(
        terms.position is None or terms.position in POSITIONS,
        "terms",
        "未知的职务类别。",
        "This position is not known. Use STAFF, MIDDLE_LEADER, LEADER or HEAD.",
    )


def check_ground(text: str) -> str:
    """The ground of an act, trimmed; InvalidInput without one, or where it holds an identity number."""
    ground = text.strip()
    _must(
        1 <= len(ground) <= LONGEST_GROUND and ground.isprintable(),
        "ground",
        "请写明理由（1 至 500 个字符）。",
        "State the ground (1 to 500 characters).",
    )
    return check_no_identity_number(ground, "input", "ground")


def _is_visible(text: str) -> bool:
    return all(char == "\n" or unicodedata.category(char) not in _UNSEEN for char in text)


def _must(holds: bool, field: str, zh: str, en: str) -> None:  # noqa: FBT001  # what must hold, and what to say
    if not holds:
        raise InvalidInput(Message(zh=zh, en=en), path=("input", field))
