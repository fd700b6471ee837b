"""Flows between the provinces: quarters, places, and tables whose lines cannot be played off against each other."""

import json
from datetime import UTC, date, datetime

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.flow_words import DIMENSIONS, MEASURES, part_name, parts_in_order
from talent_registry.domain.flows import (
    LEVELS,
    ON_TITLES,
    FlowDimension,
    FlowEdition,
    FlowMeasure,
    FlowTable,
    Movement,
    Quarter,
    check_dimension,
    dimensions_of,
    place_of,
    places_of,
    tables_of,
)
from talent_registry.reference.catalogue import catalogue

PAIR = ("500000", "510000")
QUARTER = Quarter(2026, 3)


def titles(people: int, title: str = "0102", origin: str = "510107", destination: str = "500106") -> Movement:
    return Movement(origin, destination, "TITLE", title, people)


def test_a_quarter_has_its_days_in_shanghai_and_follows_the_one_before() -> None:
    assert (Quarter.of(date(2026, 9, 30)), str(QUARTER), Quarter.read("2026-Q3")) == (QUARTER, "2026-Q3", QUARTER)
    assert (QUARTER.first_day, QUARTER.last_day) == (date(2026, 7, 1), date(2026, 9, 30))
    assert QUARTER.begins_at == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert Quarter.read("2026-Q4").after() == Quarter(2027, 1)
    assert Quarter(2024, 1).last_day == date(2024, 3, 31)


@pytest.mark.parametrize("written", ["2026Q3", "2026-Q0", "2026-Q5", "26-Q3", "２０２６-Q3", "2026-Q3 ", "-Q1", ""])
def test_what_is_no_quarter_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Quarter.read(written)
    assert (refusal.value.reason, refusal.value.path) == ("QUARTER", ("quarter",))


def test_a_quarter_is_due_a_whole_day_after_its_end() -> None:
    assert [QUARTER.is_due(date(2026, 10, day)) for day in (1, 2)] == [False, True]


def test_a_province_is_told_apart_by_prefectures_and_a_municipality_by_districts_and_counties() -> None:
    sichuan, chongqing = places_of("510000", 2026), places_of("500000", 2026)
    assert (len(sichuan), sichuan[0], "510100" in sichuan, "510107" in sichuan) == (22, "510000", True, False)
    assert (len(chongqing), "500106" in chongqing, "500100" in chongqing) == (38, True, False)
    assert [place_of(code, sichuan) for code in ("510107", "510100", "510000")] == ["510100", "510100", "510000"]
    # A collective entry of the list, and a district that is no more, are no place.
    assert [place_of(code, chongqing) for code in ("500106", "500100", "500105")] == ["500106", "500000", "500000"]


def test_each_direction_has_its_table_with_every_part_and_what_is_small_is_withheld() -> None:
    moved = [titles(7), titles(3, "0101"), titles(2, "0101", "510104"), titles(40, "0501", "510107", "500107")]
    there, back = reversed(tables_of(FlowMeasure.TITLES, QUARTER, PAIR, moved))
    assert (there.from_province, there.to_province, there.people) == ("510000", "500000", 52)
    assert tuple(there.lines) == dimensions_of(FlowMeasure.TITLES)
    by_series = there.lines[FlowDimension.DISCIPLINE]
    assert (by_series["01"], by_series["05"], len(by_series)) == (12, 40, len(catalogue().series))
    assert there.lines[FlowDimension.ORIGIN]["510100"] == 52
    assert {count for code, count in there.lines[FlowDimension.ORIGIN].items() if code != "510100"} == {0}
    assert there.hidden(FlowDimension.DISCIPLINE) == 0
    assert (back.people, set(back.lines[FlowDimension.LEVEL].values())) == (0, {0})


def test_few_people_are_withheld_with_everything_about_them() -> None:
    _, there = tables_of(FlowMeasure.PLACEMENTS_ON_TITLES, QUARTER, PAIR, [titles(3), titles(1)])
    assert there.people is None
    assert {count for line in there.lines.values() for count in line.values()} == {None}
    assert there.hidden(FlowDimension.LEVEL) is None


