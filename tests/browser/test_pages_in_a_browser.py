"""Each page as a clerk meets it: accessible, readable on a phone, whole without JavaScript, in both languages."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Desk, sign_in

LETTER = "/l/00000000-0000-0000-0000-000000000000"
ANYONE = (
    "/",
    "/sign-in",
    "/verify",
    "/s",
    LETTER,
    "/flows",
    "/developers",
    "/developers/errors",
    "/developers/changes",
)
CONSOLE = ("/console", "/console/schema")
DESK = (
    *("/verify", "/rosters", "/placements", "/placements/calendar", "/placements/new"),
    *("/unit/opportunities", "/watches", "/inbox", "/people/numbers"),
)
LAW = ("/rules", "/rules/2022-10-01", "/rules/2022-10-01/clauses/R1")
OFFICER = ("/inbox", "/cases", "/alerts", "/committees", "/credentials", "/rules/drafts")
PAGES = [
    *(("", path) for path in (*ANYONE, *CONSOLE, *LAW)),
    *(("clerk", path) for path in DESK),
    *(("officer", path) for path in OFFICER),
]
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
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
@pytest.mark.parametrize("login", ["", "clerk", "officer"])
def test_each_page_is_accessible_and_fits_a_phone_in_both_languages(browser: Browser, desk: Desk, login: str) -> None:
    contexts = [visit(browser, desk, login, language, viewport=DESKTOP) for language in ("zh", "en")]
    for place, path in enumerate(path for who, path in PAGES if who == login):
        for turn, context in enumerate(contexts):
            page = opened(context, desk, path)
            # How a page is built does not differ by language: every second one is looked into in each.
            if turn == place % 2:
                found = Axe().run(page)
                assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as playwright names them
            widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert widths[0] <= widths[1], path
            page.close()
    for context in contexts:
        context.close()


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
    for path in (*ANYONE, *CONSOLE):
        page.goto(f"{desk.address}{path}")
    assert said == [], said
    context.close()
