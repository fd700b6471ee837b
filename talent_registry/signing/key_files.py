"""The files of keys: private to one user, written whole or not at all."""

import os
import secrets
import stat
from pathlib import Path

from talent_registry.domain.messages import Message

_SIZE_LIMIT = 1 << 20
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class KeysUnusable(Exception):
    """The key set cannot be opened safely; `message` names the path and the remedy, never key material."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


def make_private_folder(folder: Path) -> None:
    """Make the folder (0700) if it is absent; refuse one that others have access to."""
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


def read_checked(path: Path, *, mounted: bool) -> bytes:
    """The content of a file that nobody else has access to; `mounted`: that nobody else may write."""
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


def write_once(path: Path, content: bytes) -> None:
    """Put `content` at `path` whole or not at all; a file already there wins."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    write_draft(draft, content)
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


def write_draft(draft: Path, content: bytes) -> None:
    """Write a new file (0600) and have it on the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
