"""What a simulation found, as bars: the outcomes of the answers that change, before and after."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from talent_registry.documents.charts import Bar, bars
from talent_registry.documents.drawings import Heading


def outcomes_of(result: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """Of the answers that change: each outcome with its number before and after, the most frequent first.

    `result` as `domain.simulation_results` gives it. An answer is that of one credential for one group of targets.
    """
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    for one in result["changes"]:
        before[one["before"]["outcome"]] += one["count"]
        after[one["after"]["outcome"]] += one["count"]
    found = [(outcome, before[outcome], after[outcome]) for outcome in before | after]
    return sorted(found, key=lambda one: (-one[1] - one[2], one[0]))


def outcome_bars(heading: Heading, result: Mapping[str, Any], series: Sequence[str], names: Mapping[str, str]) -> str:
    """Bars of `outcomes_of`; `series` are the words for before and after, `names` those of each outcome."""
    rows = [
        Bar(names[outcome], (before, after), (f"{before:,}", f"{after:,}"))
        for outcome, before, after in outcomes_of(result)
    ]
    return bars(heading, series, rows)
