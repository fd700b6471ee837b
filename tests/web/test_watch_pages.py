"""From the result of a verification to being told: watched on a page, read in the inbox, ended in one click."""

import re

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import standing
from talent_registry.services.standing import StatusChange
from tests.titles import NAME, NUMBER
from tests.web.conftest import Served
from tests.web.test_pages import hidden
from tests.web.test_placement_pages import opened, visitor


async def test_a_unit_watches_what_it_verified_is_told_of_the_revocation_and_ends_it(served: Served) -> None:
    posts, _ = await opened(served)
    unit = await visitor(served, AccountKind.HR, unit=posts.other_host)
    typed = {"number": NUMBER, "name": NAME, "purpose": "聘任审核", "division": "500000"}
    result = await unit.send("/verify", await unit.read("/verify"), **typed)
    form = {"credential": hidden(result, "credential"), "purpose": "聘任审核", "until": str(posts.today)}
    late = await unit.send("/watches", result, **(form | {"until": "2099-01-01"}))
    assert late.status_code == 400
    assert "不超过两年" in late.text
    begun = await unit.send("/watches", result, **form)
    assert (begun.status_code, begun.headers["location"]) == (303, "/watches?done=begun")
    # Another unit, which never verified it, cannot.
    other = await visitor(served, AccountKind.HR, unit=posts.titles.home)
    assert (await other.send("/watches", await other.read("/verify"), **form)).status_code == 404
    listed = await unit.read("/watches")
    assert NUMBER in listed.text
    assert "订阅中" in listed.text
    done = StatusChange(posts.person.credential, "核查")
    await standing.revoke(posts.registry, posts.titles.officer, done, posts.world.key())
    inbox = await unit.read("/inbox")
    assert "被撤销。请勿再据以办理" in inbox.text
    about = re.findall(r'href="(/watches\?credential=[^"]+)"', inbox.text)
    assert NUMBER in (await unit.read(about[0])).text
    english = await unit.read("/watches", "en")
    assert set(re.findall(r"[\u4e00-\u9fff]+", english.text)) == {"中文", "聘任审核"}
    (address,) = set(re.findall(r'action="(/watches/[^"]+/end)"', listed.text))
    assert (await other.send(address, await other.read("/verify"))).status_code == 404
    assert (await unit.send(address, listed)).status_code == 303
    assert "已结束" in (await unit.read("/watches")).text


async def test_nobody_without_an_office_watches(served: Served) -> None:
    await opened(served)
    assert (await served.http.get("/watches")).status_code == 303
    result = await served.http.get("/verify")
    assert "/watches" not in result.text
