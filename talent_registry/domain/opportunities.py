"""Opportunities: what a host unit needs at a post, until when it is open, and what can be meant by it."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from talent_registry.domain.errors import InvalidInput, NotInForce
from talent_registry.domain.free_texts import check_no_identity_number
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period, add_years
from talent_registry.domain.placement_checks import LONGEST_POST, check_bounds, check_share
from talent_registry.reference.catalogue import catalogue

LONGEST_TEXT = 4000
LONGEST_OPEN_YEARS = 1
# How many levels below the one that is needed a title may stand and still be near it.
NEAR_LEVELS = 1
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is needed: kind of placement, post, the title wanted, whole percents of a full post, the days of work.

    `series` None: of any series; `level` is the lowest that will do; `post_series` is that of the post (None: not tied
    to one). `open_until` is the last day on which it may be answered.
    """

    kind: str
    post: str
    post_series: str | None
    series: str | None
    level: str
    term: Period
    workload_percent: int
    text: str
    open_until: date


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A host unit's need as it now reads; `version_id` changes with each edit, `closed_at` None: nobody closed it."""

    id: UUID
    host_unit_id: UUID
    posted_at: datetime
    closed_at: datetime | None
    version_id: UUID
    edited_at: datetime
    need: Need

    def is_open(self, day: date) -> bool:
        """Whether it may be answered on the day."""
        return self.closed_at is None and day <= self.need.open_until

    def must_be_open(self, day: date) -> None:
        """NotInForce (OPPORTUNITY_CLOSED) where it may not be answered on the day."""
        if not self.is_open(day):
            raise NotInForce(
                Message(
                    zh="该岗位需求已关闭或已过截止日。请选择其他岗位需求，或联系用人单位。",
                    en="This opportunity was closed or its last day is over. Choose another, or ask the host unit.",
                ),
                reason="OPPORTUNITY_CLOSED",
            )


@dataclass(frozen=True, slots=True)
class OpportunityFilter:
    """Which opportunities to list; None leaves a field open. `host_unit_id`: of this unit, closed ones too."""

    series: str | None = None
    level: str | None = None
    province: str | None = None
    kind: str | None = None
    host_unit_id: UUID | None = None


def check_need(need: Need, today: date) -> Need:
    """The need, post and text trimmed; InvalidInput, by field, for what cannot be meant.

    Whether the kind is one of the agreement's is asked elsewhere.
    """
    post, text, lists = need.post.strip(), need.text.strip(), catalogue()
    _must(
        1 <= len(post) <= LONGEST_POST and post.isprintable(),
        "post",
        "岗位名称须为 1 至 200 个可见字符。",
        "The post needs a name of 1 to 200 visible characters.",
    )
    _must(
        1 <= len(text) <= LONGEST_TEXT and all(one == "\n" or unicodedata.category(one) not in _UNSEEN for one in text),
        "text",
        "说明须为 1 至 4000 字，除换行外不得含控制或不可见字符。",
        "The text has 1 to 4000 characters, none of them a control or invisible format character other than a line "
        "break.",
    )
    for field, series in (("series", need.series), ("postSeries", need.post_series)):
        _must(series is None or series in lists.series, field, "未知的职称系列。", "This title series is not known.")
    _must(
        need.level in [one.code for one in lists.levels], "level", "未知的职称层级。", "This title level is not known."
    )
    check_bounds(need.term, "term")
    check_share(need.workload_percent)
    _must(
        today <= need.open_until <= add_years(today, LONGEST_OPEN_YEARS),
        "openUntil",
        "截止日须不早于今天，且不超过一年。",
        "It is open until today at the earliest and for a year at the longest.",
    )
    _must(
        need.term.until is not None and need.open_until <= need.term.until,
        "openUntil",
        "截止日不得晚于期限的最后一日。",
        "It cannot be open after the last day of its term.",
    )
    # Anybody reads it.
    check_no_identity_number(post, "input", "post")
    return replace(need, post=post, text=check_no_identity_number(text, "input", "text"))


def levels_that_fit(level: str, below: int = 0) -> tuple[str, ...]:
    """The levels that are as high as this one, or at most `below` ranks lower, in the catalogue's order."""
    lists = catalogue()
    lowest = lists.level(level).rank - below
    return tuple(one.code for one in lists.levels if one.rank >= lowest)


def levels_that_take(level: str, above: int = 0) -> tuple[str, ...]:
    """The needed levels that a title of this level meets, or falls short of by at most `above` ranks."""
    lists = catalogue()
    highest = lists.level(level).rank + above
    return tuple(one.code for one in lists.levels if one.rank <= highest)


def _must(holds: bool, field: str, zh: str, en: str) -> None:  # noqa: FBT001  # what must hold, and what to say
    if not holds:
        raise InvalidInput(Message(zh=zh, en=en), path=("input", field))
