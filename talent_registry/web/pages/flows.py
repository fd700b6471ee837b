"""The page /flows: what was published of the flows between the provinces, drawn, listed and to be taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from markupsafe import Markup
from starlette.responses import Response

from talent_registry.documents.flows import chart_of, course_of, flows_as_csv
from talent_registry.domain.flow_words import DIMENSIONS, MEASURES, part_name, parts_in_order, province_name
from talent_registry.domain.flows import FlowDimension, FlowEdition, FlowMeasure, FlowTable, Quarter, dimensions_of
from talent_registry.domain.messages import Message
from talent_registry.domain.suppression import LEAST
from talent_registry.services import flows
from talent_registry.services.permissions import nothing_here
from talent_registry.web.pages.visits import Visit

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction as the page shows it: `withheld` are the parts without a figure, `hidden` the people in them."""

    start: Message
    end: Message
    people: int | None
    parts: list[tuple[Message, int]]
    withheld: list[Message]
    hidden: int | None
    chart: Markup | None


async def show_flows(visit: Visit) -> Response:
    """GET /flows, with `measure`, `by` and `quarter`; what is not named, or does not fit, is the first there is."""
    measure, by = _asked(visit)
    editions = await flows.list_editions(visit.registry, visit.actor)
    wanted = visit.asked("quarter")
    edition = _chosen(editions, Quarter.read(wanted) if wanted else None)
    language = visit.language.code
    chart = course_of(editions, measure, language)
    return visit.page(
        "flows.html",
        edition=edition,
        editions=editions,
        measure=measure,
        by=by,
        measures=MEASURES,
        dimensions={one: DIMENSIONS[one] for one in dimensions_of(measure)},
        all_dimensions=DIMENSIONS,
        directions=[] if edition is None else [_direction(one, by, language) for one in edition.of(measure)],
        # Made by us, every text in it escaped as it was drawn.
        course=None if chart is None else Markup(chart),  # noqa: S704 - see the line before
        least=LEAST,
        next_due=Quarter.of(visit.registry.today()).after().first_day,
    )


async def take_table(visit: Visit) -> Response:
    """GET /flows/table.csv: the figures that the page of the same address shows."""
    measure, by = _asked(visit)
    wanted = visit.asked("quarter")
    edition = await flows.find_edition(visit.registry, visit.actor, Quarter.read(wanted) if wanted else None)
    if edition is None:
        raise nothing_here(("quarter",))
    name = f"flows-{edition.quarter}-{measure.value}-{by.value}.csv".lower()
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(flows_as_csv(edition, measure, by), media_type="text/csv; charset=utf-8", headers=headers)


def _asked(visit: Visit) -> tuple[FlowMeasure, FlowDimension]:
    measure = _one_of(tuple(FlowMeasure), visit.asked("measure"))
    return measure, _one_of(dimensions_of(measure), visit.asked("by"))


def _one_of(known: Sequence[E], asked: str) -> E:
    return next((one for one in known if one.value == asked), known[0])


def _chosen(editions: Sequence[FlowEdition], quarter: Quarter | None) -> FlowEdition | None:
    found = (one for one in editions if quarter is None or one.quarter == quarter)
    edition = next(found, None)
    if edition is None and quarter is not None:
        raise nothing_here(("quarter",))
    return edition


def _direction(table: FlowTable, by: FlowDimension, language: str) -> Direction:
    figures = parts_in_order(table, by)
    chart = chart_of(table, by, language)
    return Direction(
        province_name(table.from_province),
        province_name(table.to_province),
        table.people,
        [(part_name(by, code), figure) for code, figure in figures if figure],
        [part_name(by, code) for code, figure in figures if figure is None],
        table.hidden(by),
        None if chart is None else Markup(chart),  # noqa: S704 - as above
    )
