"""Days as people write them in rolls and forms."""

from datetime import date

import pytest

from talent_registry.domain.written_days import read_day


@pytest.mark.parametrize(
    "text",
    [
        "2010-08-21",
        "2010-8-21",
        "2010/8/21",
        "2010.08.21",
        "2010年8月21日",
        "2010 年 8 月 21",
        "20100821",
        "２０１０－０８－２１",
        "2010-08-21 00:00:00",
        "2010-08-21T00:00:00.000",
        "2010/8/21 0:00",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_day(text) == date(2010, 8, 21)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "40411",
        "21/08/2010",
        "2010-13-45",
        "2010-02-30",
        "0010-08-21",
        "2010-08/21",
        "2010-08-21 10:00",
        "2010-08",
        "昨天",
    ],
)
def test_what_is_no_certain_day_is_not_read(text: str) -> None:
    assert read_day(text) is None
