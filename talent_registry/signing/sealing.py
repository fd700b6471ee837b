"""Sealing of identity numbers, and the keyed digest by which a sealed number is found."""

import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from talent_registry.signing.keys import KeySet

_NONCE_BYTES = 12
_TAG_BYTES = 16
_LABEL = b"talent-registry sealed v1"


class SealBroken(Exception):
    """The text cannot be opened: `reason` is UNKNOWN_KEY, MALFORMED or ALTERED (text, key id or context differ)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed text: the id of its key; nonce (12 bytes), ciphertext and tag (16 bytes) in one."""

    key_id: str
    ciphertext: bytes = field(repr=False)


def seal(keyset: KeySet, plaintext: str, context: bytes) -> Sealed:
    """Seal `plaintext` (AES-256-GCM) for one place: `context`, such as the record's id, is needed to open it.

    The nonce is random, which is sound for 2^32 texts under one key (NIST SP 800-38D, 8.3).
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    key_id = keyset.sealing_id
    body = keyset.sealers[key_id].encrypt(nonce, plaintext.encode(), _associated(key_id, context))
    return Sealed(key_id, nonce + body)


def unseal(keyset: KeySet, sealed: Sealed, context: bytes) -> str:
    """The plaintext, for the context it was sealed with. Raises `SealBroken`."""
    sealer = keyset.sealers.get(sealed.key_id)
    if sealer is None:
        raise SealBroken("UNKNOWN_KEY")
    if len(sealed.ciphertext) < _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken("MALFORMED")
    nonce, body = sealed.ciphertext[:_NONCE_BYTES], sealed.ciphertext[_NONCE_BYTES:]
    try:
        return sealer.decrypt(nonce, body, _associated(sealed.key_id, context)).decode()
    except InvalidTag:
        raise SealBroken("ALTERED") from None


def digest(keyset: KeySet, kind: str, number: str) -> bytes:
    """The 32 bytes by which a number is looked up: HMAC-SHA256 under the current digest key.

    `kind` is the code of the document, `number` its normalised number; one kind's digest says nothing of another's.
    """
    return _digest(keyset.digest_keys[keyset.digest_id], kind, number)


def list_digests(keyset: KeySet, kind: str, number: str) -> list[bytes]:
    """The digests of a number under every known key, the current first: for look-up while digests are renewed."""
    others = [key for key_id, key in keyset.digest_keys.items() if key_id != keyset.digest_id]
    return [_digest(key, kind, number) for key in (keyset.digest_keys[keyset.digest_id], *others)]


def _digest(key: bytes, kind: str, number: str) -> bytes:
    return hmac.digest(key, _joined(kind.encode(), number.encode()), "sha256")


def _associated(key_id: str, context: bytes) -> bytes:
    return _joined(_LABEL, key_id.encode(), context)


def _joined(*parts: bytes) -> bytes:
    # Each part is preceded by its length, so that no two lists of parts give the same bytes.
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
