"""How a person's placements add up, as the API gives it: every sum with its terms."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.credentials import On
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.api.nodes import from_node_id
from talent_registry.api.organisations import Organisation, load_organisation
from talent_registry.api.placements import Placement, load_placement
from talent_registry.domain import placement_rules
from talent_registry.domain import placement_sums as domain
from talent_registry.domain.workload import Load, Share, ShareState
from talent_registry.services import placement_sums

described(
    ShareState,
    "Why a share counts.",
    {"ACTIVE": "Work that is done.", "AGREED": "Work that the three parties agreed on and that has not begun."},
)
described(
    domain.SpanKind,
    "Whether the days of a period count.",
    {"WORKED": "They count.", "SUSPENDED": "The placement was suspended: they do not count."},
)
described(
    placement_rules.PlacementResult,
    "What the rules of placements come to, the gravest first.",
    {
        "RECLASSIFY": "It is no placement but a transfer.",
        "REJECTED": "It may not be.",
        "INCOMPLETE": "Something is missing.",
        "BENEFIT_NOT_MET": "The benefit's condition is not met.",
        "ALLOWED_WITH_DEFAULT": "It may be, and the law fills what the agreement leaves open.",
        "ALLOWED": "It may be.",
    },
    name="PlacementEvaluationResult",
)
OF_PLACEMENT = "The placement, as far as the caller may see it."


@strawberry.type(description="One share of a workload.")
class WorkloadTerm:
    percent: int = strawberry.field(description="Whole percents of a full post.")
    state: ShareState = strawberry.field(description="Why it counts.")
    placement_id: strawberry.Private[UUID]

    @strawberry.field(description=OF_PLACEMENT)
    async def placement(self, info: Info) -> Placement | None:
        return await load_placement(info, self.placement_id)

    @classmethod
    def of(cls, share: Share) -> "WorkloadTerm":
        """The share as GraphQL gives it."""
        return cls(percent=share.percent, state=share.state, placement_id=share.placement_id)


@strawberry.type(description="The shares of a full post that fall on the day, over both provinces.")
class WorkloadSum:
    terms: list[WorkloadTerm] = strawberry.field(description="Each share; two or more overlap on the day.")
    total_percent: int = strawberry.field(description="All of them together.")
    sum: str = strawberry.field(description="The sum as it is written, such as `40 % + 60 % = 100 %`.")
    overlaps: bool = strawberry.field(description="Whether two placements or more fall on the day.")
    is_too_much: bool = strawberry.field(description="Whether it is more than a full post.")

    @classmethod
    def of(cls, load: Load | None) -> "WorkloadSum":
        """The load as GraphQL gives it; of none, a sum of nothing."""
        if load is None:
            return cls(terms=[], total_percent=0, sum="0 %", overlaps=False, is_too_much=False)
        return cls(
            terms=[WorkloadTerm.of(part) for part in load.parts],
            total_percent=load.total,
            sum=load.sum_shown(),
            overlaps=len(load.parts) > 1,
            is_too_much=load.is_too_much,
        )


@strawberry.type(description="A period of a leave.")
class LeaveTerm:
    from_: date = strawberry.field(name="from", description="First day.")
    until: date = strawberry.field(description="Last day, inclusive.")
    days: int = strawberry.field(description="Its days, both ends counted.")
    kind: domain.SpanKind = strawberry.field(description="Whether they count.")
    placement_id: strawberry.Private[UUID]

    @strawberry.field(description=OF_PLACEMENT)
    async def placement(self, info: Info) -> Placement | None:
        return await load_placement(info, self.placement_id)

    @classmethod
    def of(cls, span: domain.Span) -> "LeaveTerm":
        """The span as GraphQL gives it."""
        return cls(from_=span.since, until=span.until, days=span.days, kind=span.kind, placement_id=span.placement.id)


@strawberry.type(description="The leave that the person had up to the day, whoever the host was.")
class LeaveSum:
    terms: list[LeaveTerm] = strawberry.field(description="Each period, with those that do not count.")
    days: int = strawberry.field(description="The days that count.")
    years: int = strawberry.field(description="The whole years in them, as if they ran from the first day on.")
    days_over: int = strawberry.field(description="The days beyond those years.")
    sum: str = strawberry.field(description="The sum of days as it is written, such as `366 + 365 = 731`.")
    most_years: int | None = strawberry.field(
        description="The years that all periods together may have: the longest period and each extension of it "
        "(2019 No. 137: 3 + 3); null: no limit is set."
    )
    is_within: bool = strawberry.field(description="Whether they are no more than that.")

    @classmethod
    def of(cls, leave: domain.LeaveSum) -> "LeaveSum":
        """The sum as GraphQL gives it."""
        return cls(
            terms=[LeaveTerm.of(span) for span in leave.terms],
            days=leave.days,
            years=leave.years,
            days_over=leave.days_over,
            sum=leave.sum_shown(),
            most_years=leave.most_years,
            is_within=leave.is_within,
        )


@strawberry.type(description="What one placement adds to the days of a year.")
class DaysTerm:
    from_: date = strawberry.field(name="from", description="First day.")
    until: date = strawberry.field(description="Last day, inclusive.")
    working_days: int = strawberry.field(description="Working days among them, by the notices of holidays.")
    percent: int = strawberry.field(description="The share of a full post.")
    hundredths: int = strawberry.field(description="Working days times percents: hundredths of a day.")
    placement_id: strawberry.Private[UUID]

    @strawberry.field(description=OF_PLACEMENT)
    async def placement(self, info: Info) -> Placement | None:
        return await load_placement(info, self.placement_id)

    @classmethod
    def of(cls, term: domain.DaysTerm) -> "DaysTerm":
        """The term as GraphQL gives it."""
        span = term.span
        return cls(
            from_=span.since,
            until=span.until,
            working_days=term.working_days,
            percent=span.percent,
            hundredths=term.hundredths,
            placement_id=span.placement.id,
        )


@strawberry.type(description="The days worked in the year in placements of one kind, up to the day.")
class DaysSum:
    kind: str = strawberry.field(description="Kind of placement, a code of the agreement.")
    year: int = strawberry.field(description="The year.")
    terms: list[DaysTerm] = strawberry.field(description="What each placement adds.")
    hundredths: int = strawberry.field(description="All together, in hundredths of a day.")
    sum: str = strawberry.field(description="The sum as it is written, such as `100 × 40 % = 40.00`.")
    minimum: int | None = strawberry.field(description="The days that a benefit asks for; null: none for this kind.")
    scheme: str | None = strawberry.field(description="The scheme that asks for them.")
    result: placement_rules.PlacementResult = strawberry.field(
        description="What the rules say of a benefit that is claimed on them."
    )
    message: LocalisedText = strawberry.field(description="The same as a sentence.")
    provisional: bool = strawberry.field(description="Whether the holidays of the year are not announced yet.")

    @classmethod
    def of(cls, days: domain.DaysSum) -> "DaysSum":
        """The sum as GraphQL gives it."""
        return cls(
            kind=days.kind,
            year=days.year,
            terms=[DaysTerm.of(term) for term in days.terms],
            hundredths=days.hundredths,
            sum=days.sum_shown(),
            minimum=days.minimum,
            scheme=days.scheme,
            result=days.evaluation.result,
            message=LocalisedText.of(days.evaluation.message),
            provisional=days.provisional,
        )


@strawberry.type(description="A post that the person holds on the day.")
class HeldPost:
    counted: bool = strawberry.field(description="Whether the unit counts the person in its headcount.")
    unit_id: strawberry.Private[UUID]
    placement_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The unit; null where it is that of a placement which the caller may not see.")
    async def unit(self, info: Info) -> Organisation | None:
        if self.placement_id is not None and await load_placement(info, self.placement_id) is None:
            return None
        return await load_organisation(info, self.unit_id)

    @strawberry.field(description=f"{OF_PLACEMENT} Null for the post at the home unit.")
    async def placement(self, info: Info) -> Placement | None:
        return await load_placement(info, self.placement_id)


@strawberry.type(description="In which headcounts the person is counted on the day.")
class Headcount:
    posts: list[HeldPost] = strawberry.field(description="The post at home first, then those of placements.")
    counted: int = strawberry.field(description="How many units count the person.")
    is_counted_twice: bool = strawberry.field(description="Whether one person stands in two headcounts.")

    @classmethod
    def of(cls, heads: domain.Headcount) -> "Headcount":
        """The count as GraphQL gives it."""
        return cls(
            posts=[
                HeldPost(counted=post.counted, unit_id=post.unit_id, placement_id=post.placement_id)
                for post in heads.posts
            ],
            counted=heads.counted,
            is_counted_twice=heads.is_counted_twice,
        )


@strawberry.type(description="How a person's placements add up on a day; exact, in whole days and percents.")
class PlacementSums:
    on: date = strawberry.field(description="The day.")
    workload: WorkloadSum = strawberry.field(description="The shares of a full post on the day.")
    leave: LeaveSum = strawberry.field(description="The leave up to the day.")
    days_in_year: list[DaysSum] = strawberry.field(description="The days worked in the year, by kind of placement.")
    headcount: Headcount = strawberry.field(description="The headcounts in which the person is counted.")


@strawberry.type
class PlacementSumsQuery:
    @strawberry.field(
        description="How a person's placements add up on a day over both provinces, each sum with its terms (the "
        "person, the home unit, the host units); the look is noted."
    )
    async def placement_sums(
        self,
        info: Info,
        researcher: Annotated[strawberry.ID, strawberry.argument(description="Opaque id of the person.")],
        on: On = None,
        purpose: Annotated[
            str, strawberry.argument(description="For what purpose; needed by all but the person.")
        ] = "",
    ) -> PlacementSums:
        context = info.context
        person = from_node_id(researcher, "Researcher", "researcher")
        found = await placement_sums.add_up(context.registry, context.actor, person, on, purpose)
        return PlacementSums(
            on=found.on,
            workload=WorkloadSum.of(found.load),
            leave=LeaveSum.of(found.leave),
            days_in_year=[DaysSum.of(one) for one in found.days],
            headcount=Headcount.of(found.headcount),
        )
