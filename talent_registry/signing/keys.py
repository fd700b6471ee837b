"""The key set: made once at first start, kept in a private folder, opened and never shown."""

import base64
import binascii
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jose import jwk
from jose.backends.base import Key
from joserfc.jwk import ECKey

from talent_registry.domain.messages import Message
from talent_registry.signing.key_files import KeysUnusable, make_private_folder, read_checked, write_draft, write_once

__all__ = ["FILE_NAME", "KeySet", "KeyState", "KeysUnusable", "new_material", "new_symmetric_key", "new_token_key"]

FILE_NAME = "keys.json"
_FORMAT = 1
_SYMMETRIC_BYTES = 32


class KeyState(StrEnum):
    """What a key may still do. Exactly one key of each kind is CURRENT: the one that signs, seals or digests."""

    NEXT = "next"  # known to every process before it starts to sign, so that a rotation has no gap
    CURRENT = "current"
    RETIRED = "retired"  # verifies, opens, finds
    COMPROMISED = "compromised"  # opens what it sealed, so that it can be sealed anew; verifies nothing


@dataclass(frozen=True, slots=True, eq=False, repr=False, weakref_slot=True)
class KeySet:
    """Keys ready for use, by key id. Compares by identity; its repr shows ids alone."""

    token_id: str
    token_signer: Key
    token_verifiers: Mapping[str, Key]
    sealing_id: str
    sealers: Mapping[str, AESGCM]
    digest_id: str
    digest_keys: Mapping[str, bytes] = field(repr=False)
    # Receipts outlive everything else that is signed, so they have keys of their own: what may be published of each.
    receipt_id: str
    receipt_signer: ECKey
    receipt_verifiers: Mapping[str, ECKey]

    def __repr__(self) -> str:
        return f"KeySet(token={self.token_id!r}, sealing={self.sealing_id!r}, digest={self.digest_id!r})"

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("A key set is not copied or pickled: open it again where it is needed.")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the key set in `folder`, making folder (0700) and keys (0600) when they are absent.

        Two processes that start at once end with the same keys. Raises `KeysUnusable` when folder or file can be
        read by others, belong to another user, or cannot be understood.
        """
        path = folder / FILE_NAME
        try:
            make_private_folder(folder)
            if not path.exists():
                write_once(path, json.dumps(new_material(datetime.now(UTC)), indent=1).encode())
            _add_what_is_new(path)
        except OSError as error:
            raise KeysUnusable(
                Message(
                    zh=f"无法在 {folder} 中建立密钥（{error.strerror}）。请另设路径，或允许本用户写入其上级文件夹。",
                    en=f"Keys cannot be made in {folder} ({error.strerror}). Name another path, or let this user write "
                    "to the folder above it.",
                )
            ) from None
        return cls._read(path, mounted=False)

    @classmethod
    def mounted(cls, folder: Path) -> Self:
        """Open the key set in a folder that an orchestrator mounts (Docker or Kubernetes secrets).

        Nothing is made. The orchestrator sets owner and mode (often 0444 in a container of one user), so only
        write access of others is refused. Raises `KeysUnusable`.
        """
        path = folder / FILE_NAME
        if not path.is_file():
            raise KeysUnusable(
                Message(
                    zh=f"挂载的密钥文件 {path} 不存在。请将已有部署的 {FILE_NAME} 挂载到该文件夹。",
                    en=f"The mounted key file {path} does not exist. Mount the {FILE_NAME} of the deployment there.",
                )
            )
        return cls._read(path, mounted=True)

    @classmethod
    def _read(cls, path: Path, *, mounted: bool) -> Self:
        try:
            material = json.loads(read_checked(path, mounted=mounted))
            if mounted and isinstance(material, dict) and "receipt" not in material:
                raise _without_receipt_keys(path)
            return cls.of_material(material)
        except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as error:
            # The cause is cut off: a parser's words may quote key material.
            raise KeysUnusable(
                Message(
                    zh=f"密钥文件 {path} 无法读取（{type(error).__name__}）。"
                    "请从备份恢复；不要删除，否则已加密的证件号码无法解密。",
                    en=f"The key file {path} cannot be understood ({type(error).__name__}). Restore it from a backup; "
                    "do not delete it, or the sealed identity numbers are lost.",
                )
            ) from None

    @classmethod
    def of_material(cls, material: Mapping[str, Any]) -> Self:
        """A key set of the parsed content of a key file. Raises ValueError, TypeError or KeyError."""
        if material["format"] != _FORMAT:
            raise ValueError("unknown format")
        tokens, token_id = _by_state(material["token"])
        sealing, sealing_id = _by_state(material["sealing"])
        digests, digest_id = _by_state(material["digest"])
        receipts, receipt_id = _by_state(material["receipt"])
        signers = {key_id: _private_key(text) for key_id, (_, text) in receipts.items()}
        private = {key_id: _private_key(text) for key_id, (_, text) in tokens.items()}
        return cls(
            token_id=token_id,
            token_signer=jwk.construct(_pem(private[token_id]), "ES256"),
            token_verifiers={
                key_id: jwk.construct(_public_pem(private[key_id]), "ES256")
                for key_id, (state, _) in tokens.items()
                if state is not KeyState.COMPROMISED
            },
            sealing_id=sealing_id,
            sealers={key_id: AESGCM(_symmetric(text)) for key_id, (_, text) in sealing.items()},
            digest_id=digest_id,
            digest_keys={key_id: _symmetric(text) for key_id, (_, text) in digests.items()},
            receipt_id=receipt_id,
            receipt_signer=ECKey.import_key(_pem(signers[receipt_id]), {"kid": receipt_id}),
            receipt_verifiers={
                key_id: ECKey.import_key(_public_pem(signers[key_id]), {"kid": key_id, "use": "sig", "alg": "ES256"})
                for key_id, (state, _) in receipts.items()
                if state is not KeyState.COMPROMISED
            },
        )


def new_material(now: datetime) -> dict[str, Any]:
    """Fresh content of a key file: one current key of each kind. `now` is an aware instant."""
    return {
        "format": _FORMAT,
        "token": [new_token_key(now)],
        "sealing": [new_symmetric_key(now)],
        "digest": [new_symmetric_key(now)],
        "receipt": [new_token_key(now)],
    }


def new_token_key(now: datetime, state: KeyState = KeyState.CURRENT) -> dict[str, str]:
    """A new ES256 entry of a key file, for tokens or receipts; its id is taken from the digest of the public key."""
    private = ec.generate_private_key(ec.SECP256R1())
    kid = base64.urlsafe_b64encode(sha256(_public_pem(private).encode()).digest()[:12]).decode()
    return {"id": kid, "state": state.value, "made_at": now.isoformat(), "key": _pem(private)}


def new_symmetric_key(now: datetime, state: KeyState = KeyState.CURRENT) -> dict[str, str]:
    """A new 256-bit entry of a key file, for sealing (AES-GCM) or digests (HMAC)."""
    key = base64.b64encode(secrets.token_bytes(_SYMMETRIC_BYTES)).decode()
    return {"id": secrets.token_hex(6), "state": state.value, "made_at": now.isoformat(), "key": key}


def _by_state(entries: list[dict[str, str]]) -> tuple[dict[str, tuple[KeyState, str]], str]:
    found = {entry["id"]: (KeyState(entry["state"]), entry["key"]) for entry in entries}
    current = [key_id for key_id, (state, _) in found.items() if state is KeyState.CURRENT]
    if len(current) != 1 or len(found) != len(entries) or not all(found):
        raise ValueError("one current key of each kind, and each id once")
    return found, current[0]


def _private_key(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TypeError("not a P-256 key")
    return key


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def _public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()


def _symmetric(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != _SYMMETRIC_BYTES:
        raise ValueError("not a 256-bit key")
    return key


def _without_receipt_keys(path: Path) -> KeysUnusable:
    return KeysUnusable(
        Message(
            zh=f"挂载的密钥文件 {path} 中没有回执签名密钥（receipt）。"
            "请将该文件复制到本程序可写的文件夹启动一次以补足，再重新挂载。",
            en=f"The mounted key file {path} has no receipt keys. Copy it to a folder that this program may write, "
            "start it there once to have them added, and mount the file anew.",
        )
    )


def _add_what_is_new(path: Path) -> None:
    """Give a key file of an older version the kinds of key that it lacks; nothing that it has is touched.

    What cannot be understood is left as it is, for the reader to refuse.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # Two processes that start at once end with the same keys.
        flock(folder, LOCK_EX)
        try:
            material = json.loads(read_checked(path, mounted=False))
        except ValueError:
            return
        if not isinstance(material, dict) or material.get("format") != _FORMAT or "receipt" in material:
            return
        material["receipt"] = [new_token_key(datetime.now(UTC))]
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        write_draft(draft, json.dumps(material, indent=1).encode())
        draft.replace(path)
        os.fsync(folder)
    finally:
        os.close(folder)
