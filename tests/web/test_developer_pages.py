"""What a developer meets: commands that run as they stand, every document in the console, nothing run by looking."""

import asyncio
import html
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, Final
from xml.etree import ElementTree as ET

import httpx
import pytest
import uvicorn
from graphql import OperationDefinitionNode, parse, validate
from graphql.execution.values import get_variable_values

from talent_registry.domain.errors import ErrorCode
from talent_registry.reference.schema_changes import SchemaChange
from talent_registry.services import ledger
from talent_registry.services.permissions import OPERATOR
from talent_registry.web.pages.documents import documents, served_schema, snippets, variables_of
from talent_registry.web.pages.languages import EN, ZH
from talent_registry.web.pages.schema_feed import feed
from tests.web.conftest import Served

PAGES = (
    "/developers",
    "/developers/errors",
    "/developers/changes",
    "/console",
    "/console/schema",
    "/console/schema?type=Credential",
    "/console/schema?search=zzz",
)
ATOM: Final = "{http://www.w3.org/2005/Atom}"
PRE = re.compile(r"<pre[^>]*>(.*?)</pre>", re.DOTALL)


def shown(page: httpx.Response) -> list[str]:
    """The commands and answers that the page shows, as a reader copies them."""
    return [html.unescape(re.sub(r"<[^>]+>", "", text)) for text in PRE.findall(page.text)]


def box(page: httpx.Response, name: str) -> str:
    found = re.search(rf'<textarea id="{name}"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


@asynccontextmanager
async def listening(served: Served) -> AsyncIterator[str]:
    """The running application behind a port of this machine, for programs that are not ours."""
    # Bound beforehand: whoever connects before the server accepts waits in the queue of the socket.
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(served.app, lifespan="off", log_config=None))
        task = asyncio.create_task(server.serve(sockets=[door]))
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        await task


