"""The pages of units and people: placements with their forms, and the inbox."""

import re
from uuid import UUID, uuid4

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from tests.postings import open_postings
from tests.registries import Clock, World
from tests.web.conftest import PASSWORD, Served
from tests.web.test_pages import hidden, post, sign_in


class Started(World):
    """The world of a running application, which has registered the two authorities by their names already."""

    async def organisation(self, name_zh: str, kind: str, division: str) -> UUID:
        return await super().organisation(f"样例{name_zh}" if kind == "HRSS_BUREAU" else name_zh, kind, division)


async def test_an_office_opens_its_lists_in_both_languages_and_a_stranger_is_sent_to_sign_in(served: Served) -> None:
    for path in ("/placements", "/inbox", f"/placements/{uuid4()}"):
        assert (await served.http.get(path)).status_code in (303, 404)
    unit = await served.organisation("样例大学", "UNIVERSITY", "500106")
    asked = accounts.NewAccount("clerk-1", PASSWORD, AccountKind.HR, unit)
    await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    cookie = (await sign_in(served, "clerk-1")).headers["set-cookie"].partition(";")[0]
    for path in ("/placements", "/inbox", "/inbox?unread=1"):
        chinese = await served.http.get(path, headers={"Cookie": cookie})
        assert chinese.status_code == 200
        english = await served.http.get(path, headers={"Cookie": f"{cookie}; language=en"})
        assert re.findall(r"[\u4e00-\u9fff]+", english.text.replace("中文", "")) == []
    for path in ("/placements/nonsense", f"/placements/{uuid4()}"):
        assert (await served.http.get(path, headers={"Cookie": cookie})).status_code == 404
        assert (await post(served, path, {"act": "SIGN", "form_token": ""}, Cookie=cookie)).status_code == 403


async def test_a_host_unit_reads_whose_turn_it_is_signs_on_the_page_and_sees_it_told(served: Served) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    placement = await posts.propose()
    asked = accounts.NewAccount("host-1", PASSWORD, AccountKind.HR, posts.host)
    await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    cookie = (await sign_in(served, "host-1")).headers["set-cookie"].partition(";")[0]
    known, path = {"Cookie": cookie}, f"/placements/{placement}"
    assert path in (await served.http.get("/placements", headers=known)).text
    before = await posts.ledger_length()
    page = await served.http.get(path, headers=known)
    assert page.status_code == 200
    assert await posts.ledger_length() == before
    assert "户口、人事关系不变" in page.text
    assert "轮到此方" in page.text
    english = await served.http.get(path, headers={"Cookie": f"{cookie}; language=en"})
    assert "Their turn" in english.text
    # The host unit was shown the person by consent, and sees whom it is about.
    assert "旦增·卓嘎" in page.text
    names = ("讲座教授", "重庆样例研究院", "中文", "旦增·卓嘎")
    plain = re.sub("|".join(names), "", english.text)
    assert set(re.findall(r"[\u4e00-\u9fff]+", plain)) <= {
        (await posts.get(placement)).post,
        "成都样例大学",
        "四川样例大学",
    }
    fields = {name: hidden(page, name) for name in ("form_token", "form_key", "digest")}
    signed = await post(served, path, fields | {"act": "SIGN"}, **known)
    assert (signed.status_code, signed.headers["location"]) == (303, path)
    assert "已签署" in (await served.http.get(path, headers=known)).text
    inbox = await served.http.get("/inbox", headers=known)
    assert "未读" in inbox.text
    assert f'href="{path}"' in inbox.text
    marked = await post(served, "/inbox", {n: hidden(inbox, n) for n in ("form_token", "form_key", "up_to")}, **known)
    assert marked.status_code == 303
    assert "<strong>未读</strong>" not in (await served.http.get("/inbox", headers=known)).text
    asked = accounts.NewAccount("other-1", PASSWORD, AccountKind.HR, posts.other_host)
    await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    stranger = (await sign_in(served, "other-1")).headers["set-cookie"].partition(";")[0]
    assert (await served.http.get(path, headers={"Cookie": stranger})).status_code == 404
