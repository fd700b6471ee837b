"""A sandbox in a browser and a shell: marked on every page, a key at once, an answer soon, a test revocation."""

import asyncio
import html
import json
import re
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from talent_registry.domain.sandbox import FATES, LIMITED_SECONDS, OFFICES
from tests.web.conftest import Served
from tests.web.test_developer_pages import check_page, listening, run, shown

MOST_ACTIONS = 6
VERIFY = (
    "mutation ($input: VerifyCredentialInput!) { verifyCredential(input: $input) { __typename"
    " ... on VerifyCredentialSuccess { verdict credential { id } } ... on Limited { retryAfter } } }"
)


@pytest.fixture
def more_settings() -> dict[str, Any]:
    return {"sandbox": True}


def fields(page: httpx.Response, action: str, button: str) -> dict[str, str]:
    """What a browser would send of the form that has this button: its hidden and filled-in fields."""
    form = next(
        each
        for each in re.findall(rf'<form method="post" action="{action}">.*?</form>', page.text, re.DOTALL)
        if f'name="act" value="{button}"' in each
    )
    found = {
        name[1]: html.unescape(value[1]) if (value := re.search(r'value="([^"]*)"', each)) else ""
        for each in re.findall(r"<input[^>]*>", form)
        if (name := re.search(r'name="([^"]*)"', each))
    }
    return found | {"act": button}


async def key_of(http: httpx.AsyncClient, mail: str = "dev@example.org") -> httpx.Response:
    page = await http.get("/developers")
    return await http.post("/developers/key", data=fields(page, "/developers/key", "open") | {"mail": mail})


def secret_of(page: httpx.Response) -> tuple[str, str]:
    said = re.search(r'data-id="([^"]+)" data-secret="([^"]+)"', page.text)
    assert said
    return said[1], said[2]


async def token_of(http: httpx.AsyncClient, page: httpx.Response) -> str:
    client_id, secret = secret_of(page)
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    answer = await http.post("/oauth/token", data=form)
    return str(answer.json()["access_token"])


async def test_a_fresh_visitor_has_an_answer_within_six_actions(served: Served) -> None:
    async with listening(served) as origin, httpx.AsyncClient(base_url=origin) as http:
        actions = ["opens the guide", "types a mail address", "asks for a key"]
        guide = await http.get("/developers")
        given = await key_of(http)
        assert given.status_code == 200
        actions += ["copies the commands that set the key and get a token", "copies the call", "runs them"]
        set_key, call = shown(given)[0], next(each for each in shown(guide) if each.startswith("curl"))
        answer = json.loads(await run("bash", "-eu", "-c", f"{set_key}\n{call}"))
    assert len(actions) <= MOST_ACTIONS
    found = answer["data"]["verifyCredential"]
    assert (found["verdict"], found["reason"], bool(found["credential"])) == ("VALID", "", True)
    # What the guide says comes back is what comes back.
    said = json.loads(re.sub(r"\{ … \}", "{}", shown(guide)[4]))["data"]["verifyCredential"]
    assert [(name, said[name]) for name in ("verdict", "reason", "coverage")] == [
        (name, found[name]) for name in ("verdict", "reason", "coverage")
    ]
    assert list(said) == list(found)


@pytest.mark.needs_system("node")
async def test_the_call_of_the_console_runs_as_copied_in_every_language(served: Served, tmp_path: Path) -> None:
    async with listening(served) as origin, httpx.AsyncClient(base_url=origin) as http:
        given = await key_of(http)
        token = await token_of(http, given)
        curl, python, javascript = shown(given)[-3:]
        (script := tmp_path / "call.mjs").write_text(javascript)
        answers = [
            json.loads(await run(*command, TOKEN=token))
            for command in (("bash", "-eu", "-c", curl), (sys.executable, "-c", python), ("node", str(script)))
        ]
    for answer in answers:
        assert answer["data"]["verifyCredential"]["verdict"] == "VALID"
        assert answer["data"]["verifyCredential"]["credential"]["id"]