def test_what_is_hidden_can_be_subtracted_by_anybody_and_so_is_stated() -> None:
    _, there = tables_of(FlowMeasure.TITLES, QUARTER, PAIR, [titles(30), titles(3, "0501"), titles(2, "0601")])
    assert (there.people, there.lines[FlowDimension.DISCIPLINE]["05"]) == (35, None)
    assert there.hidden(FlowDimension.DISCIPLINE) == 5


def test_credentials_without_series_are_told_apart_by_kind() -> None:
    moved = [Movement("500106", "510107", "TALENT_CARD", "", 6), Movement("500106", "510107", "TITLE", "", 5)]
    back, _ = tables_of(FlowMeasure.OTHER_CREDENTIALS, QUARTER, PAIR, moved)
    assert tuple(back.lines) == (FlowDimension.KIND, FlowDimension.ORIGIN, FlowDimension.DESTINATION)
    kinds = back.lines[FlowDimension.KIND]
    assert (kinds["TALENT_CARD"], kinds["TITLE"], kinds["DEGREE"]) == (6, 5, 0)


def test_any_level_goes_with_any_series_so_that_neither_line_tells_of_the_other() -> None:
    """A level that some series do not have would be bounded by the figures of those that have it."""
    assert set(LEVELS) == {level.code for level in catalogue().levels}
    pairs = {(title.series_code, LEVELS[title.level_code]) for title in catalogue().titles.values()}
    assert pairs == {(series, level) for series in catalogue().series for level in LEVELS.values()}


def test_no_measure_has_a_part_of_people_without_a_title_beside_another_of_the_same_people() -> None:
    for measure in FlowMeasure:
        by_title = {FlowDimension.DISCIPLINE, FlowDimension.LEVEL} & set(dimensions_of(measure))
        assert bool(by_title) == (measure in ON_TITLES)
        assert (FlowDimension.KIND in dimensions_of(measure)) == (measure not in ON_TITLES)


def test_what_is_published_is_read_back_as_it_was() -> None:
    tables = tables_of(FlowMeasure.TITLES, QUARTER, PAIR, [titles(30), titles(3, "0501"), titles(2, "0601")])
    stored = json.loads(json.dumps([table.as_json() for table in tables]))
    read = tuple(FlowTable.from_json(one) for one in stored)
    assert read == tuple(tables)
    edition = FlowEdition(QUARTER, 1, datetime(2026, 10, 2, tzinfo=UTC), read)
    assert edition.of(FlowMeasure.TITLES) == read
    assert edition.of(FlowMeasure.OTHER_PLACEMENTS) == ()


def test_a_property_that_a_measure_does_not_have_is_refused() -> None:
    check_dimension(FlowMeasure.TITLES, FlowDimension.LEVEL)
    with pytest.raises(InvalidInput) as refusal:
        check_dimension(FlowMeasure.OTHER_PLACEMENTS, FlowDimension.LEVEL)
    assert (refusal.value.reason, refusal.value.path) == ("NOT_TOLD_APART", ("by",))


def test_every_part_of_every_line_has_a_name_in_both_languages_and_its_place_in_order() -> None:
    assert (set(MEASURES), set(DIMENSIONS)) == (set(FlowMeasure), set(FlowDimension))
    for measure in FlowMeasure:
        for table in tables_of(measure, QUARTER, PAIR, []):
            for dimension in dimensions_of(measure):
                parts = parts_in_order(table, dimension)
                assert dict(parts) == table.lines[dimension]
                names = [part_name(dimension, code) for code, _ in parts]
                assert all(name.zh and name.en for name in names)
                assert len({name.zh for name in names}) == len(names)
    by_rank = [
        code for code, _ in parts_in_order(tables_of(FlowMeasure.TITLES, QUARTER, PAIR, [])[0], FlowDimension.LEVEL)
    ]
    assert by_rank == ["JUNIOR", "INTERMEDIATE", "SENIOR_DEPUTY", "SENIOR_FULL"]
    assert part_name(FlowDimension.LEVEL, "JUNIOR").zh == "初级"
    assert part_name(FlowDimension.ORIGIN, "510000").zh == "四川省（省级，或未分地方）"
    assert part_name(FlowDimension.DESTINATION, "500106").zh == "沙坪坝区"
