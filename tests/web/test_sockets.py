"""Subscriptions over graphql-transport-ws: who may connect, what may be asked, and when a socket ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from talent_registry.services import accounts
from talent_registry.services.permissions import OPERATOR
from talent_registry.signing import tokens
from talent_registry.web import sockets
from tests.web.test_streams import FOLLOW, SOON, Live, live

__all__ = ["live"]
SPOKEN = [Subprotocol(sockets.PROTOCOL)]


class Socket:
    """One end of a socket, as a client has it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def one(self) -> dict[str, Any]:
        """The next message."""
        async with asyncio.timeout(SOON):
            found: dict[str, Any] = json.loads(await self.connection.recv())
        return found

    async def begin(self, token: str) -> None:
        await self.send(type="connection_init", payload={"Authorization": f"Bearer {token}"})
        assert await self.one() == {"type": "connection_ack"}

    async def subscribe(self, name: str = "1", query: str = FOLLOW, **variables: Any) -> None:
        await self.send(id=name, type="subscribe", payload={"query": query, "variables": variables})

    async def event(self) -> dict[str, Any]:
        """The event in the next message."""
        message = await self.one()
        assert message["type"] == "next"
        found: dict[str, Any] = message["payload"]["data"]["events"]
        return found

    async def refusal(self) -> tuple[str, str]:
        """The id of a subscription that was refused, and why."""
        message = await self.one()
        assert message["type"] == "error"
        return message["id"], message["payload"][0]["extensions"]["code"]

    async def closed(self) -> tuple[int, str]:
        """With which code and reason the other end closes."""
        with pytest.raises(ConnectionClosed) as ended:
            async with asyncio.timeout(SOON):
                while True:
                    await self.connection.recv()
        assert ended.value.rcvd is not None
        return ended.value.rcvd.code, ended.value.rcvd.reason


@asynccontextmanager
async def opened(live: Live, **more: Any) -> AsyncIterator[Socket]:
    """A socket on which nothing was said yet."""
    given: dict[str, Any] = {"subprotocols": SPOKEN, **more}
    async with connect(f"{live.address.replace('http', 'ws', 1)}/graphql", **given) as connection:
        yield Socket(connection)


@asynccontextmanager
async def begun(live: Live) -> AsyncIterator[Socket]:
    """A socket of the officer."""
    async with opened(live) as socket:
        await socket.begin(live.token)
        yield socket


async def test_a_revocation_reaches_a_connected_subscriber_and_completes_on_asking(live: Live) -> None:
    async with begun(live) as socket:
        await socket.subscribe()
        await socket.send(type="ping")
        assert await socket.one() == {"type": "pong"}
        await asyncio.sleep(0.5)
        await live.change("suspend")
        first = await socket.event()
        assert first["type"] == "credential.suspended"
        await socket.send(id="1", type="complete")
        await live.change("reinstate")
        # From the last event on, under the id that is free again.
        await socket.subscribe(after=first["id"])
        assert (await socket.event())["type"] == "credential.reinstated"
        await live.change("revoke")
        revoked = await socket.event()
        assert revoked["type"] == "credential.revoked"
        assert revoked["body"]["data"]["status"] == "REVOKED"


async def test_whoever_does_not_say_who_they_are_is_turned_away(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "INIT_SECONDS", 0.3)
    before = live.posts.world.clock.now - timedelta(hours=1)
    expired = tokens.issue(live.registry.keys, str(live.officer), now=before, seconds=60)
    cases: dict[str, tuple[Any, tuple[int, str]]] = {
        "no payload": ({"type": "connection_init"}, (4401, "SIGN_IN_FIRST")),
        "no token": ({"type": "connection_init", "payload": {}}, (4401, "SIGN_IN_FIRST")),
        "no bearer": ({"type": "connection_init", "payload": {"Authorization": "x"}}, (4403, "TOKEN_MALFORMED")),
        "expired": (
            {"type": "connection_init", "payload": {"Authorization": f"Bearer {expired}"}},
            (4403, "TOKEN_EXPIRED"),
        ),
        "too early": ({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW}}, (4401, "Unauthorized")),
    }
    for name, (message, ending) in cases.items():
        async with opened(live) as socket:
            await socket.send(**message)
            assert await socket.closed() == ending, name
    async with opened(live, additional_headers={"Authorization": f"Bearer {live.token}", "Cookie": "a=b"}) as socket:
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_a_foreign_page_and_another_protocol_are_refused(live: Live) -> None:
    host = live.address.removeprefix("http://")
    for foreign in ("https://elsewhere.example", "null", f"ftp://{host}"):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(live, origin=Origin(foreign)):
                pass
        assert refused.value.response.status_code == 403
    async with opened(live, origin=Origin(f"http://{host}")) as socket:
        await socket.begin(live.token)
    for others in (None, [Subprotocol("graphql-ws")]):
        async with opened(live, subprotocols=others) as socket:
            assert (await socket.closed())[0] == 4406


