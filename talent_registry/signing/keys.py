"""The key set: made once at first start, kept in a private folder, opened and never shown."""

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jose import jwk
from jose.backends.base import Key

from talent_registry.domain.messages import Message

FILE_NAME = "keys.json"
_FORMAT = 1
_SYMMETRIC_BYTES = 32
_SIZE_LIMIT = 1 << 20
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class KeyState(StrEnum):
    """What a key may still do. Exactly one key of each kind is CURRENT: the one that signs, seals or digests."""

    NEXT = "next"  # known to every process before it starts to sign, so that a rotation has no gap
    CURRENT = "current"
    RETIRED = "retired"  # verifies, opens, finds
    COMPROMISED = "compromised"  # opens what it sealed, so that it can be sealed anew; verifies nothing


class KeysUnusable(Exception):
    """The key set cannot be opened safely; `message` names the path and the remedy, never key material."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


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
            _make_private_folder(folder)
            if not path.exists():
                _write_once(path, json.dumps(new_material(datetime.now(UTC)), indent=1).encode())
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
            return cls.of_material(json.loads(_read_checked(path, mounted=mounted)))
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
        )


def new_material(now: datetime) -> dict[str, Any]:
    """Fresh content of a key file: one current key of each kind. `now` is an aware instant."""
    return {
        "format": _FORMAT,
        "token": [new_token_key(now)],
        "sealing": [new_symmetric_key(now)],
        "digest": [new_symmetric_key(now)],
    }


def new_token_key(now: datetime, state: KeyState = KeyState.CURRENT) -> dict[str, str]:
    """A new ES256 entry of a key file; its id is taken from the digest of the public key."""
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


def _make_private_folder(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise KeysUnusable(
                Message(
                    zh=f"密钥路径 {folder} 不是文件夹。请移走该文件或另设路径。",
                    en=f"The key path {folder} is not a folder. Move that file away or name another path.",
                )
            ) from None
    _refuse_access_of_others(folder, folder.stat(), remedy="chmod 700")


def _read_checked(path: Path, *, mounted: bool) -> bytes:
    # An orchestrator mounts secrets as symbolic links; our own file never is one.
    flags = os.O_RDONLY | os.O_CLOEXEC | (0 if mounted else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        raise KeysUnusable(
            Message(
                zh=f"无法打开密钥文件 {path}（{error.strerror}）。请检查其所有者，且不得为符号链接。",
                en=f"The key file {path} cannot be opened ({error.strerror}). Check its owner; it may not be a link.",
            )
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if mounted:
            _refuse_mode(path, found, _OTHERS_MAY_WRITE, remedy="chmod go-w")
        else:
            _refuse_access_of_others(path, found, remedy="chmod 600")
        return file.read(_SIZE_LIMIT)


def _refuse_access_of_others(path: Path, found: os.stat_result, *, remedy: str) -> None:
    _refuse_mode(path, found, _OTHERS_MAY, remedy=remedy)
    if found.st_uid not in {os.geteuid(), 0}:
        raise KeysUnusable(
            Message(
                zh=f"{path} 属于其他用户。请以其所有者身份运行，或执行 chown {os.geteuid()} {path}。",
                en=f"{path} belongs to another user. Run as its owner, or: chown {os.geteuid()} {path}",
            )
        )


def _refuse_mode(path: Path, found: os.stat_result, forbidden: int, *, remedy: str) -> None:
    if found.st_mode & forbidden:
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        raise KeysUnusable(
            Message(
                zh=f"其他用户可以访问 {path}（权限 {mode}），密钥不再保密。请执行：{remedy} {path}",
                en=f"Others have access to {path} (mode {mode}), so its keys are not secret. Run: {remedy} {path}",
            )
        )


def _write_once(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all; a file already there wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link is made only when the name is free, and then the file behind it is complete.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
