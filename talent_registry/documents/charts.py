"""Charts made on the server: bars, and lines over time; each stands beside a table of the same figures.

Figures that are withheld are None: they have words and no length, so that nothing can be measured off a chart either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from talent_registry.documents.drawings import COLOURS, LETTER, Drawing, Heading, width_of

WIDTH: Final = 720.0
_ROW: Final = 24.0
MARGIN: Final = 12.0
WIDEST_LABEL: Final = 300.0
_KEY: Final = 30.0
# The field of lines over time.
_LEFT, _RIGHT, _TOP, _FLOOR = 64.0, WIDTH - 40, 54.0, 264.0
_PARTS: Final = 4
_MOST_PERIODS: Final = 8
_DASHES: Final = ("", "7 4", "2 3", "9 3 2 3")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of bars: its label, and for each of the chart's series a figure and how it is written.

    `several`: the row stands for what is not shown singly; it is hatched, so that it is no one thing among the others.
    """

    label: str
    figures: tuple[int | None, ...]
    written: tuple[str, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """How a figure went over time: one value a period, None where it is withheld, and how each is written."""

    label: str
    figures: tuple[int | None, ...]
    written: tuple[str, ...]


def bars(heading: Heading, series: Sequence[str], rows: Sequence[Bar]) -> str:
    """Rows of bars side by side, one for each series; the second is hatched, and each figure stands beside its bar."""
    step = _ROW * len(series) + 8
    key = _KEY if len(series) > 1 else 0
    drawing = Drawing(heading, WIDTH, key + step * len(rows) + 2 * MARGIN)
    hatched = [drawing.hatched(COLOURS[number], number) for number in range(len(series))]
    fills = [COLOURS[0], *hatched[1:]]
    if key:
        _draw_key(drawing, series, fills)
    labels = min(WIDEST_LABEL, max((width_of(row.label) for row in rows), default=0)) + MARGIN
    figures = max((width_of(written) for row in rows for written in row.written), default=0)
    most = max((figure for row in rows for figure in row.figures if figure), default=1)
    scale = (WIDTH - labels - figures - 3 * MARGIN) / most
    for number, row in enumerate(rows):
        top = MARGIN + key + step * number
        drawing.words(labels, top + step / 2 + 1, shortened(row.label), anchor="end")
        for at, (figure, written) in enumerate(zip(row.figures, row.written, strict=True)):
            left, upper, length = labels + MARGIN, top + _ROW * at + 3, (figure or 0) * scale
            if figure:
                drawing.box(left, upper, length, _ROW - 6, (hatched if row.several else fills)[at], edge=COLOURS[at])
            drawing.words(left + length + 6, upper + 13, written)
    drawing.line([(labels + MARGIN, MARGIN + key), (labels + MARGIN, MARGIN + key + step * len(rows))], "currentColor")
    return drawing.as_svg()


def over_time(heading: Heading, periods: Sequence[str], courses: Sequence[Course], unit: str) -> str:
    """Lines over periods, up to four, each with its own mark and dashes; a withheld figure leaves a gap with words.

    `unit` stands above the figures of the axis.
    """
    drawing = Drawing(heading, WIDTH, _FLOOR + 36)
    most = _round_above(max((figure for course in courses for figure in course.figures if figure), default=1))
    _draw_axes(drawing, periods, most)
    drawing.words(_LEFT - 8, _TOP - 12, unit, anchor="end")
    for number, course in enumerate(courses):
        at, colour = MARGIN + number * WIDTH / len(courses), COLOURS[number]
        drawing.line([(at, 20), (at + 36, 20)], colour, width=2.5, dashes=_DASHES[number])
        drawing.spot(at + 18, 20, colour, square=number % 2 == 1)
        drawing.words(at + 44, 25, course.label)
        points = [
            None if figure is None else (_across(place, len(periods)), _above(figure / most))
            for place, figure in enumerate(course.figures)
        ]
        for run in _runs(points):
            drawing.line(run, colour, width=2.5, dashes=_DASHES[number])
        for place, point in enumerate(points):
            if point is None:
                drawing.words(
                    _across(place, len(periods)), _FLOOR - 6 - 16 * number, course.written[place], anchor="middle"
                )
            else:
                drawing.spot(*point, colour, square=number % 2 == 1)
    return drawing.as_svg()


def shortened(words: str, most: float = WIDEST_LABEL) -> str:
    """Words that fit, cut where they do not; the table has them whole."""
    if width_of(words) <= most:
        return words
    kept = words
    while width_of(kept) > most - LETTER:
        kept = kept[:-1]
    return f"{kept}…"


def _draw_axes(drawing: Drawing, periods: Sequence[str], most: int) -> None:
    for part in range(_PARTS + 1):
        upper = _above(part / _PARTS)
        drawing.line([(_LEFT, upper), (_RIGHT, upper)], "currentColor", width=0.3 if part else 1)
        drawing.words(_LEFT - 8, upper + 5, f"{most * part // _PARTS:,}", anchor="end")
    # As many as there is room for, the last one always.
    every = -(-len(periods) // _MOST_PERIODS)
    for place, period in enumerate(periods):
        if (len(periods) - 1 - place) % every == 0:
            drawing.words(_across(place, len(periods)), _FLOOR + 24, period, anchor="middle")


def _across(place: int, periods: int) -> float:
    return (_LEFT + _RIGHT) / 2 if periods == 1 else _LEFT + (_RIGHT - _LEFT) * place / (periods - 1)


def _above(share: float) -> float:
    return _FLOOR - (_FLOOR - _TOP) * share


def _draw_key(drawing: Drawing, series: Sequence[str], fills: Sequence[str]) -> None:
    for number, name in enumerate(series):
        at = MARGIN + number * WIDTH / 2
        drawing.box(at, MARGIN - 2, 28, 14, fills[number], edge=COLOURS[number])
        drawing.words(at + 36, MARGIN + 10, name)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The stretches between gaps that have more than one point."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _round_above(figure: int) -> int:
    """The first of 4, 8, 20, 40, 80, 200 … that is not less: its quarters are whole."""
    sizes = (step * int(f"1{'0' * zeros}") for zeros in count() for step in (4, 8, 20))
    return next(size for size in sizes if size >= figure)
