"""From "not found" to the issuer's answer: asked on the page of the result, answered by a choice, read in the inbox."""

import re

from talent_registry.domain.accounts import AccountKind
from tests.web.conftest import Served
from tests.web.test_placement_pages import opened, visitor

NUMBER, NAME = "512020000777", "李四"
FORBIDDEN = ("假证", "虚假", "假冒", "伪", "forged", "fake")


async def test_a_unit_asks_from_the_result_the_bureau_answers_and_the_unit_reads_it(served: Served) -> None:
    posts, _ = await opened(served)
    unit = await visitor(served, AccountKind.HR, unit=posts.other_host)
    typed = {"number": NUMBER, "name": NAME, "purpose": "聘任审核", "division": "500000"}
    result = await unit.send("/verify", await unit.read("/verify"), **typed)
    assert "未找到" in result.text
    assert re.search(r'<details class="screen" open>\s*<summary>请发证机关核查', result.text)
    form = {"number": NUMBER, "name": NAME, "purpose": "聘任审核", "issuer": posts.titles.sichuan}
    asked = await unit.send("/questions", result, **form)
    assert asked.status_code == 303
    path = asked.headers["location"]
    again = await unit.send("/questions", await unit.read("/questions"), **form)
    assert (again.status_code, "尚未答复" in again.text) == (409, True)
    shown = await unit.read(path)
    assert "待答复" in shown.text
    stranger = await visitor(served, AccountKind.HR, unit=posts.titles.home)
    assert (await stranger.read(path)).status_code == 404
    bureau = await visitor(served, AccountKind.AUTHORITY, unit=posts.titles.sichuan)
    assert path in (await bureau.read("/inbox")).text
    assert NUMBER in (await bureau.read("/questions")).text
    page = await bureau.read(path)
    assert NAME in page.text
    refused = await bureau.send(path, page, act="answer", answer="CANNOT_SAY")
    assert (refused.status_code, "须选择原因" in refused.text) == (400, True)
    # Nobody answers for the bureau, the office that asked least of all.
    assert (await unit.send(path, shown, act="answer", answer="NOT_ISSUED_BY_US")).status_code == 404
    assert (await bureau.send(path, page, act="answer", answer="NOT_ISSUED_BY_US")).status_code == 303
    answered = await unit.read(path)
    assert "非本单位颁发" in answered.text
    assert path in (await unit.read("/inbox")).text
    english = await unit.read(path, "en")
    # In English only the unit's names, the holder's and what was typed are Chinese.
    main = re.sub(r"<dd>[^<]*</dd>|<nav.*?</nav>|<header.*?</header>", "", english.text, flags=re.DOTALL)
    assert set(re.findall(r"[\u4e00-\u9fff]+", main)) <= {"中文"}
    assert "Not issued by us" in english.text
    for text in (result.text, shown.text, page.text, answered.text, english.text):
        assert not any(word in text for word in FORBIDDEN)


async def test_whoever_is_not_signed_in_is_offered_no_question(served: Served) -> None:
    await opened(served)
    assert (await served.http.get("/questions")).status_code == 303
    assert "/questions" not in (await served.http.get("/verify")).text
