"""Host, home unit and person come to an agreement on pages: checked, answered, signed, added up, and nothing moved."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from talent_registry.composition import open_registry
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents, organisations
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from tests.browser.conftest import Desk
from tests.browser.journeys import PHONE, Town, at_home, fits_a_phone, is_sound, press, served_town
from tests.conftest import DatabaseUrls

HOST = "重庆样例研究院"
FIELDS = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.PERSONNEL_RELATION)


@pytest.fixture(scope="module")
def town(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with served_town(server, tmp_path_factory.mktemp("units")) as town:
        asyncio.run(let_in(town))
        yield town


@pytest.fixture(scope="module")
def desk(town: Town) -> Desk:
    """Where `browser` goes."""
    return town.desk


async def let_in(town: Town) -> None:
    """The person opens to the host what a proposal rests on."""
    async with open_registry(town.desk.settings) as registry:
        host = (await organisations.get_named(registry, OPERATOR, HOST)).id
        until = registry.today() + timedelta(days=90)
        person = Actor(ActorKind.RESEARCHER, researcher_id=town.person)
        asked = consents.NewConsent(host, "柔性流动", FIELDS, until)
        await consents.grant(registry, person, asked, str(uuid4()))


@pytest.mark.needs_system("chromium")
def test_three_parties_agree_on_pages_and_a_second_post_beyond_the_whole_is_stopped(
    town: Town, browser: Browser
) -> None:
    host, home = at_home(browser, town.desk, "host"), at_home(browser, town.desk, "home", "en")
    before = relations(home, town)
    propose(host, town)
    placement = host.url
    expect(host.locator("main table").first).to_contain_text("轮到此方")
    is_sound(host)
    # The home unit answers with other terms; the page tells both versions apart.
    home.goto(placement)
    home.locator("summary").filter(has_text="Answer with other terms").click()
    home.locator("#c-percent").fill("60")
    is_sound(home)
    press(home, "Answer with these terms")
    expect(home.locator("caption")).to_contain_text("From version 1 to version 2")
    expect(home.get_by_role("region", name="Changes")).to_contain_text("Changed")
    is_sound(home)
    press(home, "Sign")
    sign_on_a_phone(browser, town, placement)
    host.goto(placement)
    press(host, "签署")
    expect(host.locator(".verdict .word")).to_have_text("已约定")
    expect(host.locator("main")).to_contain_text("户口、人事关系不变")
    is_sound(host)
    home.goto(f"{town.desk.address}/placements/calendar")
    expect(home.locator("main table")).to_contain_text("60%")
    is_sound(home)
    stop_an_overload(home, town)
    assert relations(home, town) == before
    for path in ("/placements", "/inbox"):
        host.goto(f"{town.desk.address}{path}")
        is_sound(host)
    for page in (host, home):
        page.context.close()


def propose(page: Page, town: Town) -> None:
    """From whom and where through a check to the proposal."""
    page.goto(f"{town.desk.address}/placements/new")
    page.locator("#researcher").fill(town.public_number)
    page.locator("#kind").select_option("PART_TIME")
    is_sound(page)
    press(page, "继续填写条款")
    fill_terms(page, town, "40")
    press(page, "先检查")
    expect(page.locator(".verdict .word")).to_have_text("可以提出")
    expect(page.locator("main")).to_contain_text("直接认可")
    is_sound(page)
    press(page, "提出")
    page.wait_for_url("**/placements/*-*")


def fill_terms(page: Page, town: Town, percent: str) -> None:
    """The terms that every proposal needs."""
    today = shanghai_today(datetime.now(UTC))
    page.locator("#credential").select_option(str(town.credential))
    page.locator("#post").fill("讲座教授")
    page.locator("#post_series").select_option("01")
    page.locator("#term_from").fill((today + timedelta(days=10)).isoformat())
    page.locator("#term_until").fill((today + timedelta(days=300)).isoformat())
    page.locator("#workload_percent").fill(percent)


def sign_on_a_phone(browser: Browser, town: Town, placement: str) -> None:
    """The person reads the agreement and signs, without JavaScript."""
    person = at_home(browser, town.desk, "teacher", java_script_enabled=False, viewport=PHONE)
    person.goto(placement)
    expect(person.locator("main")).to_contain_text("户口、人事关系不变")
    fits_a_phone(person)
    press(person, "签署")
    expect(person.locator("main table").first).to_contain_text("已签署")
    person.context.close()


def stop_an_overload(page: Page, town: Town) -> None:
    """The home unit, which sees the whole, is shown the sum that does not go."""
    page.goto(f"{town.desk.address}/placements/new?researcher={town.public_number}&host=重庆样例大学&kind=PART_TIME")
    fill_terms(page, town, "70")
    press(page, "Check first")
    expect(page.locator(".verdict .word")).to_have_text("Cannot be proposed")
    expect(page.locator(".verdict")).to_contain_text("60 % + 70 % = 130 %")
    is_sound(page)
    press(page, "Propose")
    page.wait_for_load_state()
    expect(page.locator(".verdict .word")).to_have_text("Cannot be proposed")
    assert page.url.endswith("/placements/new")


def relations(page: Page, town: Town) -> tuple[str, ...]:
    """Household and personnel relation with the days they began, as the person is shown them."""
    person = at_home(page.context.browser, town.desk, "teacher")  # type: ignore[arg-type]  # a browser opened it
    person.goto(f"{town.desk.address}/me")
    rows = person.get_by_role("region", name="身份与关系").locator("tbody tr").all_inner_texts()
    person.context.close()
    found = tuple(row for row in rows if row.startswith(("户籍所在地", "人事关系所在单位")))
    assert len(found) == 2
    return found
