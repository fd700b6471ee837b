"""Subscriptions over server-sent events: what happens arrives soon, once, and only while the caller may have it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn

from talent_registry.api.nodes import to_node_id
from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts, standing
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.registry import Registry
from talent_registry.services.standing import StatusChange
from talent_registry.signing import tokens
from talent_registry.web.app import create_app
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.registries import open_world
from tests.web.conftest import PASSWORD, settings_for

FOLLOW = "subscription ($after: ID) { events(after: $after) { id type body } }"
SOON = 10.0


@dataclass
class Live:
    """A server that really listens, and an officer of Sichuan who has signed in."""

    posts: Postings
    address: str
    token: str
    officer: UUID
    stop: Callable[[], None]

    @property
    def registry(self) -> Registry:
        return self.posts.registry

    async def change(self, status: str) -> None:
        """The issuer suspends, reinstates or revokes the one credential."""
        self.posts.world.clock.go_on(seconds=1)
        act = {"suspend": standing.suspend, "reinstate": standing.reinstate, "revoke": standing.revoke}[status]
        asked = StatusChange(self.posts.person.credential, "核查", self.posts.today)
        await act(self.registry, self.posts.titles.issuer, asked, str(uuid4()))

    @asynccontextmanager
    async def follow(self, query: str = FOLLOW, token: str | None = None, **variables: Any) -> AsyncIterator["Frames"]:
        """An open subscription, once the server has answered its head."""
        headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {token or self.token}"}
        body = {"query": query, "variables": variables}
        async with (
            httpx.AsyncClient(timeout=SOON) as http,
            http.stream("POST", f"{self.address}/graphql", json=body, headers=headers) as answer,
        ):
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Frames(answer.aiter_lines())


class Frames:
    """The frames of a stream, one after the other."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def one(self) -> tuple[str, Any]:
        """The next frame: its kind and its data."""
        kind = ""
        async with asyncio.timeout(SOON):
            async for line in self._lines:
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data:"):
                    text = line.removeprefix("data:").strip()
                    return kind, json.loads(text) if text else None
        raise AssertionError("the stream ended")

    async def event(self) -> dict[str, Any]:
        """The event in the next frame."""
        kind, data = await self.one()
        assert kind == "next"
        found: dict[str, Any] = data["data"]["events"]
        return found


@pytest.fixture
async def live(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Live]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    posts = await open_postings(world)
    app = create_app(settings_for(database_urls, tmp_path))
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    async with asyncio.timeout(60):
        while not server.started:  # noqa: ASYNC110 - uvicorn has a flag, no event
            await asyncio.sleep(0.02)
    app.state.registry = replace(app.state.registry, clock=world.clock)
    asked = accounts.NewAccount("officer-1", PASSWORD, AccountKind.AUTHORITY, posts.titles.officer.organisation_id)
    opened = await accounts.open_account(posts.registry, OPERATOR, asked, str(uuid4()))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sign_in = (
        'mutation { signIn(input: {login: "officer-1", password: "%s"}) { ... on SignInSuccess { accessToken } } }'
    )
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.post(f"{address}/graphql", json={"query": sign_in % PASSWORD})
    token = answer.json()["data"]["signIn"]["accessToken"]
    yield Live(posts, address, token, UUID(opened.result["account_id"]), partial(setattr, server, "should_exit", True))
    server.should_exit = True
    await task
    listener.close()
    await world.registry.database.close()


async def test_a_revocation_reaches_a_connected_subscriber(live: Live) -> None:
    async with live.follow() as frames:
        await asyncio.sleep(0.5)
        await live.change("revoke")
        found = await frames.event()
    assert found["type"] == "credential.revoked"
    assert found["body"]["data"]["status"] == "REVOKED"
    assert found["body"]["specversion"] == "1.0"


