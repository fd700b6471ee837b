"""Sankey charts: what flows from where, across one border, to where; as thick as there are people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from talent_registry.documents.charts import MARGIN, WIDTH, shortened
from talent_registry.documents.drawings import COLOURS, Drawing, Heading, width_of

_WIDEST_LABEL: Final = 220.0
_LOWEST: Final = 150.0
_APART: Final = 22.0
_MIDDLE: Final = WIDTH / 2
_TOP: Final = MARGIN + 30
_NODE: Final = 8.0
_BORDER: Final = 6.0


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a flow: its label, how many people, and whether it stands for several places."""

    label: str
    people: int
    several: bool = False


def flow(heading: Heading, origins: Sequence[Place], through: str, destinations: Sequence[Place]) -> str:
    """From each origin through one border to each destination; both sides hold the same people, at least one.

    What stands for several places is hatched.
    """
    most = max(len(origins), len(destinations))
    body = max(_LOWEST, (_APART + _NODE) * most)
    thick = body - _APART * (most - 1) - 10
    drawing = Drawing(heading, WIDTH, body + _TOP + MARGIN)
    drawing.words(_MIDDLE, MARGIN + 12, through, anchor="middle", bold=True)
    border = _TOP + (body - thick) / 2
    drawing.box(_MIDDLE - _BORDER, border, 2 * _BORDER, thick, "currentColor")
    scale = thick / sum(one.people for one in origins)
    for side, places in enumerate((origins, destinations)):
        _draw_side(drawing, side, [(one, one.people * scale) for one in places], body, border)
    return drawing.as_svg()


def _draw_side(drawing: Drawing, side: int, places: Sequence[tuple[Place, float]], body: float, border: float) -> None:
    colour = COLOURS[side]
    hatched = drawing.hatched(colour, side)
    labels = min(_WIDEST_LABEL, max(width_of(_labelled(one)) for one, _ in places)) + MARGIN
    edge, towards = (labels, 1) if side == 0 else (WIDTH - labels, -1)
    gap = (body - sum(tall for _, tall in places)) / max(len(places) - 1, 1)
    upper, crossing = (_TOP if len(places) > 1 else border), border
    for one, tall in places:
        fill = hatched if one.several else colour
        drawing.box(min(edge, edge + towards * _NODE), upper, _NODE, tall, fill, edge=colour)
        outside, inside = (edge + towards * _NODE, upper), (_MIDDLE - towards * _BORDER, crossing)
        drawing.band(outside if side == 0 else inside, inside if side == 0 else outside, tall, fill)
        anchor = "end" if side == 0 else "start"
        drawing.words(edge - towards * 6, upper + tall / 2 + 5, _labelled(one), anchor=anchor)
        upper, crossing = upper + tall + gap, crossing + tall


def _labelled(one: Place) -> str:
    """The place with its figure, which is never cut."""
    figure = f" {one.people:,}"
    return shortened(one.label, _WIDEST_LABEL - width_of(figure)) + figure
