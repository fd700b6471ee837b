"""The desk as a clerk meets it: without JavaScript, by keyboard, within the policy of the pages."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Desk, sign_in
from tests.browser.every_page import PAGES

# The page of keys is one of a sandbox alone.
ANYONE = (
    "/l/00000000-0000-0000-0000-000000000000",
    *(
        shown.address
        for shown in PAGES
        if not shown.login and "{" not in shown.address and shown.pattern != "/developers/key"
    ),
)
DESKTOP = {"width": 1366, "height": 768}
ROSTER = "姓名,证书编号\n王芳,SC-0000\n李雷,SC-0001\n"


def visit(browser: Browser, desk: Desk, login: str, language: str, **more: object) -> BrowserContext:
    """A browser of this visitor, reading this language."""
    context: BrowserContext = browser.new_context(bypass_csp=True, **more)  # type: ignore[arg-type]  # as playwright names them
    context.add_cookies([{"name": "language", "value": language, "url": desk.address}])
    if login:
        sign_in(context, desk, login)
    return context


def opened(context: BrowserContext, desk: Desk, path: str) -> Page:
    """The page, with what it logs to the console counted as a fault."""
    page = context.new_page()
    page.goto(f"{desk.address}{path}")
    return page


@pytest.mark.needs_system("chromium")
def test_a_clerk_without_javascript_verifies_and_uploads(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    context = visit(browser, desk, "clerk", "zh", java_script_enabled=False)
    page = opened(context, desk, "/verify")
    page.locator("#number").fill("SC-0000")
    page.locator("#name").fill("王芳")
    page.locator("#purpose").fill("聘用")
    page.get_by_role("button", name="核验", exact=True).click()
    expect(page.locator(".verdict .word")).to_have_text("未找到")
    file = tmp_path / "名册.csv"
    file.write_bytes(ROSTER.encode("gb18030"))
    page.goto(f"{desk.address}/rosters")
    page.locator("#file").set_input_files(file)
    page.locator("#purpose").fill("聘用核验")
    page.locator("#legal_basis").fill("劳动合同法第八条")
    page.get_by_role("button", name="开始核验").click()
    page.wait_for_url(re.compile("/rosters/[0-9a-f-]{36}$"))
    for _ in range(60):
        if page.locator(".verdict .word").inner_text() == "已完成":
            break
        page.wait_for_timeout(300)
        page.reload()
    expect(page.locator(".verdict .word")).to_have_text("已完成")
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert taken.value.path().read_bytes().decode("utf-8-sig").splitlines()[0].endswith("记录号")
    context.close()


@pytest.mark.needs_system("chromium")
def test_the_whole_way_can_be_gone_by_keyboard(browser: Browser, desk: Desk) -> None:
    context = visit(browser, desk, "", "en", viewport=DESKTOP)
    page = opened(context, desk, "/verify")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "number"
    page.keyboard.type("SC-0000")
    page.keyboard.press("Tab")
    page.keyboard.type("Wang Fang")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict .word")).to_have_text("Not found")
    context.close()


@pytest.mark.needs_system("chromium")
def test_a_page_breaks_no_rule_of_its_own_policy(browser: Browser, desk: Desk) -> None:
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda failure: said.append(str(failure)))
    for path in ANYONE:
        page.goto(f"{desk.address}{path}")
    assert said == [], said
    context.close()
