"""A person makes a share code and stops it; whoever holds it sees what was chosen; one box takes what is at hand."""

import re
from collections.abc import Callable, Mapping
from logging import DEBUG, WARNING
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from talent_registry.domain.shares import ShareField, ShareTerms, code_of, written
from talent_registry.domain.verification import Typed
from talent_registry.services import letters, shares, verification
from tests.conftest import DatabaseUrls, as_superuser
from tests.titles import NAME, NUMBER
from tests.web.conftest import Served
from tests.web.test_me_pages import Person, person
from tests.web.test_pages import hidden, post

__all__ = ["person"]
PIN = "83920174"
CHOSEN = {
    "purpose": "应聘材料",
    "days": "30",
    "division": "500000",
    "field": ["NAME", "DOCUMENT", "LEVEL", "ISSUER", "VALIDITY", "RECOGNITION"],
}


@pytest.fixture
def output(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """All that was logged or printed."""
    caplog.set_level(DEBUG)
    # The browser of these tests, which is no part of the registry.
    caplog.set_level(WARNING, "httpx")

    def read() -> str:
        printed = capfd.readouterr()
        return "\n".join([caplog.text, printed.out, printed.err, *(str(one.__dict__) for one in caplog.records)])

    return read


async def send(person: Person, path: str, fields: Mapping[str, object], form: httpx.Response) -> httpx.Response:
    more = {"form_token": hidden(form, "form_token"), "form_key": hidden(form, "form_key")}
    filled: dict[str, Any] = {**more, **fields}
    return await post(person.served, path, filled, **person.cookie)


async def made(person: Person, **more: object) -> tuple[httpx.Response, str]:
    """The page of a new share code, and the code."""
    fields = {**CHOSEN, "credential": [str(person.credential)], **more}
    form = await person.get("/me/shares")
    # A title of Sichuan is asked about in Chongqing, unless its person says otherwise.
    assert '<option value="500000" selected>' in form.text
    answer = await send(person, "/me/shares", fields, form)
    assert answer.status_code == 303
    page = await person.get(answer.headers["location"])
    found = re.search(r"<code>(FX(?:-[0-9A-Z]{4}){4})</code>", page.text)
    assert found is not None
    return page, found[1]


async def opened(served: Served, path: str = "/s", **fields: str) -> httpx.Response:
    """The answer to a form of the page as nobody known sends it."""
    served.http.cookies.clear()
    form = await served.http.get(path)
    more = {"form_token": hidden(form, "form_token"), "form_key": hidden(form, "form_key")}
    return await post(served, path, {**more, **fields})


async def test_a_code_is_previewed_made_opened_by_anybody_and_stopped(person: Person) -> None:
    form = await person.get("/me/shares")
    fields = {**CHOSEN, "credential": [str(person.credential)]}
    preview = await send(person, "/me/shares/preview", fields, form)
    assert preview.status_code == 200
    assert "尚未生成分享码" in preview.text
    assert "尚未生成分享码" in (await person.get("/me/shares")).text
    page, code = await made(person)
    assert f"/s#{code.replace('-', '')}" in page.text
    picture = re.search(r'src="(/me/shares/[^"]+/qr\.svg)"', page.text)
    assert picture is not None
    svg = await person.get(picture[1])
    assert (svg.headers["content-type"], svg.text.count("<svg")) == ("image/svg+xml", 1)
    assert (await person.served.http.get(picture[1])).status_code in (303, 403, 404)

    answer = await opened(person.served, code=code.lower())
    masked = person.titles.document_number[:3] + "*"
    for shown in ("有效", NAME, masked, "四川省人力资源和社会保障厅", "在重庆市的认定", "直接认可", "依据条款"):
        assert shown in answer.text
        assert shown in preview.text
    for never in (person.titles.document_number, NUMBER, "批准日期"):
        assert never not in answer.text
        assert never not in preview.text
    assert "截至" in answer.text

    looks = (await person.get("/me/looks")).text
    for shown in ("持码人（未登录）", "应聘材料", "分享码", "姓名", "身份证件"):
        assert shown in looks
    address = re.search(r'action="(/me/shares/[^"]+/revoke)"', page.text)
    assert address is not None
    assert (await send(person, address[1], {}, page)).status_code == 303
    gone, unknown = [await opened(person.served, code=one) for one in (code, written(code_of(bytes(32))))]
    assert (gone.status_code, unknown.status_code) == (404, 404)
    assert "此分享码已失效" in gone.text
    assert NAME not in gone.text
    assert told(gone) == told(unknown)
    assert "分享码（未能打开）" in (await person.get("/me/looks")).text
    assert (await person.get(picture[1])).status_code == 404
    after = (await person.get(address[1].removesuffix("/revoke"))).text
    assert "已停用" in after
    assert code not in after


def told(page: httpx.Response) -> str:
    """The content of a page without what is new on each."""
    body = page.text[page.text.index("<main") : page.text.index("</main>")]
    return re.sub(r"\d{4}年[^·]*·", "", body)


async def test_a_code_with_a_pin_asks_for_it_in_a_form(person: Person) -> None:
    _, code = await made(person, pin=PIN)
    asked = await opened(person.served, code=code)
    assert (asked.status_code, 'type="password"' in asked.text, NAME in asked.text) == (200, True, False)
    wrong = await opened(person.served, code=code, pin="1111")
    assert (wrong.status_code, "口令不正确" in wrong.text, NAME in wrong.text) == (403, True, False)
    assert NAME in (await opened(person.served, code=code, pin=PIN)).text
    mistyped = await opened(person.served, code=code[:-1])
    assert (mistyped.status_code, "分享码有误" in mistyped.text) == (400, True)


async def test_what_cannot_be_made_is_said_in_the_form_and_opening_the_page_writes_nothing(
    person: Person, database_urls: DatabaseUrls
) -> None:
    form = await person.get("/me/shares")
    for fault, said in (
        ({"days": "181"}, "1 至 180 天"),
        ({"days": "many"}, "1 至 180 天"),
        ({"credential": "nothing"}, "请选择要分享的证书"),
    ):
        fields = {**CHOSEN, "credential": [str(person.credential)], **fault}
        for path in ("/me/shares/preview", "/me/shares"):
            answer = await send(person, path, fields, form)
            assert (answer.status_code, said in answer.text) == (400, True)
            assert 'value="应聘材料"' in answer.text
    _, code = await made(person)
    with as_superuser(database_urls) as connection:
        before = connection.execute("SELECT count(*) FROM ledger_entry").fetchone()
        for path in ("/me/shares", f"/s/{code}", "/s"):
            page = await person.get(path)
            assert page.status_code == 200
            assert code not in page.text or path == f"/s/{code}"
            # Not even the switch of language would bring it into an address.
            assert f"then=/s/{code}" not in page.text
        assert connection.execute("SELECT count(*) FROM ledger_entry").fetchone() == before
    assert (await person.get("/me/shares/nothing")).status_code == 404


@pytest.mark.parametrize("kind", ["share code", "link", "receipt", "letter", "address of a letter"])
async def test_one_box_takes_whatever_is_at_hand(person: Person, kind: str) -> None:
    registry = person.served.registry
    terms = ShareTerms("应聘材料", (person.credential,), (ShareField.NAME,))
    given = await shares.issue(registry, person.titles.holder, shares.NewShare(terms, 30), "a key")
    asked = verification.Asked(Typed(NUMBER, NAME), "聘任审核")
    (receipt,) = (await verification.verify(registry, person.titles.hr, asked, "b key", "here")).done.receipts
    check = letters.check_of(registry, receipt.id)
    box = {
        "share code": written(given.code).lower(),
        "link": given.link,
        "receipt": receipt.compact,
        "letter": str(receipt.id),
        "address of a letter": f"http://registry/l/{receipt.id}#{check}",
    }[kind]
    answer = await opened(person.served, "/verify", number=box)
    if "letter" in kind:
        ending = f"#{check}" if "address" in kind else ""
        assert (answer.status_code, answer.headers["location"]) == (303, f"/l/{receipt.id}{ending}")
        return
    assert answer.status_code == 200
    if kind != "receipt":
        assert NAME in answer.text
        return
    assert "一字未改" in answer.text
    assert NUMBER in answer.text
    forged = await opened(person.served, "/verify", number=box[:-4] + "AAAA")
    assert (forged.status_code, NUMBER in forged.text) == (400, False)


async def test_the_box_tells_a_document_number_and_does_not_look_anybody_up_by_it(person: Person) -> None:
    number = person.titles.document_number
    answer = await opened(person.served, "/verify", number=number)
    assert (answer.status_code, "不凭证件号码单独查询" in answer.text, number in answer.text) == (400, True, False)
    named = await opened(person.served, "/verify", number=number, name="李雷")
    assert "未找到" in named.text
    nameless = await opened(person.served, "/verify", number=NUMBER)
    assert (nameless.status_code, "aria-invalid" in nameless.text) == (400, True)


async def test_neither_code_nor_pin_nor_name_reaches_the_log_or_the_ledger(
    person: Person, database_urls: DatabaseUrls, output: Callable[[], str]
) -> None:
    _, code = await made(person, pin=PIN)
    bare = code.replace("-", "")
    output()
    for fields in ({"code": code}, {"code": bare, "pin": PIN}, {"code": bare, "pin": "99999999"}):
        await opened(person.served, **fields)
    await opened(person.served, "/verify", number=code)
    await person.served.http.get(f"/s/{code}")
    await person.served.http.get(f"/s/{bare}", headers={"Referer": f"http://registry/s/{bare}"})
    logged = output()
    assert "/s/{code}" in logged
    assert [one for one in (code, bare, PIN, "99999999", NAME) if one.lower() in logged.lower()] == []
    with as_superuser(database_urls) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ]
        kept = {name: str(connection.execute(f'SELECT t::text FROM "{name}" t').fetchall()) for name in tables}
    assert "openShareCode" in kept["ledger_entry"]
    assert [(name, one) for name, rows in kept.items() for one in (code, bare, PIN) if one in rows] == []
    assert [name for name in ("ledger_entry", "command", "share_code", "event") if NAME in kept[name]] == []


async def test_the_pages_speak_english_when_asked(person: Person) -> None:
    page, code = await made(person, field=["LEVEL", "RECOGNITION"], purpose="Job application")
    await opened(person.served, code=code)
    english = {"Cookie": f"{person.cookie['Cookie']}; language=en"}
    address = re.search(r'action="(/me/shares/[^"]+)/revoke"', page.text)
    assert address is not None
    for path in ("/me/shares", address[1], "/s", f"/s/{code}"):
        answer = await person.served.http.get(path, headers=english)
        left = re.sub(r"中文|副教授", "", answer.text)
        assert (answer.status_code, re.findall(r"[\u4e00-\u9fff]+", left)) == (200, []), path
    async with person.served.registry.reading(person.titles.holder) as connection:
        assert len((await connection.execute(text("SELECT 1 FROM share_code"))).all()) == 1
