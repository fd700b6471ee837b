"""The kinds of placement are public law: each with its limits, its source and how far that can be trusted."""

import csv
from pathlib import Path

from talent_registry.services.permissions import ANONYMOUS
from tests.api.conftest import Asking

FACTS = Path(__file__).parents[1] / "data" / "placement_types.csv"


async def test_every_kind_of_the_facts_is_given_with_its_words_source_and_status(ask: Asking) -> None:
    kinds = {one["code"]: one for one in (await ask(ANONYMOUS, "anyone/placement_kinds"))["placementKinds"]}

    with FACTS.open(encoding="utf-8-sig", newline="") as file:
        facts = {row["code"]: row for row in csv.DictReader(file)}
    assert set(kinds) == set(facts)
    for code, row in facts.items():
        kind = kinds[code]
        assert kind["name"]["zh"] == row["name_zh"]
        assert (kind["conditions"], kind["maxTerm"]) == (row["conditions"], row["max_term"])
        assert (kind["source"], kind["status"]) == (row["basis"], row["status"])
        assert kind["isPlacement"] is (code != "RIGID_TRANSFER")


async def test_what_binds_a_kind_is_told_in_figures(ask: Asking) -> None:
    kinds = {one["code"]: one for one in (await ask(ANONYMOUS, "anyone/placement_kinds"))["placementKinds"]}

    leave = kinds["LEAVE_TO_START_UP"]["limits"]
    assert (leave["longestYears"], leave["extensions"], leave["endsExtensionsWithProfit"]) == (3, 1, True)
    assert (leave["workInjuryInsurance"], leave["internalNotice"], leave["minimumDays"]) == (True, False, None)
    assert "PL4b" in [rule["rule"] for rule in leave["rules"]]
    vice = kinds["VICE_PRESIDENT_TECH"]
    assert vice["usualYears"] == {"from": 1, "to": 3}
    assert vice["limits"]["companyOfOthers"] is True
    assert vice["limits"]["companyWithRdSpending"] is True
    assert (vice["limits"]["companyMinimumYears"], vice["limits"]["contractMinimumYears"]) == (1, 3)
    assert {code for code, one in kinds.items() if one["limits"]["internalNotice"]} == {
        "PART_TIME",
        "START_UP_IN_POST",
        "VICE_PRESIDENT_TECH",
    }
    days = kinds["SHORT_TERM"]["limits"]["minimumDays"]
    assert (days["months"], days["daysAMonth"], days["days"], days["serviceYears"]) == (3, 21, 63, 3)
    assert days["status"] == "sourced (another province)"
    assert kinds["CONSULTANCY"]["limits"]["longestYears"] is None


async def test_kinds_are_told_as_of_any_day(ask: Asking) -> None:
    early = (await ask(ANONYMOUS, "anyone/placement_kinds", on="2018-01-01"))["placementKinds"]
    assert len(early) == 16
