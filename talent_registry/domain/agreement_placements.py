"""Reading the kinds and rules of placements, and the schemes of minimum days, from an agreement's files."""

from collections.abc import Collection, Mapping

from talent_registry.domain.agreement_tables import TableReader, fault
from talent_registry.domain.agreements import AgreementVersion, MinimumDays, PlacementKind, PlacementRule
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_rules import FACTS, LIMITS

REQUESTS = ("START", "EXTEND", "RETURN_EARLY", "CLAIM_BENEFIT")
RESULTS = ("RECLASSIFY", "REJECTED", "INCOMPLETE", "BENEFIT_NOT_MET", "ALLOWED_WITH_DEFAULT", "ALLOWED")
TERM_SET_BY = ("AGREEMENT", "CONTRACT", "PROJECT", "ASSIGNMENT", "DAYS_IN_YEAR", "PERMANENT")
# The rule that tells what is no placement from what is one.
NOT_FLEXIBLE = "PL0"
# What each figure may be: more, or nothing at all, cannot be meant.
FIGURES = {"longest_years": (1, 50), "extensions": (0, 10), "full_percent": (1, 100), "minimum_years": (1, 50)}


def read_placement_kind(table: TableReader) -> PlacementKind:
    """A kind of placement; InvalidInput at a fault."""
    kind = PlacementKind(
        code=table.text("code"),
        name=table.message(),
        flexible=table.flag("flexible"),
        meaning=table.text("meaning"),
        conditions=table.text("conditions"),
        max_term=table.text("max_term"),
        term_set_by=table.one_of("term_set_by", TERM_SET_BY),
        usual_years=_read_usual_years(table.find_table("usual_years")) if table.has("usual_years") else None,
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
    _check_reason(table, rule)
    return rule


def read_minimum_days(table: TableReader, kinds: Collection[str]) -> MinimumDays:
    """A scheme of minimum days for some of the kinds; InvalidInput at a fault."""
    scheme = MinimumDays(
        id=table.text("id"),
        kinds=table.some_of("kinds", kinds),
        months=_within(table, "months", 1, 12),
        days_a_month=_within(table, "days_a_month", 1, 31),
        service_years=_within(table, "service_years", 1, 50) if table.has("service_years") else None,
        source=table.text("source"),
        status=table.status(),
        message=table.message(),
    )
    table.done()
    return scheme


def check_placements(version: AgreementVersion, places: Mapping[str, str]) -> None:
    """Raises InvalidInput where a kind that is no placement is not refused, or a kind has two minimums of days."""
    rules = {rule.id: rule for rule in version.placement_rules}
    refusing = rules.get(NOT_FLEXIBLE)
    for kind in version.placement_kinds:
        if kind.flexible or (refusing is not None and _reclassifies(refusing, kind)):
            continue
        raise fault(
            places.get("placement_rules", ""),
            "placement_rules" if refusing is None else f"placement_rules[{NOT_FLEXIBLE}]",
            Message(
                zh=f"{kind.code} 不是柔性流动，却没有规则予以重新归类",
                en=f"{kind.code} is no placement, and no rule says so of it",
            ),
            Message(
                zh=f"请写明 {NOT_FLEXIBLE}：结论 RECLASSIFY，START 和 EXTEND 均审查，适用于该形式",
                en=f"Let {NOT_FLEXIBLE} give RECLASSIFY, asked on START and EXTEND, for this kind too",
            ),
        )
    for number, scheme in enumerate(version.minimum_days):
        for other in version.minimum_days[:number]:
            if twice := sorted(scheme.kinds & other.kinds):
                raise fault(
                    places.get("minimum_days", ""),
                    f"minimum_days[{scheme.id}].kinds",
                    Message(zh=f"{twice[0]} 已在 {other.id} 中", en=f"{twice[0]} has its minimum in {other.id}"),
                    Message(zh="每种形式只写一项", en="Leave each kind in one scheme"),
                )


def _reclassifies(rule: PlacementRule, kind: PlacementKind) -> bool:
    asked = {"START", "EXTEND"} <= rule.asked_on
    return rule.result == "RECLASSIFY" and asked and (not rule.applies_to or kind.code in rule.applies_to)


def _read_usual_years(table: TableReader) -> tuple[int, int]:
    years = _within(table, "from", 1, 50), _within(table, "to", 1, 50)
    table.done()
    if years[0] > years[1]:
        raise table.fault(
            "to",
            Message(zh=f"短于 from 的 {years[0]} 年", en=f"this is shorter than the {years[0]} of `from`"),
            Message(zh="请对调或更正", en="Exchange or correct them"),
        )
    return years


def _check_reason(table: TableReader, rule: PlacementRule) -> None:
    """Whoever is refused is told why by a code; what allows refuses nothing."""
    if (rule.result == "ALLOWED") == (not rule.reason_code):
        return
    raise table.fault(
        "reason_code",
        Message(zh="结论与理由代码不符", en="the result and the reason do not go together"),
        Message(
            zh="ALLOWED 不写 reason_code，其他结论须写明",
            en="Leave `reason_code` out where the result is ALLOWED, and write it for every other result",
        ),
    )


def _within(table: TableReader, key: str, least: int, most: int) -> int:
    number = table.number(key)
    if not least <= number <= most:
        raise table.fault(
            key,
            Message(zh="数字不合理", en="the number cannot be meant"),
            Message(zh=f"请写 {least} 至 {most} 的整数", en=f"Write a whole number from {least} to {most}"),
        )
    return number


def _read_numbers(table: TableReader, rule_id: str) -> dict[str, int]:
    """The figure that the rule is asked with, if it needs one, and no other."""
    needed = [LIMITS[rule_id].number] if rule_id in LIMITS else []
    numbers = {name: _within(table, name, *FIGURES[name]) for name in needed}
    table.done()
    return numbers
