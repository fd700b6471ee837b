"""Settings: read once, checked together, never shown."""

from pathlib import Path

import pytest

from talent_registry.installation import project_folder
from talent_registry.settings import NotConfigured, Settings, load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALENT_REGISTRY_{name.upper()}", raising=False)


def test_everything_wrong_or_missing_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALENT_REGISTRY_PORT", "seven")
    monkeypatch.setenv("TALENT_REGISTRY_DATABASE_URL", "mysql://root:secret@host/db")
    with pytest.raises(NotConfigured) as caught:
        load_settings("database_url", "migrator_database_url")
    for text in (caught.value.message.zh, caught.value.message.en):
        lines = [line for line in text.splitlines() if "TALENT_REGISTRY_" in line]
        assert len(lines) == 3
        assert "secret" not in text
    assert "TALENT_REGISTRY_MIGRATOR_DATABASE_URL：未设置" in caught.value.message.zh
    assert "TALENT_REGISTRY_MIGRATOR_DATABASE_URL: is not set" in caught.value.message.en


def test_what_a_command_needs_is_asked_for() -> None:
    with pytest.raises(NotConfigured, match="DATABASE_URL: is not set"):
        load_settings("database_url")
    assert load_settings().database_url is None


def test_a_password_is_not_shown() -> None:
    settings = Settings.model_validate({"database_url": "postgresql+psycopg://a:secret@b/c"})
    assert "secret" not in repr(settings)


def test_an_access_token_lives_fifteen_minutes_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALENT_REGISTRY_ACCESS_TOKEN_SECONDS", "901")
    with pytest.raises(NotConfigured, match="ACCESS_TOKEN_SECONDS"):
        load_settings()


def test_sample_identities_are_refused_unless_allowed() -> None:
    assert load_settings().allow_test_identities is False


def test_keys_lie_outside_the_source_tree_by_default() -> None:
    root = Path(__file__).parents[2]
    assert not load_settings().keys_folder.is_relative_to(root)


@pytest.mark.parametrize("name", ["alembic", "docker/roles.sql"])
def test_what_travels_with_the_program_is_found(name: str) -> None:
    assert project_folder(name).exists()


def test_what_is_missing_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        project_folder("nowhere")
