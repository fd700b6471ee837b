"""A finished roster on its page: watched as a whole and ended in one click."""

import asyncio
import re

import httpx

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import roster_jobs, standing
from talent_registry.services.standing import StatusChange
from tests.postings import Postings
from tests.titles import NAME, NUMBER
from tests.web.conftest import Served
from tests.web.test_pages import SAME_SITE, hidden
from tests.web.test_placement_pages import Visitor, opened, visitor

ROSTER = f"姓名,证书编号\n{NAME},{NUMBER}\n{NAME},512020000999\n"


async def verified(unit: Visitor, posts: Postings, content: str = ROSTER, corrects: str = "") -> str:
    """The address of a roster that was uploaded on the page `corrects` or that of new ones, once it is done."""
    at = corrects or "/rosters"
    page = await unit.read(at)
    sent = {name: hidden(page, name) for name in ("form_token", "form_key")}
    asked = {"act": "start", "purpose": "聘任审核", "legal_basis": "本人同意"}
    begun = await unit.served.http.post(
        f"{corrects}/correct" if corrects else at,
        data=sent | asked,
        files={"file": ("名册.csv", content.encode(), "text/csv")},
        headers={**SAME_SITE, "Cookie": unit.cookie},
    )
    assert begun.status_code == 303, begun.text
    address = str(begun.headers["location"])
    await roster_jobs.work_one(posts.registry)
    async with asyncio.timeout(30):
        while "data-running" in (page := await unit.read(address)).text:
            assert "可以离开本页" in page.text
            await asyncio.sleep(0.1)
    return address


async def test_a_unit_watches_a_whole_roster_is_told_and_ends_it_in_one_click(served: Served) -> None:
    posts, _ = await opened(served)
    unit = await visitor(served, AccountKind.HR, unit=posts.other_host)
    address = await verified(unit, posts)
    page = await unit.read(address)
    assert "订阅整份名册" in page.text
    late = await unit.send(f"{address}/watch", page, purpose="聘任审核", until="2099-01-01")
    assert late.status_code == 400
    assert "不超过两年" in late.text
    begun = await unit.send(f"{address}/watch", page, purpose="聘任审核", until=str(posts.today))
    assert (begun.status_code, begun.headers["location"]) == (303, f"{address}?done=watched")
    other = await visitor(served, AccountKind.HR, unit=posts.titles.home)
    stolen = await other.send(f"{address}/watch", await other.read("/verify"), purpose="x", until=str(posts.today))
    assert stolen.status_code == 404
    assert (await other.send(f"{address}/unwatch", await other.read("/verify"))).status_code == 404
    done = StatusChange(posts.person.credential, "核查")
    await standing.revoke(posts.registry, posts.titles.officer, done, posts.world.key())
    assert "被撤销。请勿再据以办理" in (await unit.read("/inbox")).text
    english = await unit.read(address, "en")
    assert set(re.findall(r"[\u4e00-\u9fff]+", english.text)) == {"中文", "聘任审核", "本人同意"}
    ended = await unit.send(f"{address}/unwatch", await unit.read(address))
    assert (ended.status_code, ended.headers["location"]) == (303, f"{address}?done=ended")
    assert "订阅整份名册" in (await unit.read(address)).text


async def test_rows_with_problems_are_put_right_on_the_page_and_the_first_roster_says_so(served: Served) -> None:
    posts, _ = await opened(served)
    unit = await visitor(served, AccountKind.HR, unit=posts.other_host)
    address = await verified(unit, posts)
    problems = await unit.read(f"{address}/result.csv?problems=1")
    content = problems.content.decode("utf-8-sig").replace("512020000999", NUMBER)
    second = await verified(unit, posts, content, corrects=address)
    assert f'href="{address}"' in (await unit.read(second)).text
    assert f'href="{second}"' in (await unit.read(address)).text
    merged = (await unit.read(f"{address}/result.csv")).content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[2] for row in merged] == ["核验结果", "VALID", "VALID"]
    refused = await unit.served.http.post(
        f"{address}/correct",
        data={name: hidden(await unit.read(address), name) for name in ("form_token", "form_key")},
        files={"file": ("名册.csv", ROSTER.encode(), "text/csv")},
        headers={**SAME_SITE, "Cookie": unit.cookie},
    )
    assert (refused.status_code, "记录号不是该名册中的行" in refused.text) == (400, True)
    english = await unit.read(address, "en")
    assert set(re.findall(r"[\u4e00-\u9fff]+", english.text)) == {"中文", "聘任审核", "本人同意"}


async def test_a_person_says_which_column_is_which(served: Served) -> None:
    posts, _ = await opened(served)
    unit = await visitor(served, AccountKind.HR, unit=posts.other_host)
    content = ROSTER.replace("姓名,证书编号", "人,号").encode()

    async def sent(act: str, **more: str) -> httpx.Response:
        page = await unit.read("/rosters")
        keys = {name: hidden(page, name) for name in ("form_token", "form_key")}
        asked = keys | {"act": act, "purpose": "聘任审核", "legal_basis": "本人同意"} | more
        headers = {**SAME_SITE, "Cookie": unit.cookie}
        return await served.http.post("/rosters", data=asked, files={"file": ("a.csv", content)}, headers=headers)

    unknown = await sent("preview")
    assert unknown.status_code == 400
    assert "A · 人" in unknown.text
    choice = {name: hidden(unknown, name) for name in ("header_line", "header")}
    choice |= {"column_name": "0", "column_number": "1", "column_level": ""}
    seen = await sent("preview", **choice)
    assert seen.status_code == 200
    assert re.search(r'<option value="1" selected>B · 号', seen.text)
    begun = await sent("start", **choice)
    assert begun.status_code == 303
    # By another file the choice was not made.
    content = content.replace(b",", b",x,")
    assert "表头不同" in (await sent("start", **choice)).text


async def test_the_summary_of_a_roster_is_a_letter_that_proves_itself(served: Served) -> None:
    posts, _ = await opened(served)
    unit = await visitor(served, AccountKind.HR, unit=posts.other_host)
    address = await verified(unit, posts)
    made = await unit.send(f"{address}/letter", await unit.read(address))
    assert made.status_code == 303
    letter = (await unit.read(made.headers["location"])).content
    assert letter.startswith(b"%PDF-")
    other = await visitor(served, AccountKind.HR, unit=posts.titles.home)
    assert (await other.send(f"{address}/letter", await other.read("/verify"))).status_code == 404
    assert (await other.read(made.headers["location"])).status_code == 404

    async def dropped(content: bytes) -> httpx.Response:
        files = {"file": ("l.pdf", content)}
        return await served.http.post("/verify/document", data={"form_token": ""}, files=files, headers=SAME_SITE)

    proven = await dropped(letter)
    assert "一字未改" in proven.text
    assert address.rpartition("/")[2] in proven.text
    assert "行数合计" in proven.text
    altered = bytearray(letter)
    altered[len(altered) // 2] ^= 1
    assert (await dropped(bytes(altered))).status_code == 400
