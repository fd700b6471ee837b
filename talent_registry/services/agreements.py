"""The agreement as it was known at an instant: what ships with the program, and what both provinces approved since."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreement_releases import read_release, with_release
from talent_registry.domain.agreements import Agreement
from talent_registry.domain.cases import Case
from talent_registry.domain.conformance_cases import settled_with, shipped_cases
from talent_registry.domain.errors import InvalidInput, NotInForce
from talent_registry.domain.messages import Message
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Registry
from talent_registry.storage import agreement_releases


@dataclass(frozen=True, slots=True)
class KnownLaw:
    """The agreement by what was approved at an instant, and the cases that are settled under it."""

    agreement: Agreement
    cases: tuple[Case, ...]


_MOST_KEPT: Final = 64
_kept: OrderedDict[tuple[tuple[str, ...], tuple[UUID, ...]], KnownLaw] = OrderedDict()


async def agreement_known(
    connection: AsyncConnection, registry: Registry, known_at: datetime | None = None
) -> Agreement:
    """The agreement by what both provinces had approved at an instant (None: by now).

    What is approved after the instant does not count, so that the same day and instant always give the same version.
    """
    return (await law_known(connection, registry, known_at)).agreement


async def law_known(connection: AsyncConnection, registry: Registry, known_at: datetime | None = None) -> KnownLaw:
    """As `agreement_known`, with the settled cases. One small statement, unless a release is met for the first time."""
    return await _law_of(connection, registry, _by(await agreement_releases.list_enacted(connection), known_at))


async def find_law_not_held(registry: Registry) -> Message | None:
    """What both provinces approved and this program cannot decide by, in words for whoever runs it; None: all is held.

    Until the program with the agreement of that day runs again, every decision is refused with these words.
    """
    try:
        async with registry.reading(ANONYMOUS) as connection:
            await law_known(connection, registry)
    except NotInForce as refusal:
        return refusal.message
    return None


async def list_known(registry: Registry, actor: Actor, instants: Sequence[datetime]) -> list[Agreement]:
    """The agreement as `agreement_known` at each of many instants; one small statement for all."""
    async with registry.reading(actor) as connection:
        enacted = await agreement_releases.list_enacted(connection)
        return [(await _law_of(connection, registry, _by(enacted, instant))).agreement for instant in instants]


def _by(enacted: Sequence[tuple[UUID, datetime]], known_at: datetime | None) -> tuple[UUID, ...]:
    return tuple(release_id for release_id, at in enacted if known_at is None or at <= known_at)


async def _law_of(connection: AsyncConnection, registry: Registry, enacted: tuple[UUID, ...]) -> KnownLaw:
    key = tuple(version.digest for version in registry.agreement.versions), enacted
    law = _kept.get(key)
    if law is None:
        law = await _build(connection, registry.agreement, enacted)
        _kept[key] = law
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    else:
        _kept.move_to_end(key)
    return law


async def _build(connection: AsyncConnection, base: Agreement, enacted: tuple[UUID, ...]) -> KnownLaw:
    agreement, cases = base, shipped_cases()
    stored = await agreement_releases.list_enacted_files(connection, enacted) if enacted else []
    for one in stored:
        try:
            release = await asyncio.to_thread(read_release, agreement, dict(one.files), approved=True)
        except InvalidInput as fault:
            raise _not_held(one.release_id) from fault
        if release.version.digest != one.digest:
            raise _not_held(one.release_id)
        agreement, cases = with_release(agreement, release), settled_with(cases, release.cases)
    return KnownLaw(agreement, cases)


def _not_held(release_id: UUID) -> NotInForce:
    return NotInForce(
        Message(
            zh=f"双方批准的版本 {release_id} 所依据的文本与本程序所附的协议不同，无法据以决定。请装入批准时的文本。",
            en=f"Release {release_id}, which both provinces approved, does not come to the digest they approved on the "
            "agreement that ships with this program. Run the program with the agreement of that day.",
        ),
        reason="VERSION_NOT_HELD",
    )
