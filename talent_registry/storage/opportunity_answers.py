"""Answers to opportunities in the database, each with the days of its consent."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.opportunity_answers import OpportunityAnswer
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import consent, opportunity_answer


async def add_answer(connection: AsyncConnection, new: OpportunityAnswer, command_id: UUID) -> None:
    """Record an answer; none of the person's to this opportunity may be open."""
    await connection.execute(
        insert(opportunity_answer).values(
            id=new.id,
            opportunity_id=new.opportunity_id,
            version_id=new.version_id,
            researcher_id=new.researcher_id,
            credential_id=new.credential_id,
            consent_id=new.consent_id,
            answered_at=new.answered_at,
            command_id=command_id,
        )
    )


async def withdraw(connection: AsyncConnection, answer_id: UUID, at: datetime) -> None:
    """Close an answer."""
    table = opportunity_answer
    await connection.execute(update(table).where(table.c.id == answer_id).values(withdrawn_at=at))


async def find_latest(
    connection: AsyncConnection, opportunity_id: UUID, researcher_id: UUID
) -> OpportunityAnswer | None:
    """The answer of a person to an opportunity that nobody withdrew, whether or not its consent still holds."""
    table = opportunity_answer
    statement = _answers().where(
        table.c.opportunity_id == opportunity_id,
        table.c.researcher_id == researcher_id,
        table.c.withdrawn_at.is_(None),
    )
    row = (await connection.execute(statement)).first()
    return None if row is None else _answer(row)


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[OpportunityAnswer | None]:
    """The answers with these ids that the caller's transaction may see, in their order."""
    rows = await connection.execute(_answers().where(opportunity_answer.c.id.in_(ids)))
    found = {row.id: _answer(row) for row in rows}
    return [found.get(answer_id) for answer_id in ids]


async def list_of_person(
    connection: AsyncConnection, researcher_id: UUID, request: PageRequest
) -> Page[OpportunityAnswer]:
    """Every answer a person gave, oldest first."""
    table = opportunity_answer
    statement = _answers().where(table.c.researcher_id == researcher_id)
    return await fetch_page(connection, statement, [table.c.id], request, _answer)


async def list_holding(
    connection: AsyncConnection, opportunity_id: UUID, request: PageRequest, today: date
) -> Page[OpportunityAnswer]:
    """The answers to an opportunity on which its host unit may propose on the day, oldest first."""
    table = opportunity_answer
    statement = _answers().where(table.c.opportunity_id == opportunity_id, *_holding(today))
    return await fetch_page(connection, statement, [table.c.id], request, _answer)


async def list_answering(
    connection: AsyncConnection, opportunity_id: UUID, people: Sequence[UUID], today: date
) -> set[UUID]:
    """Who of these people answered the opportunity so that its host unit may propose on the day."""
    table = opportunity_answer
    statement = _answers().where(
        table.c.opportunity_id == opportunity_id, table.c.researcher_id.in_(people), *_holding(today)
    )
    return {row.researcher_id for row in await connection.execute(statement)}


def _holding(today: date) -> tuple[Any, ...]:
    return (
        opportunity_answer.c.withdrawn_at.is_(None),
        consent.c.withdrawn_at.is_(None),
        consent.c.valid_until >= today,
    )


def _answers() -> Select[Any]:
    days = (consent.c.valid_until, consent.c.withdrawn_at.label("consent_withdrawn_at"))
    return select(opportunity_answer, *days).join(consent, consent.c.id == opportunity_answer.c.consent_id)


def _answer(row: Row[Any]) -> OpportunityAnswer:
    return OpportunityAnswer(
        row.id,
        row.opportunity_id,
        row.version_id,
        row.researcher_id,
        row.credential_id,
        row.consent_id,
        row.answered_at,
        row.withdrawn_at,
        row.valid_until,
        row.consent_withdrawn_at,
    )
