"""The kinds of placement as the agreement knows them on a day, with what its rules ask of each."""

from datetime import date
from typing import Annotated

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.errors import LocalisedText
from talent_registry.domain.agreements import MinimumDays as Scheme
from talent_registry.domain.agreements import PlacementKind as Kind
from talent_registry.domain.agreements import PlacementRule as Rule
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.placement_limits import PlacementLimits as Limits
from talent_registry.domain.placement_limits import limits_of
from talent_registry.services import agreement_releases


@strawberry.type(description="How long placements of a kind usually last: practice, which binds nobody.")
class UsualYears:
    from_: int = strawberry.field(name="from", description="The shortest, in whole years.")
    to: int = strawberry.field(description="The longest, in whole years.")


@strawberry.type(description="A scheme by which a benefit asks for working days in a year.")
class MinimumDays:
    scheme: str = strawberry.field(description="Id of the scheme.")
    months: int = strawberry.field(description="How many months of a year.")
    days_a_month: int = strawberry.field(description="How many working days each of them has.")
    days: int = strawberry.field(description="The working days of a year that are enough: months times days.")
    service_years: int | None = strawberry.field(description="The shortest service in years; null: not asked.")
    message: LocalisedText = strawberry.field(description="The scheme as a sentence.")
    source: str = strawberry.field(description="Where it comes from.")
    status: str = strawberry.field(description="How far the source can be trusted.")

    @classmethod
    def of(cls, scheme: Scheme) -> "MinimumDays":
        """The scheme as GraphQL gives it."""
        return cls(
            scheme=scheme.id,
            months=scheme.months,
            days_a_month=scheme.days_a_month,
            days=scheme.days,
            service_years=scheme.service_years,
            message=LocalisedText.of(scheme.message),
            source=scheme.source,
            status=scheme.status,
        )


@strawberry.type(description="A rule of placements that is asked of a kind.")
class PlacementRule:
    rule: str = strawberry.field(description="Id of the rule.")
    name: str = strawberry.field(description="Its name.")
    asked_on: list[str] = strawberry.field(description="Requests on which it is asked: START, EXTEND and so on.")
    when: str = strawberry.field(description="The condition in words.")
    result: str = strawberry.field(description="What follows where the condition holds.")
    reason_code: str | None = strawberry.field(description="The reason, a code of the agreement.")
    message: LocalisedText = strawberry.field(description="What those concerned are told.")
    source: str = strawberry.field(description="Where it comes from.")
    status: str = strawberry.field(description="How far the source can be trusted.")

    @classmethod
    def of(cls, rule: Rule) -> "PlacementRule":
        """The rule as GraphQL gives it."""
        return cls(
            rule=rule.id,
            name=rule.name,
            asked_on=sorted(rule.asked_on),
            when=rule.when,
            result=rule.result,
            reason_code=rule.reason_code or None,
            message=LocalisedText.of(rule.message),
            source=rule.source,
            status=rule.status,
        )


@strawberry.type(description="What binds placements of a kind, read from the rules; years are whole ones.")
class PlacementLimits:
    longest_years: int | None = strawberry.field(description="The longest single period; null: none is set.")
    extensions: int | None = strawberry.field(description="How often it may be extended; null: as often as all sign.")
    ends_extensions_with_profit: bool = strawberry.field(
        description="Whether it may no longer be extended once the company made a profit."
    )
    internal_notice: bool = strawberry.field(description="Whether a public notice inside the home unit is needed.")
    work_injury_insurance: bool = strawberry.field(description="Whether the company must pay work-injury insurance.")
    company_of_others: bool = strawberry.field(
        description="Whether the company may be neither founded nor owned by the person or the home unit."
    )
    company_minimum_years: int | None = strawberry.field(
        description="How long the company must be registered; null: not asked."
    )
    company_with_rd_spending: bool = strawberry.field(
        description="Whether the company must spend on research and development."
    )
    contract_minimum_years: int | None = strawberry.field(
        description="How long the person's contract at home must last; null: not asked."
    )
    minimum_days: MinimumDays | None = strawberry.field(
        description="The days of a year that a benefit asks for; null: none."
    )
    rules: list[PlacementRule] = strawberry.field(description="Every rule asked of the kind, in order.")

    @classmethod
    def of(cls, limits: Limits) -> "PlacementLimits":
        """The limits as GraphQL gives them."""
        return cls(
            longest_years=limits.longest_years,
            extensions=limits.extensions,
            ends_extensions_with_profit=limits.ends_extensions_with_profit,
            internal_notice=limits.internal_notice,
            work_injury_insurance=limits.work_injury_insurance,
            company_of_others=limits.company_of_others,
            company_minimum_years=limits.company_minimum_years,
            company_with_rd_spending=limits.company_with_rd_spending,
            contract_minimum_years=limits.contract_minimum_years,
            minimum_days=None if limits.minimum_days is None else MinimumDays.of(limits.minimum_days),
            rules=[PlacementRule.of(rule) for rule in limits.rules],
        )


@strawberry.type(description="A kind of placement.")
class PlacementKind:
    code: str = strawberry.field(description="Its code in the agreement.")
    name: LocalisedText = strawberry.field(description="What it is called.")
    is_placement: bool = strawberry.field(
        description="False: it would move household, personnel relation, file or insurance; it is named so that it can "
        "be refused with the reason (rule PL0)."
    )
    meaning: str = strawberry.field(description="What it is.")
    conditions: str = strawberry.field(description="Its conditions in words.")
    max_term: str = strawberry.field(description="Its longest term in words.")
    term_set_by: str = strawberry.field(
        description="What sets its term: AGREEMENT, CONTRACT, PROJECT, ASSIGNMENT, DAYS_IN_YEAR or PERMANENT."
    )
    usual_years: UsualYears | None = strawberry.field(description="How long it usually lasts; null: not known.")
    pay_and_insurance: str = strawberry.field(description="Who bears pay and insurance, in words.")
    source: str = strawberry.field(description="Where it comes from.")
    status: str = strawberry.field(description="How far the source can be trusted.")
    limits: PlacementLimits = strawberry.field(description="What binds it.")

    @classmethod
    def of(cls, kind: Kind, limits: Limits) -> "PlacementKind":
        """The kind as GraphQL gives it."""
        years = kind.usual_years
        return cls(
            code=kind.code,
            name=LocalisedText.of(kind.name),
            is_placement=kind.flexible,
            meaning=kind.meaning,
            conditions=kind.conditions,
            max_term=kind.max_term,
            term_set_by=kind.term_set_by,
            usual_years=None if years is None else UsualYears(from_=years[0], to=years[1]),
            pay_and_insurance=kind.pay_and_insurance,
            source=kind.source,
            status=kind.status,
            limits=PlacementLimits.of(limits),
        )


@strawberry.type
class PlacementKindQuery:
    @strawberry.field(
        description="The kinds of placement by the version of the agreement in force on a day, with what binds each."
    )
    async def placement_kinds(
        self,
        info: Info,
        on: Annotated[
            date | None, strawberry.argument(description="The day (Asia/Shanghai); today if left out.")
        ] = None,
    ) -> list[PlacementKind]:
        context = info.context
        law = await agreement_releases.get_law(context.registry, context.actor)
        version = agreement_version_in_force(law.agreement, on or context.registry.today())
        return [PlacementKind.of(kind, limits_of(version, kind)) for kind in version.placement_kinds]