async def run(*command: str, **environment: str) -> str:
    child = await asyncio.create_subprocess_exec(
        *command, env=os.environ | environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, wrong = await child.communicate()
    assert child.returncode == 0, wrong.decode()
    return out.decode().strip()


async def test_each_page_speaks_both_languages_and_loads_nothing_from_elsewhere(served: Served) -> None:
    for path in PAGES:
        await check_page(served, path)
    await check_failures(served)


async def check_page(served: Served, path: str) -> None:
    chinese = await served.http.get(path)
    assert (chinese.status_code, chinese.headers["content-language"]) == (200, "zh-Hans")
    english = await served.http.get(path, headers={"Cookie": "language=en"})
    # Code, names and the schema's own words apart, nothing is left in Chinese but the link back to it.
    left = re.sub(
        r"<pre.*?</pre>|<textarea.*?</textarea>|<code lang=\"zh-Hans\">.*?<|lang=\"en\">.*?<|中文",
        "",
        english.text,
        flags=re.DOTALL,
    )
    assert re.findall(r"[\u4e00-\u9fff]+", left) == []
    assert "unsafe" not in chinese.headers["content-security-policy"]
    assert "default-src 'none'" in chinese.headers["content-security-policy"]
    assert re.findall(r'(?:src|href)="(?:https?:)?//', chinese.text) == []
    assert re.findall(r"<script>|\sstyle=|\son[a-z]+=", chinese.text) == []
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', chinese.text):
        assert (await served.http.get(address)).status_code == 200


async def test_the_quickstart_works_as_it_stands(served: Served) -> None:
    client = await served.client("VERIFY")
    assert client.secret
    async with listening(served) as origin:
        async with httpx.AsyncClient() as http:
            page = await http.get(f"{origin}/developers")
        token_command, curl, python, _, answer = shown(page)
        asked = {"CLIENT_ID": client.client_id, "CLIENT_SECRET": client.secret}
        by_curl = json.loads(await run("bash", "-eu", "-c", f"{token_command}\n{curl}", **asked))
        token = await run("bash", "-eu", "-c", f'{token_command}\necho "$TOKEN"', **asked)
        by_python = json.loads(await run(sys.executable, "-c", python, TOKEN=token))
    for got in (by_curl, by_python):
        found = got["data"]["verifyCredential"]
        assert (found["verdict"], found["credential"]) == ("NOT_FOUND", None)
        # What the page says comes back is what comes back.
        said = json.loads(re.sub(r"\{ … \}", "{}", answer))
        assert [list(said), list(said["data"]["verifyCredential"])] == [["data", "extensions"], list(found)]
        assert set(said["extensions"]) == set(got["extensions"])


async def check_failures(served: Served) -> None:
    """Every kind of failure is explained in both languages."""
    for language in ("zh", "en"):
        page = await served.http.get("/developers", headers={"Cookie": f"language={language}"})
        rows = re.findall(r'<th scope="row"><code>([A-Z_]+)</code></th><td>([^<]+)</td><td>([^<]+)</td>', page.text)
        assert [code for code, _, _ in rows] == [code.value for code in ErrorCode]


@pytest.mark.parametrize("name", sorted(documents()))
def test_every_document_fits_the_schema_and_so_do_its_variables(name: str) -> None:
    document = documents()[name]
    assert validate(served_schema(), parse(document.text)) == []
    variables = variables_of(document, "key-1")
    operation = next(part for part in parse(document.text).definitions if isinstance(part, OperationDefinitionNode))
    got = get_variable_values(served_schema(), operation.variable_definitions or (), variables)
    assert not isinstance(got, list), got
    # The same text for a shell, Python and JavaScript: no quotation mark that would end it, and the document itself.
    body = snippets("http://registry", document.text, variables).body
    assert "'" not in body
    assert json.loads(body) == {"query": document.text, "variables": variables}


async def test_the_menu_offers_every_document_and_opens_the_one_asked_for(served: Served) -> None:
    page = await served.http.get("/console?document=agency/watch_recognition")
    offered = re.findall(r'<option value="([^"]+)"', page.text)
    assert sorted(offered) == sorted(documents())
    assert len(offered) > 100
    assert box(page, "query") == documents()["agency/watch_recognition"].text
    assert set(json.loads(box(page, "variables"))) == {"credential", "target"}
    curl = shown(page)[1]
    assert "WatchRecognition" in curl
    assert "Accept: text/event-stream" in curl
    assert (await served.http.get("/console?document=../../settings")).status_code == 404
    await check_schema(served)


async def check_schema(served: Served) -> None:
    """The schema is searched on the server."""
    found = await served.http.get("/console/schema?search=recognitionwatch")
    assert "<code>recognitionWatch</code>" in found.text
    assert "没有找到" in (await served.http.get("/console/schema?search=zzz")).text
    kind = await served.http.get("/console/schema?type=VerifyCredentialInput")
    assert "<code>obtainedOn</code>" in kind.text
    assert (await served.http.get("/console/schema?type=Nothing")).status_code == 404


async def test_looking_runs_nothing(served: Served) -> None:
    await served.officer()
    before = await entries(served)
    for path in PAGES:
        await served.http.get(path)
    await served.http.get("/console?document=authority/register_organisation&run=1")
    assert await entries(served) == before
    script = (await served.http.get("/static/console.js")).text
    # Token and history stay in memory; only a press runs a request; results are text and never markup.
    for forbidden in ("localStorage", "sessionStorage", "cookie", "indexedDB", "innerHTML", "eval(", "https://"):
        assert forbidden not in script


async def entries(served: Served) -> int:
    """How many acts the ledger holds."""
    return (await ledger.verify(served.registry, OPERATOR)).chain.entries


@pytest.mark.parametrize("more_settings", [{"console": False}])
async def test_a_console_that_is_switched_off_is_not_there_and_nothing_leads_to_it(
    served: Served, more_settings: dict[str, Any]
) -> None:
    assert more_settings == {"console": False}
    assert (await served.http.get("/console")).status_code == 404
    assert (await served.http.get("/console/schema")).status_code == 404
    assert "/console" not in (await served.http.get("/developers")).text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_whoever_follows_the_schema_finds_the_feed_and_every_day_in_it(served: Served, language: str) -> None:
    page = await served.http.get("/developers/changes", headers={"Cookie": f"language={language}"})
    found = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', page.text)
    (address,) = found
    # Whoever reads feeds has no cookie.
    answer = await served.http.get(address)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    entries = ET.fromstring(answer.content).findall(f"{ATOM}entry")  # noqa: S314 - our own
    days = [one.findtext(f"{ATOM}id", "").partition("#")[2] for one in entries]
    assert days == re.findall(r'<h2 id="(d[^"]+)"', page.text)
    assert all(one.findtext(f"{ATOM}title") for one in entries)


def test_a_day_of_the_feed_names_what_it_changed_and_the_first_the_whole() -> None:
    first = SchemaChange(date(2026, 11, 24), ("Query.a", "Query.b"), (), ())
    later = SchemaChange(date(2026, 12, 1), ("Query.c",), ("Query.a",), ("Query.<b>",))
    for language, words in ((ZH, ("移除", "弃用", "增加")), (EN, ("Removed", "Deprecated", "Added"))):
        root = ET.fromstring(feed("https://example.org", language, (first, later)))  # noqa: S314 - our own
        assert root.findtext(f"{ATOM}updated") == "2026-12-01T00:00:00+08:00"
        newest, oldest = [one.findtext(f"{ATOM}content", "") for one in root.findall(f"{ATOM}entry")]
        names = ("Query.<b>", "Query.a", "Query.c")
        assert newest.splitlines() == [f"{word}: {name}" for word, name in zip(words, names, strict=True)]
        assert "Query.b" not in oldest
        assert "/schema.graphql" in oldest
