"""A clerk of a unit goes from one certificate to a roster, and is told when what was verified changes."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, Page, expect

from talent_registry.composition import open_registry
from talent_registry.services import letters, standing
from tests.browser.conftest import Desk
from tests.browser.journeys import Town, apart, at_home, fits_a_phone, is_sound, press, served_town
from tests.conftest import DatabaseUrls
from tests.registries import authority
from tests.titles import NAME, NUMBER


@pytest.fixture(scope="module")
def town(server: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with served_town(server, tmp_path_factory.mktemp("hr")) as town:
        yield town


@pytest.fixture(scope="module")
def desk(town: Town) -> Desk:
    """Where `browser` goes."""
    return town.desk


@pytest.mark.needs_system("chromium")
def test_a_clerk_verifies_keeps_the_letter_sends_a_roster_and_hears_of_a_revocation(
    town: Town, browser: Browser, tmp_path: Path
) -> None:
    address = town.desk.address
    page = at_home(browser, town.desk, "host")
    verify_one(page, address)
    receipt = page.locator("#receipt").text_content() or ""
    letter, letter_id = take_letter(page, tmp_path)
    press(page, "订阅变更")
    page.wait_for_url("**/watches*")
    is_sound(page)
    # Without an account whoever has the letter reads that it stands, and that a changed one is not ours.
    anyone = at_home(browser, town.desk, "", "en")
    drop(anyone, address, letter)
    expect(anyone.locator(".verdict .word")).to_have_text("Valid")
    is_sound(anyone)
    content = bytearray(letter.read_bytes())
    content[len(content) // 2] ^= 1
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(content)
    drop(anyone, address, altered)
    expect(anyone.locator("[role=alert]")).to_contain_text("changed or damaged since")
    expect(anyone.locator(".verdict.good")).to_have_count(0)
    is_sound(anyone)
    verify_a_roster(browser, town, tmp_path)
    check = revoke(town, letter_id)
    anyone.goto(f"{address}/l/{letter_id}#{check}")
    expect(anyone.locator(".verdict .word")).to_have_text("Changed since: Revoked")
    assert check not in anyone.url
    is_sound(anyone)
    anyone.goto(f"{address}/verify")
    anyone.locator("textarea#receipt").fill(receipt)
    press(anyone, "Check it")
    expect(anyone.locator(".verdict .word")).to_have_text("Changed since: Revoked")
    page.goto(f"{address}/inbox")
    expect(page.locator("tbody")).to_contain_text("撤销")
    is_sound(page)
    for one in (page, anyone):
        one.context.close()


def verify_one(page: Page, address: str) -> None:
    """From the empty form to the answer for the host's side, with its clause."""
    page.goto(f"{address}/verify")
    page.locator("#number").fill(NUMBER)
    page.locator("#name").fill(NAME)
    page.locator("#purpose").fill("岗位聘用审核")
    page.locator("#division").select_option("500000")
    press(page, "核验")
    expect(page.locator(".verdict .word")).to_have_text(["有效", "直接认可"])
    expect(page.locator(".verdict").nth(1)).to_contain_text("依据条款 R1")
    expect(page.locator(".verdict").first).to_contain_text("来源：川渝人才互认登记库")
    page.locator("summary").filter(has_text="逐条说明").click()
    page.locator("summary").filter(has_text="签名凭据").click()
    is_sound(page)


def take_letter(page: Page, folder: Path) -> tuple[Path, UUID]:
    """The letter as downloaded, and its number."""
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载证明（PDF）").click()
    file = folder / taken.value.suggested_filename
    taken.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    return file, UUID(file.stem.removeprefix("letter-"))


def drop(page: Page, address: str, file: Path) -> None:
    """Hand the file in on the page where anybody verifies."""
    page.goto(f"{address}/verify")
    page.locator("#file").set_input_files(file)
    press(page, "Check it")


def verify_a_roster(browser: Browser, town: Town, folder: Path) -> None:
    """A workbook with a title above its header goes in, without JavaScript, and comes back with answers."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    rows = (["2026 年聘用人员名册", None], ["姓名", "证书编号"], [NAME, NUMBER], ["李雷", "SC-0001"], ["合计", None])
    for row in rows:
        sheet.append(row)
    book.save(folder / "名册.xlsx")
    page = at_home(browser, town.desk, "host", java_script_enabled=False)
    page.goto(f"{town.desk.address}/rosters")
    page.locator("#file").set_input_files(folder / "名册.xlsx")
    page.locator("#purpose").fill("聘用核验")
    page.locator("#legal_basis").fill("劳动合同法第八条")
    press(page, "开始核验")
    page.wait_for_url(re.compile("/rosters/[0-9a-f-]{36}$"))
    for _ in range(60):
        if page.locator(".verdict .word").inner_text() == "已完成":
            break
        page.wait_for_timeout(300)
        page.reload()
    expect(page.locator(".verdict .word")).to_have_text("已完成")
    every, problems = (answers(page, name) for name in ("下载结果（XLSX）", "只要有问题的行"))
    # The word or its code, as the file's language has it.
    assert [row[2] in {"有效", "VALID"} for row in every if NUMBER in row] == [True]
    assert [row[2] in {"未找到", "NOT_FOUND"} for row in every if "SC-0001" in row] == [True]
    assert [row for row in problems if NUMBER in row] == []
    assert [row[0] for row in problems if "SC-0001" in row] == ["李雷"]
    fits_a_phone(page)
    done = page.url
    page.context.close()
    again = at_home(browser, town.desk, "host", "en")
    for address in (done, f"{town.desk.address}/rosters"):
        again.goto(address)
        is_sound(again)
    again.context.close()


def answers(page: Page, name: str) -> list[list[str]]:
    """The rows of the downloaded workbook."""
    with page.expect_download() as taken:
        page.get_by_role("link", name=name).click()
    sheet = load_workbook(io.BytesIO(taken.value.path().read_bytes())).active
    assert sheet is not None
    return [[str(value) for value in row] for row in sheet.iter_rows(values_only=True)]


def revoke(town: Town, letter_id: UUID) -> str:
    """The certificate is revoked by its authority; the check value of the letter."""

    async def act() -> str:
        async with open_registry(town.desk.settings) as registry:
            change = standing.StatusChange(town.credential, "评审材料不实。")
            await standing.revoke(registry, authority("510000"), change, str(uuid4()))
            return letters.check_of(registry, letter_id)

    return apart(act())
