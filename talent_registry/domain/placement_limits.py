"""What the rules of an agreement ask of one kind of placement, as figures and flags; read from the rules alone."""

from dataclasses import dataclass

from talent_registry.domain.agreements import AgreementVersion, MinimumDays, PlacementKind, PlacementRule


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementLimits:
    """What binds a placement of the kind; None: no limit. Years are whole ones, days those worked in a year.

    `company_minimum_years` is how long the host must be registered, `contract_minimum_years` how long the person's
    contract at home must last.
    """

    longest_years: int | None
    extensions: int | None
    ends_extensions_with_profit: bool
    internal_notice: bool
    work_injury_insurance: bool
    company_of_others: bool
    company_minimum_years: int | None
    company_with_rd_spending: bool
    contract_minimum_years: int | None
    minimum_days: MinimumDays | None
    rules: tuple[PlacementRule, ...]


def limits_of(version: AgreementVersion, kind: PlacementKind) -> PlacementLimits:
    """The limits of the kind by the rules of the version."""
    rules = {rule.id: rule for rule in version.placement_rules if not rule.applies_to or kind.code in rule.applies_to}

    def figure(rule_id: str, name: str) -> int | None:
        return rules[rule_id].numbers[name] if rule_id in rules else None

    return PlacementLimits(
        longest_years=figure("PL4a", "longest_years"),
        extensions=figure("PL4b", "extensions"),
        ends_extensions_with_profit="PL4c" in rules,
        internal_notice="PL3" in rules,
        work_injury_insurance="PL6" in rules,
        company_of_others="PL12a" in rules,
        company_minimum_years=figure("PL12b", "minimum_years"),
        company_with_rd_spending="PL12c" in rules,
        contract_minimum_years=figure("PL12d", "minimum_years"),
        minimum_days=version.find_minimum_days(kind.code) if "PL5" in rules else None,
        rules=tuple(rules.values()),
    )
