"""The calendar of workload: what counts, what waits, and the sum of each stretch, in words."""

import re

from talent_registry.domain.accounts import AccountKind
from tests.web.conftest import Served
from tests.web.test_placement_pages import opened, visitor


async def test_the_shares_of_a_person_add_up_and_what_lies_elsewhere_is_counted_without_its_unit(
    served: Served,
) -> None:
    posts, host = await opened(served)
    await posts.begin()
    await posts.agree(host_unit_id=posts.other_host, workload_percent=30, post="别处岗位")
    before = await posts.ledger_length()
    page = await host.read("/placements/calendar")
    assert page.status_code == 200
    assert "40 % + 30 % = 70 %" in page.text
    assert "其他柔性流动（不列单位）" in page.text
    assert "别处岗位" not in page.text
    assert "<strong>70%</strong>" in page.text
    assert "超过 100%</strong>" not in page.text
    home = await visitor(served, AccountKind.HR, unit=posts.titles.home)
    await posts.propose(post="待签岗位", workload_percent=20)
    whole = await home.read("/placements/calendar")
    waits = re.search(r"待签岗位</a> · 待签署，不计入</th>\s*<td>20%</td>", whole.text)
    assert waits is not None
    assert "别处岗位" in whole.text
    assert "<strong>70%</strong>" in whole.text
    english = await host.read("/placements/calendar", "en")
    assert set(re.findall(r"[\u4e00-\u9fff]+", english.text)) <= {"中文", "旦增", "卓嘎", "讲座教授", "待签岗位"}
    # The account of the home unit and the proposal are all that was written.
    assert await posts.ledger_length() == before + 2
    stranger = await visitor(served, AccountKind.HR, unit=posts.titles.sichuan)
    assert "没有已约定或待签署的柔性流动" in (await stranger.read("/placements/calendar")).text
    assert (await served.http.get("/placements/calendar")).status_code == 303
