"""Disclosure control against an attacker who knows the rules and tries every line that could have been published."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talent_registry.domain.suppression import LEAST, protected_line, protected_whole

SMALL = range(1, LEAST)
Shown = tuple[int | None, ...]


def shown(counts: Sequence[int]) -> Shown:
    """The line as anybody reads it."""
    return tuple(protected_line(dict(enumerate(counts))).values())


def lines(parts: int, people: int) -> Iterator[tuple[int, ...]]:
    """Every line of so many parts and people."""
    if parts == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in lines(parts - 1, people - first):
            yield (first, *rest)


def narrowed(publish: Callable[[Sequence[int]], Shown], parts: int, most: int) -> list[Shown]:
    """The published lines behind a hidden part of which one of 1, 2, 3, 4 is impossible.

    Exact: what is possible are all the lines that would have been published just so beside the same whole.
    """
    found = []
    for people in range(LEAST, most + 1):
        possible: dict[Shown, list[set[int]]] = defaultdict(lambda: [set() for _ in range(parts)])
        for line in lines(parts, people):
            for values, count in zip(possible[publish(line)], line, strict=True):
                values.add(count)
        for published, behind in possible.items():
            hidden = [values for figure, values in zip(published, behind, strict=True) if figure is None]
            found += [published] if not all(values.issuperset(SMALL) for values in hidden) else []
    return found


@pytest.mark.parametrize(("parts", "most"), [(2, 90), (3, 45), (4, 26), (5, 17), (7, 9)])
def test_whoever_tries_every_line_still_finds_each_of_1_2_3_4_behind_every_hidden_part(parts: int, most: int) -> None:
    assert narrowed(shown, parts, most) == []


def small_hidden(counts: Sequence[int]) -> Shown:
    return tuple(None if count in SMALL else count for count in counts)


def two_hidden(counts: Sequence[int]) -> Shown:
    """The small ones and, where that is one alone, the next larger."""
    small = [part for part, count in enumerate(counts) if count in SMALL]
    larger = sorted((count, part) for part, count in enumerate(counts) if count >= LEAST)
    hidden = small if len(small) != 1 else [*small, *(part for _, part in larger[:1])]
    return tuple(None if part in hidden else count for part, count in enumerate(counts))


def test_the_attacker_finds_what_simpler_rules_give_away() -> None:
    assert (None, 0, 9) in narrowed(small_hidden, 3, 12)
    assert (None, None, 5) in narrowed(two_hidden, 3, 12)


@pytest.mark.parametrize("parts", [2, 3, 4])
def test_behind_a_whole_that_is_withheld_nothing_is_shown(parts: int) -> None:
    for people in SMALL:
        assert protected_whole(people) is None
        assert {shown(line) for line in lines(parts, people)} == {(None,) * parts}
    assert [protected_whole(people) for people in (0, LEAST, 1000)] == [0, LEAST, 1000]


counts = st.lists(st.integers(0, 4) | st.integers(0, 30) | st.integers(0, 5000), min_size=2, max_size=40)


def could_be(published: Shown, at: int, value: int, people: int, bound: int, floor: int) -> list[int] | None:
    """A line in which the hidden part `at` holds `value`: the rest is dealt out, as few parts as will do."""
    found = [figure or 0 for figure in published]
    found[at] = value
    left = people - sum(found)
    for part in (one for one, figure in enumerate(published) if figure is None and one != at):
        found[part] = 0 if left < floor else min(bound - 1, left if left < bound else max(floor, left - bound + 1))
        found[part] = min(found[part], left)
        left -= found[part]
    return found if left == 0 else None


@settings(max_examples=150, deadline=None)
@given(counts)
def test_no_hidden_part_of_a_long_line_is_narrowed_below_1_to_4(line: list[int]) -> None:
    people, published = sum(line), shown(line)
    hidden = [part for part, figure in enumerate(published) if figure is None]
    assert all(figure is None or figure == count for figure, count in zip(published, line, strict=True))
    assert not [count for count in (figure for figure in published if figure) if count < LEAST]
    if not hidden or people < LEAST:
        assert bool(hidden) == (any(count in SMALL for count in line))
        return
    bounds = [(1, LEAST), *((LEAST * 2**n, LEAST * 2 ** (n + 1)) for n in range(12))]
    for part in hidden:
        for value in SMALL:
            tries = [could_be(published, part, value, people, bound, floor) for floor, bound in bounds]
            if len(hidden) == len(line):
                other = next(one for one in hidden if one != part)
                tries = [[people - value if one == other else value * (one == part) for one in range(len(line))]]
            assert any(tried is not None and shown(tried) == published for tried in tries), (part, value)


@settings(max_examples=100, deadline=None)
@given(counts)
def test_what_is_hidden_adds_up_to_five_people_or_more(line: list[int]) -> None:
    published = shown(line)
    people = sum(count for figure, count in zip(published, line, strict=True) if figure is None)
    assert people == 0 or people >= LEAST or sum(line) < LEAST


people_with_two_properties = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=5, max_size=11)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(people_with_two_properties)
def test_two_lines_of_the_same_people_tell_nothing_of_each_other(people: list[tuple[int, int]]) -> None:
    """The attacker holds both lines and tries every table of people with both properties."""
    rows = shown([sum(one == part for one, _ in people) for part in range(3)])
    columns = shown([sum(one == part for _, one in people) for part in range(3)])
    tables = possible_tables(len(people), rows, columns)
    for published, margin in ((rows, 0), (columns, 1)):
        for part, figure in enumerate(published):
            found = {table[margin][part] for table in tables}
            assert found == {figure} if figure is not None else found.issuperset(SMALL)


def possible_tables(people: int, rows: Shown, columns: Shown) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The margins of every table of so many people that would have been published as these two lines."""
    found = set()
    by_rows = [line for line in lines(3, people) if shown(line) == rows]
    by_columns = [line for line in lines(3, people) if shown(line) == columns]
    for down in by_rows:
        for across in by_columns:
            # The north-west corner rule deals the people out, so there is such a table.
            left, table = list(across), []
            for count in down:
                row: list[int] = []
                for column in range(3):
                    cell = min(count - sum(row), left[column])
                    left[column] -= cell
                    row.append(cell)
                table.append(row)
            assert [sum(row) for row in table] == list(down)
            assert [sum(row[column] for row in table) for column in range(3)] == list(across)
            found.add((down, across))
    return sorted(found)


@pytest.mark.parametrize(
    ("line", "published"),
    [
        # Nothing small: nothing hidden, nothing told of nobody.
        ((0, 0, 0), (0, 0, 0)),
        ((5, 0, 120), (5, 0, 120)),
        # Three parts of few people hide each other.
        ((3, 2, 1, 60), (None, None, None, 60)),
        # One person among parts of nobody: the next part is hidden too, and what is none is not told.
        ((1, 0, 8, 60), (None, None, None, 60)),
        # Hidden together they would be four, and four is a figure that is never told.
        ((3, 1, 0, 12, 700), (None, None, None, None, 700)),
        # All of 4 in each: whoever adds up would know.
        ((4, 4, 9, 50), (None, None, None, 50)),
        # Only hiding everything would do.
        ((2, 40), (None, None)),
    ],
)
def test_lines_and_what_is_published_of_them(line: tuple[int, ...], published: Shown) -> None:
    assert shown(line) == published
