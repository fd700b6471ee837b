"""The command line in process, on a fresh database that a deployment's settings name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from talent_registry.cli.program import app
from tests.conftest import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """What a command sets up for the log does not outlive it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def environment(database_urls: DatabaseUrls, tmp_path: Path) -> dict[str, str]:
    """What a deployment on this database sets."""
    return {
        "TALENT_REGISTRY_DATABASE_URL": database_urls.app_url,
        "TALENT_REGISTRY_MIGRATOR_DATABASE_URL": database_urls.migrator_url,
        "TALENT_REGISTRY_DATA": str(tmp_path / "data"),
        "TALENT_REGISTRY_ALLOW_TEST_IDENTITIES": "true",
        "LC_ALL": "",
        "LC_MESSAGES": "",
        "LANG": "",
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Runs one command; its words are in `output`."""

    def one(*arguments: str, typed: str | None = None, **more: str) -> Result:
        return CliRunner().invoke(app, arguments, input=typed, env={**environment, **more})

    return one
