"""Receipts: compact JWS under keys of their own (ES256), verified by whoever holds the published keys.

Nothing but one spelling of one signature is accepted: base64url has several spellings for the same bytes, so that a
changed last character would otherwise go unseen.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from talent_registry.domain.ledger import canonical
from talent_registry.signing.keys import KeySet

TYPE: Final = "talent-receipt+jwt"
LETTER_TYPE: Final = "talent-letter+jwt"
LONGEST: Final = 32_768
_ALGORITHM: Final = "ES256"
_SIGNATURE_BYTES: Final = 64
_MOST_KEYS: Final = 1_000
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class ReceiptRefused(Exception):
    """This is no receipt that these keys signed, letter for letter; `reason` is a code.

    MALFORMED, HEADER, ALGORITHM, TYPE, KEY (none of the published keys has this id), SIGNATURE, CLAIMS.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sign(keyset: KeySet, claims: Mapping[str, Any], typ: str = TYPE) -> str:
    """The claims, signed under the current receipt key."""
    header = {"alg": _ALGORITHM, "kid": keyset.receipt_id, "typ": typ}
    return jws.serialize_compact(header, canonical(claims), keyset.receipt_signer, algorithms=[_ALGORITHM])


def verify(keys: Mapping[str, ECKey], compact: str, typ: str = TYPE) -> dict[str, Any]:
    """What the receipt says. Raises `ReceiptRefused`, never anything else."""
    if len(compact) > LONGEST or not _SHAPE.fullmatch(compact):
        raise ReceiptRefused("MALFORMED")
    header, claims, signature = (_decoded(part) for part in compact.split("."))
    key = _key_named(keys, _json_object(header), typ)
    if len(signature) != _SIGNATURE_BYTES:
        raise ReceiptRefused("SIGNATURE")
    try:
        jws.deserialize_compact(compact, key, algorithms=[_ALGORITHM])
    except JoseError:
        raise ReceiptRefused("SIGNATURE") from None
    return _json_object(claims)


def published(keyset: KeySet) -> dict[str, Any]:
    """The key set that anybody may have (RFC 7517): those that sign, signed before or will sign; none that leaked."""
    return {"keys": [key.as_dict(private=False) for key in keyset.receipt_verifiers.values()]}


def read_published(document: object) -> dict[str, ECKey]:
    """The keys by which receipts are verified, from a published key set. Raises ValueError where it is none."""
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise ValueError("not a key set")
    found: dict[str, ECKey] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
            raise ValueError("a key without an id")  # noqa: TRY004 - one kind of error for a file that is no key set
        # Keys of other kinds may stand beside ours; a private or symmetric one never verifies anything.
        if entry.get("kty") == "EC" and entry.get("crv") == "P-256" and "d" not in entry:
            try:
                found[entry["kid"]] = ECKey.import_key(entry)
            except (JoseError, ValueError, TypeError, KeyError):
                raise ValueError("a key that cannot be read") from None
    return found


def _key_named(keys: Mapping[str, ECKey], header: dict[str, Any], typ: str) -> ECKey:
    if header.get("alg") != _ALGORITHM:
        raise ReceiptRefused("ALGORITHM")
    if header.get("typ") != typ:
        raise ReceiptRefused("TYPE")
    # Nothing else: no `crit` that would have to be understood, no `jku` or `jwk` that brings its own key.
    if header.keys() != {"alg", "kid", "typ"}:
        raise ReceiptRefused("HEADER")
    key = keys.get(header["kid"]) if isinstance(header["kid"], str) else None
    if key is None:
        raise ReceiptRefused("KEY")
    return key


def _decoded(part: str) -> bytes:
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise ReceiptRefused("MALFORMED") from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise ReceiptRefused("MALFORMED")
    return decoded


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise ReceiptRefused("MALFORMED") from None
    if not isinstance(found, dict):
        raise ReceiptRefused("CLAIMS")
    return found
