"""The goals of speed as data, and the one table of what a run of `make bench` measured against them.

A bench hands over each of its figures by name, as `goals.reached("roster: of COPY", 0.21)`; the table is printed when
the run ends. A figure that was not measured in a run stands in the table as such. Only ratios within one run count.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Goal:
    """What is measured of a job, and the `bound` it must keep, in `unit` ("" for a ratio)."""

    job: str
    figure: str
    bound: float
    at_least: bool = False
    unit: str = ""

    @property
    def name(self) -> str:
        """Under which name a bench hands its figure over."""
        return f"{self.job}: {self.figure}"

    def is_met(self, figure: float) -> bool:
        """Whether the figure keeps the bound."""
        return figure >= self.bound if self.at_least else figure <= self.bound

    def told(self) -> str:
        """The bound in words."""
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}{f' {self.unit}' if self.unit else ''}"


def _at_least(job: str, figure: str, bound: float, unit: str = "") -> Goal:
    return Goal(job, figure, bound, at_least=True, unit=unit)


# CPU is that of the server and of PostgreSQL together, for each request, unless it says otherwise.
ALL: Final = (
    Goal("credential by number", "CPU of PostGraphile", 0.40),
    Goal("credential by number", "CPU of Mercurius, one SQL", 0.95),
    Goal("page of 20", "CPU of PostGraphile", 0.42),
    Goal("page of 20", "CPU of Mercurius, one SQL", 0.67),
    Goal("page of 20", "CPU of the bare SQL", 1.10),
    Goal("page of 100", "CPU of PostGraphile", 0.48),
    Goal("page of 100", "CPU of Mercurius, one SQL", 0.67),
    Goal("page of 100", "CPU of the bare SQL", 1.10),
    Goal("page of 100", "server CPU of PostGraphile", 0.13),
    Goal("page of 100", "server CPU of Mercurius, one SQL", 0.30),
    _at_least("any other document", "times cheaper than stock Strawberry", 6),
    Goal("any other document", "CPU of PostGraphile", 1.0),
    Goal("verify", "CPU of PostGraphile", 0.60),
    Goal("verify, in batches", "CPU of PostGraphile", 0.17),
    Goal("verify, in batches", "CPU of Mercurius, one SQL", 0.33),
    _at_least("roster", "times row-by-row ORM", 60),
    _at_least("roster", "of COPY", 0.05),
    Goal("roster", "whole file", 5, unit="s"),
    _at_least("import", "of COPY", 0.01),
    _at_least("simulation", "of a bare scan", 0.40),
    Goal("simulation", "whole difference", 5, unit="s"),
    _at_least("token", "of raw ES256 verify", 0.60),
    # A repeated token costs no signature: the CPU of it against that of a new one.
    Goal("token", "CPU of a repeated to a new one", 0.10),
    Goal("growth", "look-up, 10 thousand to 1 million people", 1.3),
    Goal("growth", "page, 10 thousand to 1 million people", 1.3),
    Goal("growth", "bulk, per row", 1.15),
    Goal("memory", "api worker under load", 200, unit="MB"),
    Goal("memory", "roster of 100,000 rows", 300, unit="MB"),
    Goal("overload", "CPU per accepted request at ten times the load", 1.10),
)
_BY_NAME: Final = {one.name: one for one in ALL}
_reached: dict[str, tuple[float, str]] = {}


def reached(name: str, figure: float, note: str = "") -> None:
    """Hand over a figure of this run. `note`: what is to be known about it, such as that the sample was smaller.

    A second figure for the same goal stands where it is the worse one.
    """
    goal = _BY_NAME[name]
    worse = min if goal.at_least else max
    if name not in _reached or worse(_reached[name][0], figure) == figure:
        _reached[name] = (figure, note)


def table() -> str:
    """Every goal with the figure of this run and whether it is met; "" where nothing was handed over."""
    if not _reached:
        return ""
    width = max(len(one.name) for one in ALL)
    lines = [f"{'goal':{width}} {'bound':>10} {'figure':>10}  verdict"]
    for goal in ALL:
        figure, note = _reached.get(goal.name, (None, "not in this run"))
        verdict = "–" if figure is None else "met" if goal.is_met(figure) else "NOT MET"
        told = "–" if figure is None else f"{figure:.3g}" if figure < 1000 else f"{figure:,.0f}"
        lines.append(f"{goal.name:{width}} {goal.told():>10} {told:>10}  {verdict}{f'  ({note})' if note else ''}")
    return "\n".join(lines)
