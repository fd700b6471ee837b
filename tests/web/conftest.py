"""The whole application in process, on a fresh database, with the people who call it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog
from fastapi import FastAPI
from pydantic import SecretStr

from talent_registry.domain.accounts import AccountKind
from talent_registry.services import accounts, organisations
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.registry import Registry
from talent_registry.settings import Settings
from talent_registry.web.app import create_app
from tests.conftest import DatabaseUrls

PASSWORD = "correct horse battery"


@dataclass
class Served:
    """A running application: a client that calls it, and short ways to prepare what it finds."""

    app: FastAPI
    http: httpx.AsyncClient

    @property
    def registry(self) -> Registry:
        registry: Registry = self.app.state.registry
        return registry

    async def organisation(self, name: str, kind: str, division: str) -> UUID:
        asked = organisations.NewOrganisation(name, kind, division)
        done = await organisations.register(self.registry, OPERATOR, asked, str(uuid4()))
        return UUID(done.result["organisation_id"])

    async def officer(self, login: str = "officer-1") -> UUID:
        hrss = await self.organisation("样例省人社厅", "HRSS_BUREAU", "510000")
        asked = accounts.NewAccount(login, PASSWORD, AccountKind.AUTHORITY, hrss)
        done = await accounts.open_account(self.registry, OPERATOR, asked, str(uuid4()))
        return UUID(done.result["account_id"])

    async def client(self, *purposes: str) -> accounts.OpenedClient:
        agency = await self.organisation("样例人才服务机构", "AGENCY", "510100")
        asked = accounts.NewAgencyClient(agency, purposes)
        return await accounts.open_agency_client(self.registry, OPERATOR, asked, str(uuid4()))

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def sign_in(self, login: str = "officer-1", password: str = PASSWORD) -> dict[str, Any]:
        mutation = (
            "mutation ($input: SignInInput!) { signIn(input: $input) {"
            " ... on SignInSuccess { accessToken expiresIn } ... on UserError { code reason } } }"
        )
        answer = await self.ask(mutation, input={"login": login, "password": password})
        found: dict[str, Any] = answer.json()["data"]["signIn"]
        return found


def settings_for(urls: DatabaseUrls, tmp_path: Path, **more: Any) -> Settings:
    """Settings of a deployment on this database."""
    return Settings(database_url=SecretStr(urls.app_url), data=tmp_path, allow_test_identities=True, **more)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """What a test sets up for the log does not outlive it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def more_settings() -> dict[str, Any]:
    """What a test sets besides; overridden by parameters."""
    return {}


@pytest.fixture
async def served(database_urls: DatabaseUrls, tmp_path: Path, more_settings: dict[str, Any]) -> AsyncIterator[Served]:
    """The application, started, and stopped after the test."""
    app = create_app(settings_for(database_urls, tmp_path, **more_settings))
    transport = httpx.ASGITransport(app=app, client=("203.0.113.7", 40000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://registry") as http,
    ):
        yield Served(app, http)
