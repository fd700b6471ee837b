"""Towards which divisions a draft is tried."""

from datetime import date

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.simulations import targets_of

DAY = date(2026, 11, 24)


def test_each_province_is_asked_and_each_listed_division_by_one_of_its_group() -> None:
    version = agreement_version_in_force(shipped_agreement(), DAY)
    groups = targets_of((version, version), DAY)
    asked = {group.asked for group in groups}

    assert asked >= {"500000", "510000", "510100", "500107"}
    assert all(group.asked in group.divisions for group in groups)
    listed = {listing.target for listing in version.reciprocity if listing.holds_on(DAY)}
    assert listed <= {division for group in groups for division in group.divisions}
