"""A person shares a certificate in the browser, whoever gets the link sees it at once, and then no longer."""

import asyncio
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from talent_registry.composition import open_registry
from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from tests.browser.conftest import PASSWORD, Desk
from tests.registries import Clock
from tests.titles import NAME, open_titles
from tests.web.test_me_pages import Founded

DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def teacher(desk: Desk) -> str:
    """The login of a person with one title."""

    async def enrol() -> None:
        async with open_registry(desk.settings) as registry:
            titles = await open_titles(Founded(registry, Clock()))
            await titles.record()
            asked = accounts.NewAccount(
                "teacher",
                PASSWORD,
                AccountKind.RESEARCHER,
                researcher_number=titles.public_number,
                document_number=titles.document_number,
            )
            await accounts.open_account(registry, OPERATOR, asked, str(uuid4()))

    asyncio.run(enrol())
    return "teacher"


def at_home(browser: Browser, desk: Desk, login: str, **more: bool) -> tuple[BrowserContext, Page]:
    """The person's browser, signed in."""
    context = browser.new_context(viewport=DESKTOP, **more)  # type: ignore[arg-type]  # as playwright names them
    page = context.new_page()
    page.goto(f"{desk.address}/sign-in?then=/me/shares")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/me/shares")
    return context, page


def is_sound(page: Page) -> None:
    """Accessible, and no wider than a phone."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as above
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # as above
    assert widths[0] <= widths[1], page.url


def share(page: Page, look: bool) -> str:  # noqa: FBT001 - told at both places
    """Go from the form through the preview to the code; the link."""
    page.locator("input[name=credential]").check()
    for field in ("NAME", "DOCUMENT", "RECOGNITION"):
        page.locator(f"input[value={field}]").check()
    page.locator("#division").select_option("500000")
    page.locator("#purpose").fill("应聘材料")
    if look:
        is_sound(page)
    page.locator("main form[action='/me/shares/preview'] button").click()
    expect(page.locator("main")).to_contain_text(NAME)
    if look:
        is_sound(page)
    page.locator("main form[action='/me/shares'] button").click()
    page.wait_for_url("**/me/shares/*-*")
    if look:
        is_sound(page)
    return page.locator("#link").input_value()


@pytest.mark.needs_system("chromium")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_gets_the_link_sees_it_at_once_and_no_address_keeps_the_code(
    teacher: str, browser: Browser, desk: Desk, language: str
) -> None:
    context, page = at_home(browser, desk, teacher, bypass_csp=True)
    context.add_cookies([{"name": "language", "value": language, "url": desk.address}])
    page.goto(f"{desk.address}/me/shares")
    code = share(page, look=True).partition("#")[2]
    elsewhere = browser.new_context(bypass_csp=True)
    elsewhere.add_cookies([{"name": "language", "value": language, "url": desk.address}])
    asked: list[str] = []
    viewer = elsewhere.new_page()
    viewer.on("request", lambda request: asked.append(request.url))
    viewer.goto(f"{desk.address}/s#{code}")
    valid, gone = {"zh": ("有效", "此分享码已失效"), "en": ("Valid", "Code no longer valid")}[language]
    expect(viewer.locator(".verdict .word").first).to_have_text(valid)
    assert code not in viewer.url
    assert [one for one in asked if code in one.partition("#")[0]] == []
    is_sound(viewer)
    page.locator("form[action$='/revoke'] button").first.click()
    page.wait_for_url("**/me/shares?done=revoked")
    again = elsewhere.new_page()
    again.goto(f"{desk.address}/s#{code}")
    expect(again.locator(".verdict .word")).to_have_text(gone)
    is_sound(again)
    elsewhere.close()
    context.close()


@pytest.mark.needs_system("chromium")
def test_it_works_without_javascript_and_within_the_policy(teacher: str, browser: Browser, desk: Desk) -> None:
    said: list[str] = []
    context, page = at_home(browser, desk, teacher)
    page.on("console", lambda message: said.append(message.text))
    code = share(page, look=False).partition("#")[2]
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0")
    assert said == []
    plain = browser.new_context(java_script_enabled=False)
    viewer = plain.new_page()
    viewer.goto(f"{desk.address}/s/{code}")
    viewer.locator("main button").first.click()
    expect(viewer.locator(".verdict .word").first).to_have_text("有效")
    box = plain.new_page()
    box.goto(f"{desk.address}/verify")
    box.locator("#number").fill(code)
    box.get_by_role("button", name="核验", exact=True).click()
    expect(box.locator(".verdict .word").first).to_have_text("有效")
    plain.close()
    context.close()
