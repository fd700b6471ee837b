"""Towards which divisions a draft is tried, what becomes of an answer, and how the result is handed out."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.recognition import Outcome
from talent_registry.domain.simulation_results import simulation_as_json
from talent_registry.domain.simulations import Change, LostSupport, Ruled, Simulation, change_between, targets_of

DAY = date(2026, 11, 24)


def test_each_province_is_asked_and_each_listed_division_by_one_of_its_group() -> None:
    version = agreement_version_in_force(shipped_agreement(), DAY)
    groups = targets_of((version, version), DAY)
    asked = {group.asked for group in groups}

    assert asked >= {"500000", "510000", "510100", "500107"}
    assert all(group.asked in group.divisions for group in groups)
    listed = {listing.target for listing in version.reciprocity if listing.holds_on(DAY)}
    assert listed <= {division for group in groups for division in group.divisions}


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Ruled("R8", None, Outcome.AUTO), Ruled("R8", None, Outcome.AUTO), None),
        (Ruled("R8", None, Outcome.AUTO), Ruled("R8", "officer", Outcome.AUTO), Change.BASIS),
        (Ruled("R8", None, Outcome.CONFIRM), Ruled("R1", None, Outcome.AUTO), Change.GAIN),
        (Ruled("R1", None, Outcome.AUTO), Ruled("R8", None, Outcome.CONFIRM), Change.LOSS),
    ],
)
def test_an_answer_is_gained_lost_or_rests_on_another_clause(
    before: Ruled, after: Ruled, change: Change | None
) -> None:
    assert change_between(before, after) is change


def test_placements_that_would_lose_their_ground_are_handed_out_by_number_and_examples_alone() -> None:
    version = agreement_version_in_force(shipped_agreement(), DAY)
    lost = LostSupport(Ruled("R1", None, Outcome.AUTO), Ruled("R8", "a", Outcome.CONFIRM), 7, (UUID(int=1),))
    result = Simulation(
        on=DAY,
        known_at=datetime(2026, 11, 24, tzinfo=UTC),
        in_force=version,
        draft=version,
        credentials=9,
        groups=(),
        totals=(),
        lost_support=(lost,),
        changes=(),
        samples=(),
    )
    assert simulation_as_json(result)["lost_support"] == [
        {
            "before": {"rule": "R1", "variant": None, "outcome": "AUTO"},
            "after": {"rule": "R8", "variant": "a", "outcome": "CONFIRM"},
            "count": 7,
            "placements": ["00000000-0000-0000-0000-000000000001"],
        }
    ]
