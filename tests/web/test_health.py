"""Health: alive says nothing of the database, ready says why not, within its deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from talent_registry.web import health
from talent_registry.web.health import health_routes

SDL = 'type Query {\n  "身份互认"\n  a: Int\n}\n'


async def ready() -> str | None:
    await asyncio.sleep(0)
    return None


async def unmigrated() -> str | None:
    await asyncio.sleep(0)
    return "MIGRATIONS_PENDING"


async def unreachable() -> str | None:
    await asyncio.sleep(0)
    raise OSError("host=10.0.0.1 password=secret")


def client(check: Callable[[], Awaitable[str | None]]) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(health_routes(check, "1.2.3", SDL))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://registry")


async def test_a_ready_registry_says_so() -> None:
    async with client(ready) as http:
        response = await http.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


async def test_a_registry_that_is_not_ready_says_why() -> None:
    async with client(unmigrated) as http:
        response = await http.get("/readyz")
    assert (response.status_code, response.json()["reason"]) == (503, "MIGRATIONS_PENDING")
    assert response.headers["retry-after"]


async def test_a_failing_check_gives_nothing_away() -> None:
    async with client(unreachable) as http:
        response = await http.get("/readyz")
    assert (response.status_code, response.json()["reason"]) == (503, "DATABASE_UNREACHABLE")
    assert "secret" not in response.text


async def test_a_check_that_cannot_be_cancelled_is_not_waited_for_nor_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "READY_SECONDS", 0.05)
    started = 0
    end = asyncio.Event()

    async def stubborn() -> str | None:
        nonlocal started
        started += 1
        while not end.is_set():
            try:
                await end.wait()
            except asyncio.CancelledError:
                continue
        return None

    async with client(stubborn) as http:
        begin = time.perf_counter()
        responses = await asyncio.gather(*(http.get("/readyz") for _ in range(5)))
        assert {(each.status_code, each.json()["reason"]) for each in responses} == {(503, "DATABASE_SLOW")}
        assert (await http.get("/livez")).status_code == 200
        assert time.perf_counter() - begin < 1
        assert started == 1
        end.set()
        await asyncio.sleep(0)
        assert (await http.get("/readyz")).status_code == 200


async def test_alive_and_version_never_ask_the_database() -> None:
    async with client(unreachable) as http:
        alive, version = await http.get("/livez"), await http.get("/version")
        assert (await http.head("/livez")).status_code == 200
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert version.json() == {"name": "talent-registry", "version": "1.2.3", "sandbox": False}


async def test_the_schema_is_given_once_and_then_known_by_its_tag() -> None:
    async with client(ready) as http:
        first = await http.get("/schema.graphql")
        assert (first.status_code, first.text) == (200, SDL)
        for tag in (first.headers["etag"], f'"x", W/{first.headers["etag"]}', "*"):
            again = await http.get("/schema.graphql", headers={"if-none-match": tag})
            assert (again.status_code, again.content) == (304, b"")
        assert (await http.get("/schema.graphql", headers={"if-none-match": '"x"'})).status_code == 200
