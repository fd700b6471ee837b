"""Credentials in the browser of an authority: found by number, the effect shown before it is done, the history kept."""

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.services import placement_life
from tests.postings import open_postings
from tests.registries import Clock
from tests.titles import NUMBER
from tests.web.conftest import Served
from tests.web.test_authority_pages import HANZI, in_english, keys, send, signed_in
from tests.web.test_pages import hidden, post
from tests.web.test_unit_pages import Started


async def test_a_credential_is_suspended_and_reinstated_after_its_effect_was_seen(served: Served) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    placement = await posts.begin()
    officer = await signed_in(served, posts.titles.sichuan)
    path = f"/credentials/{posts.person.credential}"
    missing = await send(served, "/credentials", officer, number=NUMBER, purpose="")
    assert missing.status_code == 400
    found = await send(served, "/credentials", officer, number=NUMBER, purpose="接到举报，核查证书")
    assert path in found.text
    assert "没有找到" in (await send(served, "/credentials", officer, number="999", purpose="核查")).text
    before = await posts.ledger_length()
    shown = await send(served, path, officer, act="preview", change="SUSPEND")
    assert "受影响的柔性流动" in shown.text
    assert str(placement) in shown.text
    assert await posts.ledger_length() == before
    fields = keys(shown) | {name: hidden(shown, name) for name in ("change", "from", "digest")}
    number = await post(
        served, path, fields | {"act": "do", "ground": "110105194912310021 11010519491231002X"}, **officer
    )
    assert (number.status_code, "身份证号码" in number.text) == (409, True)
    done = await post(served, path, fields | {"act": "do", "ground": "涉嫌提供虚假材料，暂停核查。"}, **officer)
    assert done.status_code == 303
    assert (await posts.get(placement)).state is PlacementState.SUSPENDED
    page = await served.http.get(path, headers=officer)
    assert "涉嫌提供虚假材料，暂停核查。" in page.text
    assert 'value="SUSPEND"' not in page.text
    shown = await send(served, path, officer, act="preview", change="REINSTATE")
    fields = keys(shown) | {name: hidden(shown, name) for name in ("change", "from", "digest")}
    ending = placement_life.Ending(placement, EndReason.EARLY_RETURN, None, None)
    await placement_life.end(served.registry, posts.person.me, ending, posts.world.key())
    stale = await post(served, path, fields | {"act": "do", "ground": "已核实无误。"}, **officer)
    assert (stale.status_code, "预览之后情况已有变化" in stale.text) == (409, True)
    english = (await in_english(served, path, officer)).text
    for own in ("中文", "旦增·卓嘎", "副教授", "涉嫌提供虚假材料，暂停核查。"):
        english = english.replace(own, "")
    assert [one for one in HANZI.findall(english) if "样例" not in one] == []


async def test_nobody_but_the_issuers_side_changes_a_status_and_a_stranger_finds_nothing(served: Served) -> None:
    posts = await open_postings(Started(served.registry, Clock()))
    path = f"/credentials/{posts.person.credential}"
    other = await signed_in(served, posts.titles.chongqing)
    clerk = await signed_in(served, posts.host, AccountKind.HR)
    assert (await served.http.get(path)).status_code == 303
    assert (await served.http.get(path, headers=other)).status_code == 404
    assert (await served.http.get(path, headers=clerk)).status_code == 404
    assert (await served.http.get("/credentials", headers=clerk)).status_code == 404
    # Of a placement agreed in its province the authority sees the credential, and cannot touch it.
    await posts.agree()
    page = await served.http.get(path, headers=other)
    assert page.status_code == 200
    assert 'value="REVOKE"' not in page.text
    forced = await send(served, path, other, at="/credentials", act="preview", change="REVOKE")
    assert forced.status_code == 404
