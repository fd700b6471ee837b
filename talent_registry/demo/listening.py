"""A unit's own listener for webhooks, as a receiver would write it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

from standardwebhooks.webhooks import Webhook


@dataclass
class Listener:
    """What came in at `url`: headers and body of each message, in order."""

    url: str
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def read(self, secret: str) -> list[dict[str, Any]]:
        """The events received; an error where a signature does not hold."""
        webhook = Webhook(secret)
        for headers, body in self.received:
            webhook.verify(body, headers)
        return [json.loads(body) for _, body in self.received]


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port of this machine while the block lasts."""
    listener = Listener("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            listener.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the story is told elsewhere."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/events"
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
