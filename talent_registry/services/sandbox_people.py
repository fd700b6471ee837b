"""The invented people of a sandbox: one of each developer's own, to revoke and restore, and the consents of all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from talent_registry.domain.credentials import Standing
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.sandbox import (
    OFFICES,
    OWN_NAME,
    PURPOSE,
    certificate_number,
    documented,
    drawn_number,
    own_statement,
)
from talent_registry.services import consents, credentials, identities, researchers, standing
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind, nothing_here
from talent_registry.services.registry import Registry
from talent_registry.services.sandbox import authority_of
from talent_registry.storage import credentials as stored_credentials
from talent_registry.storage import sandbox_keys
from talent_registry.storage.sandbox_keys import SandboxKey
from talent_registry.storage.session import duty

_OPENED = (PersonField.NAME, PersonField.CREDENTIALS, PersonField.DECISIONS)


@dataclass(frozen=True, slots=True)
class Own:
    """A developer's own invented certificate: its id, what to type, how it stands today."""

    credential_id: UUID
    number: str = field(repr=False)
    name: str = field(repr=False)
    standing: Standing


async def furnish(registry: Registry, account_id: UUID, key: str) -> Own:
    """Make the developer's own person and certificate; all people of the sandbox open their records to the developer.

    What was made before under this key is not made again.
    """
    held = await _held(registry, account_id)
    if held.credential_id is None:
        household = OFFICES[0].household
        person = researchers.NewPerson(OWN_NAME, "RESIDENT_ID", drawn_number(account_id.int), household=household)
        authority = await authority_of(registry, OFFICES[0])
        done = await researchers.register(registry, authority, person, f"{key}:person")
        researcher_id = UUID(done.result["researcher_id"])
        credential_id = await _certify(registry, authority, account_id, f"{key}:certificate")
        await _consent(registry, held, [researcher_id, *await _documented_people(registry)], key)
        async with registry.noting(OPERATOR) as connection:
            await sandbox_keys.furnish(connection, account_id, researcher_id=researcher_id, credential_id=credential_id)
    return await get_own(registry, account_id)


async def get_own(registry: Registry, account_id: UUID) -> Own:
    """The developer's own certificate as it stands. NotFound where none was made."""
    held, record = await _held(registry, account_id), None
    if held.credential_id is not None:
        async with registry.reading(OPERATOR) as connection, duty(connection, "verify"):
            record = await stored_credentials.find_credential(connection, held.credential_id)
    if record is None:
        raise nothing_here()
    return Own(record.credential.id, record.credential.number, OWN_NAME, record.standing(registry.today()))


async def revoke_own(registry: Registry, account_id: UUID, key: str) -> Own:
    """Revoke the developer's own certificate, as its issuer would. Conflict where it is revoked already."""
    own = await get_own(registry, account_id)
    change = standing.StatusChange(own.credential_id, "沙箱试验撤销。Test revocation in the sandbox.")
    await standing.revoke(registry, await authority_of(registry, OFFICES[0]), change, key)
    return await get_own(registry, account_id)


async def restore_own(registry: Registry, account_id: UUID, key: str) -> Own:
    """Record another certificate for the developer's own person: a revocation is never taken back."""
    held = await _held(registry, account_id)
    if held.researcher_id is None:
        raise nothing_here()
    credential_id = await _certify(registry, await authority_of(registry, OFFICES[0]), account_id, key)
    async with registry.noting(OPERATOR) as connection:
        await sandbox_keys.furnish(
            connection, account_id, researcher_id=held.researcher_id, credential_id=credential_id
        )
    return await get_own(registry, account_id)


async def _certify(registry: Registry, authority: Actor, account_id: UUID, key: str) -> UUID:
    if authority.organisation_id is None:
        raise nothing_here()
    ending = sha256(f"{account_id} {key}".encode()).hexdigest()[:8].upper()
    asked = credentials.NewCredential(
        authority.organisation_id,
        "TITLE",
        certificate_number(OFFICES[0], ending),
        credentials.Holder(drawn_number(account_id.int)),
        own_statement(),
    )
    done = await credentials.record(registry, authority, asked, key)
    return UUID(done.result["credential_id"])


async def _consent(registry: Registry, held: SandboxKey, people: Sequence[UUID], key: str) -> None:
    """Each of these people opens the own record to the developer for as long as the key lasts."""
    developer = await identities.actor_of(registry, held.account_id)
    if developer.organisation_id is None:
        raise nothing_here()
    until = shanghai_today(held.expires_at)
    asked = consents.NewConsent(developer.organisation_id, PURPOSE, _OPENED, until)
    for person in people:
        holder = Actor(ActorKind.RESEARCHER, None, None, person)
        await consents.grant(registry, holder, asked, f"{key}:{person}")


async def _documented_people(registry: Registry) -> list[UUID]:
    """The holders of the documented certificates that a recognition can be asked of."""
    numbers = [one.number for one in documented() if one.fate.outcome]
    async with registry.reading(OPERATOR) as connection, duty(connection, "verify"):
        found = await stored_credentials.list_by_numbers(connection, numbers)
    return [record.credential.researcher_id for number in numbers for record in found.get(number, ())]


async def _held(registry: Registry, account_id: UUID) -> SandboxKey:
    async with registry.reading(OPERATOR) as connection:
        held = await sandbox_keys.find_key(connection, account_id)
    if held is None:
        raise nothing_here()
    return held
