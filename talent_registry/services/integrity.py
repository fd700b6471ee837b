"""Recording, correcting and lifting integrity records, with what follows, and reading them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.effects import Consequence
from talent_registry.domain.integrity import (
    IntegrityAct,
    IntegrityEntry,
    IntegrityFinding,
    check_correction,
    check_finding,
    check_text,
    lift,
)
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.recalls import recall_in
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.relations import subject_of_person, subjects_of_people
from talent_registry.services.researchers import get_person
from talent_registry.services.standing import follow_integrity
from talent_registry.storage import integrity, organisations
from talent_registry.storage.ids import new_id


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A finding to record against a person, named by id or public number."""

    person: UUID | str
    finding: IntegrityFinding


@dataclass(frozen=True, slots=True)
class FindingCorrection:
    """The right finding in the place of a recorded one, and why."""

    record_id: UUID
    finding: IntegrityFinding
    because: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lifting:
    """A record lifted from a day on (None: today), and why; from its first day it is annulled."""

    record_id: UUID
    because: str = field(repr=False)
    from_day: date | None = None


async def record_finding(registry: Registry, actor: Actor, asked: NewFinding, key: str) -> Done:
    """Record a finding; what rests on credentials of the person ends where the record takes its ground.

    The provincial authority of the person's household or home unit, or of an issuer of theirs. Answer: `record_id`,
    `researcher_id`, `consequences`, `recalled`. Errors: those of `domain.integrity.check_finding`; NotFound.
    """

    async def act(work: Work) -> dict[str, Any]:
        if work.actor.kind is ActorKind.ANONYMOUS:
            raise sign_in_first()
        person = await get_person(work.connection, asked.person)
        subject = await subject_of_person(work.connection, person.id, work.today, work.actor)
        work.actor.must(Permission.RECORD_INTEGRITY, subject)
        finding = check_finding(asked.finding, work.today)
        await lock_person(work, person.id)
        made = new_id()
        entry = IntegrityEntry(
            made, made, person.id, IntegrityAct.RECORDED, finding, None, _office(work.actor), work.now
        )
        return await _enter(work, entry)

    return await perform(registry, actor, "recordIntegrityFinding", key, asked, act)


async def correct_finding(registry: Registry, actor: Actor, asked: FindingCorrection, key: str) -> Done:
    """Put the right finding in the place of the recorded one (authority of the province that recorded it).

    Answer as `record_finding`. Errors: those of `domain.integrity.check_correction`; NotFound.
    """

    async def act(work: Work) -> dict[str, Any]:
        entry = await _lock_own(work, asked.record_id)
        because = check_text(asked.because, "because")
        finding = check_correction(entry, asked.finding, work.today)
        return await _enter(work, _next(work, entry, IntegrityAct.CORRECTED, finding, because))

    return await perform(registry, actor, "correctIntegrityRecord", key, asked, act)


async def lift_record(registry: Registry, actor: Actor, asked: Lifting, key: str) -> Done:
    """Lift a record from a day on, or annul it (authority of the province that recorded it).

    What ended with it stays ended: the parties propose anew. Answer as `record_finding`. Errors: those of
    `domain.integrity.lift`; NotFound.
    """

    async def act(work: Work) -> dict[str, Any]:
        entry = await _lock_own(work, asked.record_id)
        because = check_text(asked.because, "because")
        done, finding = lift(entry, asked.from_day or work.today, work.today)
        return await _enter(work, _next(work, entry, done, finding, because))

    return await perform(registry, actor, "liftIntegrityRecord", key, asked, act)


async def list_of_people(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[list[IntegrityEntry] | None]:
    """The integrity records of each person, oldest first; None where they are not the actor's to see.

    The person, the home unit, the authorities of the person's provinces. For whoever was shown the person with the
    decisions: that look is noted there and is not noted again.
    """
    async with registry.reading(actor) as connection:
        subjects = await subjects_of_people(connection, ids, registry.today(), actor)
        found = await integrity.list_of_people(connection, ids)
    return [
        entries if actor.may(Permission.READ_INTEGRITY, subjects[one]) else None
        for one, entries in zip(ids, found, strict=True)
    ]


async def list_records(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[IntegrityEntry | None]:
    """The integrity records with these ids; None where one is absent or not of the actor's own province's recording.

    For whoever just acted on them.
    """
    async with registry.reading(actor) as connection:
        found = await integrity.list_entries(connection, ids)
        units = await organisations.list_by_ids(connection, [one.source_id for one in found if one is not None])
    provinces = {unit.id: frozenset({unit.province}) for unit in units if unit is not None}

    def is_own(one: IntegrityEntry) -> bool:
        return actor.may(Permission.KEEP_INTEGRITY, Subject(one.researcher_id, provinces=provinces[one.source_id]))

    return [one if one is not None and is_own(one) else None for one in found]


async def _enter(work: Work, entry: IntegrityEntry) -> dict[str, Any]:
    """Keep the entry, recall what relied on the person's standing before, and carry out what follows."""
    await integrity.add_entry(work.connection, entry, work.command_id)
    work.about("integrityRecord", entry.record_id)
    work.about("researcher", entry.researcher_id)
    until = entry.finding.until
    work.says(act=entry.act.value, since=entry.finding.since.isoformat(), until=until and until.isoformat())
    recalled = await recall_in(work)
    followed: tuple[Consequence, ...] = ()
    if entry.stands_on(work.today):
        followed = await follow_integrity(work, entry.researcher_id, entry.finding.since)
    return {
        "record_id": str(entry.record_id),
        "researcher_id": str(entry.researcher_id),
        "consequences": [one.as_json() for one in followed],
        "recalled": recalled.as_json(),
    }


def _next(
    work: Work, entry: IntegrityEntry, act: IntegrityAct, finding: IntegrityFinding, because: str
) -> IntegrityEntry:
    return replace(
        entry,
        id=new_id(),
        act=act,
        finding=finding,
        because=because,
        source_id=_office(work.actor),
        recorded_at=work.now,
    )


async def _lock_own(work: Work, record_id: UUID) -> IntegrityEntry:
    """The record, its person locked, for an authority of the province that recorded it."""
    if work.actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    seen = await integrity.find_entry(work.connection, record_id)
    if seen is None or not await _is_own(work.connection, work.actor, seen):
        raise nothing_here()
    await lock_person(work, seen.researcher_id)
    # Whoever changed it meanwhile is through.
    entry = await integrity.find_entry(work.connection, record_id)
    return entry or seen


async def _is_own(connection: AsyncConnection, actor: Actor, entry: IntegrityEntry) -> bool:
    source = await organisations.find_organisation(connection, entry.source_id)
    provinces = frozenset({source.province}) if source else frozenset[str]()
    return actor.may(Permission.KEEP_INTEGRITY, Subject(entry.researcher_id, provinces=provinces))


def _office(actor: Actor) -> UUID:
    if actor.organisation_id is None:
        raise nothing_here()
    return actor.organisation_id
