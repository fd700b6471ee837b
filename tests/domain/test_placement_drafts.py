"""Drafts without a database: what they may say, what a proposal needs, and how they are kept."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.placement_drafts import (
    NEEDED,
    DraftContent,
    PlacementDraft,
    PlacementDraftState,
    check_complete,
    check_content,
    check_open,
    content_as_json,
    content_from_json,
)
from talent_registry.domain.placement_states import Party
from talent_registry.domain.placements import Terms
from tests.domain.test_placements import NOON, ONE, TODAY, TWO

WHOLE = DraftContent(
    credential_id=ONE,
    kind="PART_TIME",
    post="讲座教授",
    post_series="01",
    term_from=TODAY,
    term_until=date(2027, 11, 23),
    workload_percent=40,
    terms=Terms(pay="面议", days_per_year=60),
)


def test_a_draft_says_as_much_as_it_does() -> None:
    for content in (WHOLE, DraftContent(), DraftContent(post="讲座教授")):
        check_content(content)
        assert content_from_json(content_as_json(content)) == content
    assert content_from_json({}) == DraftContent()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"post": " "}, "post"),
        ({"post": "x" * 201}, "post"),
        ({"term_until": date(2026, 11, 23)}, "until"),
        ({"workload_percent": 0}, "workloadPercent"),
        ({"terms": Terms(days_per_year=0)}, "terms"),
    ],
)
def test_what_cannot_be_meant_is_refused_already(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_content(replace(WHOLE, **changes))
    assert refused.value.path == ("input", field)


def test_a_proposal_needs_all_of_it() -> None:
    check_complete(replace(WHOLE, post_series=None))
    for attribute, name in NEEDED.items():
        without: dict[str, Any] = {attribute: None}
        with pytest.raises(InvalidInput) as refused:
            check_complete(replace(WHOLE, **without))
        assert (refused.value.reason, refused.value.path) == ("DRAFT_INCOMPLETE", ("input", name))


def test_what_was_proposed_or_discarded_is_no_draft_any_more() -> None:
    draft = PlacementDraft(
        id=ONE,
        researcher_id=ONE,
        host_unit_id=TWO,
        by=Party.RESEARCHER,
        unit_id=None,
        content=WHOLE,
        state=PlacementDraftState.DRAFT,
        placement_id=None,
        made_at=NOON,
        changed_at=NOON,
    )
    check_open(draft)
    for state in (PlacementDraftState.PROPOSED, PlacementDraftState.DISCARDED):
        with pytest.raises(Conflict) as refused:
            check_open(replace(draft, state=state))
        assert refused.value.reason == f"DRAFT_IS_{state}"
