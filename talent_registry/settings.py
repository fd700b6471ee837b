"""Everything that can be set, read once from the environment under the prefix TALENT_REGISTRY_."""

import os
import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from talent_registry.domain.messages import Message

PREFIX = "TALENT_REGISTRY_"
_ADDRESS = "postgresql+psycopg://"

Count = Annotated[int, Field(ge=1)]


class NotConfigured(Exception):
    """The settings cannot be used; `message` lists all that is missing or wrong, in zh and en, without any value."""

    def __init__(self, message: Message) -> None:
        super().__init__(f"{message.zh}\n{message.en}")
        self.message = message


def _per_user_folder() -> Path:
    """Where this user's data lies by default, outside any source tree.

    For root the customary place of services: the own server runs as another user, who may not enter root's home.
    """
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/talent-registry")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "talent-registry"
    chosen = os.environ.get("XDG_DATA_HOME", "")
    root = Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share"
    return root / "talent-registry"


class Settings(BaseSettings):
    """The settings of one process; secrets have no default and are never shown."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: SecretStr | None = Field(
        None, description="Address of the database for the application's role; without it an own server is started"
    )
    migrator_database_url: SecretStr | None = Field(
        None,
        description="Address of the same database for the role that owns the tables; migrations use it, and samples",
    )
    pg_bindir: Path | None = Field(
        None, description="Folder of PostgreSQL programs to start an own server with, instead of the bundled ones"
    )
    data: Path = Field(default_factory=_per_user_folder, description="Folder of the own server's data and of the keys")
    keys: Path | None = Field(None, description="Folder of the keys; by default `keys` in the data folder")
    allow_test_identities: bool = Field(
        False, description="Accept sample identity numbers (prefix 990000); for demonstrations and tests only"
    )
    allow_loopback_webhooks: bool = Field(
        False, description="Send webhooks to plain http on this machine, too; for demonstrations and tests only"
    )
    sandbox: bool = Field(
        False,
        description="Be a sandbox for developers: invented people alone, keys for whoever asks; every page says so",
    )
    sandbox_key_days: Annotated[int, Field(ge=1, le=90)] = Field(30, description="Life of a sandbox key, in days")
    sandbox_keys_a_day: Count = Field(200, description="Most sandbox keys given in a day, to all who ask")
    public_introspection: bool = Field(
        False, description="Show the schema to callers who did not sign in; for demonstrations and development"
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        pattern=r"^https?://[^/\s?#]+$",
        description="Address by which the public reaches the registry, without a path; receipts and letters name it",
    )
    planned_reads: bool = Field(
        True, description="Answer questions that can be planned in one statement; otherwise all the ordinary way"
    )
    verify_together: Count = Field(
        32, description="Most verifications asked at the same time that share one transaction; 1: each has its own"
    )
    roster_days: Count = Field(
        730, description="How long the rows and answers of rosters are kept, in days; the record of them stays"
    )
    console: bool = Field(True, description="Offer the API console at /console; it runs only what a visitor sends")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on")
    workers: Count = Field(1, description="Server processes")
    request_seconds: Annotated[float, Field(gt=0)] = Field(20.0, description="Longest time for one request, in seconds")
    max_body_bytes: Count = Field(131_072, description="Largest request body, in bytes")
    max_tokens: Count = Field(2_000, description="Most tokens in a GraphQL document")
    max_depth: Count = Field(12, description="Deepest nesting of a GraphQL document")
    max_aliases: Count = Field(30, description="Most aliases in a GraphQL document")
    max_list_items: Count = Field(100, description="Most items in a list given as input")
    max_page: Annotated[int, Field(ge=1, le=100)] = Field(100, description="Most records on a page")
    access_token_seconds: Annotated[int, Field(ge=30, le=900)] = Field(
        900, description="Life of an access token, in seconds"
    )
    pool_size: Count = Field(10, description="Most database connections of each process that are kept once opened")
    pool_overflow: Annotated[int, Field(ge=0)] = Field(
        0, description="Further connections under load; each is closed after use, and what it had planned is lost"
    )
    pool_timeout_seconds: Annotated[float, Field(gt=0)] = Field(5.0, description="Longest wait for a connection")
    statement_timeout_ms: Count = Field(5_000, description="Longest run of one statement, in milliseconds")

    @field_validator("database_url", "migrator_database_url", "pg_bindir", "keys", mode="before")
    @classmethod
    def _empty_is_absent(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("database_url", "migrator_database_url")
    @classmethod
    def _is_psycopg(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(_ADDRESS):
            raise ValueError(f"must begin with {_ADDRESS}")
        return value

    @field_validator("pg_bindir")
    @classmethod
    def _has_programs(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / "postgres").exists():
            raise ValueError("holds no program named postgres")
        return value

    @field_validator("data", "keys")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @property
    def keys_folder(self) -> Path:
        """The folder of the keys, whether it exists or not."""
        return self.keys or self.data / "keys"


def load_settings(*required: str) -> Settings:
    """The settings from the environment; raises NotConfigured with everything that is missing or wrong at once.

    `required` names settings that this command cannot do without, such as `"database_url"`.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        # An absent setting is only seen in settings that could be read; look for it in the environment as well.
        wrong = [(str(fault["loc"][0]), "无效", fault["msg"]) for fault in found]
        absent = [name for name in required if not os.environ.get(f"{PREFIX}{name.upper()}")]
        raise NotConfigured(_listed(wrong + _missing(absent))) from None
    absent = [name for name in required if getattr(settings, name) is None]
    if absent:
        raise NotConfigured(_listed(_missing(absent)))
    return settings


def _missing(names: list[str]) -> list[tuple[str, str, str]]:
    return [(name, "未设置", "is not set") for name in names]


def _listed(faults: list[tuple[str, str, str]]) -> Message:
    """One line per setting at fault, under a heading."""
    zh = [f"  {PREFIX}{name.upper()}：{kind}（{why}）" for name, kind, why in faults]
    en = [f"  {PREFIX}{name.upper()}: {why}" for name, _, why in faults]
    return Message(
        zh="\n".join(["无法启动，请更正以下设置：", *zh]),
        en="\n".join(["Cannot start; correct these settings:", *en]),
    )


def environment_of(settings: Settings) -> dict[str, str]:
    """This process's environment with these settings in it, for a process of our own that shall read the same."""
    values = settings.model_dump(mode="python", exclude_none=True)
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value) for name, value in values.items()
    }
    others = {name: value for name, value in os.environ.items() if not name.upper().startswith(PREFIX)}
    return others | {PREFIX + name.upper(): value for name, value in plain.items()}
