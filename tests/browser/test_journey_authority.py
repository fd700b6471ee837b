"""Officers of both provinces change the rules together, decide a case, and suspend a title knowing what follows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from talent_registry.composition import open_registry
from talent_registry.domain.periods import shanghai_today
from talent_registry.services import credentials
from tests.browser.conftest import Desk
from tests.browser.journeys import PHONE, Town, apart, at_home, fits_a_phone, is_sound, press, served_town
from tests.conftest import DatabaseUrls
from tests.drafts import widened
from tests.proceedings import PREFECTURE
from tests.registries import Clock
from tests.titles import NUMBER
from tests.web.test_me_pages import Founded


@pytest.fixture(scope="module")
def town(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with served_town(server, tmp_path_factory.mktemp("authority")) as town:
        yield town


@pytest.fixture(scope="module")
def desk(town: Town) -> Desk:
    """Where `browser` goes."""
    return town.desk


@pytest.mark.needs_system("chromium")
def test_two_provinces_change_a_rule_decide_a_case_and_suspend_a_title(town: Town, browser: Browser) -> None:
    officer = at_home(browser, town.desk, "officer")
    other = at_home(browser, town.desk, "other", "en")
    release = draft(officer, town.desk.address)
    approve(browser, town, release)
    other.goto(release)
    press(other, "Approve for your province")
    expect(other.locator(".verdict .word")).to_have_text("Approved by both, not in force yet")
    is_sound(other)
    decide_a_case(browser, town, other)
    suspend(officer, town.desk.address)
    officer.goto(f"{town.desk.address}/flows")
    is_sound(officer)
    for page in (officer, other):
        page.context.close()


def draft(page: Page, address: str) -> str:
    """A draft with a mistake is refused with its key; put right, it is tried and put to both provinces: its address."""
    text = widened(shanghai_today(datetime.now(UTC)) + timedelta(days=9))["draft.toml"]
    page.goto(f"{address}/rules/drafts")
    page.locator("#rules").fill(text.replace("issuer", "isuer", 1))
    press(page, "校验并比较")
    expect(page.locator("[role=alert]")).to_contain_text("reciprocity[1].issuer")
    is_sound(page)
    page.locator("#rules").fill(text)
    press(page, "校验并比较")
    expect(page.locator("main")).to_contain_text("示例全部通过")
    is_sound(page)
    page.locator("#rules").fill(text)
    press(page, "试算影响")
    page.wait_for_url("**/rules/simulations/*")
    expect(page.locator(".verdict .word")).to_have_text("已完成", timeout=60_000)
    is_sound(page)
    page.get_by_role("link", name="会改变的以往认定").click()
    is_sound(page)
    page.goto(f"{address}/rules/drafts")
    page.locator("#rules").fill(text)
    press(page, "保存为草案")
    page.wait_for_url("**/rules/releases/*")
    press(page, "提交双方审议")
    expect(page.locator("main")).to_contain_text("须由本省（市）另一名工作人员批准")
    is_sound(page)
    return page.url.partition("?")[0]


def approve(browser: Browser, town: Town, release: str) -> None:
    """A second officer of the province approves, on a phone and without JavaScript."""
    page = at_home(browser, town.desk, "second", java_script_enabled=False, viewport=PHONE)
    page.goto(release)
    press(page, "代表本省（市）批准")
    expect(page.locator(".verdict .word")).to_have_text("一方已批准")
    fits_a_phone(page)
    page.context.close()


def decide_a_case(browser: Browser, town: Town, officer: Page) -> None:
    """What a title of a prefecture leaves open reaches the authority of the post with a clock, and is decided."""
    address = town.desk.address
    person = at_home(browser, town.desk, "teacher")
    person.goto(f"{address}/me/credentials/{apart(of_a_prefecture(town))}?division=500000&post_series=01")
    is_sound(person)
    press(person, "申请认定")
    person.goto(f"{address}/me/cases")
    is_sound(person)
    person.locator("main h2 a").first.click()
    person.wait_for_url("**/me/cases/*")
    is_sound(person)
    mine = person.url
    officer.goto(f"{address}/cases")
    is_sound(officer)
    officer.goto(f"{address}/cases/{mine.rpartition('/')[2]}")
    expect(officer.get_by_role("region", name="Clocks")).to_contain_text("Monday to Friday count")
    is_sound(officer)
    officer.locator("input[value=DECIDED]").check()
    officer.locator("#outcome").select_option("CONFIRMED")
    officer.locator("#text").fill("经核对原始评审材料，情况属实。")
    press(officer, "Do it")
    officer.wait_for_url("**?done=1")
    is_sound(officer)
    person.goto(mine)
    expect(person.locator("main")).to_contain_text("予以确认")
    person.context.close()


async def of_a_prefecture(town: Town) -> UUID:
    """A second title of the teacher, issued in Chengdu."""
    async with open_registry(town.desk.settings) as registry:
        world = Founded(registry, Clock())
        chengdu = await world.organisation("成都市样例人社局", "HRSS_BUREAU", "510100")
        asked = replace(town.titles.asked("512020000002", **PREFECTURE), issuer_id=chengdu)
        done = await credentials.record(registry, town.titles.officer, asked, str(uuid4()))
        return UUID(done.result["credential_id"])


def suspend(page: Page, address: str) -> None:
    """Found by its number, and suspended once what follows was seen."""
    page.goto(f"{address}/credentials")
    page.locator("#number").fill(NUMBER)
    page.locator("#purpose").fill("接到举报，核查证书")
    press(page, "查找")
    is_sound(page)
    page.locator("main tbody a").click()
    page.locator("input[value=SUSPEND]").check()
    press(page, "先看后果")
    expect(page.locator("#effects")).to_contain_text("将产生的后果")
    is_sound(page)
    page.locator("#ground").fill("涉嫌提供虚假材料，暂停核查。")
    page.locator("button[value=do]").click()
    expect(page.locator(".verdict .word")).to_have_text("暂停")
    is_sound(page)
