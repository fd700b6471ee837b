"""How a person's credentials and days meet an opportunity: a reason for each criterion, met or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.messages import Message
from talent_registry.domain.opportunities import NEAR_LEVELS, Opportunity, levels_that_fit
from talent_registry.domain.periods import Period
from talent_registry.domain.questions import Question
from talent_registry.domain.recognition import Decision
from talent_registry.domain.workload import Load, Share, heaviest_day
from talent_registry.reference.catalogue import catalogue

# What a case, a confirmation or the passing of days may yet turn into a recognition.
_MAY_STILL_BE = frozenset({Outcome.VERIFY, Outcome.CONFIRM, Outcome.RE_REVIEW, Outcome.PENDING})


class MatchCriterion(StrEnum):
    """What a match is weighed by."""

    SERIES = "SERIES"
    LEVEL = "LEVEL"
    RECOGNITION = "RECOGNITION"
    WORKLOAD = "WORKLOAD"


class MatchResult(StrEnum):
    """How near a person comes to an opportunity."""

    MATCH = "MATCH"
    NEAR = "NEAR"


@dataclass(frozen=True, slots=True)
class MatchReason:
    """One criterion, whether it is met, and why or what is missing."""

    criterion: MatchCriterion
    met: bool
    message: Message


@dataclass(frozen=True, slots=True)
class Bearing:
    """A credential with what the agreement decides of it for the post on the day; `confirmed`: in a case."""

    credential_id: UUID
    series: str | None
    level: str | None
    title_name: str | None
    question: Question
    decision: Decision
    confirmed: bool = False

    @property
    def is_recognised(self) -> bool:
        """Whether a placement may rest on it: recognised as of right, or confirmed in a case."""
        return self.decision.outcome is Outcome.AUTO or self.confirmed


@dataclass(frozen=True, slots=True)
class Match:
    """The credential by which a person comes nearest to an opportunity, and the reason for each criterion."""

    opportunity_id: UUID
    bearing: Bearing
    result: MatchResult
    reasons: tuple[MatchReason, ...]


def find_match(
    opportunity: Opportunity, bearings: Sequence[Bearing], shares: Sequence[Share], today: date, *, shows_sum: bool
) -> Match | None:
    """How a person meets an open opportunity today; None where more than one criterion is not met.

    `shares` are those of the person's placements from today on; their sum is told only where `shows_sum`. Near is who
    lacks one thing that may still come: a level, a confirmation, free days. Never a series, and no credential that is
    not recognised at all.
    """
    load = _load(opportunity, shares, today)
    found = [(one, _reasons(opportunity, one, load, shows_sum=shows_sum)) for one in bearings]
    near = [(one, reasons) for one, reasons in found if _is_near(opportunity, one, reasons)]
    if not near:
        return None
    best, reasons = min(near, key=lambda pair: _order(*pair))
    result = MatchResult.MATCH if all(one.met for one in reasons) else MatchResult.NEAR
    return Match(opportunity.id, best, result, reasons)


def _is_near(opportunity: Opportunity, bearing: Bearing, reasons: Sequence[MatchReason]) -> bool:
    unmet = [one.criterion for one in reasons if not one.met]
    if not unmet:
        return True
    within = levels_that_fit(opportunity.need.level, NEAR_LEVELS)
    may_still = {
        MatchCriterion.SERIES: False,
        MatchCriterion.LEVEL: bearing.level in within,
        MatchCriterion.RECOGNITION: bearing.decision.outcome in _MAY_STILL_BE,
        MatchCriterion.WORKLOAD: True,
    }
    return len(unmet) == 1 and may_still[unmet[0]]


def _order(bearing: Bearing, reasons: Sequence[MatchReason]) -> tuple[int, int, str]:
    """Most criteria met first, then the higher level; the same credentials always give the same one."""
    return sum(not one.met for one in reasons), -_rank(bearing.level), str(bearing.credential_id)


def _rank(level: str | None) -> int:
    """The rank of a level, 0 where none is stated."""
    return 0 if level is None else catalogue().level(level).rank


def _load(opportunity: Opportunity, shares: Sequence[Share], today: date) -> Load | None:
    need = opportunity.need
    since = max(need.term.start, today)
    until = need.term.until or since
    if until < since:
        return None
    mine = Share(opportunity.id, need.workload_percent, since, until)
    return heaviest_day([*shares, mine], Period(since, until))


def _reasons(
    opportunity: Opportunity, bearing: Bearing, load: Load | None, *, shows_sum: bool
) -> tuple[MatchReason, ...]:
    return (
        _series(opportunity, bearing),
        _level(opportunity, bearing),
        _recognition(bearing),
        _workload(load, shows_sum=shows_sum),
    )


def _series(opportunity: Opportunity, bearing: Bearing) -> MatchReason:
    wanted = opportunity.need.series
    if wanted is None:
        return MatchReason(
            MatchCriterion.SERIES,
            True,
            Message(zh="该岗位需求不限职称系列。", en="The opportunity is open to every title series."),
        )
    name = catalogue().title_series(wanted)
    met = bearing.series == wanted
    message = Message(
        zh=f"要求的职称系列为{name.name_zh}（{wanted}），该证书的系列为 {bearing.series or '未载明'}。",
        en=f"The series wanted is {name.name_en} ({wanted}); the credential's is {bearing.series or 'not stated'}.",
    )
    return MatchReason(MatchCriterion.SERIES, met, message)


def _level(opportunity: Opportunity, bearing: Bearing) -> MatchReason:
    lists, wanted = catalogue(), opportunity.need.level
    least = lists.level(wanted)
    mine = None if bearing.level is None else lists.level(bearing.level)
    has_zh = "未载明" if mine is None else mine.name_zh
    has_en = "not stated" if mine is None else mine.name_en
    if _rank(bearing.level) >= least.rank:
        message = Message(
            zh=f"层级为{has_zh}，达到所要求的{least.name_zh}。",
            en=f"Its level is {has_en}, and {least.name_en} is needed.",
        )
        return MatchReason(MatchCriterion.LEVEL, True, message)
    message = Message(
        zh=f"层级为{has_zh}，尚缺所要求的{least.name_zh}：须经评审取得该层级。",
        en=f"Its level is {has_en}; {least.name_en} is needed: it takes a review at that level.",
    )
    return MatchReason(MatchCriterion.LEVEL, False, message)


def _recognition(bearing: Bearing) -> MatchReason:
    made = bearing.decision
    if bearing.confirmed:
        message = Message(
            zh=f"该证书已在确认案中获得认可（{made.rule}）。", en=f"A case confirmed the credential ({made.rule})."
        )
    else:
        message = Message(zh=f"{made.rule}：{made.message.zh}", en=f"{made.rule}: {made.message.en}")
    return MatchReason(MatchCriterion.RECOGNITION, bearing.is_recognised, message)


def _workload(load: Load | None, *, shows_sum: bool) -> MatchReason:
    met = load is not None and not load.is_too_much
    told = f"（{load.since} 至 {load.until}：{load.sum_shown()}）" if load is not None and shows_sum else ""
    shown = f" ({load.since} to {load.until}: {load.sum_shown()})" if load is not None and shows_sum else ""
    if met:
        message = Message(
            zh=f"期限内的工作量不超过一个完整岗位{told}。", en=f"The share fits into a full post over the term{shown}."
        )
    else:
        message = Message(
            zh=f"期限内的工作量不足：请减少份额或调整期限{told}。",
            en=f"The share does not fit over the term: lower it or move the term{shown}.",
        )
    return MatchReason(MatchCriterion.WORKLOAD, met, message)
