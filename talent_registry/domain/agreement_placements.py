"""Reading the kinds and rules of placements from an agreement's files."""

from collections.abc import Collection

from talent_registry.domain.agreement_tables import TableReader
from talent_registry.domain.agreements import PlacementKind, PlacementRule
from talent_registry.domain.placement_rules import FACTS, LIMITS

REQUESTS = ("START", "EXTEND", "RETURN_EARLY", "CLAIM_BENEFIT")
RESULTS = ("RECLASSIFY", "REJECTED", "INCOMPLETE", "BENEFIT_NOT_MET", "ALLOWED_WITH_DEFAULT", "ALLOWED")


def read_placement_kind(table: TableReader) -> PlacementKind:
    """A kind of placement; InvalidInput at a fault."""
    kind = PlacementKind(
        code=table.text("code"),
        name=table.message(),
        flexible=table.flag("flexible"),
        meaning=table.text("meaning"),
        conditions=table.text("conditions"),
        max_term=table.text("max_term"),
        pay_and_insurance=table.text("pay_and_insurance"),
        source=table.text("source"),
        status=table.status(),
    )
    table.done()
    return kind


def read_placement_rule(table: TableReader, kinds: Collection[str]) -> PlacementRule:
    """A rule of placements for some of the kinds (none named: all); InvalidInput at a fault."""
    rule_id = table.one_of("id", (*FACTS, *LIMITS))
    rule = PlacementRule(
        id=rule_id,
        name=table.text("name"),
        applies_to=table.some_of("applies_to", kinds, default=()),
        asked_on=table.some_of("asked_on", REQUESTS),
        when=table.text("when"),
        result=table.one_of("result", RESULTS),
        reason_code=table.text("reason_code", default=""),
        numbers=_read_numbers(table.find_table("numbers"), rule_id),
        source=table.text("source"),
        status=table.status(),
        message=table.message(),
    )
    table.done()
    return rule


def _read_numbers(table: TableReader, rule_id: str) -> dict[str, int]:
    """The figure that the rule is asked with, if it needs one, and no other."""
    needed = [LIMITS[rule_id].number] if rule_id in LIMITS else []
    numbers = {name: table.number(name) for name in needed}
    table.done()
    return numbers
