"""How long a watch may last, and when its office is told."""

from datetime import UTC, date, datetime, timedelta

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.watches import LONGEST, Watch, check_until, ended_before
from talent_registry.storage.ids import new_id

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, 1, LONGEST.days])
def test_a_watch_ends_today_at_the_earliest_and_after_two_years_at_the_latest(days: int) -> None:
    until = TODAY + timedelta(days=days)
    assert check_until(until, TODAY) == until
    for wrong in (TODAY - timedelta(days=1), TODAY + LONGEST + timedelta(days=1)):
        with pytest.raises(InvalidInput) as failure:
            check_until(wrong, TODAY)
        assert failure.value.reason == "TERM"


def test_an_office_is_told_up_to_the_last_day_unless_it_ended_the_watch() -> None:
    watch = Watch(new_id(), new_id(), new_id(), None, "聘任审核", TODAY, NOW)
    assert watch.is_open(TODAY)
    assert not watch.is_open(TODAY + timedelta(days=1))
    ended = Watch(watch.id, watch.credential_id, watch.organisation_id, None, watch.purpose, TODAY, NOW, NOW)
    assert not ended.is_open(TODAY)
    assert ended_before().reason == "ENDED_BEFORE"
