"""A person reads the own record, has a fact corrected, opens and closes it to others, and carries a title across."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from talent_registry.domain.check_characters import uscc_check_character
from tests.browser.conftest import Desk
from tests.browser.journeys import PHONE, Town, at_home, fits_a_phone, is_sound, press, served_town
from tests.conftest import DatabaseUrls
from tests.titles import NAME

PIN = "2468"


@pytest.fixture(scope="module")
def town(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with served_town(server, tmp_path_factory.mktemp("researcher")) as town:
        yield town


@pytest.fixture(scope="module")
def desk(town: Town) -> Desk:
    """Where `browser` goes."""
    return town.desk


@pytest.mark.needs_system("chromium")
def test_a_person_corrects_consents_shares_and_carries_a_title_across(town: Town, browser: Browser) -> None:
    page = at_home(browser, town.desk, "teacher")
    correct_a_fact(page, browser, town)
    consent_and_withdraw(page, town.desk.address)
    share_and_stop(page, browser, town)
    carry(page, town)
    page.context.close()


def correct_a_fact(page: Page, browser: Browser, town: Town) -> None:
    """A fact is said to be wrong, reads as disputed, and its source answers in English."""
    address = town.desk.address
    page.goto(f"{address}/me")
    expect(page.locator("main")).to_contain_text("来源：川渝人才互认登记库")
    page.get_by_role("region", name=re.compile("证书 5120")).get_by_role("link").filter(has_text="有误").first.click()
    page.locator("#text").fill("与证书原件不符。")
    page.locator("#should_read").fill("课程与教学论")
    is_sound(page)
    press(page, "提出更正")
    page.wait_for_url("**/me/corrections/*")
    is_sound(page)
    case = page.url.rpartition("/")[2]
    page.goto(f"{address}/me")
    expect(page.locator("main table")).to_contain_text(["", "有争议"])
    is_sound(page)
    issuer = at_home(browser, town.desk, "issuer", "en")
    for path in ("/corrections", f"/corrections/{case}"):
        issuer.goto(f"{address}{path}")
        is_sound(issuer)
    issuer.locator("#reasons").fill("The archive says the same as the record.")
    press(issuer, "Decline with these reasons")
    issuer.goto(f"{address}/corrections/{case}")
    is_sound(issuer)
    issuer.context.close()
    page.goto(f"{address}/me/corrections/{case}")
    expect(page.locator("main")).to_contain_text("The archive says the same as the record.")
    expect(page.locator("#appeal")).to_be_visible()
    is_sound(page)


def consent_and_withdraw(page: Page, address: str) -> None:
    """A unit is let in, and out again with one press."""
    page.goto(f"{address}/me/consents")
    page.locator("#recipient").fill("重庆样例研究院")
    page.locator("#purpose").fill("柔性流动")
    page.locator("#until").fill("2027-03-31")
    page.locator("input[name=field][value=CREDENTIALS]").check()
    press(page, "授权")
    page.wait_for_url("**/me/consents?done=granted")
    is_sound(page)
    press(page, "撤回对重庆样例研究院的授权")
    page.wait_for_url("**/me/consents?done=withdrawn")
    expect(page.locator("tbody").first).to_contain_text("已撤回")


def share_and_stop(page: Page, browser: Browser, town: Town) -> None:
    """A code with a PIN opens on a phone without JavaScript, then no more than one that never was; each try is told."""
    address = town.desk.address
    page.goto(f"{address}/me/shares")
    page.locator("input[name=credential]").check()
    for field in ("NAME", "RECOGNITION"):
        page.locator(f"input[value={field}]").check()
    page.locator("#division").select_option("500000")
    page.locator("#purpose").fill("应聘材料")
    page.locator("main form[action='/me/shares/preview'] button").click()
    expect(page.locator("main")).to_contain_text(NAME)
    page.locator("#pin").fill(PIN)
    press(page, "生成")
    page.wait_for_url("**/me/shares/*-*")
    is_sound(page)
    share, code = page.url, page.locator("#link").input_value().partition("#")[2]
    phone = at_home(browser, town.desk, "", java_script_enabled=False, viewport=PHONE)
    open_code(phone, address, code)
    phone.locator("#pin").fill("0000")
    press(phone, "查看")
    expect(phone.locator("[role=alert]")).to_be_visible()
    phone.locator("#pin").fill(PIN)
    press(phone, "查看")
    expect(phone.locator(".verdict .word")).to_have_text(["有效", "直接认可"])
    expect(phone.locator("main")).to_contain_text(NAME)
    fits_a_phone(phone)
    page.goto(f"{address}/me/shares")
    page.locator("form[action$='/revoke'] button").first.click()
    page.wait_for_url("**/me/shares?done=revoked")
    is_sound(page)
    said = [open_code(phone, address, one) for one in (code, unknown())]
    assert NAME not in said[0]
    assert said[0] == said[1]
    phone.context.close()
    page.goto(share)
    is_sound(page)
    page.goto(f"{address}/me/looks")
    expect(page.locator("tbody")).to_contain_text("持码人（未登录）")
    expect(page.locator("tbody tr").first).to_contain_text("未显示任何内容")
    is_sound(page)


def unknown() -> str:
    """A code of the right form that nobody was given."""
    body = "FX0123456789ABCDE"
    return body + uscc_check_character(body)


def open_code(page: Page, address: str, code: str) -> str:
    """What is said to whoever types this code."""
    page.goto(f"{address}/s")
    page.locator("#code").fill(code)
    press(page, "查看")
    return re.sub(r"\d\d:\d\d:\d\d", "", page.locator("main").inner_text())


def carry(page: Page, town: Town) -> None:
    """The answer stands on the page before anything is applied for; then the decision is kept."""
    page.context.add_cookies([{"name": "language", "value": "en", "url": town.desk.address}])
    page.goto(f"{town.desk.address}/me/credentials/{town.credential}?division=500000&post_series=01")
    expect(page.locator("main")).to_contain_text("The answer before you apply")
    expect(page.locator(".verdict .word").last).to_have_text("Recognised as of right")
    is_sound(page)
    press(page, "Apply for recognition")
    page.wait_for_url("**/me/decisions/*")
    is_sound(page)
