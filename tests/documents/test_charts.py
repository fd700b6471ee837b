"""Charts made on the server: as long as their figures, told by more than colour, silent about what is withheld."""

import re
from xml.etree import ElementTree as ET

import pytest

from talent_registry.documents.charts import Bar, Course, bars, over_time, shortened
from talent_registry.documents.drawings import Heading, width_of
from talent_registry.documents.sankeys import Place, flow
from talent_registry.documents.simulation_charts import outcome_bars, outcomes_of

HEADING = Heading("one", "标题 <b>", "说明 & more")
SPACE = "{http://www.w3.org/2000/svg}"


def drawn(chart: str) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314 - our own drawing


def texts(chart: str) -> list[str]:
    return [one.text or "" for one in drawn(chart).iter(f"{SPACE}text")]


def boxes(chart: str) -> list[dict[str, str]]:
    """The rectangles of a chart, those of patterns left out."""
    return [one.attrib for one in drawn(chart).findall(f"{SPACE}rect")]


def test_bars_are_as_long_as_their_figures_and_a_withheld_one_has_no_length() -> None:
    rows = [
        Bar("甲", (100,), ("100",)),
        Bar("乙", (25,), ("25",)),
        Bar("丙", (None,), ("不公布",)),
        Bar("丁", (0,), ("0",)),
    ]
    chart = bars(HEADING, ("",), rows)
    lengths = [float(one["width"]) for one in boxes(chart)]
    assert len(lengths) == 2
    assert lengths[0] == pytest.approx(4 * lengths[1], rel=0.01)
    assert texts(chart) == ["甲", "100", "乙", "25", "丙", "不公布", "丁", "0"]


def test_the_second_series_and_what_stands_for_several_are_hatched_not_only_of_another_colour() -> None:
    chart = bars(HEADING, ("前", "后"), [Bar("甲", (3, 4), ("3", "4")), Bar("其余", (2, 1), ("2", "1"), several=True)])
    fills = [one["fill"].startswith("url(#one-hatch-") for one in boxes(chart)]
    # The key's two, then each row's two.
    assert fills == [False, True, False, True, True, True]
    assert texts(chart)[:2] == ["前", "后"]


def test_a_chart_is_titled_and_described_and_what_it_is_told_is_escaped() -> None:
    chart = bars(HEADING, ("",), [Bar("<script>\x00", (1,), ("1",))])
    root = drawn(chart)
    assert (root.findtext(f"{SPACE}title"), root.findtext(f"{SPACE}desc")) == ("标题 <b>", "说明 & more")
    assert root.attrib["aria-labelledby"] == "one-title one-desc"
    assert "<script" not in chart
    assert "<script>" in texts(chart)
    assert "style" not in {name for one in root.iter() for name in one.attrib}


def test_a_course_has_a_gap_where_a_figure_is_withheld_and_says_so() -> None:
    periods = [f"2026-Q{number}" for number in (1, 2, 3, 4)]
    courses = [
        Course("去", (10, None, 30, 40), ("10", "不公布", "30", "40")),
        Course("来", (8, 8, 8, 8), ("8", "8", "8", "8")),
    ]
    chart = over_time(HEADING, periods, courses, "人数")
    lines = [one.attrib for one in drawn(chart).iter(f"{SPACE}polyline") if one.attrib["stroke-width"] == "2.5"]
    # Each course's key; one stretch of two points beside a lone mark; one of four.
    assert [len(one["points"].split()) for one in lines] == [2, 2, 2, 4]
    assert lines[0].get("stroke-dasharray") is None
    assert lines[2].get("stroke-dasharray") == "7 4"
    # The first course is round, the second square.
    assert len(list(drawn(chart).iter(f"{SPACE}circle"))) == 4
    assert len(boxes(chart)) == 5
    assert "不公布" in texts(chart)
    assert [words for words in texts(chart) if words.isdigit()] == ["0", "10", "20", "30", "40"]


def test_periods_are_named_as_far_as_there_is_room_the_last_always() -> None:
    periods = [str(number) for number in range(1990, 2030)]
    chart = over_time(HEADING, periods, [Course("去", (1,) * 40, ("1",) * 40)], "人数")
    named = [words for words in texts(chart) if words in periods]
    assert (len(named), named[-1]) == (8, "2029")
    one = over_time(HEADING, ["2026-Q1"], [Course("去", (7,), ("7",))], "人数")
    assert "2026-Q1" in texts(one)


def test_ribbons_are_as_thick_as_people_and_what_stands_for_several_is_hatched() -> None:
    chart = flow(
        HEADING,
        [Place("成都市", 60), Place("绵阳市", 15), Place("未单列", 5, several=True)],
        "四川省 → 重庆市 80",
        [Place("渝中区", 80)],
    )
    border, *nodes = boxes(chart)
    heights = [float(one["height"]) for one in nodes]
    assert heights[0] == pytest.approx(4 * heights[1], rel=0.02)
    assert heights[3] == pytest.approx(float(border["height"]), abs=0.02)
    assert sum(heights[:3]) == pytest.approx(heights[3], abs=0.05)
    bands = [one.attrib for one in drawn(chart).iter(f"{SPACE}path")]
    assert [one["fill"].startswith("url(") for one in bands] == [False, False, True, False]
    assert texts(chart) == ["四川省 → 重庆市 80", "成都市 60", "绵阳市 15", "未单列 5", "渝中区 80"]


def test_a_long_label_is_cut_and_its_figure_never() -> None:
    name = "阿坝藏族羌族自治州" * 4
    assert shortened(name).endswith("…")
    assert width_of(shortened(name)) <= 300
    chart = flow(HEADING, [Place(name, 1234)], "x", [Place("y", 1234)])
    assert any(re.fullmatch(r"阿坝.*… 1,234", words) for words in texts(chart))


def test_the_outcomes_of_a_simulation_stand_side_by_side_before_and_after() -> None:
    changes = [
        {"before": {"outcome": "AUTO"}, "after": {"outcome": "CONFIRM"}, "count": 1200},
        {"before": {"outcome": "CONFIRM"}, "after": {"outcome": "AUTO"}, "count": 300},
        {"before": {"outcome": "AUTO"}, "after": {"outcome": "AUTO"}, "count": 7},
    ]
    assert outcomes_of({"changes": changes}) == [("AUTO", 1207, 307), ("CONFIRM", 300, 1200)]
    chart = outcome_bars(HEADING, {"changes": changes}, ("前", "后"), {"AUTO": "直接认可", "CONFIRM": "需经确认"})
    assert texts(chart) == ["前", "后", "直接认可", "1,207", "307", "需经确认", "300", "1,200"]
    assert outcomes_of({"changes": []}) == []
