"""Disclosure control of published counts of people: which figures of a line are withheld, so that none can be inferred.

A *line* is a whole number of people and its parts by one property (people by level, say): each person in one part. The
whole is published beside it, so that whoever adds up what is shown learns the sum of what is hidden.

Primary suppression: a part of 1 to 4 people is never shown. Secondary suppression: all parts under a *bound* are hidden
together, nothing (0) included; the bound is the first of 5, 10, 20, 40 … under which the hidden parts leave everything
open. With `floor` the bound before (1 at first), m parts hidden and R people in them, it does when

    floor + 4 <= R <= (m - 1) * (bound - 1) + 1.

If only hiding every part would do, the line is withheld.

Why no hidden part can be inferred, by whoever knows these rules too. Let one hidden part hold v, any of 1, 2, 3, 4.
Give the others R - v people: under the first bound anyhow, from 0 to 4 each; under a later one, some from floor to
bound - 1 each and the rest nothing. The condition says that this is possible: j parts of floor to bound - 1 reach from
j * floor to j * (bound - 1), and since bound = 2 * floor these stretches leave no gap (nor do 0 to 4 each). Under every
earlier bound that line would hide v people, fewer than five and not none, which leaves too little open; so it comes to
the same bound, hides the same parts and shows the same figures. Every hidden part could so be 1, 2, 3 or 4. A line that
is withheld with n people could be (v, n - v, 0 …) in any order, which is withheld. And R itself is never under five.

Lines that share a whole (by level, by discipline) tell nothing of each other as long as any part of one can go with
any part of the other: then whatever parts by level go with whatever parts by discipline. `domain.flows` chooses its
parts so. Tables of different quarters count different acts. A table never has a second edition: the difference of two
would tell of one person. What somebody knows of a person from elsewhere is not covered.

Handbook on Statistical Disclosure Control, Hundepool et al.: threshold rule, secondary suppression and disclosure by
differencing (frequency tables, linked tables). Rounding every figure to base 5 was the alternative: it would keep more
cells, but no total would be exact, and figures rounded one by one can be unpicked where they must add up.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

# The fewest people of whom a figure is shown.
LEAST: Final = 5

Part = TypeVar("Part")


def protected_whole(people: int) -> int | None:
    """A number of people as it may be published; None where it is withheld."""
    return None if 0 < people < LEAST else people


def protected_line(counts: Mapping[Part, int]) -> dict[Part, int | None]:
    """The parts of a line as they may be published beside their protected whole; None where one is withheld.

    `counts` are the people in each of a fixed list of parts, at least two, none negative.
    """
    floor, bound = 1, LEAST
    while True:
        hidden = {part for part, count in counts.items() if count < bound}
        people = sum(counts[part] for part in hidden)
        if people == 0:
            return dict(counts)
        if len(hidden) == len(counts) or _leaves_open(people, len(hidden), floor, bound):
            return {part: None if part in hidden else count for part, count in counts.items()}
        floor, bound = bound, 2 * bound


def _leaves_open(people: int, parts: int, floor: int, bound: int) -> bool:
    """Whether each of so many hidden parts could hold any of 1, 2, 3, 4 people."""
    return floor + LEAST - 1 <= people <= (parts - 1) * (bound - 1) + 1
