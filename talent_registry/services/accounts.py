"""Opening and closing accounts."""

import secrets
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from talent_registry.domain import identifiers
from talent_registry.domain.accounts import Account, AccountKind, check_office, check_purposes, normalise_login
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.signing import passwords
from talent_registry.signing.sealing import list_digests
from talent_registry.storage import accounts, organisations
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is asked when an account is opened; texts as typed. A person is named by public number *and* document."""

    login: str
    password: str = field(repr=False)
    kind: AccountKind
    organisation_id: UUID | None = None
    researcher_number: str | None = None
    document_number: str | None = field(default=None, repr=False)
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewAgencyClient:
    """What is asked when a client of an agency is opened."""

    organisation_id: UUID
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenedClient:
    """An agency's client; `secret` is there once, when the client was opened, and None in every repeat."""

    done: Done
    account_id: UUID
    client_id: str
    secret: str | None = field(repr=False)


async def open_account(registry: Registry, actor: Actor, asked: NewAccount, key: str) -> Done:
    """Open an account (the operator; for an agency also the authority of its province). Answer: `account_id`.

    The password takes no part in telling a repeat from another request: not even its digest is kept in the ledger.
    """

    async def act(work: Work) -> dict[str, Any]:
        unit = await _permitted_office(work, asked.kind, asked.organisation_id)
        person = await _person(registry, work, asked)
        if (unit is None) == (person is None) or (person is None) == (asked.kind is AccountKind.RESEARCHER):
            raise _person_or_office()
        if unit is not None:
            check_office(asked.kind, unit)
        opened = Account(
            new_id(),
            normalise_login(asked.login),
            asked.kind,
            asked.organisation_id,
            person,
            frozenset(check_purposes(asked.kind, asked.purposes)),
            work.now,
        )
        await accounts.add_account(work.connection, opened, await passwords.hashed(asked.password), work.command_id)
        work.about("account", opened.id)
        work.says(kind=opened.kind.value)
        return {"account_id": str(opened.id)}

    return await perform(registry, actor, "openAccount", key, _without_password(asked), act)


async def open_agency_client(registry: Registry, actor: Actor, asked: NewAgencyClient, key: str) -> OpenedClient:
    """Open a client of an agency in the authority's own province; id and secret are made here.

    Only the hash of the secret is stored, so that a repeat under the same key cannot show it again.
    """
    secret = secrets.token_urlsafe(32)

    async def act(work: Work) -> dict[str, Any]:
        opened = await open_client_in(work, asked, secret)
        return {"account_id": str(opened.id), "client_id": opened.login}

    done = await perform(registry, actor, "openAgencyClient", key, asked, act)
    shown = None if done.replayed else secret
    return OpenedClient(done, UUID(done.result["account_id"]), done.result["client_id"], shown)


async def open_client_in(work: Work, asked: NewAgencyClient, secret: str) -> Account:
    """Open a client of an agency with this secret, within a command of whoever may open one."""
    await _permitted_office(work, AccountKind.AGENCY, asked.organisation_id)
    purposes = check_purposes(AccountKind.AGENCY, asked.purposes)
    client_id = f"agency-{secrets.token_hex(8)}"
    opened = Account(
        new_id(), client_id, AccountKind.AGENCY, asked.organisation_id, None, frozenset(purposes), work.now
    )
    await accounts.add_account(work.connection, opened, await passwords.hashed(secret), work.command_id)
    work.about("account", opened.id)
    work.about("organisation", asked.organisation_id)
    work.says(kind=opened.kind.value, purposes=list(purposes))
    return opened


async def close_account(registry: Registry, actor: Actor, account_id: UUID, key: str) -> Done:
    """Close an account: its tokens are refused from the next request on. Answer: `account_id`."""

    async def act(work: Work) -> dict[str, Any]:
        found = await accounts.lock_account(work.connection, account_id)
        if found is None:
            actor.must(Permission.OPEN_ACCOUNT)
            raise nothing_here()
        actor.must(*_closing(found))
        if not found.is_open:
            raise Conflict(
                Message(
                    zh="该账户已经注销，无须再次办理。", en="This account is closed already; nothing is left to do."
                ),
                reason="ACCOUNT_CLOSED",
            )
        await accounts.close_account(work.connection, account_id, work.now)
        work.about("account", account_id)
        return {"account_id": str(account_id)}

    return await perform(registry, actor, "closeAccount", key, {"account": account_id}, act)


async def get_account(registry: Registry, actor: Actor, account_id: UUID) -> Account:
    """An account: one's own, or one that the actor may close."""
    async with registry.reading(actor) as connection:
        found = await accounts.find_account(connection, account_id)
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    own = actor.account_id == account_id
    if found is None or not (own or actor.may(*_closing(found))):
        raise nothing_here()
    return found


def _closing(account: Account) -> tuple[Permission, Subject]:
    """What it takes to close this account."""
    if account.kind is not AccountKind.AGENCY or account.province is None:
        return Permission.OPEN_ACCOUNT, Subject()
    return Permission.OPEN_AGENCY_CLIENT, Subject(provinces=frozenset({account.province}))


async def _permitted_office(work: Work, kind: AccountKind, organisation_id: UUID | None) -> Organisation | None:
    """The organisation to open an account for, once it is sure that the actor may."""
    unit = None if organisation_id is None else await organisations.find_organisation(work.connection, organisation_id)
    if kind is AccountKind.AGENCY:
        provinces = frozenset({unit.province}) if unit else frozenset[str]()
        work.actor.must(Permission.OPEN_AGENCY_CLIENT, Subject(provinces=provinces))
    else:
        work.actor.must(Permission.OPEN_ACCOUNT, hidden=False)
    if unit is None and organisation_id is not None:
        raise nothing_here(("organisation",))
    return unit


async def _person(registry: Registry, work: Work, asked: NewAccount) -> UUID | None:
    """The person whom public number and document agree on; a name is never asked for."""
    if asked.researcher_number is None and asked.document_number is None:
        return None
    number = identifiers.check_public_number(asked.researcher_number or "")
    digests = list_digests(registry.keys, DOCUMENT_DIGEST, identifiers.normalise_number(asked.document_number or ""))
    person = await accounts.find_person(work.connection, number, digests)
    if person is None:
        raise InvalidInput(
            Message(
                zh="公开编号与证件号码不属于同一名已登记的研究人员。请核对两项后重试。",
                en="Public number and document do not belong to one registered researcher. Check both and try again.",
            ),
            reason="PERSON_UNCONFIRMED",
            path=("researcher",),
        )
    return person


def _without_password(asked: NewAccount) -> dict[str, object]:
    return {
        "login": asked.login,
        "kind": asked.kind.value,
        "organisation": asked.organisation_id,
        "researcher": asked.researcher_number,
        "document": asked.document_number,
        "purposes": asked.purposes,
    }


def _person_or_office() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="研究人员账户须写明公开编号和证件号码；其他账户须写明单位，二者不可兼有。",
            en="A researcher's account needs a public number and a document; any other needs an organisation. "
            "Give one, not both.",
        ),
        reason="PERSON_OR_OFFICE",
        path=("kind",),
    )
