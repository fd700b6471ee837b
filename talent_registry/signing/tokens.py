"""Access tokens: one strict wrapper over python-jose, ES256 and nothing else.

The library accepts a missing algorithm list, a missing audience, any `typ` and `crit`, and ignores `kid`; so it is
asked for one thing only, whether a signature fits a key, and every other check stands here.
"""

import base64
import binascii
import json
import re
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from jose import jws

from talent_registry.signing.keys import KeySet

ISSUER: Final = "talent-registry"
AUDIENCE: Final = "talent-registry/api"
TYPE: Final = "at+jwt"  # RFC 9068, 2.1
LONGEST_LIFE_SECONDS: Final = 900
# Clocks of two servers may differ: a token may seem this much younger than now. Expiry has no leeway.
LEEWAY_SECONDS: Final = 5

_ALGORITHM: Final = "ES256"
_SIGNATURE_BYTES: Final = 64  # r and s; a DER signature has another length
_LONGEST_TOKEN: Final = 2048
_LONGEST_TEXT: Final = 512
_CACHED_TOKENS: Final = 4096
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class TokenRefused(Exception):
    """The token is not one of ours, or no longer valid; `reason` is a code for the log, not for the caller.

    MALFORMED, HEADER, ALGORITHM, TYPE, KEY, SIGNATURE, CLAIMS, ISSUER, AUDIENCE, TIMES, EARLY, EXPIRED.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a verified token says. Instants are aware (UTC), whole seconds; `scope` is in order and without repeats."""

    subject: str
    scope: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    token_id: str


_verified: WeakKeyDictionary[KeySet, OrderedDict[bytes, AccessToken]] = WeakKeyDictionary()
_lock = Lock()


def issue(keyset: KeySet, subject: str, *, now: datetime, seconds: int, scope: tuple[str, ...] = ()) -> str:
    """A token for `subject` (an account's id), valid from `now` for `seconds` (1 to 900).

    Raises ValueError for a life out of bounds, a naive instant, or a subject or scope that `read` would refuse.
    """
    if not 0 < seconds <= LONGEST_LIFE_SECONDS or now.tzinfo is None:
        raise ValueError("An access token lives 1 to 900 seconds from an aware instant.")
    scope_text = " ".join(dict.fromkeys(scope))
    if not subject or max(len(subject), len(scope_text)) > _LONGEST_TEXT:
        raise ValueError("An access token has a subject, and neither subject nor scope beyond 512 characters.")
    issued = int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "scope": scope_text,
        "iat": issued,
        "exp": issued + seconds,
        "jti": secrets.token_urlsafe(16),
    }
    headers = {"typ": TYPE, "kid": keyset.token_id}
    return jws.sign(claims, keyset.token_signer, headers=headers, algorithm=_ALGORITHM)


def read(keyset: KeySet, token: str, *, now: datetime) -> AccessToken:
    """The verified content of `token` at the aware instant `now`. Raises `TokenRefused`, never anything else."""
    if len(token) > _LONGEST_TOKEN or not _SHAPE.fullmatch(token):
        raise TokenRefused("MALFORMED")
    key = sha256(token.encode()).digest()
    known = _recall(keyset, key)
    if known is None:
        known = _verify(keyset, token)
        _in_time(known, now)
        _remember(keyset, key, known)
    else:
        _in_time(known, now)
    return known


def _verify(keyset: KeySet, token: str) -> AccessToken:
    header_part, claims_part, signature_part = token.split(".")
    _check_signature(keyset, token, _json_object(_decoded(header_part)), _decoded(signature_part))
    return _checked_claims(_json_object(_decoded(claims_part)))


def _check_signature(keyset: KeySet, token: str, header: dict[str, Any], signature: bytes) -> None:
    if header.get("alg") != _ALGORITHM:
        raise TokenRefused("ALGORITHM")
    if header.get("typ") != TYPE:
        raise TokenRefused("TYPE")
    # Nothing else: no `crit` that we would have to understand, no `jku`, `x5u` or `jwk` that brings its own key.
    if header.keys() != {"alg", "typ", "kid"}:
        raise TokenRefused("HEADER")
    kid = header["kid"]
    verifier = keyset.token_verifiers.get(kid) if isinstance(kid, str) else None
    if verifier is None:
        raise TokenRefused("KEY")
    if len(signature) != _SIGNATURE_BYTES:
        raise TokenRefused("SIGNATURE")
    # The key, made once, says whether it fits; whatever else the library would read of the token was read here.
    if not verifier.verify(token.rpartition(".")[0].encode(), signature):
        raise TokenRefused("SIGNATURE")


def _checked_claims(claims: dict[str, Any]) -> AccessToken:
    if claims.get("iss") != ISSUER:
        raise TokenRefused("ISSUER")
    if claims.get("aud") != AUDIENCE:
        raise TokenRefused("AUDIENCE")
    subject, token_id, scope = (claims.get(name) for name in ("sub", "jti", "scope"))
    for text in (subject, token_id, scope):
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
            raise TokenRefused("CLAIMS")
    if not subject or not token_id:
        raise TokenRefused("CLAIMS")
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or type(expires) is not int or "nbf" in claims:
        raise TokenRefused("TIMES")
    if not 0 < expires - issued <= LONGEST_LIFE_SECONDS or not 0 <= issued < 1 << 37:
        raise TokenRefused("TIMES")
    return AccessToken(
        subject=str(subject),
        scope=tuple(str(scope).split()),
        issued_at=datetime.fromtimestamp(issued, UTC),
        expires_at=datetime.fromtimestamp(expires, UTC),
        token_id=str(token_id),
    )


def _in_time(token: AccessToken, now: datetime) -> None:
    if now >= token.expires_at:
        raise TokenRefused("EXPIRED")
    if (token.issued_at - now).total_seconds() > LEEWAY_SECONDS:
        raise TokenRefused("EARLY")


def _decoded(part: str) -> bytes:
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise TokenRefused("MALFORMED") from None
    # The last character may carry stray bits: the same token would have several spellings.
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise TokenRefused("MALFORMED")
    return decoded


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content.decode(), object_pairs_hook=_members, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TokenRefused("MALFORMED") from None
    if not isinstance(found, dict):
        raise TokenRefused("MALFORMED")
    return found


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(_: str) -> None:
    raise ValueError("not a JSON number")


def _recall(keyset: KeySet, key: bytes) -> AccessToken | None:
    with _lock:
        return _verified.get(keyset, OrderedDict()).get(key)


def _remember(keyset: KeySet, key: bytes, token: AccessToken) -> None:
    # Only the digest of a token is kept. The oldest go first: tokens live alike, so these expire first.
    with _lock:
        cache = _verified.setdefault(keyset, OrderedDict())
        cache[key] = token
        while len(cache) > _CACHED_TOKENS:
            cache.popitem(last=False)
