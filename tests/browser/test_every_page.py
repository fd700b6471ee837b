"""No page is forgotten: each, with a record that fills it, is accessible and whole on a phone without JavaScript."""

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from starlette.routing import Route

from talent_registry.settings import Settings
from talent_registry.web.pages.routes import page_routes
from tests.browser.conftest import PASSWORD, Desk
from tests.browser.every_page import FILES, PAGES, Shown
from tests.browser.journeys import PHONE, at_home
from tests.browser.whole_town import WholeTown, served_whole_town
from tests.conftest import DatabaseUrls

LANGUAGES = ("zh-Hans", "en")
LOGINS = sorted({shown.login for shown in PAGES})


@pytest.fixture(scope="module")
def town(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeTown]:
    with served_whole_town(server, tmp_path_factory.mktemp("whole")) as town:
        yield town


@pytest.fixture(scope="module")
def desk(town: WholeTown) -> Desk:
    """Where `browser` goes."""
    return Desk(town.address, town.settings)


def test_every_address_that_can_be_opened_is_among_them() -> None:
    routes = page_routes(Settings(sandbox=True, console=True))
    opened = {route.path for route in routes if isinstance(route, Route) and "GET" in (route.methods or ())}
    assert opened == {shown.pattern for shown in (*PAGES, *FILES)}


@pytest.mark.needs_system("chromium")
@pytest.mark.parametrize("login", LOGINS)
def test_every_page_is_accessible_and_whole_on_a_phone_without_javascript(
    town: WholeTown, browser: Browser, desk: Desk, login: str
) -> None:
    wide = at_home(browser, desk, login)
    known = wide.context.storage_state()
    plain = at_home(browser, desk, "", viewport=PHONE, java_script_enabled=False, storage_state=known)
    for place, shown in enumerate(one for one in PAGES if one.login == login):
        # How a page is built does not differ by language: every second one is looked into in each.
        speak(wide, town, LANGUAGES[place % 2])
        open_filled(wide, town, shown)
        found = Axe().run(wide)
        assert found.violations_count == 0, f"{shown.pattern}: {found.generate_report()}"
        for language in LANGUAGES:
            speak(plain, town, language)
            open_filled(plain, town, shown)
            assert plain.locator("html").get_attribute("lang") == language, shown.pattern
            widths = plain.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert widths[0] <= widths[1], f"{shown.pattern} is {widths[0]} wide in {language}"
    for page in (wide, plain):
        page.context.close()


def speak(page: Page, town: WholeTown, language: str) -> None:
    """From now on the pages speak this language to this browser."""
    cookie = {"name": "language", "value": language.partition("-")[0], "url": town.address}
    page.context.add_cookies([cookie])  # type: ignore[list-item]  # as playwright names them


def open_filled(page: Page, town: WholeTown, shown: Shown) -> None:
    """Open the page, which has one heading and shows its record."""
    # What differs from the page before behind # alone would not be asked for again.
    page.goto("about:blank")
    answer = page.goto(town.address + shown.address.format(**town.ids))
    assert answer is None or answer.status == 200, f"{shown.pattern}: {answer.status}"
    assert page.locator("main h1").count() == 1, shown.pattern
    assert page.locator(shown.part).count() > 0, f"{shown.pattern} shows no {shown.part}"


def test_every_file_is_given_to_whom_it_belongs(town: WholeTown) -> None:
    for shown in FILES:
        with httpx.Client(base_url=town.address, follow_redirects=True) as client:
            if shown.login:
                sent = {"login": shown.login, "password": PASSWORD}
                client.post("/sign-in", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
            answer = client.get(shown.address.format(**town.ids))
            assert answer.status_code == 200, f"{shown.pattern}: {answer.status_code}"
            assert answer.headers["content-type"].startswith(shown.part), shown.pattern
