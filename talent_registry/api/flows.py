"""Flows between the provinces as the API gives them: what was published of a quarter, the same for everybody."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.enums import described
from talent_registry.api.errors import LocalisedText
from talent_registry.domain import flows as domain
from talent_registry.domain.flow_words import MEASURES, part_name, parts_in_order, province_name
from talent_registry.domain.flows import FlowDimension, FlowMeasure, Quarter
from talent_registry.domain.suppression import LEAST
from talent_registry.services import flows

described(
    FlowMeasure,
    "What is counted: people, each once a quarter, direction and measure, by the first such act of the quarter.",
    {measure.name: f"{text.en}." for measure, text in MEASURES.items()},
)
described(
    FlowDimension,
    "By what the people of a direction are told apart.",
    {
        "DISCIPLINE": "By title series. Measures on titles only.",
        "LEVEL": "By title level; entry and assistant level together are JUNIOR. Measures on titles only.",
        "KIND": "By kind of credential. Measures on other credentials only.",
        "ORIGIN": "By where the certificate was issued; of a placement, where the home unit lies. Prefectures, in a "
        "municipality districts and counties; the province's own code: provincial, or no such place named.",
        "DESTINATION": "By where the post is; places as for ORIGIN.",
    },
)


@strawberry.type(description="A province.")
class FlowProvince:
    code: str = strawberry.field(description="Division (GB/T 2260).")
    name: LocalisedText = strawberry.field(description="What it is called.")


@strawberry.type(description="One published figure, or that it is withheld.")
class FlowCell:
    code: str = strawberry.field(description="The part: code of a series, level, kind or division.")
    name: LocalisedText = strawberry.field(description="What the part is called.")
    count: int | None = strawberry.field(description="How many people; null: withheld.")
    suppressed: bool = strawberry.field(
        description="Withheld, because 1 to 4 people are told to nobody, or because this figure would give such a one "
        "away. A withheld figure may be any of 0 to 4, or more."
    )


@strawberry.type(description="What is published of one direction.")
class FlowTable:
    from_: FlowProvince = strawberry.field(name="from", description="The province the people come from.")
    to: FlowProvince = strawberry.field(description="The province where they are recognised or work.")
    count: int | None = strawberry.field(description="How many people in all; null: withheld.")
    suppressed: bool = strawberry.field(description="Whether the whole is withheld, being 1 to 4 people.")
    cells: list[FlowCell] = strawberry.field(description="Every part, in a fixed order, nobody (0) included.")

    @classmethod
    def of(cls, table: domain.FlowTable, by: FlowDimension) -> "FlowTable":
        """The table as GraphQL gives it."""
        cells = [
            FlowCell(code=code, name=LocalisedText.of(part_name(by, code)), count=figure, suppressed=figure is None)
            for code, figure in parts_in_order(table, by)
        ]
        return cls(
            from_=_province(table.from_province),
            to=_province(table.to_province),
            count=table.people,
            suppressed=table.people is None,
            cells=cells,
        )


@strawberry.type(description="What was published of the flows of a closed quarter. It is never altered.")
class Flows:
    quarter: str = strawberry.field(description="The quarter, such as 2026-Q3.")
    from_: date = strawberry.field(name="from", description="Its first day.")
    until: date = strawberry.field(description="Its last day, inclusive.")
    edition: int = strawberry.field(
        description="The edition. What was recorded after the quarter, a correction too, counts in the quarter that "
        "recorded it."
    )
    published_at: datetime = strawberry.field(description="When it was published.")
    least_shown: int = strawberry.field(description="The fewest people of whom a figure is shown.")
    measure: FlowMeasure = strawberry.field(description="What is counted.")
    by: FlowDimension = strawberry.field(description="By what the people are told apart.")
    tables: list[FlowTable] = strawberry.field(description="One for each direction.")

    @classmethod
    def of(cls, edition: domain.FlowEdition, measure: FlowMeasure, by: FlowDimension) -> "Flows":
        """The edition as GraphQL gives it."""
        return cls(
            quarter=str(edition.quarter),
            from_=edition.quarter.first_day,
            until=edition.quarter.last_day,
            edition=edition.edition,
            published_at=edition.published_at,
            least_shown=LEAST,
            measure=measure,
            by=by,
            tables=[FlowTable.of(table, by) for table in edition.of(measure)],
        )


def _province(code: str) -> FlowProvince:
    return FlowProvince(code=code, name=LocalisedText.of(province_name(code)))


@strawberry.type
class FlowQuery:
    @strawberry.field(
        description="How many people's status was recognised on the other side, or who began a placement there, in a "
        "closed calendar quarter. Small figures are withheld from everybody. Null: the quarter is not published."
    )
    async def flows(
        self,
        info: Info,
        measure: Annotated[FlowMeasure, strawberry.argument(description="What is counted.")],
        by: Annotated[FlowDimension, strawberry.argument(description="By what people are told apart.")],
        quarter: Annotated[
            str | None, strawberry.argument(description="The quarter, such as 2026-Q3; the latest if left out.")
        ] = None,
    ) -> Flows | None:
        context = info.context
        wanted = None if quarter is None else Quarter.read(quarter)
        domain.check_dimension(measure, by)
        edition = await flows.find_edition(context.registry, context.actor, wanted)
        return None if edition is None else Flows.of(edition, measure, by)
