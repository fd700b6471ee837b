"""What people meet in a browser: pages in two languages, sessions that end at once, forms of our own alone."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts, page_sessions
from talent_registry.services.permissions import OPERATOR
from tests.web.conftest import PASSWORD, Served

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
PAGES = ("/", "/sign-in", "/verify")


async def post(served: Served, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
    """A form sent from our own page."""
    return await served.http.post(path, data=fields, headers={**SAME_SITE, **headers})


async def sign_in(served: Served, login: str = "officer-1", password: str = PASSWORD) -> httpx.Response:
    return await post(served, "/sign-in", {"login": login, "password": password, "then": "/verify", "form_token": ""})


def hidden(page: httpx.Response, name: str) -> str:
    """A hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_speaks_chinese_first_and_english_when_asked(served: Served, path: str) -> None:
    chinese = await served.http.get(path)
    assert (chinese.status_code, chinese.headers["content-language"]) == (200, "zh-Hans")
    assert '<html lang="zh-Hans">' in chinese.text
    chosen = await served.http.get(f"/language?to=en&then={path}")
    assert (chosen.status_code, chosen.headers["location"]) == (303, path)
    english = await served.http.get(path)
    assert '<html lang="en">' in english.text
    # Nothing but the link back to Chinese is left in the other language.
    left = re.sub(r"中文", "", english.text)
    assert re.findall(r"[\u4e00-\u9fff]+", left) == []


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_loads_nothing_from_elsewhere_and_is_kept_by_no_cache(served: Served, path: str) -> None:
    page = await served.http.get(path)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    assert re.findall(r'(?:src|href)="(https?:)?//', page.text) == []
    assert "<script>" not in page.text
    assert " style=" not in page.text
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        assert (await served.http.get(address)).status_code == 200


async def test_an_answer_of_the_api_keeps_the_strictest_policy(served: Served) -> None:
    answer = await served.http.get("/livez")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; frame-ancestors 'none'")


async def test_whoever_signs_in_is_known_until_signing_out_and_the_old_cookie_is_nobody(served: Served) -> None:
    await served.officer()
    answer = await sign_in(served)
    assert (answer.status_code, answer.headers["location"]) == (303, "/verify")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" in cookie
    assert cookie.startswith("__Host-session=")
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    known = {"Cookie": cookie.partition(";")[0]}
    page = await served.http.get("/verify", headers=known)
    assert "退出" in page.text
    out = await post(served, "/sign-out", {"form_token": hidden(page, "form_token")}, **known)
    assert out.status_code == 303
    again = await served.http.get("/verify", headers=known)
    assert "退出" not in again.text


async def test_a_wrong_password_says_so_and_keeps_the_login_typed(served: Served) -> None:
    await served.officer()
    answer = await sign_in(served, password="not the password")
    assert answer.status_code == 401
    assert "登录名或密码不正确" in answer.text
    assert 'value="officer-1"' in answer.text
    assert "not the password" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_closed_account_is_signed_in_no_longer(served: Served) -> None:
    account = await served.officer()
    opened = await page_sessions.open_session(served.registry, "officer-1", PASSWORD, "here")
    assert (await page_sessions.find_actor(served.registry, opened.token)) is not None
    await accounts.close_account(served.registry, OPERATOR, account, str(uuid4()))
    assert (await page_sessions.find_actor(served.registry, opened.token)) is None


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}],
)
async def test_a_form_of_another_site_is_refused(served: Served, headers: dict[str, str]) -> None:
    answer = await served.http.post("/sign-in", data={"login": "a", "password": "b"}, headers=headers)
    assert answer.status_code == 403
    assert "FOREIGN_FORM" in answer.text


async def test_a_browser_too_old_to_say_more_than_its_origin_may_use_forms_behind_a_proxy(served: Served) -> None:
    """The proxy speaks TLS to the browser and plain HTTP to this server, so that only the host is the same."""
    headers = {"Origin": "https://registry", "Host": "registry"}
    answer = await served.http.post("/verify", data={"number": "SC-0000", "name": "王芳"}, headers=headers)
    assert (answer.status_code, "未找到" in answer.text) == (200, True)


async def test_pressing_twice_asks_once_and_a_page_gone_back_to_and_filled_in_otherwise_asks_anew(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = served.registry.clock()
    monkeypatch.setattr(type(served.registry), "clock", lambda _: at, raising=False)

    async def asked(name: str, form_key: str = "form-1") -> str:
        fields = {"number": "SC-0000", "name": name, "form_token": "", "form_key": form_key}
        answer = await post(served, "/verify", fields)
        assert answer.status_code == 200, answer.text
        found = re.search(r"记录号：<code>([^<]+)", answer.text)
        assert found is not None
        return found[1]

    first = await asked("王芳")
    assert await asked("王芳") == first
    assert await asked("李雷") != first
    assert await asked("王芳", form_key="form-2") != first


async def test_a_form_of_another_session_is_refused(served: Served) -> None:
    await served.officer()
    cookie = (await sign_in(served)).headers["set-cookie"].partition(";")[0]
    answer = await post(served, "/verify", {"number": "1", "name": "王", "form_token": "0" * 64}, Cookie=cookie)
    assert answer.status_code == 403
    assert "STALE_FORM" in answer.text


@pytest.mark.parametrize(
    "then", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:x"]
)
async def test_nobody_is_sent_to_another_site(served: Served, then: str) -> None:
    answer = await served.http.get("/language", params={"to": "en", "then": then})
    assert answer.headers["location"] == "/"


async def test_a_certificate_nobody_recorded_is_not_found_and_never_called_false(served: Served) -> None:
    answer = await post(served, "/verify", {"number": "SC-0000", "name": "王芳", "form_token": ""})
    assert answer.status_code == 200
    assert "未找到" in answer.text
    assert not any(word in answer.text for word in ("假", "伪造", "fake", "forged"))


async def test_what_cannot_be_read_is_said_beside_what_was_typed(served: Served) -> None:
    answer = await post(served, "/verify", {"number": "", "name": "王芳<script>", "form_token": ""})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "王芳&lt;script&gt;" in answer.text


async def test_an_office_must_say_for_what_purpose(served: Served) -> None:
    unit = await served.organisation("样例大学", "UNIVERSITY", "500106")
    asked = accounts.NewAccount("clerk-1", PASSWORD, AccountKind.HR, unit)
    await accounts.open_account(served.registry, OPERATOR, asked, str(uuid4()))
    cookie = (await sign_in(served, "clerk-1")).headers["set-cookie"].partition(";")[0]
    page = await served.http.get("/verify", headers={"Cookie": cookie})
    fields: dict[str, Any] = {"number": "SC-0000", "name": "王芳", "form_token": hidden(page, "form_token")}
    refused = await post(served, "/verify", fields, Cookie=cookie)
    assert refused.status_code == 400
    assert "请写明核验用途" in refused.text


async def test_what_breaks_behind_a_page_is_told_on_a_page_without_its_words(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("王芳 SC-0000")

    monkeypatch.setattr("talent_registry.web.pages.verifying._form", broken)
    answer = await served.http.get("/verify")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "服务器内部出错" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "王芳" not in answer.text
