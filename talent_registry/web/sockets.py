"""Subscriptions over WebSocket (graphql-transport-ws) at /graphql: the same guards as HTTP, and subscriptions alone."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any, Final
from uuid import uuid4

import strawberry
import structlog
from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect

from talent_registry.api.context import Context
from talent_registry.api.guarding import subscribe_guarded
from talent_registry.domain.errors import NotPermitted
from talent_registry.services.following import MOST_OF_ACCOUNT
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings
from talent_registry.web.deadlines import in_time
from talent_registry.web.doors import Doors, is_own_page
from talent_registry.web.identity import identify_by, origin_of
from talent_registry.web.requests import GraphQLRequest, RefusedRequest, graphql_request_in
from talent_registry.web.responses import is_request_error
from talent_registry.web.strict_json import NotStrictJson, read_json

PROTOCOL: Final = "graphql-transport-ws"
MOST_SOCKETS: Final = 200
MOST_OF_ORIGIN: Final = 50
MOST_SUBSCRIPTIONS: Final = MOST_OF_ACCOUNT
# Whoever connects says who they are by then; whether that still holds is asked anew as often as this.
INIT_SECONDS: Final = 5.0
ASK_SECONDS: Final = 5.0
_LONGEST_ID: Final = 64
# Close codes: those of the protocol, and of RFC 6455.
_MALFORMED, _UNAUTHORISED, _FORBIDDEN, _NOT_ACCEPTABLE = 4400, 4401, 4403, 4406
_TOO_LATE, _TWICE, _TOO_MANY_INITS = 4408, 4409, 4429
_AWAY, _POLICY, _TOO_LARGE, _BROKEN, _TRY_LATER = 1001, 1008, 1009, 1011, 1013
_NOBODY_THERE: Final = (RuntimeError, WebSocketDisconnect)
_log = structlog.get_logger(__name__)


class _Closed(Exception):
    """The socket is closed with this code and reason, which names no person and repeats nothing."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def socket_route(schema: strawberry.Schema, settings: Settings) -> Callable[[WebSocket], Awaitable[None]]:
    """The handler of WebSocket handshakes at /graphql; the registry is the one in `app.state`."""
    doors = Doors(most=MOST_SOCKETS, most_of_origin=MOST_OF_ORIGIN)

    async def talk(websocket: WebSocket) -> None:
        if not is_own_page(websocket):
            # Before the handshake is answered: 403. Cookies are never read, so a foreign page would gain nothing.
            await websocket.close(_POLICY)
            return
        with doors.counted(origin_of(websocket)) as room:
            if PROTOCOL not in websocket.scope["subprotocols"]:
                await _turn_away(websocket, _NOT_ACCEPTABLE, "Subprotocol not acceptable")
            elif not room:
                await _turn_away(websocket, _TRY_LATER, "Too many sockets")
            else:
                await _Session(websocket, schema, settings).run()

    return talk


async def _turn_away(websocket: WebSocket, code: int, reason: str) -> None:
    await websocket.accept()
    await websocket.close(code, reason)


