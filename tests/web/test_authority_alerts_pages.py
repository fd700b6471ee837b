"""What an authority must notice, in a browser: acknowledged with a note that stays; filings that ended say so."""

from datetime import timedelta
from uuid import UUID, uuid4

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.domain.walks import MOST_MISSES
from talent_registry.services import accounts, standing, walks
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from tests.postings import open_postings
from tests.proceedings import PREFECTURE, open_desks
from tests.registries import Clock
from tests.titles import FILING
from tests.web.conftest import PASSWORD, Served
from tests.web.test_authority_pages import HANZI, in_english, keys, send, signed_in
from tests.web.test_pages import hidden, post
from tests.web.test_unit_pages import Started

CONFIRMED, REFUSED = ProceedingOutcome.CONFIRMED, ProceedingOutcome.REFUSED


async def test_equal_facts_decided_differently_are_acknowledged_with_a_note_that_colleagues_read(
    served: Served,
) -> None:
    desks = await open_desks(Started(served.registry, Clock()))
    cases = [await desks.open(str(number), **PREFECTURE) for number in range(2)]
    for case, outcome in zip(cases, (CONFIRMED, REFUSED), strict=True):
        await desks.settle(case, outcome)
    units = desks.posts.titles.chongqing, desks.posts.titles.sichuan
    officer, colleague, other = [await signed_in(served, unit) for unit in (units[0], *units)]
    page = await served.http.get("/alerts", headers=officer)
    assert all(f"/cases/{case}" in page.text for case in cases)
    digest = hidden(page, "digest")
    form = {"act": "inconsistency", "digest": digest}
    assert (await send(served, "/alerts", officer, **form, note=" ")).status_code == 400
    done = await send(served, "/alerts", officer, **form, note="两案材料不同，已告知经办人统一口径。")
    assert done.status_code == 303
    assert digest not in (await served.http.get("/alerts", headers=colleague)).text
    seen = await served.http.get("/alerts?all=1", headers=colleague)
    assert "两案材料不同，已告知经办人统一口径。" in seen.text
    # The other province knows that it is so and how often, neither the cases nor what was noted here.
    there = await served.http.get("/alerts?all=1", headers=other)
    assert digest in there.text
    assert "统一口径" not in there.text
    assert str(cases[0]) not in there.text
    unknown = await send(
        served, "/alerts", officer, at="/alerts?all=1", act="inconsistency", digest="0" * 64, note="无"
    )
    assert unknown.status_code == 404
    english = (await in_english(served, "/alerts", other)).text.replace("中文", "")
    assert HANZI.findall(english) == []
    clerk = await signed_in(served, desks.posts.host, AccountKind.HR)
    assert (await served.http.get("/alerts")).status_code == 303
    assert (await served.http.get("/alerts", headers=clerk)).status_code == 404


async def test_a_fact_that_turned_out_wrong_is_acknowledged_once_for_the_authority(served: Served) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    await posts.begin()
    asked = standing.StatusChange(posts.person.credential, "材料存疑。")
    await standing.suspend(served.registry, posts.titles.officer, asked, str(uuid4()))
    officer = await signed_in(served, posts.titles.chongqing)
    page = await served.http.get("/alerts", headers=officer)
    assert "证书已暂停使用" in page.text
    fields = keys(page) | {"act": "notice", "notice": hidden(page, "notice")}
    assert (await post(served, "/alerts", fields, **officer)).status_code == 303
    again = await post(served, "/alerts", fields | {"form_key": str(uuid4())}, **officer)
    assert (again.status_code, "无需再次办理" in again.text) == (400, True)
    after = await served.http.get("/alerts?kind=notices", headers=officer)
    assert f'value="{fields["notice"]}"' not in after.text


async def test_a_filing_is_closed_by_its_authority_and_reads_ended_with_what_followed(served: Served) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    officer, other = [await signed_in(served, unit) for unit in (posts.titles.sichuan, posts.titles.chongqing)]
    page = await served.http.get("/committees")
    assert FILING in page.text
    assert "记录备案" not in page.text
    form = await served.http.get(f"/committees?filing={FILING}", headers=officer)
    assert 'value="01" checked' in form.text
    yesterday = served.registry.today() - timedelta(days=1)
    names = ("filing_number", "authority", "committee_name")
    stated = {name: hidden(form, name) for name in names} | {"series": "01", "max_level": "SENIOR_FULL"}
    fields = keys(form) | stated | {"filed_from": "2019-01-01"}
    backwards = await post(served, "/committees", fields | {"filed_to": "1999-01-01"}, **officer)
    assert (backwards.status_code, "备案止日早于起日" in backwards.text) == (400, True)
    foreign = await post(
        served, "/committees", fields | keys(await served.http.get("/committees", headers=other)), **other
    )
    assert foreign.status_code == 400
    closed = await post(served, "/committees", fields | {"filed_to": yesterday.isoformat()}, **officer)
    assert closed.status_code == 303
    after = await served.http.get(closed.headers["location"], headers=officer)
    assert "已届满" in after.text
    assert "状态改变的柔性流动" in after.text
    english = (await in_english(served, "/committees", {})).text
    assert [one for one in HANZI.findall(english.replace("中文", "")) if "样例" not in one and "评" not in one] == []


async def test_an_account_that_walks_through_numbers_is_shown_and_acknowledged_in_both_languages(
    served: Served,
) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    clerk = await accounts_of_unit(served, posts.titles.home)
    await walks.tell(served.registry, clerk, str(clerk.account_id), MOST_MISSES)
    officer = await signed_in(served, posts.titles.sichuan)
    other = await signed_in(served, posts.titles.chongqing)
    page = await served.http.get("/alerts?kind=walks", headers=officer)
    for shown in ("成批试号", "四川样例大学", str(clerk.account_id), "逐次核验或打开分享码"):
        assert shown in page.text
    assert str(clerk.account_id) not in (await served.http.get("/alerts", headers=other)).text
    form = {"act": "walk", "walk": hidden(page, "walk"), "note": "已约谈该账户。"}
    assert (await send(served, "/alerts", officer, at="/alerts?kind=walks", **{**form, "note": " "})).status_code == 400
    assert (await send(served, "/alerts", officer, at="/alerts?kind=walks", **form)).status_code == 303
    assert str(clerk.account_id) not in (await served.http.get("/alerts", headers=officer)).text
    assert "已约谈该账户。" in (await served.http.get("/alerts?all=1", headers=officer)).text
    english = (await in_english(served, "/alerts", other)).text.replace("中文", "")
    assert HANZI.findall(english) == []
    assert "Numbers walked through" in english


async def accounts_of_unit(served: Served, unit: UUID) -> Actor:
    asked = accounts.NewAccount("walker", PASSWORD, AccountKind.HR, unit)
    opened = await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    return Actor(ActorKind.HR, UUID(opened.result["account_id"]), unit, None, "510000")
