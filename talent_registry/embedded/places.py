"""The folders of one own server: its data, its socket, its locks; each entered by exactly those who must."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from talent_registry.embedded.failures import CannotStart
from talent_registry.embedded.programs import Owner

# A socket's address holds 104 bytes on macOS and 108 on Linux, and PostgreSQL adds its file's name and a lock's.
_LONGEST_SOCKET_FOLDER = 80
_ROOT_PLACE = Path("/var/lib/talent-registry")


@dataclass(frozen=True, slots=True)
class Places:
    """`home` holds everything of one server; `data` is PostgreSQL's own folder; `sockets` holds the socket alone."""

    home: Path
    data: Path
    sockets: Path
    log: Path

    @property
    def start_lock(self) -> Path:
        """Held while somebody starts or stops the server."""
        return self.home / "start.lock"

    @property
    def users_lock(self) -> Path:
        """Shared by everybody who uses the server."""
        return self.home / "users.lock"


def prepared_places(folder: Path, owner: Owner) -> Places:
    """The places of the server whose data belongs to `folder`, made if need be.

    An ordinary user's are all 0700. Root's are entered by the server's user too: `folder` and `postgres` in it are
    0711 (passed through, not listed), `data` and `run` belong to the server's user alone. Where root's `folder` lies
    under a private folder (root's home), the server's home is in /var/lib/talent-registry instead.
    """
    _make(folder, 0o700)
    home = folder / "postgres"
    if owner.stepped_down and not _passable(folder.parent):
        home = _ROOT_PLACE / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    passing = 0o711 if owner.stepped_down else 0o700
    for place in (home.parent, home):
        _make(place, passing)
    data, log, sockets = home / "data", home / "server.log", _socket_folder(home, owner)
    _make(sockets, 0o700, owner)
    return Places(home, data, sockets, log)


def owned_folder(path: Path, owner: Owner) -> Path:
    """An empty folder of the server's user."""
    _make(path, 0o700, owner)
    return path


def _make(path: Path, mode: int, owner: Owner | None = None) -> None:
    """Make a folder, or see that the one that is there is really ours: in /tmp anybody may have put it there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = path.lstat()
    ours = {os.geteuid(), owner.uid if owner else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise CannotStart(
            f"文件夹 {path} 属于另一用户或不是文件夹。请在 TALENT_REGISTRY_DATA 中另选一处，或由其主人运行。",
            f"Folder {path} belongs to another user or is no folder. "
            "Choose another in TALENT_REGISTRY_DATA, or run as its owner.",
        )
    if owner is not None and owner.stepped_down and found.st_uid != owner.uid:
        os.chown(path, owner.uid, owner.gid)
    path.chmod(mode)


def _passable(path: Path) -> bool:
    """Whether everybody may pass through `path` and all above it."""
    real = path.resolve()
    return all(place.stat().st_mode & 0o001 for place in (real, *real.parents))


def _socket_folder(home: Path, owner: Owner) -> Path:
    """Beside the data, or in the temporary folder when that address would be too long for a socket."""
    beside = home / "run"
    if len(os.fsencode(beside)) <= _LONGEST_SOCKET_FOLDER:
        return beside
    name = f"talent-registry-{owner.uid}-{hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]}"
    elsewhere = [Path(tempfile.gettempdir()).resolve(), Path("/tmp")]  # noqa: S108 - guarded by _make and requirepeer
    for root in elsewhere:
        if len(os.fsencode(root / name)) <= _LONGEST_SOCKET_FOLDER and (not owner.stepped_down or _passable(root)):
            return root / name
    return elsewhere[-1] / name
