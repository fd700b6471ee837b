"""A case of one's own on a page: the clock, whose turn it is, and evidence, appeal and withdrawal in a form."""

from uuid import UUID, uuid4

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services import accounts, proceeding_acts
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from tests.proceedings import LOCAL
from tests.web.conftest import PASSWORD
from tests.web.test_me_pages import Person, person

__all__ = ["person"]


async def opened(person: Person, number: str) -> tuple[UUID, str]:
    """A case at the authority of Chongqing, and its address."""
    local = await person.titles.record(number, **LOCAL)
    page = await person.get(f"/me/credentials/{local}?division=500000&post_series=01")
    applied = await person.send(f"/me/credentials/{local}", {"division": "500000", "post_series": "01"}, page)
    result = (await person.get(applied.headers["location"])).text
    case_id = UUID(result.split('href="/me/cases/', 1)[1][:36])
    return case_id, f"/me/cases/{case_id}"


async def test_the_applicant_sees_the_clock_gives_evidence_and_appeals(person: Person) -> None:
    case_id, address = await opened(person, "512020000003")
    registry, chongqing = person.served.registry, person.titles.chongqing
    asked = accounts.NewAccount("officer-cq", PASSWORD, AccountKind.AUTHORITY, chongqing)
    account = UUID((await accounts.open_account(registry, OPERATOR, asked, str(uuid4()))).result["account_id"])
    body = Actor(ActorKind.AUTHORITY, account, chongqing, None, "500000")
    page = await person.get(address)
    for shown in ("轮到重庆市人社主管部门", "作出决定", "届满之后", "撤回申请", "受理"):
        assert shown in page.text
    assert "补正材料</h2>" not in page.text
    act = proceeding_acts.CaseAct(case_id, "请补寄评审表。")
    await proceeding_acts.request_evidence(registry, body, act, str(uuid4()))
    page = await person.get(address)
    assert "轮到您：补正材料" in page.text
    assert "请补寄评审表。" in page.text
    empty = await person.send(address, {"act": "evidence", "text": " "}, page)
    assert empty.status_code == 400
    given = await person.send(address, {"act": "evidence", "text": "评审表已寄出。"}, page)
    assert (given.status_code, given.headers["location"]) == (303, address)
    refusal = proceeding_acts.CaseDecision(case_id, ProceedingOutcome.NOT_VERIFIED, "查无此记录。")
    await proceeding_acts.decide(registry, body, refusal, str(uuid4()))
    page = await person.get(address)
    assert "撤回申请" not in page.text
    assert (await person.send(address, {"act": "appeal", "text": "记录在册。"}, page)).status_code == 303
    assert "复核中" in (await person.get(address)).text


async def test_the_applicant_withdraws_and_nobody_else_opens_the_case(person: Person) -> None:
    _, address = await opened(person, "512020000004")
    page = await person.get(address)
    assert (await person.send(address, {"act": "withdraw"}, page)).status_code == 303
    english = await person.served.http.get(address, headers={"Cookie": f"{person.cookie['Cookie']}; language=en"})
    assert "Nobody&#39;s: it is closed" in english.text
    assert (await person.send(address, {"act": "forget"}, page)).status_code == 400
    assert (await person.get(f"/me/cases/{uuid4()}")).status_code == 404
    assert (await person.served.http.get(address)).status_code == 303
