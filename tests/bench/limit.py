"""The limit: a bare ASGI endpoint that sends the statements of a plan again as they stand and passes their text on.

BENCH_SENT: a file of what was sent on whose behalf: by question, for each request its statements in their order.
"""

import os
import pickle
from itertools import cycle
from pathlib import Path
from typing import Any

from talent_registry.storage.ids import new_id
from talent_registry.storage.session import Database

# Made by the bench itself, a moment ago, in a folder of its own.
_SENT = pickle.loads(Path(os.environ["BENCH_SENT"]).read_bytes())  # noqa: S301
_turns = {name: cycle(requests) for name, requests in _SENT["requests"].items()}
_held: list[Database] = []


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """POST to /NAME answers the next of the requests recorded under that name."""
    if scope["type"] != "http":
        return
    if not _held:
        # As the server of the registry does: one pool for each process.
        _held.append(Database(_SENT["url"], pool_size=10))
    while (await receive()).get("more_body"):
        pass
    text = b""
    for statement, values, writes in next(_turns[scope["path"][1:]]):
        # Looks are noted under ids of their own, which stand first.
        fresh = [[new_id() for _ in values[0]], *values[1:]] if writes else values
        rows = await _held[0].at_once(_SENT["caller"], _SENT["today"], statement, fresh, writes=writes)
        text += b"".join(row[-1].encode() for row in rows)
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": text})
