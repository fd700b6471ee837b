"""Sending one webhook: to the address that was looked up and found fit, without redirects, within seconds."""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from talent_registry.domain.webhooks import may_send_to

_STEP_SECONDS = 5.0
_WHOLE_SECONDS = 15.0
_HTTPS = 443


class NotSent(Exception):
    """Nothing was received; `reason` is ADDRESS_REFUSED, NAME_UNKNOWN, NOT_REACHED or NO_ANSWER."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send(url: str, headers: Mapping[str, str], body: bytes, *, loopback: bool = False) -> int:
    """The status with which one POST was answered (a redirect is not followed). Blocks; raises `NotSent`.

    Every address that the name has must be fit, and the one found is the one connected to: nobody answers the name
    otherwise in between. Of the answer only the status is read.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (_HTTPS if parts.scheme == "https" else http.client.HTTP_PORT)
    address = _resolved(host, port, loopback=loopback)
    try:
        plain = socket.create_connection((address, port), timeout=_STEP_SECONDS)
    except OSError:
        raise NotSent("NOT_REACHED") from None
    # Whoever answers a byte every few seconds is cut off all the same.
    used: list[Any] = [plain]
    timer = threading.Timer(_WHOLE_SECONDS, _cut, (used,))
    timer.daemon = True
    timer.start()
    try:
        if parts.scheme == "https":
            used.append(_secured(plain, host))
            used[-1].do_handshake()
        connection = http.client.HTTPConnection(host, port, timeout=_STEP_SECONDS)
        connection.sock = used[-1]
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, dict(headers))
        return connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException):
        raise NotSent("NO_ANSWER") from None
    finally:
        timer.cancel()
        for one in used:
            one.close()


def _resolved(host: str, port: int, *, loopback: bool) -> str:
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise NotSent("NAME_UNKNOWN") from None
    addresses = [ipaddress.ip_address(one.partition("%")[0]) for one in sorted(found)]
    if not addresses or not all(may_send_to(one, loopback=loopback) for one in addresses):
        raise NotSent("ADDRESS_REFUSED")
    return str(addresses[0])


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Checked against the name, whatever address was connected to; shaken hands with by the caller."""
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)


def _cut(used: list[socket.socket]) -> None:
    """Also while a handshake drags on: the first socket gives its number away when it is secured."""
    for one in used:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
