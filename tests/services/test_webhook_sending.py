"""Sending a webhook: to addresses of the open internet alone, without redirects, and never for long."""

import http.server
import json
import socket
import threading
from dataclasses import replace
from typing import Any

import pytest

from talent_registry.services import webhooks
from talent_registry.services.webhook_delivery import deliver_one
from talent_registry.services.webhook_sending import NotSent, send
from tests.postings import open_postings
from tests.registries import World


class Listener(http.server.BaseHTTPRequestHandler):
    """Answers on this machine; `/moved` redirects."""

    asked: list[tuple[str, bytes]] = []  # noqa: RUF012 - one list for the run

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.asked.append((self.path, body))
        self.send_response(302 if self.path == "/moved" else 204)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def listener() -> Any:
    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_listener_on_this_machine_is_sent_to_only_where_that_is_allowed(listener: str) -> None:
    assert send(f"{listener}/a?b=1", {"webhook-id": "1"}, b"{}", loopback=True) == 204
    assert Listener.asked[-1] == ("/a?b=1", b"{}")
    before = len(Listener.asked)
    assert send(f"{listener}/moved", {}, b"{}", loopback=True) == 302
    with pytest.raises(NotSent) as refused:
        send(f"{listener}/a", {}, b"{}")
    assert refused.value.reason == "ADDRESS_REFUSED"
    assert len(Listener.asked) == before + 1


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (["10.0.0.1"], "ADDRESS_REFUSED"),
        (["8.8.8.8", "169.254.169.254"], "ADDRESS_REFUSED"),
        (["::ffff:10.0.0.1"], "ADDRESS_REFUSED"),
        (["fe80::1%eth0"], "ADDRESS_REFUSED"),
        ([], "ADDRESS_REFUSED"),
    ],
)
def test_a_name_that_leads_within_is_refused_after_it_is_looked_up(
    monkeypatch: pytest.MonkeyPatch, answers: list[str], reason: str
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotSent) as refused:
        send("https://hooks.example.org/", {}, b"{}")
    assert refused.value.reason == reason


def test_the_address_that_was_looked_up_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["8.8.8.8"], ["10.0.0.1"]])
    reached: list[object] = []

    def lookup(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in next(answers)]

    def connect(address: object, **_: object) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotSent) as failed:
        send("https://hooks.example.org/", {}, b"{}")
    assert (failed.value.reason, reached) == ("NOT_REACHED", [("8.8.8.8", 443)])


def test_an_unknown_name_and_an_answer_that_is_none_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotSent) as failed:
        send("https://nothing.invalid/", {}, b"{}")
    assert failed.value.reason == "NAME_UNKNOWN"
    with socket.create_server(("127.0.0.1", 0)) as quiet:
        monkeypatch.setattr("talent_registry.services.webhook_sending._WHOLE_SECONDS", 0.3)
        for scheme in ("http", "https"):
            with pytest.raises(NotSent) as failed:
                send(f"{scheme}://127.0.0.1:{quiet.getsockname()[1]}/", {}, b"{}", loopback=True)
            assert failed.value.reason == "NO_ANSWER"


async def test_the_worker_sends_to_this_machine_where_the_setting_allows(world: World, listener: str) -> None:
    posts = await open_postings(world)
    registry = replace(world.registry, allow_loopback_webhooks=True)
    await webhooks.register(registry, posts.host_hr, f"{listener}/mine", world.key())
    await posts.propose()
    assert await deliver_one(registry)
    path, body = Listener.asked[-1]
    assert (path, json.loads(body)["type"]) == ("/mine", "talent-registry.placement.proposed")
    assert not await deliver_one(registry)
