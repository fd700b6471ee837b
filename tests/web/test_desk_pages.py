"""The clerk's desk in a browser: a roster uploaded and taken away, a receipt and a letter handed in again."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.identifiers import mask
from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from tests.titles import document
from tests.web.conftest import PASSWORD, Served
from tests.web.test_pages import SAME_SITE, hidden, post, sign_in

ROSTER = "姓名,证书编号\n王芳,SC-0000\n李雷,SC-0001\n"


async def clerk(served: Served) -> str:
    """The cookie of an HR officer who is signed in."""
    unit = await served.organisation("样例大学", "UNIVERSITY", "500106")
    asked = accounts.NewAccount("clerk-1", PASSWORD, AccountKind.HR, unit)
    await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    return (await sign_in(served, "clerk-1")).headers["set-cookie"].partition(";")[0]


async def upload(served: Served, cookie: str, content: bytes, accept: str = "*/*", **fields: str) -> httpx.Response:
    page = await served.http.get("/rosters", headers={"Cookie": cookie})
    sent = {name: hidden(page, name) for name in ("form_token", "form_key")} | fields
    headers = {**SAME_SITE, "Cookie": cookie, "Accept": accept}
    files = {"file": ("名册.csv", content, "text/csv")}
    return await served.http.post("/rosters", data=sent, files=files, headers=headers)


async def receipt_of(served: Served, cookie: str) -> tuple[httpx.Response, str]:
    """The page of a verification, and the receipt on it."""
    page = await served.http.get("/verify", headers={"Cookie": cookie})
    fields: dict[str, Any] = {"number": "SC-0000", "name": "王芳", "purpose": "聘用", "division": "510000"}
    answer = await post(served, "/verify", fields | {"form_token": hidden(page, "form_token")}, Cookie=cookie)
    found = re.search(r"<textarea[^>]*>([^<]+)</textarea>", answer.text)
    assert found is not None
    return answer, found[1]


async def test_a_roster_is_looked_through_verified_and_taken_away(served: Served) -> None:
    cookie = await clerk(served)
    seen = await upload(served, cookie, ROSTER.encode("gb18030"), act="preview")
    assert seen.status_code == 200
    assert "文件预览" in seen.text
    assert "GB18030" in seen.text.upper()
    begun = await upload(
        served, cookie, ROSTER.encode(), act="start", purpose="聘用核验", legal_basis="劳动合同法第八条"
    )
    assert begun.status_code == 303, begun.text
    address = begun.headers["location"]
    for _ in range(100):
        page = await served.http.get(address, headers={"Cookie": cookie})
        if "data-running" not in page.text:
            break
        await asyncio.sleep(0.2)
    assert "已完成" in page.text
    result = await served.http.get(f"{address}/result.csv", headers={"Cookie": cookie})
    rows = result.content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[:2] for row in rows] == [row.split(",") for row in ROSTER.splitlines()]
    assert rows[0].endswith("核验结果,原因,核验时间,记录号")


async def test_five_hundred_rows_of_rare_characters_are_shown_as_they_are_before_anything_is_looked_up(
    served: Served,
) -> None:
    cookie = await clerk(served)
    rows = "".join(f"{'刘䶮' if place % 2 else '吴𬱖'},{document(1)},SC-{place:04d},\n" for place in range(500))
    content = f"姓名,证件号码,证书编号,工号\n{rows}".encode("gb18030")
    seen = await upload(served, cookie, content, act="preview")
    for shown in ("GB18030", "<dd>500</dd>", "<td>吴𬱖</td>", "<td>刘䶮</td>", "<td>SC-0009</td>", "不用的列", "工号"):
        assert shown in seen.text, shown
    assert "SC-0010" not in seen.text
    assert document(1) not in seen.text
    assert mask(document(1)) in seen.text


async def test_a_roster_is_nothing_to_a_stranger(served: Served) -> None:
    cookie = await clerk(served)
    begun = await upload(
        served, cookie, ROSTER.encode(), act="start", purpose="聘用核验", legal_basis="劳动合同法第八条"
    )
    address = begun.headers["location"]
    for path in (address, f"{address}/result.csv"):
        answer = await served.http.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (303, f"/sign-in?then={path}")
    await served.officer("officer-1")
    other = (await sign_in(served)).headers["set-cookie"].partition(";")[0]
    assert (await served.http.get(address, headers={"Cookie": other})).status_code == 404


async def test_a_file_that_cannot_be_read_says_why_and_leaves_no_job(served: Served) -> None:
    cookie = await clerk(served)
    said = set()
    for content in (b"", "姓名,证书编号\n".encode(), bytes(range(256)) * 9):
        sent = {"act": "start", "purpose": "聘用核验", "legal_basis": "合同"}
        answer = await upload(served, cookie, content, **sent)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
        # A program is told the same as problem details.
        told = await upload(served, cookie, content, "application/problem+json", **sent)
        assert (told.status_code, told.headers["content-type"]) == (400, "application/problem+json")
        problem = told.json()
        assert (problem["status"], problem["title"]) == (400, "Bad Request")
        assert problem["message"]["zh"] in answer.text
        said.add((problem["reason"], problem["message"]["zh"], problem["message"]["en"], problem["detail"]))
    assert {one[0] for one in said} == {"EMPTY_FILE", "HEADER_ONLY", "UNDECODABLE"}
    assert all(len({one[place] for one in said}) == 3 for place in range(4))
    assert "还没有名册" in (await served.http.get("/rosters", headers={"Cookie": cookie})).text


async def test_a_template_can_be_filled_in(served: Served) -> None:
    for name in ("roster.csv", "roster.xlsx"):
        answer = await served.http.get(f"/rosters/template/{name}")
        assert answer.status_code == 200
        assert name in answer.headers["content-disposition"]


async def test_a_receipt_handed_in_is_ours_and_changed_by_one_letter_is_not(served: Served) -> None:
    cookie = await clerk(served)
    _, compact = await receipt_of(served, cookie)
    genuine = await post(served, "/verify/document", {"receipt": compact, "form_token": ""})
    assert genuine.status_code == 200
    assert "一字未改" in genuine.text
    # Of a certificate nobody recorded nothing is known now, and nothing is said of it.
    assert "请重新核验" in genuine.text
    at = len(compact) // 2
    changed = compact[:at] + ("A" if compact[at] != "A" else "B") + compact[at + 1 :]
    refused = await post(served, "/verify/document", {"receipt": changed, "form_token": ""})
    assert refused.status_code == 400
    nothing = await post(served, "/verify/document", {"receipt": "", "form_token": ""})
    assert (nothing.status_code, "没有收到文件" in nothing.text) == (400, True)
    assert not any(word in refused.text for word in ("假", "伪造"))


async def test_a_letter_proves_itself_and_its_code_leads_to_how_it_stands(served: Served) -> None:
    cookie = await clerk(served)
    page, _ = await receipt_of(served, cookie)
    address = re.search(r'href="(/verify/letters/[^"]+)"', page.text)
    assert address is not None
    letter = await served.http.get(address[1], headers={"Cookie": cookie})
    assert letter.content.startswith(b"%PDF-")
    dropped = await served.http.post(
        "/verify/document", data={"form_token": ""}, files={"file": ("l.pdf", letter.content)}, headers=SAME_SITE
    )
    assert "一字未改" in dropped.text
    altered = bytearray(letter.content)
    altered[len(altered) // 3] ^= 1
    refused = await served.http.post(
        "/verify/document", data={"form_token": ""}, files={"file": ("l.pdf", bytes(altered))}, headers=SAME_SITE
    )
    assert refused.status_code == 400
    receipt_id = address[1].rpartition("/")[2]
    assert (await served.http.get(f"/l/{receipt_id}")).status_code == 200
    wrong = await post(served, f"/l/{receipt_id}", {"check": "0" * 20, "form_token": ""})
    assert wrong.status_code == 404


async def test_an_upload_of_unknown_length_or_by_nobody_is_refused_before_it_is_kept(served: Served) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 1024

    headers = {**SAME_SITE, "Content-Type": "multipart/form-data; boundary=b"}
    unstated = await served.http.post("/rosters", content=endless(), headers=headers)
    assert (unstated.status_code, "LENGTH_REQUIRED" in unstated.text) == (411, True)
    large = await served.http.post("/rosters", content=b"x" * (4 * 1024 * 1024 + 1), headers=headers)
    assert (large.status_code, "FILE_TOO_LARGE" in large.text) == (413, True)
