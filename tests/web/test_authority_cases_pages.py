"""Cases in the browser of those who see to them: clocks with their calendar, acts with reasons, overrides by two."""

from uuid import uuid4

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import proceeding_acts
from tests.proceedings import CENTRAL, PREFECTURE, UNFILED, Desks, open_desks
from tests.registries import Clock
from tests.web.conftest import Served
from tests.web.test_authority_pages import HANZI, in_english, send, signed_in
from tests.web.test_unit_pages import Started


async def opened(served: Served) -> Desks:
    return await open_desks(Started(served.registry, Clock()))


async def test_the_queue_and_a_case_say_who_holds_the_turn_until_when_and_by_which_calendar(served: Served) -> None:
    desks = await opened(served)
    titles = desks.posts.titles
    case = await desks.open("1", **PREFECTURE)
    officer, stranger = (
        await signed_in(served, titles.chongqing),
        await signed_in(served, await served.organisation("样例医院", "HOSPITAL", "500106"), AccountKind.HR),
    )
    path = f"/cases/{case}"
    for one in ("/cases", path):
        assert (await served.http.get(one)).status_code == 303
        assert (await served.http.get(one, headers=stranger)).status_code == 404
    sichuan = await signed_in(served, titles.sichuan)
    before = await desks.posts.ledger_length()
    queue = await served.http.get("/cases", headers=officer)
    assert path in queue.text
    assert "轮到重庆市人社主管部门" in queue.text
    assert "周一至周五计为工作日" in queue.text
    assert "不视为同意" in queue.text
    assert path not in (await served.http.get("/cases?overdue=1", headers=officer)).text
    assert path not in (await served.http.get("/cases?kind=OVERRIDE", headers=officer)).text
    # The person's own province has no part in it.
    assert path not in (await served.http.get("/cases", headers=sichuan)).text
    page = await served.http.get(path, headers=officer)
    # Whose it is the authority of the post need not know; by whom and on what it was decided it must.
    assert "旦增·卓嘎" not in page.text
    assert "所依据的事实" in page.text
    for one in ("/cases", path):
        english = (await in_english(served, one, officer)).text
        for name in ("中文", "旦增·卓嘎", "样例省人社厅", "副教授"):
            english = english.replace(name, "")
        assert [one for one in HANZI.findall(english) if "样例" not in one] == []
    assert await desks.posts.ledger_length() == before


async def test_an_authority_asks_decides_with_grounds_and_an_appeal_needs_another_officer(served: Served) -> None:
    desks = await opened(served)
    case = await desks.open("1", **PREFECTURE)
    first, second = [await signed_in(served, desks.posts.titles.chongqing) for _ in range(2)]
    path = f"/cases/{case}"
    asked = await send(served, path, first, act="EVIDENCE_REQUESTED", text="请补交评审材料。")
    assert asked.headers["location"] == f"{path}?done=1"
    page = await served.http.get(path, headers=first)
    assert "轮到申请人" in page.text
    assert "请补交评审材料。" in page.text
    silent = await send(served, path, first, act="DECIDED", text="不予确认，材料不足。")
    assert (silent.status_code, "请选择结论" in silent.text, "材料不足" in silent.text) == (409, True, True)
    number = "身份证 11010519491231002X"
    assert (await send(served, path, first, act="DECIDED", outcome="REFUSED", text=number)).status_code == 409
    done = await send(served, path, first, act="DECIDED", outcome="REFUSED", text="材料不足，不予确认。")
    assert done.status_code == 303
    appeal = proceeding_acts.CaseAct(case, "材料已经补齐。")
    await proceeding_acts.appeal(served.registry, desks.me, appeal, str(uuid4()))
    fields = {"act": "APPEAL_DECIDED", "outcome": "CONFIRMED", "text": "经复核，予以确认。"}
    own = await send(served, path, first, **fields)
    assert (own.status_code, "作出原决定的账户不能办理其复查" in own.text) == (409, True)
    assert (await send(served, path, second, **fields)).status_code == 303
    assert "复核已决定 · 予以确认" in (await served.http.get(path, headers=second)).text


async def test_a_refusal_is_overridden_by_grounds_here_and_agreement_there(served: Served) -> None:
    desks = await opened(served)
    result = await desks.decide(await desks.title("1", **UNFILED))
    here = await signed_in(served, desks.posts.titles.chongqing)
    there = await signed_in(served, desks.posts.titles.sichuan)
    path = f"/decisions/{result['decision_id']}"
    found = await served.http.get(f"/decisions?id={result['decision_id']}", headers=here)
    assert found.headers["location"] == path
    assert (await served.http.get("/decisions?id=nonsense", headers=here)).status_code == 404
    page = await served.http.get(path, headers=here)
    assert "G3a" in page.text
    proposed = await send(served, path, here, text="备案文件已调阅，系登记遗漏。")
    case = proposed.headers["location"].partition("?")[0]
    own = await send(served, path, here, at="/credentials", text="再次提出。")
    assert (own.status_code, "已有办件在办" in own.text) == (409, True)
    assert "OVERRIDE_APPROVED" not in (await served.http.get(case, headers=here)).text
    assert case in (await served.http.get("/cases", headers=there)).text
    assert (await send(served, case, there, act="OVERRIDE_APPROVED", text="同意。")).status_code == 303
    assert "个案处理已同意" in (await served.http.get(case, headers=here)).text


async def test_an_issuer_sees_the_cases_it_holds_and_decides_them_and_no_others(served: Served) -> None:
    desks = await opened(served)
    own, foreign = await desks.open("1", **CENTRAL), await desks.open("2", **PREFECTURE)
    issuer = await signed_in(served, desks.posts.titles.sichuan, AccountKind.ISSUER)
    queue = await served.http.get("/cases", headers=issuer)
    assert f"/cases/{own}" in queue.text
    assert f"/cases/{foreign}" not in queue.text
    assert "个案处理</h2>" not in queue.text
    assert (await served.http.get(f"/cases/{foreign}", headers=issuer)).status_code == 404
    assert (await served.http.get(f"/decisions/{uuid4()}", headers=issuer)).status_code == 404
    assert 'href="/rules"' not in queue.text
    done = await send(served, f"/cases/{own}", issuer, act="DECIDED", outcome="VERIFIED", text="经核对原始材料，属实。")
    assert done.status_code == 303
    assert "核实无误" in (await served.http.get(f"/cases/{own}?done=1", headers=issuer)).text
