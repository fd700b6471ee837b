"""A developer in a browser: a mail address, one press, and the console answers with the key."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from talent_registry.settings import Settings
from tests.browser.conftest import Desk
from tests.conftest import TEMPLATE, DatabaseUrls, create_database, drop_database
from tests.faults.servers import serving

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def desk(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A sandbox, served."""
    name = f"t_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)
    url = SecretStr(server.of(name).app_url)
    settings = Settings(database_url=url, data=tmp_path_factory.mktemp("desk"), sandbox=True)
    try:
        with serving(settings, workers=1) as one:
            yield Desk(one.address, settings)
    finally:
        drop_database(server, name)


@pytest.mark.needs_system("chromium")
def test_a_developer_has_a_key_and_an_answer_on_the_page(browser: Browser, desk: Desk) -> None:
    context = browser.new_context()
    page, said = context.new_page(), list[str]()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda failure: said.append(str(failure)))
    page.goto(f"{desk.address}/developers")
    page.locator("#mail").fill("dev@example.org")
    page.get_by_role("button", name="取得密钥", exact=True).click()
    # The token is fetched by the page itself, and the call is ready.
    expect(page.locator("#token")).to_have_value(re.compile(r"^ey[\w.-]+$"))
    page.locator("#run").click()
    expect(page.locator("#result")).to_contain_text('"verdict": "VALID"')
    # The page stays as it is, with its key: it is not one of those that look again by themselves.
    page.wait_for_timeout(2_500)
    expect(page.locator("#result")).to_contain_text('"verdict": "VALID"')
    variables = page.locator("#variables").input_value()
    page.locator("#variables").fill(variables.replace("SANDBOX-SC-0001", "SANDBOX-SC-0002"))
    page.locator("#run").click()
    expect(page.locator("#result")).to_contain_text('"verdict": "REVOKED"')
    page.get_by_role("button", name="发送试验撤销", exact=True).click()
    expect(page.locator("dl.facts")).to_contain_text("REVOKED")
    assert said == [], said
    context.close()


@pytest.mark.needs_system("chromium")
def test_the_pages_of_a_sandbox_are_accessible_and_fit_a_phone(browser: Browser, desk: Desk) -> None:
    for language in ("zh", "en"):
        context = browser.new_context(bypass_csp=True)
        context.add_cookies([{"name": "language", "value": language, "url": desk.address}])
        page = context.new_page()
        for path in ("/developers", "/developers/key", "given"):
            if path == "given":
                page.locator("#mail").fill(f"{language}@example.org")
                page.locator('button[value="open"]').click()
                expect(page.locator('button[value="revoke"]')).to_be_visible()
            else:
                page.goto(f"{desk.address}{path}")
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as playwright names them
            widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert widths[0] <= widths[1], path
            page.set_viewport_size({"width": 1366, "height": 768})
        context.close()
