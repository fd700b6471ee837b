"""What the journeys share: a served registry with a teacher and offices who sign in, and pages looked at closely."""

import asyncio
import re
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydantic import SecretStr

from talent_registry.composition import open_registry
from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from talent_registry.settings import Settings
from tests.browser.conftest import PASSWORD, Desk
from tests.conftest import TEMPLATE, DatabaseUrls, create_database, drop_database
from tests.faults.servers import serving
from tests.registries import Clock
from tests.titles import Titles, open_titles
from tests.web.test_me_pages import Founded

Outcome = TypeVar("Outcome")
PATIENCE_MS = 20_000
DESKTOP, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}


@dataclass(frozen=True, slots=True)
class Town:
    """The served registry, and the teacher of Sichuan with one title."""

    desk: Desk
    person: UUID
    public_number: str
    credential: UUID
    titles: Titles


@contextmanager
def served_town(server: DatabaseUrls, data: Path) -> Iterator[Town]:
    """A registry in which teacher, home, host, officer, second, other and issuer may sign in, while it is served."""
    name = f"t_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)
    settings = Settings(database_url=SecretStr(server.of(name).app_url), data=data, allow_test_identities=True)
    titles, credential = asyncio.run(_people(settings))
    try:
        with serving(settings, workers=1) as served:
            yield Town(Desk(served.address, settings), titles.person, titles.public_number, credential, titles)
    finally:
        drop_database(server, name)


async def _people(settings: Settings) -> tuple[Titles, UUID]:
    """The teacher and the offices, and the title."""
    async with open_registry(settings) as registry:
        world = Founded(registry, Clock())
        titles = await open_titles(world)
        credential = await titles.record()
        host = await world.organisation("重庆样例研究院", "INSTITUTE", "500106")
        await world.organisation("重庆样例大学", "UNIVERSITY", "500106")
        mine = accounts.NewAccount(
            "teacher",
            PASSWORD,
            AccountKind.RESEARCHER,
            researcher_number=titles.public_number,
            document_number=titles.document_number,
        )
        offices = (
            ("home", AccountKind.HR, titles.home),
            ("host", AccountKind.HR, host),
            ("officer", AccountKind.AUTHORITY, titles.sichuan),
            ("second", AccountKind.AUTHORITY, titles.sichuan),
            ("other", AccountKind.AUTHORITY, titles.chongqing),
            ("issuer", AccountKind.ISSUER, titles.sichuan),
        )
        for asked in (mine, *(accounts.NewAccount(login, PASSWORD, kind, unit) for login, kind, unit in offices)):
            await accounts.open_account(registry, OPERATOR, asked, str(uuid4()))
        return titles, credential


def at_home(browser: Browser, desk: Desk, login: str, language: str = "zh", **more: object) -> Page:
    """A page of a browser in which this person has signed in; nobody where `login` is empty."""
    context: BrowserContext = browser.new_context(**({"viewport": DESKTOP, "bypass_csp": True} | more))  # type: ignore[arg-type]  # as playwright names them
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    context.add_cookies([{"name": "language", "value": language, "url": desk.address}])
    page = context.new_page()
    if login:
        page.goto(f"{desk.address}/sign-in")
        page.locator("#login").fill(login)
        page.locator("#password").fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url(re.compile(r"/(verify|me|inbox|)$"))
    return page


def apart(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Carried out in a thread of its own: playwright has a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def is_sound(page: Page) -> None:
    """Accessible as it stands, and no wider than a phone."""
    # Waited for: what was pressed just before may still be on its way.
    expect(page.locator("main h1"), "one heading").to_have_count(1)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    fits_a_phone(page)


def fits_a_phone(page: Page) -> None:
    """No wider than a phone; the page is left as wide as a desk."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as playwright names them
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # as above
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} wide"


def press(page: Page, name: str) -> None:
    """Press the one button of this name within what the page says."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()
