"""A person's own pages as that person meets them: accessible, readable on a phone, in both languages."""

import asyncio
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext
from pydantic import SecretStr

from talent_registry.composition import open_registry
from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.pages import PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.walks import MOST_MISSES
from talent_registry.services import accesses, accounts, attempts, correction_cases, recognition, walks
from talent_registry.services.correction_cases import NewCorrectionCase
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings
from tests.browser.conftest import PASSWORD, Desk
from tests.browser.test_pages_in_a_browser import DESKTOP, PHONE, opened, visit
from tests.conftest import TEMPLATE, DatabaseUrls, create_database, drop_database
from tests.faults.servers import serving
from tests.proceedings import LOCAL, POST
from tests.registries import Clock
from tests.titles import NUMBER, Titles, open_titles
from tests.web.test_me_pages import Founded

PATHS: list[tuple[str, str]] = []
PURPOSE = "岗位聘任审核"


async def _people(settings: Settings) -> list[tuple[str, str]]:
    """A teacher with a disputed fact and a case, and the source; the pages that each of them has."""
    async with open_registry(settings) as registry:
        titles = await open_titles(Founded(registry, Clock()))
        mine = accounts.NewAccount(
            "teacher",
            PASSWORD,
            AccountKind.RESEARCHER,
            researcher_number=titles.public_number,
            document_number=titles.document_number,
        )
        opened_account = await accounts.open_account(registry, OPERATOR, mine, str(uuid4()))
        office = accounts.NewAccount("issuer", PASSWORD, AccountKind.ISSUER, titles.sichuan)
        await accounts.open_account(registry, OPERATOR, office, str(uuid4()))
        me = Actor(ActorKind.RESEARCHER, UUID(opened_account.result["account_id"]), None, titles.person)
        local = await titles.record(NUMBER, **LOCAL)
        asked = recognition.AskedRecognition(local, POST)
        decided = (await recognition.decide_recognition(registry, me, asked, str(uuid4()))).result
        wrong = NewCorrectionCase(DisputedFact.SPECIALTY, "与证书原件不符。", local, "课程与教学论")
        case = (await correction_cases.open_case(registry, me, wrong, str(uuid4()))).result["case_id"]
        look, reported = await _looked_at(registry, titles, me)
    narrowed = f"/looks?purpose={PURPOSE}&shown=NAME"
    own_pages = (
        *(narrowed, f"/wrong?fact=LOOK&look={look}", f"/corrections/{reported}", "/wrong?fact=DOCUMENT"),
        *("", "/wrong?fact=NAME", f"/corrections/{case}", "/corrections", "/profile", "/cv", "/consents", "/looks"),
        *("/opportunities", "/cases", f"/cases/{decided['case_id']}", f"/decisions/{decided['decision_id']}"),
    )
    pages = [("teacher", f"/me{path}") for path in own_pages]
    offices = [("issuer", "/corrections"), ("issuer", f"/corrections/{case}")]
    return [*pages, *offices, ("authority", f"/corrections/{reported}"), ("authority", "/alerts?kind=walks")]


async def _looked_at(registry: Registry, titles: Titles, me: Actor) -> tuple[UUID, UUID]:
    """Two looks of the home unit, one of them reported, and an account of it that walks through numbers."""
    for kind, login, unit in (
        (AccountKind.AUTHORITY, "authority", titles.sichuan),
        (AccountKind.HR, "walker", titles.home),
    ):
        account = accounts.NewAccount(login, PASSWORD, kind, unit)
        opened_account = await accounts.open_account(registry, OPERATOR, account, str(uuid4()))
    clerk = Actor(ActorKind.HR, UUID(opened_account.result["account_id"]), titles.home, None, "510000")
    for _ in range(2):
        name = frozenset({PersonField.NAME})
        await accesses.look_at(registry, clerk, titles.person, name, PURPOSE, history=False)
    first, then = (await accesses.list_accesses(registry, me, PageRequest(), newest_first=True)).items[:2]
    report = NewCorrectionCase(DisputedFact.LOOK, "我与该账户没有业务往来。", look_id=first.id)
    reported = (await correction_cases.open_case(registry, me, report, str(uuid4()))).result["case_id"]
    await attempts.count_attempts(registry, str(clerk.account_id), walks.MISSES, amount=MOST_MISSES - 1)
    await walks.count_miss(registry, clerk, str(clerk.account_id), missed=True)
    return then.id, UUID(reported)


@pytest.fixture(scope="module")
def desk(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One registry for this module, with the people above."""
    name = f"t_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)
    data = tmp_path_factory.mktemp("mine")
    settings = Settings(database_url=SecretStr(server.of(name).app_url), data=data, allow_test_identities=True)
    PATHS[:] = asyncio.run(_people(settings))
    try:
        with serving(settings, workers=1) as served:
            yield Desk(served.address, settings)
    finally:
        drop_database(server, name)


@pytest.mark.needs_system("chromium")
def test_ones_own_pages_are_accessible_and_fit_a_phone(browser: Browser, desk: Desk) -> None:
    for login in ("teacher", "issuer", "authority"):
        contexts = [signed_in(browser, desk, login, language) for language in ("zh", "en")]
        # What is said differs by language and how it is built does not: every second page in each.
        for place, path in enumerate(path for who, path in PATHS if who == login):
            page = opened(contexts[place % 2], desk, path)
            assert page.locator("main h1").count() == 1, path
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
            page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as playwright names them
            widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            assert widths[0] <= widths[1], path
            page.close()
        for context in contexts:
            context.close()


def signed_in(browser: Browser, desk: Desk, login: str, language: str) -> BrowserContext:
    """A browser in which this person has signed in, wherever that leads."""
    context = visit(browser, desk, "", language, viewport=DESKTOP)
    page = opened(context, desk, "/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url(lambda address: not address.endswith("/sign-in"))
    page.close()
    return context
