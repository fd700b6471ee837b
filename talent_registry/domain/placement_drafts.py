"""Drafts of placements: what one party prepares and nobody else sees until it is proposed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_checks import LONGEST_POST, check_share, check_terms
from talent_registry.domain.placement_states import Party
from talent_registry.domain.placements import Terms, terms_as_json, terms_from_json


class PlacementDraftState(StrEnum):
    """Where a draft stands."""

    DRAFT = "DRAFT"
    PROPOSED = "PROPOSED"
    DISCARDED = "DISCARDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    """What a draft says so far; None: not yet. Days inclusive, the share in whole percents of a full post."""

    credential_id: UUID | None = None
    kind: str | None = None
    post: str | None = None
    post_series: str | None = None
    term_from: date | None = None
    term_until: date | None = None
    workload_percent: int | None = None
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementDraft:
    """A draft about a person's work at a host unit, by one party; `unit_id`: its unit, None for the person.

    `placement_id`: what it was proposed as.
    """

    id: UUID
    researcher_id: UUID
    host_unit_id: UUID
    by: Party
    unit_id: UUID | None
    content: DraftContent
    state: PlacementDraftState
    placement_id: UUID | None
    made_at: datetime
    changed_at: datetime


# What a proposal cannot be without, by the name of its input.
NEEDED: Mapping[str, str] = {
    "credential_id": "credential",
    "kind": "kind",
    "post": "post",
    "term_from": "from",
    "term_until": "until",
    "workload_percent": "workloadPercent",
}


def check_content(content: DraftContent) -> None:
    """What is stated can be meant; InvalidInput, by field, otherwise. The rules are asked once it is proposed."""
    post = content.post
    if post is not None and not (1 <= len(post.strip()) <= LONGEST_POST and post.strip().isprintable()):
        raise InvalidInput(
            Message(
                zh="岗位名称须为 1 至 200 个可见字符。", en="The post needs a name of 1 to 200 visible characters."
            ),
            path=("input", "post"),
        )
    if content.term_from is not None and content.term_until is not None and content.term_until < content.term_from:
        raise InvalidInput(
            Message(zh="截止日早于起始日。请更正。", en="The last day lies before the first. Correct it."),
            path=("input", "until"),
        )
    if content.workload_percent is not None:
        check_share(content.workload_percent)
    check_terms(content.terms)


def check_complete(content: DraftContent) -> None:
    """InvalidInput (DRAFT_INCOMPLETE), at the first of them, where a draft does not say what a proposal needs."""
    missing = [name for attribute, name in NEEDED.items() if getattr(content, attribute) is None]
    if missing:
        listed = ", ".join(missing)
        raise InvalidInput(
            Message(zh=f"草稿尚缺：{listed}。请补齐后再提出。", en=f"The draft lacks {listed}. Add it, then propose."),
            reason="DRAFT_INCOMPLETE",
            path=("input", missing[0]),
        )


def check_open(draft: PlacementDraft) -> None:
    """Conflict where the draft was proposed or discarded."""
    if draft.state is PlacementDraftState.DRAFT:
        return
    raise Conflict(
        Message(
            zh="该草稿已提出或已作废。请另拟一份。",
            en="The draft was proposed or discarded already. Make another.",
        ),
        reason=f"DRAFT_IS_{draft.state}",
    )


def content_as_json(content: DraftContent) -> dict[str, Any]:
    """The content as it is stored; what is not stated is left out."""
    stated = {one.name: getattr(content, one.name) for one in fields(content) if one.name != "terms"}
    written = {
        name: value if isinstance(value, int) else str(value) for name, value in stated.items() if value is not None
    }
    return {**written, "terms": terms_as_json(content.terms)}


def content_from_json(stored: Mapping[str, Any]) -> DraftContent:
    """The content from what `content_as_json` gave; of a discarded draft nothing is kept."""
    if not stored:
        return DraftContent()
    days = {name: date.fromisoformat(stored[name]) for name in ("term_from", "term_until") if name in stored}
    credential = {"credential_id": UUID(stored["credential_id"])} if "credential_id" in stored else {}
    return DraftContent(**{**stored, **days, **credential, "terms": terms_from_json(stored["terms"])})
