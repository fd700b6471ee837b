"""The page of a placement as its parties and an authority use it: terms answered, versions compared, an end chosen."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from tests.postings import Postings, open_postings
from tests.registries import Clock
from tests.web.conftest import PASSWORD, Served
from tests.web.test_pages import hidden, post, sign_in
from tests.web.test_unit_pages import Started


@dataclass
class Visitor:
    """Somebody who is signed in at a browser."""

    served: Served
    cookie: str

    async def read(self, path: str, language: str = "zh") -> httpx.Response:
        return await self.served.http.get(path, headers={"Cookie": f"{self.cookie}; language={language}"})

    async def send(self, path: str, page: httpx.Response, **fields: Any) -> httpx.Response:
        """A form of this page, with its hidden fields and what was typed."""
        own = {name: hidden(page, name) for name in ("form_token", "form_key")}
        typed = {name: str(value) for name, value in fields.items()}
        return await post(self.served, path, own | typed, Cookie=self.cookie)


async def visitor(served: Served, kind: AccountKind, **whose: UUID) -> Visitor:
    """An account of this kind, opened and signed in."""
    login = f"v-{uuid4().hex[:12]}"
    asked = accounts.NewAccount(login, PASSWORD, kind, whose.get("unit"))
    await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    return Visitor(served, (await sign_in(served, login)).headers["set-cookie"].partition(";")[0])


async def opened(served: Served) -> tuple[Postings, Visitor]:
    """The units and people, and the host unit at its browser."""
    posts = await open_postings(Started(served.registry, Clock()))
    return posts, await visitor(served, AccountKind.HR, unit=posts.host)


def typed_terms(page: httpx.Response) -> dict[str, str]:
    """What the form for other terms holds as it stands: its texts, and the choices that are made."""
    (form,) = re.findall(r'<input type="hidden" name="act" value="COUNTER">(.*?)</form>', page.text, re.DOTALL)
    found = dict(re.findall(r'name="([a-z_]+)"(?: type="[a-z]+")?[^>]*? value="([^"]*)"', form))
    return {name: value for name, value in found.items() if value} | {"act": "COUNTER"}


async def test_a_host_answers_with_other_terms_and_both_versions_are_told_apart_in_words(served: Served) -> None:
    posts, host = await opened(served)
    placement = await posts.propose()
    path = f"/placements/{placement}"
    page = await host.read(path)
    assert "截止日一过" in page.text
    assert "所提条款失效，三方均获通知；不视为同意" in page.text
    form = typed_terms(page)
    assert (form["workload_percent"], form["return_notice_days"]) == ("40", "0")
    refused = await host.send(path, page, **(form | {"workload_percent": "四成", "confidentiality": "保密三年"}))
    assert refused.status_code == 400
    assert "“工作量（整数百分比）”无法识别。请填写整数。" in refused.text
    assert "保密三年" in refused.text
    changed = form | {"workload_percent": "30", "confidentiality": "保密三年", "paid_by": "HOST_UNIT"}
    assert (await host.send(path, page, **changed)).status_code == 303
    # What was seen then waits no more.
    stale = await host.send(path, page, **(changed | {"workload_percent": "20"}))
    assert stale.status_code == 409
    answered = await host.read(path)
    table = answered.text[answered.text.index("第 1 版到第 2 版") :]
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', table)
    assert ("工作量（整数百分比）", "改为") in rows
    assert ("薪酬承担方", "新增") in rows
    assert ("保密条款", "新增") in rows
    assert "承担薪酬" in answered.text
    backwards = await host.read(f"{path}?from=2&to=1")
    assert '<th scope="row">保密条款</th><td>删去</td>' in backwards.text
    english = await host.read(path, "en")
    assert "Changed" in english.text
    assert "Once it is past" in english.text


async def test_a_party_extends_and_chooses_the_last_day_and_an_authority_suspends_with_a_ground(
    served: Served,
) -> None:
    posts, host = await opened(served)
    placement = await posts.begin()
    path, officer = (
        f"/placements/{placement}",
        await visitor(served, AccountKind.AUTHORITY, unit=posts.titles.chongqing),
    )
    seen = await officer.read(path)
    assert 'value="SIGN"' not in seen.text
    unfounded = await officer.send(path, seen, act="SUSPEND", ground="")
    assert unfounded.status_code == 400
    assert "请写明理由" in unfounded.text
    assert (await officer.send(path, seen, act="SUSPEND", ground="核查")).status_code == 303
    assert "已中止" in (await host.read(path)).text
    again = await officer.read(path)
    assert (await officer.send(path, again, act="RESUME", ground="核查完毕")).status_code == 303
    page = await host.read(path)
    until = posts.today + timedelta(days=500)
    extended = await host.send(path, page, act="EXTEND", until=until, workload_percent=40)
    assert extended.status_code == 303
    page = await host.read(path)
    assert "提出延期" in page.text
    # The unit that proposed the extension takes it back; then it gives notice of an end on a day of its choice.
    assert (await host.send(path, page, act="WITHDRAW")).status_code == 303
    page = await host.read(path)
    early = await host.send(path, page, act="END", on=posts.today - timedelta(days=30), ground="")
    assert early.status_code == 400
    assert "最后工作日至早为" in early.text
    last = posts.today + timedelta(days=20)
    assert (await host.send(path, page, act="END", on=last, ground="项目结束")).status_code == 303
    ended = await host.read(path)
    assert "终止通知" in ended.text
    assert (await posts.get(placement)).ends_on == last
    # A unit with no part in it is shown nothing and does nothing.
    stranger = await visitor(served, AccountKind.HR, unit=posts.other_host)
    assert (await stranger.read(path)).status_code == 404
    verify = await stranger.read("/verify")
    assert (await stranger.send(path, verify, act="SUSPEND", ground="核查")).status_code == 404