class _Session:
    """One socket: who is at the other end, and the subscriptions it has open by their ids."""

    def __init__(self, websocket: WebSocket, schema: strawberry.Schema, settings: Settings) -> None:
        self._socket = websocket
        self._schema = schema
        self._settings = settings
        self._registry: Registry = websocket.app.state.registry
        self._request_id = str(uuid4())
        self._authorization = ""
        self._actor: Actor = ANONYMOUS
        self._open: dict[str, asyncio.Task[None]] = {}
        self._known = asyncio.Event()
        self._doubted = asyncio.Event()
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Answer until either side goes; what is open ends with the socket."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=self._request_id)
        started = time.perf_counter()
        await self._socket.accept(subprotocol=PROTOCOL)
        tasks = {asyncio.create_task(self._read()), asyncio.create_task(self._watch())}
        ended = _Closed(_AWAY, "Gone")
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            ended = _ending_of(done)
        finally:
            pending = [*tasks, *self._open.values()]
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
            with suppress(*_NOBODY_THERE):
                await self._socket.close(ended.code, ended.reason)
            _log.info(
                "socket",
                actor=self._actor.kind.value,
                account=str(self._actor.account_id) if self._actor.account_id else None,
                code=ended.code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )

    async def _read(self) -> None:
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                raise _Closed(_AWAY, "Gone")
            await self._heed(self._message_in(received.get("text")))

    async def _watch(self) -> None:
        """Close the socket of whoever does not say who they are, or may not be here any more."""
        try:
            await asyncio.wait_for(self._known.wait(), INIT_SECONDS)
        except TimeoutError:
            raise _Closed(_TOO_LATE, "Connection initialisation timeout") from None
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._doubted.wait(), ASK_SECONDS)
            self._doubted.clear()
            await self._identify()

    def _message_in(self, text: str | None) -> dict[str, Any]:
        if text is None:
            raise _Closed(_MALFORMED, "Text is expected")
        body = text.encode("utf-8", "surrogatepass")
        if len(body) > self._settings.max_body_bytes:
            raise _Closed(_TOO_LARGE, "Message too large")
        try:
            found = read_json(body)
        except NotStrictJson:
            raise _Closed(_MALFORMED, "No strict JSON") from None
        if not isinstance(found, dict):
            raise _Closed(_MALFORMED, "An object is expected")
        return found

    async def _heed(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._begin(message.get("payload"))
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(_id_in(message), message.get("payload"))
            case "complete":
                await self._complete(_id_in(message))
            case _:
                raise _Closed(_MALFORMED, "Unknown type of message")

    async def _begin(self, payload: object) -> None:
        if self._known.is_set():
            raise _Closed(_TOO_MANY_INITS, "Too many initialisation requests")
        said = payload.get("Authorization") if isinstance(payload, dict) else None
        if not isinstance(said, str):
            raise _Closed(_UNAUTHORISED, "SIGN_IN_FIRST")
        self._authorization = said
        self._actor = await self._identify()
        self._known.set()
        await self._send({"type": "connection_ack"})

    async def _identify(self) -> Actor:
        """Who is at the other end, as it stands now."""
        try:
            return await in_time(identify_by([self._authorization], self._registry), self._settings.request_seconds)
        except RefusedRequest as refused:
            raise _Closed(_FORBIDDEN if refused.status == 401 else _TRY_LATER, refused.code) from None  # noqa: PLR2004

    async def _still(self) -> Actor:
        try:
            return await identify_by([self._authorization], self._registry)
        except RefusedRequest as refused:
            raise NotPermitted(refused.message, reason=refused.code) from None

    async def _subscribe(self, name: str, payload: object) -> None:
        if not self._known.is_set():
            raise _Closed(_UNAUTHORISED, "Unauthorized")
        if name in self._open:
            raise _Closed(_TWICE, "Subscriber already exists")
        try:
            asked = graphql_request_in(payload)
        except RefusedRequest as refused:
            await self._refuse(name, refused.code, f"{refused.message.zh} {refused.message.en}")
            return
        if len(self._open) >= MOST_SUBSCRIPTIONS:
            words = f"每个连接至多 {MOST_SUBSCRIPTIONS} 个订阅。At most {MOST_SUBSCRIPTIONS} subscriptions of a socket."
            await self._refuse(name, "TOO_MANY_SUBSCRIPTIONS", words)
            return
        self._open[name] = asyncio.create_task(self._serve(name, asked))

    async def _complete(self, name: str) -> None:
        task = self._open.pop(name, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _serve(self, name: str, asked: GraphQLRequest) -> None:
        """The results of one subscription as they come."""
        context = Context(
            self._registry,
            self._actor,
            self._request_id,
            origin_of(self._socket),
            public_introspection=self._settings.public_introspection,
            following=self._socket.app.state.following,
            still=self._still,
        )
        results = subscribe_guarded(self._schema, asked.query, asked.variables, asked.operation_name, context)
        async with aclosing(results):  # type: ignore[type-var]  # an async generator, which can be closed
            async for result in results:
                errors = [error.formatted for error in result.errors or ()]
                if errors:
                    self._doubted.set()
                if is_request_error(result):
                    self._open.pop(name, None)
                    await self._send({"id": name, "type": "error", "payload": errors})
                    return
                told = {"data": result.data} | ({"errors": errors} if errors else {})
                await self._send({"id": name, "type": "next", "payload": told})
        self._open.pop(name, None)
        await self._send({"id": name, "type": "complete"})

    async def _refuse(self, name: str, code: str, words: str) -> None:
        error = GraphQLError(words, extensions={"code": code, "requestId": self._request_id})
        await self._send({"id": name, "type": "error", "payload": [error.formatted]})

    async def _send(self, message: dict[str, Any]) -> None:
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        # Where nobody is there any more, reading ends the session.
        async with self._sending:
            with suppress(*_NOBODY_THERE):
                await self._socket.send_text(text.encode("utf-8", "replace").decode())


def _id_in(message: dict[str, Any]) -> str:
    name = message.get("id")
    if not isinstance(name, str) or not 1 <= len(name) <= _LONGEST_ID:
        raise _Closed(_MALFORMED, "An id of 1 to 64 characters is expected")
    return name


def _ending_of(done: set[asyncio.Task[None]]) -> _Closed:
    """Why the session ended; a defect of ours is logged by its class alone."""
    for task in done:
        failure = task.exception()
        if isinstance(failure, _Closed):
            return failure
        if failure is not None and not isinstance(failure, WebSocketDisconnect):
            _log.error("unexpected failure", error=type(failure).__name__)
            return _Closed(_BROKEN, "INTERNAL")
    return _Closed(_AWAY, "Gone")
