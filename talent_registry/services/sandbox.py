"""A sandbox is founded: the documented people are recorded by the rolls of both authorities, as any roll is."""

import csv
from io import StringIO

from talent_registry.domain.roll_results import RollOutcome
from talent_registry.domain.sandbox import OFFICES, Office, roll_rows
from talent_registry.services import organisations
from talent_registry.services.permissions import ANONYMOUS, OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Registry
from talent_registry.services.rolls import import_roll
from talent_registry.storage import ledger, sandbox


async def holds_real_people(registry: Registry) -> bool:
    """Whether anything is recorded that may be a real person's, so that this is no sandbox."""
    async with registry.reading(OPERATOR) as connection:
        return await sandbox.holds_real_people(connection)


async def is_founded(registry: Registry) -> bool:
    """Whether a sandbox was founded in this database, so that its certificates are nobody's."""
    caller = ActorKind.AUTHORITY.value
    async with registry.reading(OPERATOR) as connection:
        return any([await ledger.is_claimed(connection, caller, _key(office)) for office in OFFICES])


async def found_sandbox(registry: Registry) -> list[RollOutcome]:
    """Record the documented people where this is a sandbox, else nothing; a repeat gets the first outcomes again."""
    if registry.sandbox is None:
        return []
    return [
        await import_roll(registry, await authority_of(registry, office), _roll(office), _key(office))
        for office in OFFICES
    ]


async def authority_of(registry: Registry, office: Office) -> Actor:
    """The sandbox itself, acting for an authority of its own world; no account can sign in as it."""
    unit = await organisations.get_named(registry, ANONYMOUS, office.authority)
    return Actor(ActorKind.AUTHORITY, None, unit.id, None, office.province)


def _key(office: Office) -> str:
    """The idempotency key under which an authority's roll is imported once."""
    return f"sandbox:{office.province}"


def _roll(office: Office) -> bytes:
    text, rows = StringIO(), roll_rows(office)
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
