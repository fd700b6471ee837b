"""When the program looks for garbage: not while it takes in rows by the ten thousand."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_busy: list[bool] = []


@contextmanager
def untidied() -> Iterator[None]:
    """No garbage is looked for while the block runs, in any thread: rows are no garbage, and are walked in vain."""
    with _lock:
        _busy.append(gc.isenabled() or any(_busy))
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            before = _busy.pop()
            if before and not _busy:
                gc.enable()
