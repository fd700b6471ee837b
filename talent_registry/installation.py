"""Where the folders that travel beside the code lie, in a checkout or inside the installed wheel, and its version."""

from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def project_folder(name: str) -> Path:
    """The folder or file `name` (`"alembic"`, `"graphql"`, `"docker/roles.sql"`), absolute.

    An installed wheel carries them under `talent_registry/_installed/`; a checkout has them beside the package.
    Raises FileNotFoundError when neither is there: the installation is incomplete.
    """
    for root in (_PACKAGE / "_installed", _PACKAGE.parent):
        found = root / name
        if found.exists():
            return found
    raise FileNotFoundError(f"{name} is missing from this installation of talent-registry; install it again")


def version() -> str:
    """The version of this program; `0+unknown` where it runs from a folder in which it was never installed."""
    try:
        return metadata.version("talent-registry")
    except metadata.PackageNotFoundError:
        return "0+unknown"
