"""What published flows are called: measures, properties and parts, in both languages; and the order of parts."""

from typing import Final

from talent_registry.domain.divisions import province_of
from talent_registry.domain.flows import LEVELS, FlowDimension, FlowMeasure, FlowTable
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue

MEASURES: Final = {
    FlowMeasure.TITLES: Message(zh="职称获对方认可的人数", en="People whose title was recognised"),
    FlowMeasure.OTHER_CREDENTIALS: Message(
        zh="其他资质获对方认可的人数", en="People of whom another credential was recognised"
    ),
    FlowMeasure.PLACEMENTS_ON_TITLES: Message(
        zh="凭职称开始柔性流动的人数", en="People who began a placement on a title"
    ),
    FlowMeasure.OTHER_PLACEMENTS: Message(
        zh="凭其他资质开始柔性流动的人数", en="People who began a placement on another credential"
    ),
}
DIMENSIONS: Final = {
    FlowDimension.DISCIPLINE: Message(zh="职称系列", en="Title series"),
    FlowDimension.LEVEL: Message(zh="职称层级", en="Level"),
    FlowDimension.KIND: Message(zh="资质类型", en="Kind of credential"),
    FlowDimension.ORIGIN: Message(zh="来自何地", en="Where from"),
    FlowDimension.DESTINATION: Message(zh="去往何地", en="Where to"),
}
_JUNIOR: Final = Message(zh="初级", en="junior")
_ORDER_OF_LEVELS: Final = tuple(dict.fromkeys(LEVELS.values()))


def part_name(dimension: FlowDimension, code: str) -> Message:
    """What a part of a line is called; a province as a part is whatever lies in none of its places."""
    known = catalogue()
    match dimension:
        case FlowDimension.DISCIPLINE:
            series = known.title_series(code)
            return Message(zh=series.name_zh, en=series.name_en)
        case FlowDimension.LEVEL if code == "JUNIOR":
            return _JUNIOR
        case FlowDimension.LEVEL:
            level = known.levels.get(code)
            return Message(zh=level.name_zh, en=level.name_en)
        case FlowDimension.KIND:
            kind = known.credential_kinds.get(code)
            return Message(zh=kind.name_zh, en=kind.name_en)
        case _:
            return _place_name(code)


def parts_in_order(table: FlowTable, dimension: FlowDimension) -> list[tuple[str, int | None]]:
    """The parts of a line with their figures, levels by rank and all others by code."""
    line = table.lines[dimension]
    codes = _ORDER_OF_LEVELS if dimension is FlowDimension.LEVEL else sorted(line)
    return [(code, line[code]) for code in codes]


def province_name(code: str) -> Message:
    """The name of a province."""
    found = catalogue().division(code)
    return Message(zh=found.name_zh, en=found.name_en)


def _place_name(code: str) -> Message:
    name = province_name(code)
    if code != province_of(code):
        return name
    return Message(zh=f"{name.zh}（省级，或未分地方）", en=f"{name.en} (provincial, or no place named)")
