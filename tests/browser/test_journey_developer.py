"""A developer gets a key on the page, asks in the console, takes the command to a shell, and sees a revocation."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from talent_registry.settings import Settings
from tests.browser.conftest import Desk
from tests.browser.journeys import at_home, fits_a_phone, is_sound, press
from tests.conftest import TEMPLATE, DatabaseUrls, create_database, drop_database
from tests.faults.servers import serving


@pytest.fixture(scope="module")
def desk(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A sandbox, served."""
    name = f"t_{uuid4().hex[:16]}"
    create_database(server, name, TEMPLATE)
    url = SecretStr(server.of(name).app_url)
    settings = Settings(database_url=url, data=tmp_path_factory.mktemp("sandbox"), sandbox=True)
    try:
        with serving(settings, workers=1) as one:
            yield Desk(one.address, settings)
    finally:
        drop_database(server, name)


@pytest.mark.needs_system("chromium")
def test_a_developer_asks_in_the_console_and_the_shell_and_sees_a_revocation(
    browser: Browser, desk: Desk, tmp_path: Path
) -> None:
    page = at_home(browser, desk, "", "en")
    page.goto(f"{desk.address}/developers")
    page.locator("#mail").fill("journey@example.org")
    press(page, "Get a key")
    own = page.locator("dl.facts dd").nth(3).locator("code").first.inner_text()
    name = page.locator("dl.facts dd code[lang]").inner_text()
    ask(page, own, name, "VALID")
    is_sound(page)
    assert in_a_shell(page, tmp_path)["verdict"] == "VALID"
    press(page, "Send a test revocation")
    expect(page.locator("dl.facts")).to_contain_text("REVOKED")
    ask(page, own, name, "REVOKED")
    is_sound(page)
    page.context.close()
    without_javascript(browser, desk)


def ask(page: Page, number: str, name: str, verdict: str) -> None:
    """Run the call of the console for this certificate."""
    expect(page.locator("#token")).to_have_value(re.compile(r"^ey[\w.-]+$"))
    variables = json.loads(page.locator("#variables").input_value())
    variables["input"] |= {"number": number, "name": name}
    page.locator("#variables").fill(json.dumps(variables, ensure_ascii=False))
    page.locator("#run").click()
    expect(page.locator("#result")).to_contain_text(f'"verdict": "{verdict}"')


def in_a_shell(page: Page, folder: Path) -> dict[str, str]:
    """The commands as the page gives them, one after the other."""
    commands = page.locator("pre.code").filter(has_text="CLIENT_ID").first.inner_text()
    call = page.locator("[data-snippet]").first.inner_text()
    script = folder / "call.sh"
    script.write_text(f"set -e\n{commands}\n{call}\n", encoding="utf-8")
    done = subprocess.run(["bash", str(script)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)["data"]["verifyCredential"]
    return found


def without_javascript(browser: Browser, desk: Desk) -> None:
    """The key, the commands and the test revocation need none; in Chinese."""
    page = at_home(browser, desk, "", java_script_enabled=False)
    page.goto(f"{desk.address}/developers")
    page.locator("#mail").fill("plain@example.org")
    press(page, "取得密钥")
    expect(page.locator("pre.code").first).to_contain_text("CLIENT_SECRET")
    press(page, "发送试验撤销")
    expect(page.locator("dl.facts")).to_contain_text("REVOKED")
    fits_a_phone(page)
    page.context.close()
