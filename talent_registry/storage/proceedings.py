"""Proceedings in the database: added once with their events, never changed."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, insert, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Outcome, ResponsibleBody
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceeding_facts import told_of
from talent_registry.domain.proceedings import (
    Proceeding,
    ProceedingEvent,
    ProceedingEventKind,
    ProceedingKind,
    ProceedingOutcome,
    Terms,
)
from talent_registry.domain.questions import Target
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import proceeding, proceeding_event

_ENDING = ("DECIDED", "LAPSED", "WITHDRAWN", "OVERRIDE_APPROVED", "OVERRIDE_DECLINED")
_TARGET = {
    "target_division": "division",
    "target_zone": "zone",
    "employer_kind": "employer_kind",
    "post_series": "post_series",
}


@dataclass(frozen=True, slots=True)
class ProceedingFilter:
    """Which proceedings to list; None leaves a field open.

    `at_province` and `at_issuer`: those that office must see to or approve; `pending`: whether no act has ended them.
    """

    credential_id: UUID | None = None
    researcher_id: UUID | None = None
    kind: ProceedingKind | None = None
    at_province: str | None = None
    at_issuer: UUID | None = None
    pending: bool | None = None
    opened_before: date | None = None


async def add_proceeding(
    connection: AsyncConnection, case: Proceeding, facts: dict[str, Any], facts_digest: str, command_id: UUID
) -> None:
    """Record a new proceeding with what equal ones have alike."""
    await connection.execute(
        insert(proceeding).values(
            id=case.id,
            kind=case.kind.value,
            decision_id=case.decision_id,
            credential_id=case.credential_id,
            researcher_id=case.researcher_id,
            issuer_id=case.issuer_id,
            **{column: getattr(case.target, name) for column, name in _TARGET.items()},
            outcome=case.outcome.value,
            rule=case.rule,
            reason_code=case.reason_code,
            procedure=case.procedure,
            terms=asdict(case.terms),
            body=case.body.value,
            body_province=case.body_province,
            approving_province=case.approving_province,
            facts=facts,
            facts_digest=facts_digest,
            told=[[name, json.loads(value)] for name, value in sorted(case.told)],
            opened_on=case.opened_on,
            command_id=command_id,
        )
    )


async def add_event(connection: AsyncConnection, new: ProceedingEvent, command_id: UUID) -> None:
    """Record what happened in a proceeding."""
    values = event_values(new) | {"proceeding_id": new.proceeding_id, "command_id": command_id}
    await connection.execute(insert(proceeding_event).values(values))


def event_values(new: ProceedingEvent) -> dict[str, Any]:
    """The columns that the events of every kind of case have in common."""
    return {
        "id": new.id,
        "at": new.at,
        "on_day": new.on_day,
        "event": new.event.value,
        "actor_kind": new.actor_kind,
        "account_id": new.account_id,
        "organisation_id": new.organisation_id,
        "province": new.province,
        "outcome": None if new.outcome is None else new.outcome.value,
        "text": new.text,
    }


def event_facts(row: Row[Any]) -> dict[str, Any]:
    """What the columns of `event_values` say."""
    return {
        "id": row.id,
        "at": row.at,
        "on_day": row.on_day,
        "event": ProceedingEventKind(row.event),
        "actor_kind": row.actor_kind,
        "account_id": row.account_id,
        "organisation_id": row.organisation_id,
        "province": row.province,
        "outcome": None if row.outcome is None else ProceedingOutcome(row.outcome),
        "text": row.text,
    }


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Proceeding | None]:
    """The proceedings with these ids, in their order; None for each that the caller's transaction may not see."""
    rows = await connection.execute(select(proceeding).where(proceeding.c.id.in_(ids)))
    found = {row.id: _proceeding(row) for row in rows}
    return [found.get(one) for one in ids]


async def list_of_credentials(connection: AsyncConnection, credential_ids: Sequence[UUID]) -> list[Proceeding]:
    """The proceedings about these credentials that the caller's transaction may see, oldest first."""
    statement = select(proceeding).where(proceeding.c.credential_id.in_(credential_ids)).order_by(proceeding.c.id)
    return [_proceeding(row) for row in await connection.execute(statement)]