async def test_only_subscriptions_within_the_limits_are_answered(live: Live) -> None:
    async with begun(live) as socket:
        for number, (query, code) in enumerate(
            (
                ("{ viewer { kind } }", "OPERATION_UNSUPPORTED"),
                (
                    'mutation { signIn(input: {login: "a", password: "b"}) { __typename } }',
                    "OPERATION_UNSUPPORTED",
                ),
                ("subscription {", "SYNTAX"),
                ("", "QUERY_MISSING"),
                ("subscription { nothing }", "VALIDATION"),
                ("subscription { " + "a" + "{ a" * 45 + " }" * 46, "TOO_DEEP"),
                ('subscription { events(after: "RXZlbnQ6MA") { id } }', "NOT_FOUND"),
            )
        ):
            await socket.subscribe(str(number), query)
            message = await socket.one()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            found = errors[0]["extensions"]["code"]
            assert (message["id"], found) == (str(number), code), query
            if message["type"] == "next":
                assert await socket.one() == {"id": str(number), "type": "complete"}


async def test_what_breaks_the_protocol_closes_the_socket(live: Live) -> None:
    broken: dict[str, tuple[Any, int]] = {
        "no JSON": ("{", 4400),
        "a list": ("[]", 4400),
        "bytes": (b"{}", 4400),
        "a member twice": ('{"type": "ping", "type": "ping"}', 4400),
        "an unknown type": ('{"type": "start"}', 4400),
        "no id": ('{"type": "complete"}', 4400),
        "another initialisation": ('{"type": "connection_init"}', 4429),
        "too large": (json.dumps({"type": "ping", "payload": {"a": "a" * 140_000}}), 1009),
    }
    for name, (sent, code) in broken.items():
        async with begun(live) as socket:
            await socket.connection.send(sent)
            assert (await socket.closed())[0] == code, name
    async with begun(live) as socket:
        await socket.subscribe()
        await socket.subscribe()
        assert (await socket.closed())[0] == 4409


async def test_a_socket_ends_with_the_token_and_with_the_account(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "ASK_SECONDS", 0.3)
    async with begun(live) as one, begun(live) as other:
        await other.subscribe()
        await asyncio.sleep(0.5)
        live.posts.world.clock.go_on(hours=1)
        for socket in (one, other):
            assert await socket.closed() == (4403, "TOKEN_EXPIRED")
    live.posts.world.clock.go_on(hours=-1)
    async with begun(live) as socket:
        await accounts.close_account(live.registry, OPERATOR, live.officer, "close-1")
        assert await socket.closed() == (4403, "ACCOUNT_CLOSED")


async def test_so_many_sockets_and_subscriptions_are_open_and_no_more(live: Live) -> None:
    async with AsyncExitStack() as stack:
        socket, *_ = [await stack.enter_async_context(opened(live)) for _ in range(sockets.MOST_OF_ORIGIN)]
        async with opened(live) as another:
            assert (await another.closed())[0] == 1013
        await socket.begin(live.token)
        for number in range(sockets.MOST_SUBSCRIPTIONS + 1):
            await socket.subscribe(str(number))
        assert await socket.refusal() == (str(sockets.MOST_SUBSCRIPTIONS), "TOO_MANY_SUBSCRIPTIONS")
    await asyncio.sleep(0.2)
    async with begun(live) as socket:
        # Nothing is counted any more of what went with the socket before.
        for number in range(sockets.MOST_SUBSCRIPTIONS):
            await socket.subscribe(str(number))
        await asyncio.sleep(0.5)
        await live.change("revoke")
        assert {(await socket.one())["id"] for _ in range(5)} == set("01234")


async def test_a_server_that_stops_closes_the_socket_and_the_log_says_who_by_id_alone(live: Live) -> None:
    with structlog.testing.capture_logs() as lines:
        async with begun(live) as socket:
            await socket.subscribe()
            await asyncio.sleep(0.3)
            live.stop()
            assert (await socket.closed())[0] in (1001, 1012)
            await asyncio.sleep(0.3)
    (line,) = [one for one in lines if one["event"] == "socket"]
    assert set(line) == {"event", "log_level", "actor", "account", "code", "ms"}
    assert (line["actor"], line["account"]) == ("AUTHORITY", str(live.officer))
    assert live.token not in str(lines)
