"""Password hashes: argon2id through passlib, off the event loop, in equal time whether the login exists or not."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore
from typing import Final, ParamSpec, TypeVar

from passlib.context import CryptContext  # type: ignore[import-untyped] # libpass ships no types

from talent_registry.domain.errors import InvalidInput, Limited
from talent_registry.domain.messages import Message

SHORTEST: Final = 12  # characters
LONGEST: Final = 1024  # bytes of UTF-8

# OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. Chosen knowingly over the 64 MiB of the
# library's default: a check is then some 20 ms and 19 MiB, so that a burst of sign-ins cannot exhaust the memory of a
# small server, while a guess still costs an attacker the same memory on each core.
_context = CryptContext(
    schemes=["argon2"],
    argon2__type="ID",
    argon2__memory_cost=19 * 1024,
    argon2__time_cost=2,
    argon2__parallelism=1,
)

# argon2 frees the interpreter lock while it works; two threads keep one core for everything else on small machines.
_THREADS: Final = 2
_WAITING: Final = 64
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
_places = BoundedSemaphore(_WAITING)

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def check_password(password: str) -> None:
    """Raise `InvalidInput` unless the password may be set: 12 characters or more, 1024 bytes at most, no NUL."""
    if len(_normal(password)) < SHORTEST:
        raise _invalid("PASSWORD_TOO_SHORT", f"密码至少需要 {SHORTEST} 个字符。", f"Use {SHORTEST} characters or more.")
    if not _usable(password):
        raise _invalid(
            "PASSWORD_UNUSABLE",
            f"密码不得超过 {LONGEST} 字节，且不得含有空字符或无效字符。",
            f"Use at most {LONGEST} bytes, without NUL or invalid characters.",
        )


def hash_password(password: str) -> str:
    """The argon2id hash (PHC string) of a password to be set; blocks some 20 ms. Raises `InvalidInput`."""
    check_password(password)
    return str(_context.hash(_normal(password)))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind `stored`; blocks some 20 ms.

    `stored` is None for an unknown login: the same work is done and the answer is False. A stored text that is no
    argon2 hash gives False after the same work, too.
    """
    known = stored if stored is not None and _context.identify(stored) == "argon2" else None
    usable = _usable(password)
    try:
        fits = _context.verify(_normal(password) if usable else "", known if known is not None else decoy())
    except ValueError:
        return False
    return bool(fits) and usable and known is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's: hash anew at the next successful sign-in."""
    return bool(_context.needs_update(stored))


@cache
def decoy() -> str:
    """The hash checked when a login is unknown: today's parameters, a secret nobody knows, one per process."""
    return str(_context.hash(secrets.token_urlsafe(32)))


async def hashed(password: str) -> str:
    """`hash_password` off the event loop. Raises `InvalidInput`, or `Limited` when too many wait."""
    return await _in_pool(hash_password, password)


async def verified(stored: str | None, password: str) -> bool:
    """`verify_password` off the event loop. Raises `Limited` when too many wait."""
    return await _in_pool(verify_password, stored, password)


async def _in_pool(
    work: Callable[_Parameters, _Result], *args: _Parameters.args, **kwargs: _Parameters.kwargs
) -> _Result:
    if not _places.acquire(blocking=False):
        raise Limited(
            Message(zh="当前登录请求过多，请稍后再试。", en="Too many sign-ins at the moment. Try again shortly."),
            reason="SIGN_IN_BUSY",
            retry_after=2,
        )
    future = _pool.submit(work, *args, **kwargs)
    # A place is given back when the work ends, not when the caller gives up: the pool is busy until then.
    future.add_done_callback(lambda _: _places.release())
    return await asyncio.wrap_future(future)


def _normal(password: str) -> str:
    # Full-width letters of an input method and half-width ones are one password (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)


def _usable(password: str) -> bool:
    if len(password) > LONGEST:
        return False
    try:
        size = len(_normal(password).encode())
    except UnicodeEncodeError:
        return False
    return size <= LONGEST and "\0" not in password


def _invalid(reason: str, zh: str, en: str) -> InvalidInput:
    return InvalidInput(Message(zh=zh, en=en), reason=reason, path=("password",))
