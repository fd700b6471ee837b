"""A person's own pages: what is recorded and by whom, who may see it, who looked, and a credential carried over."""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.errors import NotFound
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.verification import Typed
from talent_registry.services import accesses, accounts, credentials, letters, organisations, standing, verification
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.receipts import check_receipt
from tests.proceedings import LOCAL, UNFILED
from tests.registries import Clock, World
from tests.titles import NAME, NUMBER, PROFESSOR, Titles, document, open_titles
from tests.web.conftest import PASSWORD, Served
from tests.web.test_pages import hidden, post, sign_in

PAGES = ("/me", "/me/consents", "/me/looks", "/me/cases")


class Founded(World):
    """A registry in which the authorities of both provinces stand from its first day."""

    async def organisation(self, name_zh: str, kind: str, division: str) -> UUID:
        try:
            return (await organisations.get_named(self.registry, OPERATOR, name_zh)).id
        except NotFound:
            return await super().organisation(name_zh, kind, division)


@dataclass
class Person:
    """A teacher with one title, signed in at a browser."""

    served: Served
    titles: Titles
    credential: UUID
    cookie: dict[str, str]

    async def get(self, path: str) -> httpx.Response:
        return await self.served.http.get(path, headers=self.cookie)

    async def send(self, path: str, fields: dict[str, str], form: httpx.Response) -> httpx.Response:
        more = {"form_token": hidden(form, "form_token"), "form_key": hidden(form, "form_key")}
        return await post(self.served, path, {**more, **fields}, **self.cookie)


@pytest.fixture
async def person(served: Served) -> Person:
    titles = await open_titles(Founded(served.registry, Clock()))
    credential = await titles.record()
    asked = accounts.NewAccount(
        "teacher",
        PASSWORD,
        AccountKind.RESEARCHER,
        researcher_number=titles.public_number,
        document_number=titles.document_number,
    )
    await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    cookie = (await sign_in(served, "teacher")).headers["set-cookie"].partition(";")[0]
    return Person(served, titles, credential, {"Cookie": cookie})


async def test_a_person_sees_each_fact_with_its_source_and_no_whole_document_number(person: Person) -> None:
    page = await person.get("/me")
    assert page.status_code == 200
    for shown in (NAME, NUMBER, "副教授", "四川省人力资源和社会保障厅", "今日状态：有效", "四川样例大学", "登记时间"):
        assert shown in page.text
    assert person.titles.document_number not in page.text
    assert f'href="/me/credentials/{person.credential}"' in page.text


async def test_each_look_is_told_with_who_what_and_why(person: Person) -> None:
    assert "尚无人查询" in (await person.get("/me/looks")).text
    await accesses.look_at(
        person.served.registry,
        person.titles.hr,
        person.titles.person,
        frozenset({PersonField.NAME}),
        "岗位聘任审核",
        history=False,
    )
    page = await person.get("/me/looks")
    for shown in ("四川样例大学", "姓名", "岗位聘任审核", "人事关系单位"):
        assert shown in page.text


async def test_a_consent_is_granted_in_a_form_and_closed_in_one_click(person: Person) -> None:
    form = await person.get("/me/consents")
    fields = {"recipient": "四川样例大学", "purpose": "岗位聘任审核", "until": "2028-06-30", "field": "ORCID"}
    unknown = await person.send("/me/consents", {**fields, "recipient": "没有的单位"}, form)
    assert unknown.status_code == 400
    assert "该单位未登记" in unknown.text
    assert 'value="岗位聘任审核"' in unknown.text
    granted = await person.send("/me/consents", fields, form)
    assert (granted.status_code, granted.headers["location"]) == (303, "/me/consents?done=granted")
    page = await person.get("/me/consents")
    for shown in ("四川样例大学", "岗位聘任审核", "开放研究者编号", "2028年6月30日", "有效，授权于"):
        assert shown in page.text
    address = re.findall(r'action="(/me/consents/[^"]+/withdraw)"', page.text)
    assert len(address) == 1
    withdrawn = await person.send(address[0], {}, page)
    assert withdrawn.status_code == 303
    assert "已撤回，" in (await person.get("/me/consents")).text
    malformed = await person.send("/me/consents/nothing/withdraw", {}, page)
    assert malformed.status_code == 404


async def test_the_answer_is_seen_before_applying_and_what_it_leaves_open_becomes_a_case(person: Person) -> None:
    address = f"/me/credentials/{person.credential}"
    before = await ledger_length(person)
    page = await person.get(f"{address}?division=500000&post_series=01")
    assert page.status_code == 200
    for shown in (NUMBER, "申请前的结论", "逐条说明", "协议版本", "重庆市"):
        assert shown in page.text
    assert await ledger_length(person) == before
    applied = await person.send(address, {"division": "500000", "post_series": hidden(page, "post_series")}, page)
    assert applied.status_code == 303
    assert await ledger_length(person) == before + 1
    again = await person.send(address, {"division": "500000", "post_series": hidden(page, "post_series")}, page)
    assert again.headers["location"] == applied.headers["location"]
    result = await person.get(applied.headers["location"])
    assert "认定结果" in result.text
    (receipt,) = re.findall(r"<textarea[^>]*>([^<]+)</textarea>", result.text)
    assert check_receipt(person.served.registry, receipt)["outcome"] == "AUTO"
    (letter,) = re.findall(r'href="(/verify/letters/[^"]+)"', result.text)
    assert (await person.get(letter)).content.startswith(b"%PDF")
    english = await person.served.http.get(address, headers={"Cookie": f"{person.cookie['Cookie']}; language=en"})
    assert "The answer before you apply" in english.text