async def test_each_certificate_of_the_table_answers_as_the_table_says(served: Served) -> None:
    guide = await served.http.get("/developers")
    head, cell = (
        r'<th scope="row" class="when"><code>(SANDBOX-[^<]+)</code></th>',
        r"<td><code[^>]*>([^<]+)</code></td>",
    )
    rows = re.findall(head + 3 * cell, guide.text)
    assert len(rows) == len(FATES) * len(OFFICES)
    token = await token_of(served.http, await key_of(served.http))

    async def verdict(number: str, name: str) -> Any:
        answer = await served.ask(VERIFY, token, input={"number": number, "name": name, "purpose": "VERIFY"})
        return answer.json()["data"]["verifyCredential"]

    # At once, so that those who answer late are waited for together.
    answers = await asyncio.gather(*(verdict(number, name) for number, name, _, _ in rows))
    for (number, _, _, expected), found in zip(rows, answers, strict=True):
        if expected == "LIMITED":
            assert found == {"__typename": "Limited", "retryAfter": LIMITED_SECONDS}
        else:
            assert (number, found["verdict"]) == (number, expected)


async def test_every_page_says_that_this_is_a_sandbox_in_both_languages(served: Served) -> None:
    assert (await served.http.get("/version")).json()["sandbox"] is True
    for path in ("/", "/verify", "/sign-in", "/developers", "/developers/key", "/console", "/nothing-here"):
        page = await served.http.get(path)
        if page.headers["content-type"].startswith("text/html"):
            assert 'class="sandbox"' in page.text, path
    for path in ("/developers", "/developers/key"):
        await check_page(served, path)
    given = await key_of(served.http)
    assert re.findall(r"<script>|\sstyle=|\son[a-z]+=", given.text) == []
    assert given.headers["cache-control"] == "no-store"
    # Sent twice, the same key; its secret is not shown again.
    page = await served.http.get("/developers")
    form = fields(page, "/developers/key", "open") | {"mail": "twice@example.org"}
    first, again = [await served.http.post("/developers/key", data=form) for _ in range(2)]
    assert secret_of(first)[0] in again.text
    assert secret_of(first)[1] not in again.text


async def test_a_test_revocation_is_seen_by_its_subscription_and_restored(served: Served) -> None:
    given = await key_of(served.http)
    client_id, secret = secret_of(given)
    token = await token_of(served.http, given)
    async with listening(served) as origin:
        told = asyncio.create_task(first_event(origin, token))
        await asyncio.sleep(0.3)
        revoked = await press(served, given, "revoke")
        assert "<code>REVOKED</code>" in revoked.text
        assert await asyncio.wait_for(told, 10) == "credential.revoked"
    assert (await press(served, revoked, "revoke")).status_code == 409
    restored = await press(served, revoked, "restore")
    assert "<code>VALID</code>" in restored.text
    # A wrong secret opens nothing; another one is made, and the key is deleted with it.
    page = await served.http.get("/developers/key")
    wrong = fields(page, "/developers/key", "show") | {"client_id": client_id, "client_secret": "wrong"}
    assert (await served.http.post("/developers/key", data=wrong)).status_code == 401
    renewed = await press(served, restored, "rotate")
    assert secret_of(renewed)[1] != secret
    assert (await press(served, restored, "show")).status_code == 401
    assert (await press(served, renewed, "delete")).headers["location"] == "/developers"
    assert (await served.ask("{ __typename }", token)).status_code == 401


async def press(served: Served, page: httpx.Response, act: str) -> httpx.Response:
    return await served.http.post("/developers/key", data=fields(page, "/developers/key", act))


async def first_event(origin: str, token: str) -> str:
    """The type of the first event that a subscription is told."""
    query = {"query": "subscription { events { type } }"}
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(base_url=origin, timeout=20) as http,
        http.stream("POST", "/graphql", json=query, headers=headers) as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith("data:") and "credential." in line:
                return str(json.loads(line[5:])["data"]["events"]["type"])
    return ""


async def test_what_is_refused_is_said_on_the_page(served: Served) -> None:
    malformed = await key_of(served.http, "nobody")
    assert malformed.status_code == 400
    assert "邮箱地址的格式不正确" in malformed.text
    form = {"form_token": "", "form_key": "x", "act": "nothing"}
    assert (await served.http.post("/developers/key", data=form)).status_code == 400
    foreign = await served.http.post("/developers/key", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


@pytest.mark.parametrize("more_settings", [{}])
async def test_outside_a_sandbox_there_is_none_of_it(served: Served, more_settings: dict[str, Any]) -> None:
    assert more_settings == {}
    assert (await served.http.get("/version")).json()["sandbox"] is False
    assert (await served.http.get("/developers/key")).status_code == 404
    guide = await served.http.get("/developers")
    assert "SANDBOX-" not in guide.text
    assert 'class="sandbox"' not in guide.text
