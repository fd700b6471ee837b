"""The page of flows: figures, charts and file for everybody alike, and nothing in any of them of fewer than five."""

import csv
import io
import re
from xml.etree import ElementTree as ET

import pytest

from talent_registry.domain.flows import FlowDimension, FlowMeasure, Movement, Quarter, dimensions_of, tables_of
from tests.published_flows import PAIR, drawn, publish
from tests.web.conftest import Served

QUARTER = Quarter(2026, 3)
SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
THREE = [
    Movement("510107", "500106", "TITLE", "0101", 3),
    Movement("510107", "500106", "TITLE", "0501", 2),
    Movement("510300", "500107", "TITLE", "0402", 40),
]


async def test_before_anything_is_published_the_page_says_when_it_will_be(served: Served) -> None:
    page = await served.http.get("/flows")
    assert page.status_code == 200
    assert "尚未公布任何季度" in page.text
    assert (await served.http.get("/flows/table.csv")).status_code == 404


async def test_three_people_are_on_no_page_in_no_chart_and_in_no_file(served: Served) -> None:
    await publish(served.registry, QUARTER, THREE)
    for by in dimensions_of(FlowMeasure.TITLES):
        asked = f"measure=TITLES&by={by.value}&quarter=2026-Q3"
        page = await served.http.get(f"/flows?{asked}")
        figures = re.findall(r'class="figure">([\d,]+)<', page.text)
        assert set(figures) <= {"5", "40", "45", "0"}
        written = [words for chart in SVG.findall(page.text) for words in re.findall(r">([^<]*)</text>", chart)]
        assert not [words for words in written if re.search(r"(^| )[1-4]$", words)]
        rows = list(csv.DictReader(io.StringIO((await served.http.get(f"/flows/table.csv?{asked}")).text[1:])))
        assert {row["人数 people"] for row in rows} <= {"", "0", "5", "40", "45"}
        assert {row["说明 note"] for row in rows if not row["人数 people"]} <= {"不公布 withheld"}
    by_series = await served.http.get("/flows?measure=TITLES&by=DISCIPLINE")
    assert "不单列的" in by_series.text
    assert "高等学校教师" in by_series.text.partition("<details>")[2]


async def test_every_figure_of_a_chart_stands_in_the_table_beside_it(served: Served) -> None:
    await publish(served.registry, QUARTER, drawn(1))
    for by in dimensions_of(FlowMeasure.TITLES):
        page = (await served.http.get(f"/flows?by={by.value}")).text
        tables = tables_of(FlowMeasure.TITLES, QUARTER, PAIR, drawn(1))
        charts = SVG.findall(page)
        assert len(charts) == len(tables)
        for chart in charts:
            root = ET.fromstring(chart)  # noqa: S314 - our own drawing
            space = "{http://www.w3.org/2000/svg}"
            titled, described = root.find(f"{space}title"), root.find(f"{space}desc")
            assert titled is not None
            assert described is not None
            assert root.attrib["aria-labelledby"] == f"{titled.attrib['id']} {described.attrib['id']}"
            assert root.attrib["role"] == "img"
            # Nothing that the strict policy of pages would not let through.
            assert not [one for one in root.iter() if one.tag in {f"{space}style", f"{space}script"}]
            assert not [name for one in root.iter() for name in one.attrib if name == "style" or name.startswith("on")]
            figures = [one.text.rpartition(" ")[2] for one in root.iter(f"{space}text") if one.text]
            in_tables = set(re.findall(r'class="figure">([\d,]+)<', page)) | {"不公布"}
            if by in (FlowDimension.DISCIPLINE, FlowDimension.LEVEL):
                assert {one for one in figures if one[0].isdigit()} <= in_tables


async def test_several_quarters_have_a_course_and_a_quarter_can_be_chosen(served: Served) -> None:
    for number in (1, 2, 3):
        await publish(served.registry, Quarter(2026, number), drawn(number) if number != 2 else THREE[:1])
    page = (await served.http.get("/flows?quarter=2026-Q2")).text
    assert "2026年4月1日 – 2026年6月30日" in page
    assert "合计不足 5 人，不公布" in page
    assert "各季度" in page
    assert page.count("不公布") > 3
    latest = (await served.http.get("/flows")).text
    assert "2026年7月1日 – 2026年9月30日" in latest
    assert (await served.http.get("/flows?quarter=2019-Q1")).status_code == 404
    assert (await served.http.get("/flows?quarter=nonsense")).status_code == 400
    # A property that the measure does not have gives its first one.
    assert "资质类型" in (await served.http.get("/flows?measure=OTHER_CREDENTIALS&by=LEVEL")).text


async def test_the_page_is_english_throughout_when_asked_and_loads_nothing_from_elsewhere(served: Served) -> None:
    await publish(served.registry, Quarter(2026, 2), drawn(2))
    await publish(served.registry, QUARTER, drawn(1))
    for by in dimensions_of(FlowMeasure.TITLES):
        page = await served.http.get(f"/flows?by={by.value}", headers={"Cookie": "language=en"})
        left = re.sub("中文", "", page.text)
        assert re.findall(r"[\u4e00-\u9fff]+", left) == []
        assert " style=" not in page.text
        assert re.findall(r'(?:src|href)="(https?:)?//', page.text) == []


@pytest.mark.parametrize("hostile", ["<script>", "'\"><x", "%00"])
async def test_what_an_address_asks_for_is_never_written_back(served: Served, hostile: str) -> None:
    await publish(served.registry, QUARTER, drawn(1))
    page = await served.http.get("/flows", params={"measure": hostile, "by": hostile})
    assert page.status_code == 200
    assert hostile not in page.text.partition("<h1>")[2]
