"""What no database can hold is refused at the door of a page, and an address that was tampered with breaks none."""

from tests.web.conftest import Served
from tests.web.test_authority_pages import signed_in
from tests.web.test_pages import SAME_SITE, hidden, post


async def test_a_form_with_a_null_character_is_unreadable_whichever_way_it_is_sent(served: Served) -> None:
    officer = await signed_in(served, await served.organisation("样例省人社厅", "HRSS_BUREAU", "510000"))
    token = hidden(await served.http.get("/verify", headers=officer), "form_token")
    spoilt = {"form_token": token, "act": "validate", "authority": "a\0b", "number": "1\0", "purpose": "核查"}
    for path in ("/committees", "/credentials"):
        answered = await post(served, path, spoilt, **officer)
        assert (answered.status_code, "FORM_UNREADABLE" in answered.text) == (400, True)
    sheet = {"rules_file": ("a.toml", b"x", "text/plain")}
    sent = await served.http.post("/rules/drafts", data=spoilt, files=sheet, headers={**SAME_SITE, **officer})
    assert (sent.status_code, "FORM_UNREADABLE" in sent.text) == (400, True)


async def test_an_address_with_odd_characters_or_numbers_breaks_no_page(served: Served) -> None:
    officer = await signed_in(served, await served.organisation("样例省人社厅", "HRSS_BUREAU", "510000"))
    for path in (
        "/committees?authority=a%00b",
        "/committees?filing=a%00b",
        "/committees?decisions=123456789x&followed=%C2%B2",
        "/alerts?kind=notices&after=a%00b&after=1",
        "/alerts?kind=inconsistencies&after=a%00b",
        "/cases?after=a%00b",
        "/flows?quarter=a%00b",
        "/decisions?id=a%00b",
    ):
        assert (await served.http.get(path, headers=officer)).status_code < 500, path


async def test_no_link_puts_its_own_words_on_the_page_of_committees(served: Served) -> None:
    page = await served.http.get("/committees?done=请即致电行骗热线&decisions=3")
    assert (page.status_code, "行骗热线" in page.text) == (200, False)
