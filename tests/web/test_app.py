"""The application as a whole: health, headers, log lines, and what it refuses to start on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from talent_registry.api.schema import sdl
from talent_registry.composition import CannotOpen, reason_unready, write_logs
from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.services.permissions import OPERATOR
from talent_registry.web.app import create_app
from talent_registry.web.identity import origin_of
from tests.chambers import FIRST, open_chamber
from tests.conftest import DatabaseUrls, as_superuser
from tests.drafts import widened
from tests.registries import open_world
from tests.web.conftest import Served, settings_for


async def test_it_says_that_it_lives_is_ready_and_what_it_is(served: Served) -> None:
    assert (await served.http.get("/livez")).json() == {"status": "alive"}
    assert (await served.http.get("/readyz")).json() == {"status": "ready"}
    assert (await served.http.get("/version")).json()["name"] == "talent-registry"
    schema = await served.http.get("/schema.graphql")
    assert schema.text == sdl()


async def test_it_is_not_ready_on_tables_of_another_version(served: Served, database_urls: DatabaseUrls) -> None:
    with as_superuser(database_urls) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    answer = await served.http.get("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "MIGRATIONS_DIFFER")


async def test_it_is_not_ready_where_the_law_in_force_is_not_held_and_says_so_at_its_start(
    database_urls: DatabaseUrls,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    await (await open_chamber(world)).enact(widened(FIRST))
    assert await reason_unready(world.registry) is None
    await world.registry.database.close()
    shipped = shipped_agreement()
    altered = replace(shipped.versions[-1], digest="0" * 64, content={"clauses": [{"id": "X"}]})
    other = replace(shipped, versions=(*shipped.versions[:-1], altered))
    monkeypatch.setattr("talent_registry.composition.shipped_agreement", lambda: other)
    # Read anew each time, which takes a while on a busy machine.
    monkeypatch.setattr("talent_registry.web.health.READY_SECONDS", 30)
    write_logs(as_json=True)
    app = create_app(settings_for(database_urls, tmp_path))

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://registry") as http:
            answer = await http.get("/readyz")

    assert (answer.status_code, answer.json()["reason"]) == (503, "VERSION_NOT_HELD")
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "law not held" in line]
    assert json.loads(line)["level"] == "error"
    assert "Run the program with the agreement of that day" in json.loads(line)["en"]


async def test_it_does_not_start_on_tables_of_another_version(database_urls: DatabaseUrls, tmp_path: Path) -> None:
    with as_superuser(database_urls) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    app = create_app(settings_for(database_urls, tmp_path))
    with pytest.raises(CannotOpen) as refused:
        async with app.router.lifespan_context(app):
            pass
    assert "migrate" in refused.value.message.zh
    assert "migrate" in refused.value.message.en


async def test_it_does_not_start_on_a_database_that_does_not_answer(
    database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    app = create_app(settings_for(database_urls.of("no_such_database"), tmp_path))
    with pytest.raises(CannotOpen) as refused:
        async with app.router.lifespan_context(app):
            pass
    assert "TALENT_REGISTRY_DATABASE_URL" in str(refused.value)


@pytest.mark.parametrize("path", ["/livez", "/graphql", "/oauth/token", "/nothing-here", "/schema.graphql"])
async def test_every_answer_tells_browsers_to_keep_their_distance(served: Served, path: str) -> None:
    headers = (await served.http.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
    assert len(headers["x-request-id"]) == 36
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/graphql/", "/nothing-here"])
async def test_where_there_is_no_page_the_answer_says_so_in_both_languages(served: Served, path: str) -> None:
    answer = await served.http.get(path)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], set(error["message"])) == (404, "HTTP_404", {"zh", "en"})
    assert error["requestId"] == answer.headers["x-request-id"]


async def test_a_request_is_one_log_line_with_ids_and_without_what_was_asked(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    account_id = await served.officer()
    token = (await served.sign_in())["accessToken"]
    capsys.readouterr()
    write_logs(as_json=True)
    secret = "990000199001011239"
    answer = await served.ask(
        "query Look($n: String!) { organisations(province: $n) { edges { cursor } } }", token, n=secret
    )
    await served.http.get(f"/people/{secret}?name={secret}")
    printed = capsys.readouterr()
    lines: list[dict[str, Any]] = [json.loads(line) for line in printed.err.splitlines()]
    first, second = (line for line in lines if line["event"] == "request")
    assert (first["request_id"], first["account"]) == (answer.headers["x-request-id"], str(account_id))
    assert (first["method"], first["path"], first["status"]) == ("POST", "/graphql", 200)
    assert first["ms"] > 0
    assert (second["path"], second["status"]) == ("other", 404)
    assert secret not in printed.err + printed.out
    assert "organisations" not in printed.err


async def test_a_defect_outside_graphql_is_masked(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    async def broken(_request: Request) -> Response:
        raise RuntimeError("990000199001011239")

    served.app.add_route("/broken", broken)
    write_logs(as_json=True)
    answer = await served.http.get("/broken")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "INTERNAL")
    printed = capsys.readouterr()
    assert "990000" not in printed.err + printed.out + answer.text
    assert '"error": "RuntimeError"' in printed.err


async def test_the_application_acts_as_a_role_that_owns_nothing(served: Served) -> None:
    async with served.registry.reading(OPERATOR) as connection:
        role = (await connection.execute(text("SELECT current_user"))).scalar_one()
    assert role == "talent_registry_api"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_site_is_one_origin(host: str, origin: str) -> None:
    scope = {"type": "http", "client": (host, 1), "headers": []}
    assert origin_of(Request(scope)) == origin
