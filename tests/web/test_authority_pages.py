"""The agreement's pages: law with its sources for everybody, drafts that are tried and approved by two provinces."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import httpx

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.questions import Target
from talent_registry.services import accounts, recognition, simulation_jobs
from talent_registry.services.permissions import OPERATOR
from tests.drafts import STANDING, a_version, listings, widened
from tests.postings import open_postings
from tests.registries import Clock
from tests.tried_drafts import edited_draft
from tests.web.conftest import PASSWORD, Served
from tests.web.test_pages import SAME_SITE, hidden, post, sign_in
from tests.web.test_unit_pages import Started

HANZI = re.compile(r"[\u4e00-\u9fff]+")


async def signed_in(served: Served, unit: UUID, kind: AccountKind = AccountKind.AUTHORITY) -> dict[str, str]:
    """A fresh account of the unit, signed in: the headers by which it is known."""
    login = f"a{uuid4().hex[:12]}"
    await accounts.open_account(
        served.registry, OPERATOR, accounts.NewAccount(login, PASSWORD, kind, unit), str(uuid4())
    )
    return {"Cookie": (await sign_in(served, login)).headers["set-cookie"].partition(";")[0]}


async def in_english(served: Served, path: str, known: dict[str, str]) -> httpx.Response:
    cookie = "; ".join(part for part in (known.get("Cookie"), "language=en") if part)
    return await served.http.get(path, headers={"Cookie": cookie})


def keys(page: httpx.Response) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("form_token", "form_key")}


async def send(
    served: Served, path: str, known: dict[str, str], at: str | None = None, **fields: str
) -> httpx.Response:
    """The form on the page `at` (by default the one it is sent to), filled in with these fields."""
    page = await served.http.get(at or path, headers=known)
    return await post(served, path, keys(page) | fields, **known)


async def ended(served: Served, path: str, known: dict[str, str]) -> httpx.Response:
    """The page of a simulation once it has ended; the application's own worker or this test carries it out."""
    await simulation_jobs.work_one(served.registry)
    async with asyncio.timeout(30):
        while "data-running" in (page := await served.http.get(path, headers=known)).text:
            assert "可以离开本页" in page.text
            await asyncio.sleep(0.1)
    return page


async def test_everybody_reads_the_law_with_its_source_and_its_trust_and_nobody_else_drafts(served: Served) -> None:
    page = await served.http.get("/rules")
    assert page.status_code == 200
    assert "/rules/drafts" not in page.text
    newest = re.findall(r'href="(/rules/[^"/]+)"', page.text)[0]
    version = await served.http.get(newest)
    assert "sourced" in version.text
    clause = await served.http.get(f"{newest}/clauses/G2")
    assert "Order 40" in clause.text
    assert "诚信记录" in clause.text
    for path in ("/rules", newest, f"{newest}/clauses/G2"):
        assert HANZI.findall((await in_english(served, path, {})).text.replace("中文", "")) == []
    for path in ("/rules/1999-01-01", f"{newest}/clauses/X9", f"/rules/releases/{uuid4()}"):
        assert (await served.http.get(path)).status_code == 404
    unit = await served.organisation("样例大学", "UNIVERSITY", "500106")
    clerk = await signed_in(served, unit, AccountKind.HR)
    for path in ("/rules/drafts", f"/rules/simulations/{uuid4()}", f"/rules/simulations/{uuid4()}/decisions"):
        assert (await served.http.get(path)).status_code == 303
        assert (await served.http.get(path, headers=clerk)).status_code == 404
    assert 'href="/rules"' not in (await served.http.get("/verify", headers=clerk)).text


async def test_a_faulty_draft_is_refused_with_file_and_key_and_stays_in_the_form(served: Served) -> None:
    officer = await signed_in(served, await served.organisation("样例省人社厅", "HRSS_BUREAU", "510000"))
    text = a_version(served.registry.today() + timedelta(days=9)) + listings(*STANDING).replace("issuer", "isuer", 1)
    for language in ("zh", "en"):
        known = {"Cookie": f"{officer['Cookie']}; language={language}"}
        refused = await send(served, "/rules/drafts", known, act="validate", rules=text)
        assert refused.status_code == 400
        assert "<code>draft.toml</code> · <code>reciprocity[1].issuer</code>" in refused.text
        assert "isuer = &#34;510100&#34;" in refused.text
    empty = await send(served, "/rules/drafts", officer, act="keep", rules=" ")
    assert (empty.status_code, "草案是空的" in empty.text) == (400, True)
    page = await served.http.get("/rules/drafts", headers=officer)
    nested = b"a = " + b"[" * 100_000
    for content in (nested, b"\xff\xfe\x00", b'x = "\xe2\x80\xae"'):
        upload = {"rules_file": ("=cmd.toml", content)}
        answer = await served.http.post(
            "/rules/drafts", data=keys(page) | {"act": "validate"}, files=upload, headers={**SAME_SITE, **officer}
        )
        assert answer.status_code == 400


