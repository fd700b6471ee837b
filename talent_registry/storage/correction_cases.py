"""Correction cases and their events in the database, and which facts are disputed now."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.correction_cases import CorrectionCase, CorrectionEvent, Dispute, DisputedFact
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceedings import ProceedingEventKind, Terms
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.proceedings import event_facts, event_values
from talent_registry.storage.tables import correction_case, correction_event


async def add_case(connection: AsyncConnection, case: CorrectionCase, command_id: UUID) -> None:
    """Record a new correction case."""
    await connection.execute(
        insert(correction_case).values(
            id=case.id,
            fact=case.fact.value,
            researcher_id=case.researcher_id,
            credential_id=case.credential_id,
            access_id=case.look_id,
            source_id=case.source_id,
            body_province=case.body_province,
            stated=case.stated,
            procedure=case.procedure,
            terms=asdict(case.terms),
            opened_on=case.opened_on,
            command_id=command_id,
        )
    )


async def add_event(connection: AsyncConnection, new: CorrectionEvent, command_id: UUID) -> None:
    """Record what happened in a correction case."""
    more = {"case_id": new.proceeding_id, "evidence_digest": new.evidence_digest, "command_id": command_id}
    await connection.execute(insert(correction_event).values(event_values(new) | more))


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[CorrectionCase | None]:
    """The cases with these ids, in their order; None for each that the caller's transaction may not see."""
    rows = await connection.execute(select(correction_case).where(correction_case.c.id.in_(ids)))
    found = {row.id: _case(row) for row in rows}
    return [found.get(one) for one in ids]


async def list_cases(
    connection: AsyncConnection, request: PageRequest, *, pending: bool | None = None
) -> Page[CorrectionCase]:
    """The cases that the caller's transaction may see, oldest first."""
    statement = select(correction_case)
    if pending is not None:
        statement = statement.where(func.is_correction_pending(correction_case.c.id) == pending)
    return await fetch_page(connection, statement, [correction_case.c.id], request, _case)


async def count_opened(connection: AsyncConnection, researcher_id: UUID, day: date) -> int:
    """How many cases a person opened on a day, withdrawn ones included."""
    opened = correction_case.c
    statement = select(func.count()).where(opened.researcher_id == researcher_id, opened.opened_on == day)
    return int((await connection.execute(statement)).scalar_one())


async def list_reports(connection: AsyncConnection, looks: Collection[UUID]) -> dict[UUID, UUID]:
    """By which case each of these looks was reported, leaving out what was withdrawn and what was not reported."""
    withdrawn = select(correction_event.c.id).where(
        correction_event.c.case_id == correction_case.c.id,
        correction_event.c.event == ProceedingEventKind.WITHDRAWN.value,
    )
    statement = select(correction_case.c.access_id, correction_case.c.id).where(
        correction_case.c.access_id.in_(looks), ~withdrawn.exists()
    )
    return {row.access_id: row.id for row in await connection.execute(statement)}


async def list_events(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[CorrectionEvent]]:
    """The events of each case in the order in which they happened."""
    statement = (
        select(correction_event)
        .where(correction_event.c.case_id.in_(ids))
        .order_by(correction_event.c.case_id, correction_event.c.at, correction_event.c.id)
    )
    events: dict[UUID, list[CorrectionEvent]] = {one: [] for one in ids}
    for row in await connection.execute(statement):
        events[row.case_id].append(_event(row))
    return events


async def was_corrected(connection: AsyncConnection, case_id: UUID, command_id: UUID) -> bool:
    """Whether this transaction's command makes what is disputed read otherwise on the day on which it was disputed."""
    asked = text("SELECT was_corrected_by(opened, :command) FROM correction_case opened WHERE opened.id = :case")
    return bool((await connection.execute(asked, {"command": command_id, "case": case_id})).scalar_one())


async def list_disputes(connection: AsyncConnection, people: Sequence[UUID]) -> list[Dispute]:
    """What is disputed now in the records of these people, oldest first; nothing for whoever is not signed in."""
    found = func.disputed_facts(list(people)).table_valued("fact", "researcher_id", "credential_id", "since")
    rows = await connection.execute(select(found))
    return [Dispute(DisputedFact(row.fact), row.researcher_id, row.credential_id, row.since) for row in rows]


def _case(row: Row[Any]) -> CorrectionCase:
    return CorrectionCase(
        id=row.id,
        fact=DisputedFact(row.fact),
        researcher_id=row.researcher_id,
        credential_id=row.credential_id,
        source_id=row.source_id,
        body_province=row.body_province,
        stated=row.stated,
        procedure=row.procedure,
        terms=Terms(**row.terms),
        opened_on=row.opened_on,
        look_id=row.access_id,
    )


def _event(row: Row[Any]) -> CorrectionEvent:
    return CorrectionEvent(proceeding_id=row.case_id, evidence_digest=row.evidence_digest, **event_facts(row))
