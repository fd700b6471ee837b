"""“This is wrong” on a person's own pages, and the source that puts it right or says why not."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from tests.titles import NAME
from tests.web.conftest import PASSWORD, Served
from tests.web.test_me_pages import Person, ledger_length, person
from tests.web.test_pages import hidden, post, sign_in

__all__ = ["person"]
GROUNDS = "与证书原件不符，原件已寄出。"


@pytest.fixture
async def issuer(person: Person) -> dict[str, str]:
    asked = accounts.NewAccount("issuer", PASSWORD, AccountKind.ISSUER, person.titles.sichuan)
    await accounts.open_account(person.served.registry, OPERATOR, asked, str(uuid4()))
    return {"Cookie": (await sign_in(person.served, "issuer")).headers["set-cookie"].partition(";")[0]}


async def send(
    served: Served, cookie: dict[str, str], path: str, form: httpx.Response, **fields: Any
) -> httpx.Response:
    more = {"form_token": hidden(form, "form_token"), "form_key": hidden(form, "form_key")}
    return await post(served, path, {**more, **fields}, **cookie)


async def dispute(person: Person, fact: str = "SPECIALTY") -> str:
    address = f"/me/wrong?fact={fact}&credential={person.credential}"
    form = await person.get(address)
    assert form.status_code == 200
    fields = {"fact": fact, "credential": str(person.credential), "text": GROUNDS, "should_read": "课程与教学论"}
    opened = await person.send("/me/wrong", fields, form)
    assert opened.status_code == 303
    again = await person.send("/me/wrong", fields, form)
    assert again.headers["location"] == opened.headers["location"]
    return opened.headers["location"]


async def test_every_fact_leads_to_its_correction_and_opening_a_page_changes_nothing(person: Person) -> None:
    before = await ledger_length(person)
    page = await person.get("/me")
    for fact in ("NAME", "DOCUMENT", "HOUSEHOLD", "PERSONNEL_RELATION"):
        assert f'href="/me/wrong?fact={fact}"' in page.text
        assert (await person.get(f"/me/wrong?fact={fact}")).status_code == 200
    assert f'href="/me/wrong?fact=LEVEL&amp;credential={person.credential}"' in page.text
    assert (await person.get("/me/wrong?fact=NOTHING")).status_code == 404
    assert (await person.get(f"/me/wrong?fact=LEVEL&credential={uuid4()}")).status_code == 404
    english = await person.served.http.get(
        "/me/wrong?fact=NAME", headers={"Cookie": f"{person.cookie['Cookie']}; language=en"}
    )
    assert "This is wrong: Name" in english.text
    assert await ledger_length(person) == before


async def test_a_disputed_fact_is_seen_by_its_source_with_a_clock_and_put_right(
    person: Person, issuer: dict[str, str]
) -> None:
    own = await dispute(person)
    mine = await person.get(own)
    for shown in ("办理中", "来源单位：四川省人力资源和社会保障厅", "作出决定", "届满之后", GROUNDS, "撤回申请"):
        assert shown in mine.text
    assert "有争议" in (await person.get("/me")).text
    served = person.served
    assert "专业" in (await served.http.get("/corrections", headers=issuer)).text
    address = own.removeprefix("/me")
    assert f'href="{address}"' in (await served.http.get("/inbox", headers=issuer)).text
    form = await served.http.get(address, headers=issuer)
    assert 'value="课程与教学论"' in form.text
    assert "未登记" in form.text
    refused = await send(served, issuer, address, form, act="decline", text="")
    assert refused.status_code == 400
    done = await send(served, issuer, address, form, act="correct", value="课程与教学论")
    assert (done.status_code, done.headers["location"]) == (303, address)
    settled = await person.get(own)
    assert "已更正" in settled.text
    page = await person.get("/me")
    assert "课程与教学论" in page.text
    assert "有争议" not in page.text


async def test_whoever_verifies_reads_the_answer_as_recorded_and_that_it_is_disputed(
    person: Person, issuer: dict[str, str]
) -> None:
    await dispute(person)
    fields = {"number": "512020000001", "name": "旦增·卓嘎"}
    for cookie, told in ((issuer, True), ({}, False)):
        form = await person.served.http.get("/verify", headers=cookie)
        more = {name: hidden(form, name) for name in ("form_token", "form_key")}
        page = await post(person.served, "/verify", {**more, **fields}, **cookie)
        assert "有效" in page.text
        assert ("有争议" in page.text) is told


async def test_what_is_declined_is_taken_on_and_strangers_see_nothing(person: Person, issuer: dict[str, str]) -> None:
    own = await dispute(person, "LEVEL")
    address, served = own.removeprefix("/me"), person.served
    form = await served.http.get(address, headers=issuer)
    await send(served, issuer, address, form, act="ask", text="请补寄评审表。")
    asked = await person.get(own)
    assert "本人：补充证据" in asked.text
    await person.send(own, {"act": "evidence", "text": "评审表已寄出。"}, asked)
    form = await served.http.get(address, headers=issuer)
    await send(served, issuer, address, form, act="decline", text="评审表与登记一致。")
    declined = await person.get(own)
    for shown in ("未予更正", "评审表与登记一致。", "申请主管部门复核"):
        assert shown in declined.text
    appealed = await person.send(own, {"act": "appeal", "text": "请主管部门复核。"}, declined)
    assert appealed.status_code == 303
    assert "四川省主管部门" in (await person.get(own)).text
    assert (await person.get(address)).status_code == 404
    assert (await person.send(own, {"act": "forget"}, declined)).status_code == 400
    await served.officer()
    other = {"Cookie": (await sign_in(served, "officer-1")).headers["set-cookie"].partition(";")[0]}
    assert (await served.http.get(own, headers=other)).status_code == 404
    assert (await served.http.get("/me/corrections")).status_code == 303
    assert (await served.http.get("/corrections")).status_code == 303


async def test_what_is_recorded_stands_beside_what_it_should_read_with_its_source_and_masked(person: Person) -> None:
    for fact, shown in (
        ("NAME", NAME),
        ("HOUSEHOLD", "成都市"),
        ("PERSONNEL_RELATION", "四川样例大学"),
        (f"LEVEL&credential={person.credential}", "副高级"),
        (f"SPECIALTY&credential={person.credential}", "未登记"),
    ):
        page = (await person.get(f"/me/wrong?fact={fact}")).text
        told, _, rest = page.partition("现登记为")[2].partition("</dl>")
        assert f"<strong>{shown}" in told or shown in told, fact
        assert ("来源：" in told) == (shown != "未登记")
        assert 'name="should_read"' in rest
    masked = (await person.get("/me/wrong?fact=DOCUMENT")).text.partition("现登记为")[2]
    assert person.titles.document_number not in masked
    assert "******" in masked
    assert 'name="should_read"' not in masked
