"""Accounts in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.accounts import Account, AccountKind
from talent_registry.storage.session import Caller, Database, duty
from talent_registry.storage.tables import account, identity_document, organisation, researcher


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account with the hash of its password."""

    account: Account
    password_hash: str = field(repr=False)


_FIND = """
    SELECT account.id, login, account.kind, organisation_id, researcher_id, purposes, opened_at, closed_at,
        organisation.province, researcher.public_number
    FROM account
    LEFT JOIN organisation ON organisation.id = account.organisation_id
    LEFT JOIN researcher ON researcher.id = account.researcher_id
    WHERE account.id = $1
"""


def _accounts() -> Select[Any]:
    return (
        select(account, organisation.c.province, researcher.c.public_number)
        .outerjoin(organisation, organisation.c.id == account.c.organisation_id)
        .outerjoin(researcher, researcher.c.id == account.c.researcher_id)
    )


async def add_account(connection: AsyncConnection, opened: Account, password_hash: str, command_id: UUID) -> None:
    """Record a new account."""
    await connection.execute(
        insert(account).values(
            id=opened.id,
            login=opened.login,
            password_hash=password_hash,
            kind=opened.kind.value,
            organisation_id=opened.organisation_id,
            researcher_id=opened.researcher_id,
            purposes=sorted(opened.purposes),
            opened_at=opened.opened_at,
            command_id=command_id,
        )
    )


async def find_at_once(database: Database, caller: Caller, today: date, account_id: UUID) -> Account | None:
    """The account with this id, open or closed, in a transaction of its own."""
    rows = await database.at_once(caller, today, _FIND, [account_id])
    if not rows:
        return None
    account_id, login, kind, organisation_id, researcher_id, purposes, *rest = rows[0]
    return Account(account_id, login, AccountKind(kind), organisation_id, researcher_id, frozenset(purposes), *rest)


async def find_account(connection: AsyncConnection, account_id: UUID) -> Account | None:
    """The account with this id, open or closed."""
    row = (await connection.execute(_accounts().where(account.c.id == account_id))).first()
    return None if row is None else _account(row)


async def lock_account(connection: AsyncConnection, account_id: UUID) -> Account | None:
    """The account with this id, which nobody else changes until this transaction ends."""
    locked = _accounts().where(account.c.id == account_id).with_for_update(of=account, key_share=True)
    row = (await connection.execute(locked)).first()
    return None if row is None else _account(row)


async def find_by_login(connection: AsyncConnection, login: str) -> StoredAccount | None:
    """The account of this normalised login, open or closed."""
    row = (await connection.execute(_accounts().where(account.c.login == login))).first()
    return None if row is None else StoredAccount(_account(row), row.password_hash)


async def close_account(connection: AsyncConnection, account_id: UUID, at: datetime) -> None:
    """Close an account; it is never opened again."""
    await connection.execute(
        update(account).where(account.c.id == account_id, account.c.closed_at.is_(None)).values(closed_at=at)
    )


async def replace_hash(connection: AsyncConnection, account_id: UUID, before: str, after: str) -> None:
    """Store the same password's hash with today's parameters, unless the password was changed meanwhile."""
    await connection.execute(
        update(account).where(account.c.id == account_id, account.c.password_hash == before).values(password_hash=after)
    )


async def find_person(connection: AsyncConnection, public_number: str, digests: Sequence[bytes]) -> UUID | None:
    """The researcher of this public number, if one of the `digests` is that of a document the person has now."""
    statement = (
        select(researcher.c.id)
        .join(identity_document, identity_document.c.researcher_id == researcher.c.id)
        .where(
            researcher.c.public_number == public_number,
            identity_document.c.number_digest.in_(digests),
            identity_document.c.superseded_at.is_(None),
        )
    )
    async with duty(connection, "account"):
        found: UUID | None = (await connection.execute(statement)).scalars().first()
    return found


def _account(row: Row[Any]) -> Account:
    return Account(
        row.id,
        row.login,
        AccountKind(row.kind),
        row.organisation_id,
        row.researcher_id,
        frozenset(row.purposes),
        row.opened_at,
        row.closed_at,
        row.province,
        row.public_number,
    )
