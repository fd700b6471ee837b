"""Drawings in SVG: titled, described, in the ink of the page around them, without style or script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

_SPACE: Final = "http://www.w3.org/2000/svg"
LETTER: Final = 14.0
# Light enough for dark paper, dark enough for white: 4.5 to 1 on neither is needed of what is no text, 3 to 1 is.
COLOURS: Final = ("#2f7fc1", "#c0701c", "#7a6fc0", "#3d8f62")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a chart is called and says, for whoever does not see it; `id` is its own on the page, as XML names go."""

    id: str
    title: str
    description: str


class Drawing:
    """One chart, `width` by `height` in pixels of its own; it is scaled to its place."""

    def __init__(self, heading: Heading, width: float, height: float) -> None:
        self._heading = heading
        title, described = f"{heading.id}-title", f"{heading.id}-desc"
        self._root = Element(
            "svg",
            {
                "xmlns": _SPACE,
                "viewBox": f"0 0 {_number(width)} {_number(height)}",
                "role": "img",
                "class": "chart",
                "aria-labelledby": f"{title} {described}",
                "fill": "currentColor",
                "font-size": _number(LETTER),
            },
        )
        SubElement(self._root, "title", {"id": title}).text = _plain(heading.title)
        SubElement(self._root, "desc", {"id": described}).text = _plain(heading.description)
        self._shades = SubElement(self._root, "defs")

    def words(self, x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> None:
        """Words whose base line is at `y`; `anchor` start, middle or end."""
        place = {"x": _number(x), "y": _number(y), "text-anchor": anchor}
        if bold:
            place["font-weight"] = "700"
        SubElement(self._root, "text", place).text = _plain(words)

    def box(self, x: float, y: float, width: float, height: float, fill: str, *, edge: str = "none") -> None:
        """A rectangle; `edge` is the colour of its outline."""
        SubElement(
            self._root,
            "rect",
            {
                "x": _number(x),
                "y": _number(y),
                "width": _number(max(width, 0.5)),
                "height": _number(max(height, 0.5)),
                "fill": fill,
                "stroke": edge,
            },
        )

    def line(self, points: Sequence[tuple[float, float]], colour: str, *, width: float = 1, dashes: str = "") -> None:
        """A line through points; `dashes` as SVG writes them."""
        drawn = {
            "points": " ".join(f"{_number(x)},{_number(y)}" for x, y in points),
            "fill": "none",
            "stroke": colour,
            "stroke-width": _number(width),
        }
        SubElement(self._root, "polyline", drawn | ({"stroke-dasharray": dashes} if dashes else {}))

    def spot(self, x: float, y: float, colour: str, *, square: bool = False) -> None:
        """A mark at a point, round or square."""
        if square:
            self.box(x - 4, y - 4, 8, 8, colour)
        else:
            SubElement(self._root, "circle", {"cx": _number(x), "cy": _number(y), "r": "4.5", "fill": colour})

    def band(self, start: tuple[float, float], end: tuple[float, float], thickness: float, fill: str) -> None:
        """A ribbon from one upper left corner to another upper right one, as thick throughout."""
        (left, from_y), (right, to_y) = start, end
        middle = (left + right) / 2
        there = f"M{_number(left)} {_number(from_y)}C{_number(middle)} {_number(from_y)} {_number(middle)} "
        there += f"{_number(to_y)} {_number(right)} {_number(to_y)}V{_number(to_y + thickness)}"
        back = f"C{_number(middle)} {_number(to_y + thickness)} {_number(middle)} {_number(from_y + thickness)} "
        back += f"{_number(left)} {_number(from_y + thickness)}Z"
        SubElement(self._root, "path", {"d": there + back, "fill": fill, "fill-opacity": "0.45"})

    def hatched(self, colour: str, number: int) -> str:
        """A fill of slanting lines in this colour, told from a plain one without seeing colours; to be filled with."""
        name = f"{self._heading.id}-hatch-{number}"
        pattern = SubElement(
            self._shades,
            "pattern",
            {
                "id": name,
                "width": "6",
                "height": "6",
                "patternUnits": "userSpaceOnUse",
                "patternTransform": "rotate(45)",
            },
        )
        SubElement(pattern, "rect", {"width": "3", "height": "6", "fill": colour})
        return f"url(#{name})"

    def as_svg(self) -> str:
        """The drawing as it stands in a page."""
        return tostring(self._root, encoding="unicode")


def width_of(words: str) -> float:
    """About how wide words are in letters of 14 pixels, Chinese ones full, others little more than half."""
    return sum(LETTER if east_asian_width(letter) in "WF" else 0.6 * LETTER for letter in words)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _plain(words: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(letter for letter in words if letter.isprintable() or letter == " ")