async def test_a_draft_is_compared_tried_proposed_and_in_force_only_by_an_officer_of_each_province(
    served: Served,
) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    author, second = [await signed_in(served, posts.titles.sichuan) for _ in range(2)]
    other = await signed_in(served, posts.titles.chongqing)
    since = served.registry.today() + timedelta(days=9)
    text = widened(since)["draft.toml"]
    checked = await send(served, "/rules/drafts", author, act="validate", rules=text)
    assert checked.status_code == 200
    assert "510000 · 500106" in checked.text
    assert "示例全部通过" in checked.text
    kept = await send(served, "/rules/drafts", author, act="keep", rules=text)
    path = kept.headers["location"]
    assert path.startswith("/rules/releases/")
    assert (await served.http.get(path)).status_code == 404
    assert (await send(served, path, author, act="propose")).status_code == 303
    page = await served.http.get(path, headers=author)
    assert "须由本省（市）另一名工作人员批准" in page.text
    digest = hidden(await served.http.get(path, headers=second), "digest")
    own = await post(served, path, keys(page) | {"act": "approve", "digest": digest}, **author)
    assert (own.status_code, "起草人不能批准自己的草案" in own.text) == (409, True)
    assert (await send(served, path, second, act="approve", digest="0" * 64)).status_code == 409
    assert (await send(served, path, second, act="approve", digest=digest)).status_code == 303
    assert "一方已批准" in (await served.http.get(path, headers=other)).text
    assert (await send(served, path, other, act="approve", digest=digest)).status_code == 303
    assert "双方已批准" in (await served.http.get(path)).text
    assert f"/rules/{since}" in (await served.http.get("/rules")).text
    english = (await in_english(served, path, other)).text
    assert HANZI.findall(english.partition("<pre")[0].replace("中文", "").replace("扩大地方互认名单", "")) == []


async def test_a_simulation_shows_its_progress_who_changes_and_every_past_decision_that_would(served: Served) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    officer, other = await signed_in(served, posts.titles.chongqing), await signed_in(served, posts.titles.sichuan)
    asked = recognition.AskedRecognition(posts.person.credential, Target(division="500106", post_series="01"))
    done = await recognition.decide_recognition(served.registry, posts.person.me, asked, str(uuid4()))
    decision = done.result["decision_id"]
    narrower = ('levels = ["SENIOR_FULL", "SENIOR_DEPUTY"]\nissuer_kinds', 'levels = ["SENIOR_FULL"]\nissuer_kinds')
    text = edited_draft(narrower)["draft.toml"]
    started = await send(served, "/rules/drafts", officer, act="simulate", rules=text)
    assert started.status_code == 303
    path = started.headers["location"]
    assert (await served.http.get(path, headers=other)).status_code == 404
    page = await ended(served, path, officer)
    assert "直接认可 · <code>R1</code>" in page.text
    assert "副高级" in page.text
    assert page.text.count("<svg") == 1
    assert HANZI.findall((await in_english(served, path, officer)).text.replace("中文", "")) == []
    before = await posts.ledger_length()
    listed = await served.http.get(f"{path}/decisions", headers=officer)
    assert decision in listed.text
    assert HANZI.findall((await in_english(served, f"{path}/decisions", officer)).text.replace("中文", "")) == []
    for name, holds in (("decisions.csv", decision), ("changes.csv", "LOSS,")):
        answer = await served.http.get(f"{path}/{name}", headers=officer)
        assert (answer.status_code, holds in answer.text) == (200, True)
        assert (await served.http.get(f"{path}/{name}", headers=other)).status_code == 404
    assert (await served.http.get(f"{path}/other.csv", headers=officer)).status_code == 404
    assert await posts.ledger_length() == before
