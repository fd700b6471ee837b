"""Webhooks: which addresses may be sent to, how long to wait after a failure, how long two secrets hold."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

# Both secrets sign so long after a rotation.
OVERLAP = timedelta(hours=24)
MOST_OF_OFFICE = 5
_LONGEST_URL = 500
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(hours=1)
_MOST_DOUBLINGS = 12
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Ways to write an IPv4 address within an IPv6 one: mapped, translated (RFC 6052), 6to4.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
_LOW_BITS = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint: whose it is and as whom it is told, and where its deliveries stand."""

    id: UUID
    organisation_id: UUID
    actor_kind: str
    province: str | None
    url: str
    registered_at: datetime
    position: int
    attempts: int = 0
    due_at: datetime | None = None
    former_until: datetime | None = None
    closed_at: datetime | None = None
    test_id: UUID | None = None
    last_status: str | None = None
    last_at: datetime | None = None


def check_url(url: str, *, loopback: bool = False) -> str:
    """The address, if it can be sent to; InvalidInput otherwise. `loopback`: plain http to this machine, for tests."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _unusable() from None
    plain = loopback and parts.scheme == "http" and host in {"localhost", "127.0.0.1", "::1"}
    odd = parts.username is not None or parts.password is not None or bool(parts.fragment) or not url.isascii()
    if (parts.scheme != "https" and not plain) or not host or odd or len(url) > _LONGEST_URL or not url.isprintable():
        raise _unusable()
    if " " in url or "\\" in url:
        raise _unusable()
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return url
    if not may_send_to(literal, loopback=loopback):
        raise _unusable()
    return url


def may_send_to(address: _Address, *, loopback: bool = False) -> bool:
    """Whether an address belongs to the open internet: not private, link-local, loopback, multicast or reserved."""
    inner = _within(address)
    if inner.is_loopback:
        return loopback
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or inner.is_unspecified)


def _within(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & _LOW_BITS)
    return address.ipv4_mapped or address.sixtofour or address


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts in vain: 5 seconds, doubled each time, at most an hour."""
    return min(_FIRST_PAUSE * (1 << min(attempts - 1, _MOST_DOUBLINGS)), _LONGEST_PAUSE)


def _unusable() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="地址须以 https:// 开头，指向公网主机，不含用户名、密码与片段，且不超过 500 个字符。",
            en="The address must begin with https://, name a host of the open internet, hold no user, password or "
            "fragment, and have at most 500 characters.",
        ),
        reason="ADDRESS_UNUSABLE",
        path=("input", "url"),
    )