async def list_of_decisions(connection: AsyncConnection, decision_ids: Sequence[UUID]) -> dict[UUID, Proceeding]:
    """The proceeding that each decision opened, as far as the caller's transaction may see it."""
    statement = select(proceeding).where(proceeding.c.decision_id.in_(decision_ids)).order_by(proceeding.c.id)
    return {row.decision_id: _proceeding(row) for row in await connection.execute(statement)}


async def list_proceedings(
    connection: AsyncConnection, request: PageRequest, asked: ProceedingFilter
) -> Page[Proceeding]:
    """The proceedings that fit and that the caller's transaction may see, oldest first."""
    return await fetch_page(connection, _fitting(asked), [proceeding.c.id], request, _proceeding)


async def list_tacit_pending(
    connection: AsyncConnection, request: PageRequest, opened_before: date
) -> Page[Proceeding]:
    """Proceedings whose silence counts as granted, opened before the day and ended by nobody yet, oldest first."""
    statement = _fitting(ProceedingFilter(pending=True, opened_before=opened_before)).where(
        proceeding.c.terms["tacit"].as_boolean()
    )
    return await fetch_page(connection, statement, [proceeding.c.id], request, _proceeding)


async def list_events(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[ProceedingEvent]]:
    """The events of each proceeding in the order in which they happened."""
    statement = (
        select(proceeding_event)
        .where(proceeding_event.c.proceeding_id.in_(ids))
        # By the database's clock: ids are of the servers that made them, and their clocks may disagree.
        .order_by(proceeding_event.c.proceeding_id, proceeding_event.c.at, proceeding_event.c.id)
    )
    events: dict[UUID, list[ProceedingEvent]] = {one: [] for one in ids}
    for row in await connection.execute(statement):
        events[row.proceeding_id].append(_event(row))
    return events


def _fitting(asked: ProceedingFilter) -> Select[Any]:
    statement = select(proceeding)
    equal = {
        proceeding.c.credential_id: asked.credential_id,
        proceeding.c.researcher_id: asked.researcher_id,
        proceeding.c.kind: asked.kind,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    if asked.at_province is not None:
        here = asked.at_province
        statement = statement.where(or_(proceeding.c.body_province == here, proceeding.c.approving_province == here))
    if asked.at_issuer is not None:
        statement = statement.where(
            proceeding.c.body == ResponsibleBody.ISSUER.value, proceeding.c.issuer_id == asked.at_issuer
        )
    if asked.pending is not None:
        statement = statement.where(_is_pending() if asked.pending else ~_is_pending())
    if asked.opened_before is not None:
        statement = statement.where(proceeding.c.opened_on < asked.opened_before)
    return statement


def _is_pending() -> ColumnElement[bool]:
    """Nobody ended it yet, or an appeal awaits its decision."""
    return or_(
        ~_has(*_ENDING),
        and_(_has(ProceedingEventKind.APPEALED.value), ~_has(ProceedingEventKind.APPEAL_DECIDED.value)),
    )


def _has(*kinds: str) -> ColumnElement[bool]:
    happened = proceeding_event.c
    return exists().where(happened.proceeding_id == proceeding.c.id, happened.event.in_(kinds))


def _proceeding(row: Row[Any]) -> Proceeding:
    return Proceeding(
        id=row.id,
        kind=ProceedingKind(row.kind),
        decision_id=row.decision_id,
        credential_id=row.credential_id,
        researcher_id=row.researcher_id,
        issuer_id=row.issuer_id,
        target=Target(**{name: getattr(row, column) for column, name in _TARGET.items()}),
        outcome=Outcome(row.outcome),
        rule=row.rule,
        reason_code=row.reason_code,
        procedure=row.procedure,
        body=ResponsibleBody(row.body),
        body_province=row.body_province,
        approving_province=row.approving_province,
        terms=Terms(**row.terms),
        opened_on=row.opened_on,
        told=told_of((name, value) for name, value in row.told),
    )


def _event(row: Row[Any]) -> ProceedingEvent:
    return ProceedingEvent(proceeding_id=row.proceeding_id, **event_facts(row))
