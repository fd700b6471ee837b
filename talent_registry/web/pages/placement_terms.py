"""The terms of a placement as a form: which fields it has, what they hold, and the terms that were typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_drafts import DraftContent
from talent_registry.domain.placement_states import Party, ResultsHolder
from talent_registry.domain.placement_terms import TERM_NAMES, TEXTS
from talent_registry.domain.placements import Terms
from talent_registry.web.pages.visits import Visit

T = TypeVar("T")
UNITS: Final = {
    Party.HOME_UNIT.value: Message(zh="派出单位", en="Home unit"),
    Party.HOST_UNIT.value: Message(zh="接收单位", en="Host unit"),
}
HOLDERS: Final = {
    ResultsHolder.HOME_UNIT.value: UNITS["HOME_UNIT"],
    ResultsHolder.HOST_UNIT.value: UNITS["HOST_UNIT"],
    ResultsHolder.JOINTLY.value: Message(zh="共有", en="Jointly"),
    ResultsHolder.RESEARCHER.value: Message(zh="本人", en="The person"),
}
POSITIONS: Final = {
    "STAFF": Message(zh="普通人员", en="Staff"),
    "MIDDLE_LEADER": Message(zh="中层领导人员", en="Leader of a department"),
    "LEADER": Message(zh="单位领导人员", en="Leader of the unit"),
    "HEAD": Message(zh="单位正职", en="Head of the unit"),
}
YES_OR_NO: Final = {"true": Message(zh="是", en="Yes"), "false": Message(zh="否", en="No")}
CHOICES: Final = {
    "paid_by": UNITS,
    "insured_by": UNITS,
    "results_held_by": HOLDERS,
    "position": POSITIONS,
    **dict.fromkeys(
        (
            "work_injury_insurance",
            "classified_work",
            "internal_notice",
            "company_founded_or_owned",
            "company_rd_spending",
            "company_profitable",
        ),
        YES_OR_NO,
    ),
}
_CREDENTIAL: Final = Message(zh="所依据的证书", en="Credential it rests on")
_SIDES: Final = frozenset({"paid_by", "insured_by"})
_DAYS: Final = frozenset({"company_registered_on"})
# Of what a version says beside its terms, the form asks apart.
_OF_ROUND: Final = frozenset({"term_from", "term_until", "workload_percent"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form: how it is asked for, and the choices it has, if any."""

    name: str
    label: Message
    kind: str
    choices: dict[str, Message]


FIELDS: Final = tuple(
    Field(
        name,
        label,
        "choice" if name in CHOICES else "text" if name in TEXTS else "day" if name in _DAYS else "number",
        CHOICES.get(name, {}),
    )
    for name, label in TERM_NAMES.items()
    if name not in _OF_ROUND
)
# The form asks for them under these headings, each from its first field on to that of the next.
_HEADINGS: Final = {
    "paid_by": Message(zh="薪酬和保险", en="Pay and insurance"),
    "results_held_by": Message(zh="成果、知识产权和保密", en="Results, intellectual property and secrecy"),
    "days_per_year": Message(zh="工作时间和通知期", en="Working time and notice"),
    "position": Message(zh="规则审查所需的情况", en="What the rules ask about"),
    "other": Message(zh="其他", en="Anything else"),
}


def grouped() -> list[tuple[Message, list[Field]]]:
    """The fields of the form under their headings."""
    found: list[tuple[Message, list[Field]]] = []
    for field in FIELDS:
        if field.name in _HEADINGS:
            found.append((_HEADINGS[field.name], []))
        found[-1][1].append(field)
    return found


def written(terms: Terms) -> dict[str, str]:
    """The terms as the fields of the form hold them."""
    return {field.name: _written(getattr(terms, field.name)) for field in FIELDS}


def typed(visit: Visit) -> dict[str, str]:
    """The fields of the form as they were sent."""
    return {field.name: visit.sent(field.name) for field in FIELDS}


def read_terms(sent: dict[str, str]) -> Terms:
    """The terms that were typed; what is left empty is silent. InvalidInput for what is no number, day or choice."""
    return Terms(**{field.name: _read(field, sent[field.name]) for field in FIELDS if sent.get(field.name)})


def read_draft(kind: str | None, sent: dict[str, str]) -> DraftContent:
    """What a draft says so far: what is left empty is not said yet. InvalidInput for what cannot be read."""

    def said(name: str, read: Callable[[str, Message], T]) -> T | None:
        return read(sent[name], TERM_NAMES[name]) if sent[name] else None

    try:
        credential = UUID(sent["credential"]) if sent["credential"] else None
    except ValueError:
        raise _unreadable(_CREDENTIAL, Message(zh="请从所列选项中选择", en="Choose one of those listed")) from None
    return DraftContent(
        credential_id=credential,
        kind=kind,
        post=sent["post"] or None,
        post_series=sent["post_series"] or None,
        term_from=said("term_from", read_day),
        term_until=said("term_until", read_day),
        workload_percent=said("workload_percent", read_number),
        terms=read_terms(sent),
    )


def drafted(content: DraftContent) -> dict[str, str]:
    """What a draft says as the fields of the form hold it."""
    stated = {
        "credential": content.credential_id,
        "post": content.post,
        "post_series": content.post_series,
        "term_from": content.term_from,
        "term_until": content.term_until,
        "workload_percent": content.workload_percent,
    }
    return {name: _written(value) for name, value in stated.items()} | written(content.terms)


def read_day(text: str, name: Message) -> date:
    """A day as a form sends it; InvalidInput otherwise."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _unreadable(name, Message(zh="请按 2027-06-30 的样式填写", en="Write it like 2027-06-30")) from None


def read_number(text: str, name: Message) -> int:
    """A whole number as a form sends it; InvalidInput otherwise."""
    if not (text.isascii() and text.isdecimal() and len(text) < 6):  # noqa: PLR2004 - no term has more digits
        raise _unreadable(name, Message(zh="请填写整数", en="Write a whole number"))
    return int(text)


def shown(name: str, value: str) -> Message:
    """What a version states of a field, in words."""
    return CHOICES.get(name, {}).get(value) or Message(zh=value, en=value)


def _read(field: Field, text: str) -> Any:  # noqa: ANN401 - each field has its own type
    if field.kind == "text":
        return text
    if field.kind == "number":
        return read_number(text, field.label)
    if field.kind == "day":
        return read_day(text, field.label)
    if text not in field.choices:
        raise _unreadable(field.label, Message(zh="请从所列选项中选择", en="Choose one of those listed"))
    if field.choices is YES_OR_NO:
        return text == "true"
    if field.name in _SIDES:
        return Party(text)
    return ResultsHolder(text) if field.name == "results_held_by" else text


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _unreadable(name: Message, how: Message) -> InvalidInput:
    return InvalidInput(
        Message(zh=f"“{name.zh}”无法识别。{how.zh}。", en=f"“{name.en}” cannot be read. {how.en}."),
        reason="TERMS",
        path=("input", "terms"),
    )
