"""Proposing a placement on pages: what it comes to is said before anybody is told, and refusals keep what was typed."""

import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import httpx

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.researchers import PersonField
from talent_registry.services import consents
from tests.web.conftest import Served
from tests.web.test_pages import hidden
from tests.web.test_placement_pages import opened, visitor


async def test_a_host_with_consent_checks_and_proposes_and_a_sum_above_a_full_post_is_stopped(served: Served) -> None:
    posts, host = await opened(served)
    start = f"/placements/new?{urlencode({'researcher': posts.person.public_number, 'kind': 'PART_TIME'})}"
    assert (await host.read(start)).status_code == 400
    fields = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.PERSONNEL_RELATION)
    given = consents.NewConsent(posts.host, "柔性流动", fields, posts.today + timedelta(days=90))
    await consents.grant(posts.registry, posts.person.me, given, posts.world.key())
    page = await host.read(start)
    assert page.status_code == 200
    assert "重庆样例研究院" in page.text
    typed = {
        "act": "CHECK",
        "researcher": posts.person.public_number,
        "host": "",
        "kind": "PART_TIME",
        "credential": str(posts.person.credential),
        "post": "讲座教授",
        "post_series": "01",
        "term_from": str(posts.today),
        "term_until": str(posts.today + timedelta(days=300)),
        "workload_percent": "70",
        "internal_notice": "true",
        "pay": "按月支付讲课报酬",
    }
    before = await posts.ledger_length()
    checked = await host.send("/placements/new", page, **typed)
    assert checked.status_code == 200
    assert "可以提出" in checked.text
    assert "直接认可" in checked.text
    assert "贵方无权查看本人在其他单位的份额" in checked.text
    assert "按月支付讲课报酬" in checked.text
    unreadable = await host.send("/placements/new", page, **(typed | {"act": "PROPOSE", "term_until": "明年"}))
    assert unreadable.status_code == 400
    assert "讲座教授" in unreadable.text
    assert await posts.ledger_length() == before
    sent = await host.send("/placements/new", page, **(typed | {"act": "PROPOSE", "workload_percent": "40"}))
    assert sent.status_code == 303
    assert "按月支付讲课报酬" in (await host.read(sent.headers["location"])).text
    # What the person agreed elsewhere is added up for the home unit, which sees it.
    await posts.agree(host_unit_id=posts.other_host)
    home = await visitor(served, AccountKind.HR, unit=posts.titles.home)
    # One proposal for a host waits at a time.
    named = typed | {"host": "重庆样例研究院", "act": "PROPOSE"}
    waiting = await host.read(sent.headers["location"])
    assert (await host.send(sent.headers["location"], waiting, act="WITHDRAW")).status_code == 303
    stopped = await home.send("/placements/new", await home.read(f"{start}&host=重庆样例研究院"), **named)
    assert stopped.status_code == 409
    assert "40 % + 70 % = 110 %" in stopped.text
    assert "超过 100%" in stopped.text
    english = await home.read(f"{start}&host=重庆样例研究院", "en")
    assert english.status_code == 200
    assert set(re.findall(r"[\u4e00-\u9fff]+", english.text)) <= _names(english)


def _names(page: httpx.Response) -> set[str]:
    """Names that are written in Chinese alone."""
    assert hidden(page, "form_token")
    return {"中文", "旦增", "卓嘎", "重庆样例研究院"}


async def test_whoever_is_no_party_proposes_nothing_and_nothing_is_written_by_looking(served: Served) -> None:
    posts, host = await opened(served)
    officer = await visitor(served, AccountKind.AUTHORITY, unit=posts.titles.chongqing)
    assert (await officer.read("/placements/new")).status_code == 404
    assert (await served.http.get("/placements/new")).status_code == 303
    before = await posts.ledger_length()
    for path in (
        "/placements/new",
        "/placements/new?researcher=1&kind=PART_TIME",
        "/placements/new?kind=RIGID_TRANSFER",
    ):
        page = await host.read(path)
        assert page.status_code in (200, 400)
        assert "登记号" in page.text
    assert await posts.ledger_length() == before


async def test_what_is_not_finished_is_kept_for_its_author_alone_and_proposed_or_discarded_later(
    served: Served,
) -> None:
    posts, host = await opened(served)
    fields = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.PERSONNEL_RELATION)
    given = consents.NewConsent(posts.host, "柔性流动", fields, posts.today + timedelta(days=90))
    granted = await consents.grant(posts.registry, posts.person.me, given, posts.world.key())
    chosen = {"researcher": posts.person.public_number, "kind": "PART_TIME"}
    page = await host.read(f"/placements/new?{urlencode(chosen)}")
    kept = await host.send("/placements/new", page, **chosen, act="SAVE", post="讲座教授", workload_percent="40")
    address = kept.headers["location"].partition("?")[0]
    assert address.startswith("/placements/drafts/")
    # Its author finds it again, and nobody else anything.
    draft = await host.read(kept.headers["location"])
    assert "未通知任何人" in draft.text
    assert 'value="讲座教授"' in draft.text
    assert f'href="{address}"' in (await host.read("/placements/new")).text
    home = await visitor(served, AccountKind.HR, unit=posts.titles.home)
    assert (await home.read(address)).status_code == 404
    assert address not in (await home.read("/placements/new")).text
    assert "讲座教授" not in (await home.read("/inbox")).text
    english = await host.read(address, "en")
    assert set(re.findall(r"[\u4e00-\u9fff]+", english.text)) <= {*_names(english), "讲座教授"}
    # What cannot be read stays in the form; what is missing is asked for when it is proposed.
    said = {"kind": "PART_TIME", "post": "特聘教授", "workload_percent": "40"}
    unreadable = await host.send(address, draft, **said, act="SAVE", term_from="明年")
    assert (unreadable.status_code, "特聘教授" in unreadable.text) == (400, True)
    assert (await host.send(address, draft, **said, act="PROPOSE")).status_code == 400
    assert (await host.send(address, draft, **said, act="SAVE")).status_code == 303
    whole = said | {
        "credential": str(posts.person.credential),
        "post_series": "01",
        "term_from": str(posts.today),
        "term_until": str(posts.today + timedelta(days=300)),
    }
    again = await host.read(address)
    assert 'value="特聘教授"' in again.text
    assert "可以提出" in (await host.send(address, again, **whole, act="CHECK")).text
    sent = await host.send(address, again, **whole, act="PROPOSE")
    assert (sent.status_code, sent.headers["location"][:12]) == (303, "/placements/")
    assert (await host.read(address)).headers["location"] == sent.headers["location"]
    assert (await host.send(address, again, **whole, act="PROPOSE")).headers["location"] == sent.headers["location"]
    assert (await host.send(address, again, act="DISCARD")).status_code == 409
    # Another is discarded, also once the consent that it rested on has ended.
    kept = await host.send(
        "/placements/new", await host.read(f"/placements/new?{urlencode(chosen)}"), **chosen, act="SAVE"
    )
    address = kept.headers["location"].partition("?")[0]
    await consents.withdraw(posts.registry, posts.person.me, UUID(granted.result["consent_id"]), posts.world.key())
    assert (await home.send(address, await home.read("/verify"), act="DISCARD")).status_code == 404
    closed = await host.read(address)
    gone = await host.send(address, closed, act="DISCARD")
    assert gone.headers["location"] == "/placements/new?done=discarded"
    assert (await host.read(address)).status_code == 404
