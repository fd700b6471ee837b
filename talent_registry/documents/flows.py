"""Published flows as a table that a spreadsheet opens, and as charts; what is withheld is so in each."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from talent_registry.documents.charts import Bar, Course, bars, over_time
from talent_registry.documents.drawings import Heading
from talent_registry.documents.sankeys import Place, flow
from talent_registry.documents.simulations import inert
from talent_registry.domain.flow_words import MEASURES, part_name, parts_in_order, province_name
from talent_registry.domain.flows import FlowDimension, FlowEdition, FlowMeasure, FlowTable
from talent_registry.domain.messages import Message

_BOM: Final = "\ufeff"
_HEADER: Final = (
    "季度 quarter",
    "版次 edition",
    "统计内容 measure",
    "自 from",
    "至 to",
    "分类 by",
    "代码 code",
    "名称 name",
    "人数 people",
    "说明 note",
)
WITHHELD: Final = Message(zh="不公布", en="withheld")
_UNIT: Final = Message(zh="人数", en="People")
_REST: Final = Message(zh="未单列的合计", en="not shown singly")


def flows_as_csv(edition: FlowEdition, measure: FlowMeasure, by: FlowDimension) -> str:
    """The figures of a measure by one property in CSV, UTF-8 with a mark for spreadsheets; withheld ones are empty."""
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    for table in edition.of(measure):
        head = (str(edition.quarter), edition.edition, measure.value, table.from_province, table.to_province)
        rows: list[tuple[object, ...]] = [("", "", "合计 all", table.people)]
        for code, figure in parts_in_order(table, by):
            name = part_name(by, code)
            rows.append((by.value, code, f"{name.zh} {name.en}", figure))
        for row in rows:
            note = f"{WITHHELD.zh} {WITHHELD.en}" if row[-1] is None else ""
            writer.writerow([inert(cell) for cell in (*head, *row, note)])
    return out.getvalue()


def chart_of(table: FlowTable, by: FlowDimension, language: str) -> str | None:
    """A chart of one direction by one property, in "zh" or "en": a Sankey of places, bars of all else.

    None where there is nobody, or nothing that may be shown.
    """
    if not table.people:
        return None
    title = Message(
        zh=f"{MEASURES[table.measure].zh}：{_way(table).zh}", en=f"{MEASURES[table.measure].en}: {_way(table).en}"
    )
    told = Message(
        zh=f"共 {table.people} 人。图中每一数字也在下表中；不公布的数字没有长度。",
        en=f"{table.people} people. Each figure is in the table below; what is withheld has no length.",
    )
    name = f"flow-{table.from_province}-{by.value.lower()}"
    heading = Heading(name, _said(title, language), _said(told, language))
    if by in (FlowDimension.ORIGIN, FlowDimension.DESTINATION):
        through = f"{_said(_way(table), language)} {table.people:,}"
        origins, destinations = (
            _places(table, side, language) for side in (FlowDimension.ORIGIN, FlowDimension.DESTINATION)
        )
        return flow(heading, origins, through, destinations)
    rows = [
        Bar(_said(part_name(by, code), language), (figure,), (f"{figure:,}",))
        for code, figure in parts_in_order(table, by)
        if figure
    ]
    hidden = table.hidden(by)
    if hidden:
        rows.append(Bar(_said(_REST, language), (hidden,), (f"{hidden:,}",), several=True))
    return bars(heading, ("",), rows)


def course_of(editions: Sequence[FlowEdition], measure: FlowMeasure, language: str) -> str | None:
    """How a measure went quarter by quarter in each direction; None where fewer than two quarters were published."""
    if len(editions) < 2:  # noqa: PLR2004 - one point is no course
        return None
    latest = editions[0].of(measure)
    ordered = sorted(editions, key=lambda one: one.quarter)
    courses = []
    for table in latest:
        sides = table.from_province, table.to_province
        figures = tuple(_people(one, measure, sides) for one in ordered)
        written = tuple(_written(figure, language) for figure in figures)
        courses.append(Course(_said(_way(table), language), figures, written))
    title = Message(zh=f"{MEASURES[measure].zh}，按季度", en=f"{MEASURES[measure].en}, by quarter")
    told = Message(zh="每一数字也在下表中。", en="Each figure is in the table below.")
    heading = Heading("flow-course", _said(title, language), _said(told, language))
    return over_time(heading, [str(one.quarter) for one in ordered], courses, _said(_UNIT, language))


def _people(edition: FlowEdition, measure: FlowMeasure, sides: tuple[str, str]) -> int | None:
    found = (one for one in edition.of(measure) if (one.from_province, one.to_province) == sides)
    return next((one.people for one in found), None)


def _places(table: FlowTable, side: FlowDimension, language: str) -> list[Place]:
    shown = [
        Place(_said(part_name(side, code), language), figure) for code, figure in parts_in_order(table, side) if figure
    ]
    hidden = table.hidden(side)
    rest = [Place(_said(_REST, language), hidden, several=True)] if hidden else []
    return [*shown, *rest]


def _way(table: FlowTable) -> Message:
    start, end = province_name(table.from_province), province_name(table.to_province)
    return Message(zh=f"{start.zh} → {end.zh}", en=f"{start.en} → {end.en}")


def _written(figure: int | None, language: str) -> str:
    return _said(WITHHELD, language) if figure is None else f"{figure:,}"


def _said(message: Message, language: str) -> str:
    return message.zh if language == "zh" else message.en