async def test_whoever_comes_back_with_the_last_id_misses_nothing_and_hears_nothing_twice(live: Live) -> None:
    async with live.follow() as frames:
        await asyncio.sleep(0.5)
        await live.change("suspend")
        first = await frames.event()
    await live.change("reinstate")
    async with live.follow(after=first["id"]) as frames:
        second = await frames.event()
        await live.change("revoke")
        third = await frames.event()
    types = [one["type"] for one in (first, second, third)]
    assert types == ["credential.suspended", "credential.reinstated", "credential.revoked"]


async def test_a_subscription_ends_with_the_token_and_with_the_account(live: Live) -> None:
    async with live.follow() as one, live.follow() as other:
        await asyncio.sleep(0.5)
        await accounts.close_account(live.registry, OPERATOR, live.officer, str(uuid4()))
        await live.change("suspend")
        for frames in (one, other):
            kind, body = await frames.one()
            assert (kind, body["errors"][0]["extensions"]["reason"]) == ("next", "ACCOUNT_CLOSED")
            assert await frames.one() == ("complete", None)


async def test_an_expired_token_ends_it_without_any_event(live: Live) -> None:
    async with live.follow() as frames:
        await asyncio.sleep(0.5)
        live.posts.world.clock.go_on(hours=1)
        _, body = await frames.one()
        assert body["errors"][0]["extensions"]["reason"] == "TOKEN_EXPIRED"


async def test_one_account_opens_only_so_many(live: Live) -> None:
    async with live.follow(), live.follow(), live.follow(), live.follow(), live.follow():
        await asyncio.sleep(0.5)
        async with live.follow() as frames:
            _, body = await frames.one()
    assert body["errors"][0]["extensions"]["reason"] == "TOO_MANY_SUBSCRIPTIONS"


async def test_what_is_no_subscription_or_not_the_callers_is_refused_in_the_stream(live: Live) -> None:
    for query, code in (
        ("{ viewer { kind } }", "OPERATION_UNSUPPORTED"),
        ("subscription {", "SYNTAX"),
        ("subscription { nothing }", "VALIDATION"),
        ('subscription { events(after: "RXZlbnQ6MA") { id } }', "NOT_FOUND"),
    ):
        async with live.follow(query) as frames:
            kind, body = await frames.one()
            assert (kind, body["errors"][0]["extensions"]["code"]) == ("next", code)
            assert await frames.one() == ("complete", None)
    async with httpx.AsyncClient() as http:
        answer = await http.post(
            f"{live.address}/graphql", json={"query": FOLLOW}, headers={"Accept": "text/event-stream"}
        )
    assert "SIGN_IN_FIRST" in answer.text


async def test_a_watched_recognition_is_told_when_it_stops_and_starts_and_not_otherwise(live: Live) -> None:
    watch = (
        "subscription ($credential: ID!, $division: String!) { recognitionWatch(credential: $credential, "
        'target: {division: $division, postSeries: "01"}, purpose: "核验") { isRecognised reasonCode } }'
    )
    credential = str(to_node_id("Credential", live.posts.person.credential))
    me = str(live.posts.person.me.account_id)
    person = tokens.issue(live.registry.keys, me, now=live.posts.world.clock.now, seconds=900)
    async with live.follow(watch, person, credential=credential, division="500106") as frames:
        told = [(await frames.one())[1]["data"]["recognitionWatch"]]
        await live.posts.propose()
        await live.change("suspend")
        told.append((await frames.one())[1]["data"]["recognitionWatch"])
        await live.change("reinstate")
        told.append((await frames.one())[1]["data"]["recognitionWatch"])
    assert [one["isRecognised"] for one in told] == [True, False, True]
    assert all(set(one) == {"isRecognised", "reasonCode"} for one in told)
    assert len({one["reasonCode"] for one in told}) == 2
    async with live.follow(
        watch, person, credential=str(to_node_id("Credential", uuid4())), division="500106"
    ) as frames:
        _, body = await frames.one()
    assert body["errors"][0]["extensions"]["code"] == "NOT_FOUND"
