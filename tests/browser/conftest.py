"""A served registry with people who may sign in, and Debian's chromium to visit it with."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from pydantic import SecretStr

from talent_registry.composition import open_registry
from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts, organisations
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings
from tests.conftest import TEMPLATE, DatabaseUrls, create_database, drop_database
from tests.faults.servers import serving

PASSWORD = "correct horse battery"
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True, slots=True)
class Desk:
    """The address of a served registry, and how to reach what it serves; "clerk" and "officer" may sign in there."""

    address: str
    settings: Settings


async def _people(settings: Settings) -> None:
    async with open_registry(settings) as registry:
        unit = await _organisation(registry, "样例大学", "UNIVERSITY", "500106")
        authority = await _organisation(registry, "样例省人社厅", "HRSS_BUREAU", "510000")
        for login, kind, office in (("clerk", AccountKind.HR, unit), ("officer", AccountKind.AUTHORITY, authority)):
            asked = accounts.NewAccount(login, PASSWORD, kind, office)
            await accounts.open_account(registry, OPERATOR, asked, str(uuid4()))


async def _organisation(registry: Registry, name: str, kind: str, division: str) -> UUID:
    asked = organisations.NewOrganisation(name, kind, division)
    done = await organisations.register(registry, OPERATOR, asked, str(uuid4()))
    return UUID(done.result["organisation_id"])


@pytest.fixture(scope="module")
def desk(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One registry for a module's tests."""
    name = f"t_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)
    settings = Settings(
        database_url=SecretStr(server.of(name).app_url),
        data=tmp_path_factory.mktemp("desk"),
        allow_test_identities=True,
    )
    asyncio.run(_people(settings))
    try:
        with serving(settings, workers=1) as served:
            yield Desk(served.address, settings)
    finally:
        drop_database(server, name)


@pytest.fixture(scope="module")
def browser(desk: Desk) -> Iterator[Browser]:
    """Debian's chromium, as CI installs it, begun once the `desk` stands: playwright keeps a loop of its own."""
    assert desk.address
    program = shutil.which("chromium")
    assert program is not None, "apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


def sign_in(context: BrowserContext, desk: Desk, login: str) -> None:
    """Sign in on the page, as a person does."""
    page = context.new_page()
    page.goto(f"{desk.address}/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url("**/verify")
    page.close()
