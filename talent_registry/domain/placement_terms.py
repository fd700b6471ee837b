"""What the parts of terms are called, and what one version of them changes against another, field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import Party
from talent_registry.domain.placements import Placement, Terms, TermsRound, terms_digest


class PieceKind(StrEnum):
    """What became of a piece of text."""

    KEPT = "KEPT"
    REMOVED = "REMOVED"
    ADDED = "ADDED"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text that was kept, removed or added."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one field; None: silent. `pieces`: of a text that both versions state, in order."""

    field: str
    name: Message
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...] = ()


TERM_NAMES: Final[Mapping[str, Message]] = MappingProxyType(
    {
        "term_from": Message(zh="起始日", en="first day"),
        "term_until": Message(zh="截止日", en="last day"),
        "workload_percent": Message(zh="工作量（整数百分比）", en="share of a full post in percents"),
        "paid_by": Message(zh="薪酬承担方", en="side that pays"),
        "pay": Message(zh="薪酬条款", en="terms of pay"),
        "insured_by": Message(zh="保险承担方", en="side that insures"),
        "insurance": Message(zh="保险条款", en="terms of insurance"),
        "work_injury_insurance": Message(zh="接收方缴纳工伤保险", en="work-injury insurance paid by the host"),
        "results_held_by": Message(zh="成果归属", en="holder of new results"),
        "intellectual_property": Message(zh="知识产权条款", en="terms of intellectual property"),
        "confidential_years": Message(zh="结束后保密年限", en="years of secrecy after the end"),
        "confidentiality": Message(zh="保密条款", en="terms of confidentiality"),
        "days_per_year": Message(zh="每年工作天数", en="days of work a year"),
        "work_schedule": Message(zh="工作时间安排", en="working time"),
        "return_notice_days": Message(zh="提前返回通知期（天）", en="notice of an early return in days"),
        "recall_notice_days": Message(zh="召回通知期（天）", en="notice of a recall in days"),
        "release_notice_days": Message(zh="解除通知期（天）", en="notice of a release in days"),
        "reply_working_days": Message(zh="答复期限（工作日）", en="term to reply in working days"),
        "position": Message(zh="职务类别", en="position at the home unit"),
        "classified_work": Message(zh="涉密岗位", en="classified work"),
        "internal_notice": Message(zh="派出单位内部公示", en="public notice inside the home unit"),
        "company_founded_or_owned": Message(
            zh="企业由本人或派出单位创办或控股", en="company founded or owned by the person or the home unit"
        ),
        "company_registered_on": Message(zh="企业注册日", en="day on which the company was registered"),
        "company_rd_spending": Message(zh="企业有研发投入", en="R&D spending of the company"),
        "company_profitable": Message(zh="企业已盈利", en="company has made a profit"),
        "contract_years": Message(zh="派出单位合同年限（整年）", en="whole years of the contract at home"),
        "other": Message(zh="其他条款", en="other terms"),
    }
)
TEXTS: Final = frozenset({"pay", "insurance", "intellectual_property", "confidentiality", "work_schedule", "other"})
_OF_ROUND: Final[Mapping[str, Callable[[TermsRound], object]]] = MappingProxyType(
    {
        "term_from": lambda one: one.term.start,
        "term_until": lambda one: one.term.until,
        "workload_percent": lambda one: one.workload_percent,
    }
)


def version_of(
    record: Placement,
    number: int,
    term: Period,
    workload_percent: int,
    terms: Terms,
    *,
    by: Party,
    at: datetime,
    answers: int | None = None,
) -> TermsRound:
    """A version of a placement's terms as one party proposes it, with the digest that all three will sign."""
    return TermsRound(
        placement_id=record.id,
        number=number,
        term=term,
        workload_percent=workload_percent,
        terms=terms,
        digest=terms_digest(record, term, workload_percent, terms),
        proposed_by=by,
        proposed_at=at,
        answers=answers,
    )


def differences(before: TermsRound, after: TermsRound) -> tuple[Difference, ...]:
    """What the later version changes, field by field in the order of `TERM_NAMES`; what is the same is left out."""
    pairs = ((field, _written(before, field), _written(after, field)) for field in TERM_NAMES)
    return tuple(
        Difference(field, TERM_NAMES[field], was, now, _pieces(was, now) if field in TEXTS else ())
        for field, was, now in pairs
        if was != now
    )


def compared_with(rounds: tuple[TermsRound, ...], number: int) -> TermsRound | None:
    """The version that a version answers, or, of an extension, the terms in force when it was proposed; else None."""
    one = rounds[number - 1]
    if one.answers is not None:
        return rounds[one.answers - 1]
    earlier = [other for other in rounds[: number - 1] if other.agreed_at is not None]
    return earlier[-1] if earlier else None


def _written(one: TermsRound, field: str) -> str | None:
    value = _OF_ROUND[field](one) if field in _OF_ROUND else getattr(one.terms, field)
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def _pieces(before: str | None, after: str | None) -> tuple[Piece, ...]:
    """The common beginning and end, and what lies between them; in one pass, however long the texts are."""
    if before is None or after is None:
        return ()
    shorter = min(len(before), len(after))
    start = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    rest = shorter - start
    end = next((place for place in range(rest) if before[-1 - place] != after[-1 - place]), rest)
    found = (
        Piece(PieceKind.KEPT, before[:start]),
        Piece(PieceKind.REMOVED, before[start : len(before) - end]),
        Piece(PieceKind.ADDED, after[start : len(after) - end]),
        Piece(PieceKind.KEPT, before[len(before) - end :]),
    )
    return tuple(piece for piece in found if piece.text)