async def test_what_is_missing_is_said_and_an_open_question_becomes_a_case_with_its_clock(person: Person) -> None:
    unfiled = await person.titles.record("512020000002", **UNFILED)
    assert "还缺什么" in (await person.get(f"/me/credentials/{unfiled}?division=500000")).text
    local = await person.titles.record("512020000003", **LOCAL)
    page = await person.get(f"/me/credentials/{local}?division=500000&post_series=01")
    assert "核实后认可" in page.text
    applied = await person.send(f"/me/credentials/{local}", {"division": "500000", "post_series": "01"}, page)
    result = await person.get(applied.headers["location"])
    cases = await person.get("/me/cases")
    for shown in ("轮到重庆市人社主管部门", "办理中", "作出决定", "截止"):
        assert shown in result.text
        assert shown in cases.text
    assert applied.headers["location"] in cases.text


async def test_nobody_opens_the_credential_or_decision_of_another(person: Person) -> None:
    titles = person.titles
    other, _ = await titles.enrol(2, "王芳")
    assert other != titles.person
    asked = credentials.NewCredential(
        titles.sichuan, "TITLE", "512020000009", credentials.Holder(document(2)), PROFESSOR
    )
    done = await credentials.record(person.served.registry, titles.officer, asked, str(uuid4()))
    page = await person.get(f"/me/credentials/{person.credential}")
    foreign = f"/me/credentials/{done.result['credential_id']}"
    assert (await person.get(foreign)).status_code == 404
    assert (await person.send(foreign, {"division": "500000"}, page)).status_code == 404
    for path in ("/me/credentials/nothing", f"/me/decisions/{uuid4()}"):
        assert (await person.get(path)).status_code == 404


async def ledger_length(person: Person) -> int:
    async with person.served.registry.reading(OPERATOR) as connection:
        return int((await connection.execute(text("SELECT count(*) FROM command"))).scalar_one())


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_of_ones_own_is_for_the_person_alone_and_speaks_english(person: Person, path: str) -> None:
    stranger = await person.served.http.get(path)
    assert (stranger.status_code, stranger.headers["location"]) == (303, f"/sign-in?then={path}")
    english = await person.served.http.get(path, headers={"Cookie": f"{person.cookie['Cookie']}; language=en"})
    assert english.status_code == 200
    assert "Source: Sichuan–Chongqing Talent Registry" in english.text
    assert "来源" not in english.text


async def test_whoever_verifies_it_sees_who_issued_it_and_what_the_agreement_says(person: Person) -> None:
    unit = await person.titles.world.organisation("样例核验大学", "UNIVERSITY", "500106")
    asked = accounts.NewAccount("clerk-1", PASSWORD, AccountKind.HR, unit)
    await accounts.open_account(person.served.registry, OPERATOR, asked, str(uuid4()))
    cookie = (await sign_in(person.served, "clerk-1")).headers["set-cookie"].partition(";")[0]
    form = await person.served.http.get("/verify", headers={"Cookie": cookie})
    fields = {
        "number": NUMBER,
        "name": NAME,
        "purpose": "聘用",
        "division": "500000",
        "form_token": hidden(form, "form_token"),
    }
    answer = await post(person.served, "/verify", fields, Cookie=cookie)
    assert answer.status_code == 200
    assert "发证机关" in answer.text
    assert "依据条款" in answer.text
    assert "SC-CQ/" in answer.text


async def test_a_letter_says_what_became_since_of_the_certificate_it_is_about(person: Person) -> None:
    unit = await person.titles.world.organisation("样例核验大学", "UNIVERSITY", "500106")
    asked = accounts.NewAccount("clerk-1", PASSWORD, AccountKind.HR, unit)
    account = await accounts.open_account(person.served.registry, OPERATOR, asked, str(uuid4()))
    clerk = Actor(ActorKind.HR, UUID(account.result["account_id"]), unit, None, "500000")
    seen = verification.Asked(Typed(NUMBER, NAME), "聘用")
    found = await verification.verify(person.served.registry, clerk, seen, None, "192.0.2.1")
    (receipt,) = found.done.receipts
    address, check = f"/l/{receipt.id}", letters.check_of(person.served.registry, receipt.id)
    before = await post(person.served, address, {"check": check, "form_token": ""})
    assert (before.status_code, "与签发时相同" in before.text) == (200, True)
    change = standing.StatusChange(person.credential, "评审程序违规")
    await standing.revoke(person.served.registry, person.titles.officer, change, str(uuid4()))
    after = await post(person.served, address, {"check": check, "form_token": ""})
    assert "签发后有变化：已撤销" in re.sub(r"\s+", "", after.text)
    looks = await person.get("/me/looks")
    assert "证书核验" in looks.text
