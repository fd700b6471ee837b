"""Who may come in: a program or a page of this very server; and only so many sockets at once."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection


class Doors:
    """How many sockets are open in this process, and from where: `most` at once, `most_of_origin` from one place."""

    def __init__(self, *, most: int, most_of_origin: int) -> None:
        self._most = most
        self._most_of_origin = most_of_origin
        self._open: Counter[str] = Counter()

    @contextmanager
    def counted(self, origin: str) -> Iterator[bool]:
        """While the block lasts one more is open; whether there was room."""
        room = self._open.total() < self._most and self._open[origin] < self._most_of_origin
        self._open[origin] += room
        try:
            yield room
        finally:
            self._open[origin] -= room
            self._open += Counter()


def is_own_page(connection: HTTPConnection) -> bool:
    """Whether a program asks, which names no origin, or a page that this very server gave.

    Not by the scheme: behind a proxy that speaks TLS this server itself is asked in plain HTTP.
    """
    origins = connection.headers.getlist("origin")
    if not origins:
        return True
    asked = urlsplit(origins[0].lower())
    return (
        len(origins) == 1
        and asked.scheme in ("http", "https")
        and asked.netloc == connection.headers.get("host", "").lower()
    )
