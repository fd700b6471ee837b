"""A database of sample people as a bench asks it: who asks, by which numbers, through which connections."""

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import make_url

from talent_registry.domain.accounts import AccountKind
from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.services import accounts, identities
from talent_registry.services.founding import found_authorities
from talent_registry.services.generation import SampleRequest, generate
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry, caller_of, new_key
from talent_registry.signing.keys import KeySet
from talent_registry.storage import accounts as stored_accounts
from talent_registry.storage.session import Database
from tests.bench.processes import parent_of
from tests.conftest import DatabaseUrls, as_superuser
from tests.people import SICHUAN

NUMBERS = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """A registry full of sample people, and the officer of Sichuan who asks it."""

    urls: DatabaseUrls
    data: Path
    people: int
    officer: Actor
    numbers: tuple[str, ...]

    def registry(self) -> Registry:
        """The registry on this database, for the application's role and by the clock of this machine."""
        return _registry(self.urls.app_url, self.data)

    @property
    def postmaster(self) -> int:
        """The process that all processes of the database server descend from."""
        with as_superuser(self.urls) as connection:
            return parent_of(connection.info.backend_pid)

    async def token(self) -> str:
        """A fresh token of the officer."""
        registry = self.registry()
        async with registry.reading(OPERATOR) as connection:
            account = await stored_accounts.find_account(connection, self.officer.account_id or UUID(int=0))
        await registry.database.close()
        assert account is not None
        return identities.issue(registry, account, (), seconds=900).access_token

    def pool(self, *, guarded: bool) -> str:
        """For a peer: how it connects, as JSON. It can write nothing; its settings are those of the registry.

        `guarded`: as the application's role on behalf of the officer, so that row security answers it as it answers
        the registry; otherwise as a role that row security does not concern.
        """
        url = make_url(self.urls.app_url if guarded else self.urls.superuser_url)
        caller, today = caller_of(self.officer), self.registry().today()
        told = {
            "default_transaction_read_only": "on",
            "plan_cache_mode": "force_generic_plan",
            "jit": "off",
            "TimeZone": "UTC",
            "registry.kind": caller.kind,
            "registry.account": caller.account_id,
            "registry.organisation": caller.organisation_id,
            "registry.province": caller.province,
            "registry.today": today,
        }
        options = " ".join(f"-c {name}={value}" for name, value in told.items())
        return json.dumps(
            {
                "user": url.username,
                "database": url.database,
                "host": url.query["host"],
                "port": int(str(url.query["port"])),
                "options": options,
                "max": 10,
            }
        )


async def filled(urls: DatabaseUrls, data: Path, people: int) -> Sample:
    """Fill an empty database with so many people; an officer of Sichuan has an account."""
    registry = _registry(urls.migrator_url, data)
    await generate(registry, OPERATOR, SampleRequest(people, 1), lambda *_: None)
    await registry.database.close()
    with as_superuser(urls) as connection:
        connection.execute("VACUUM ANALYZE")
    registry = _registry(urls.app_url, data)
    await found_authorities(registry)
    office = _one(urls, "SELECT id FROM organisation WHERE kind = 'HRSS_BUREAU' AND division = %s", SICHUAN)
    asked = accounts.NewAccount("bench-officer", "correct horse battery", AccountKind.AUTHORITY, UUID(office[0]))
    done = await accounts.open_account(registry, OPERATOR, asked, new_key())
    await registry.database.close()
    account = UUID(done.result["account_id"])
    numbers = _one(
        urls,
        "SELECT number FROM (SELECT DISTINCT credential.number FROM credential JOIN organisation issuer ON "
        "issuer.id = issuer_id JOIN recognition_decision ON credential_id = credential.id WHERE issuer.province = %s) "
        "AS seen ORDER BY md5(number) LIMIT %s",
        SICHUAN,
        NUMBERS,
    )
    officer = Actor(ActorKind.AUTHORITY, account, UUID(office[0]), None, SICHUAN)
    return Sample(urls, data, people, officer, tuple(numbers))


def _registry(url: str, data: Path) -> Registry:
    database = Database(url, pool_size=5, statement_ms=3_600_000)
    return Registry(database, KeySet.open(data / "keys"), shipped_agreement(), allow_test_identities=True)


def _one(urls: DatabaseUrls, question: str, *values: object) -> list[str]:
    with as_superuser(urls) as connection:
        return [str(row[0]) for row in connection.execute(question.encode(), values)]
