"""Recognition decisions in the database: added once, final."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Outcome
from talent_registry.domain.decisions import (
    DecisionFilter,
    RecognitionDecision,
    facts_from_json,
    findings_as_json,
    findings_from_json,
    message_as_json,
)
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import OfPerson, Page, PageRequest
from talent_registry.domain.questions import Target
from talent_registry.domain.recognition import Decision
from talent_registry.storage.paging import fetch_page, fetch_pages_of_people
from talent_registry.storage.tables import recognition_decision


async def add_decision(connection: AsyncConnection, decided: RecognitionDecision, command_id: UUID) -> None:
    """Record a decision."""
    made = decided.decision
    await connection.execute(
        insert(recognition_decision).values(
            id=decided.id,
            credential_id=decided.credential_id,
            researcher_id=decided.researcher_id,
            target_division=decided.target.division,
            target_zone=decided.target.zone,
            employer_kind=decided.target.employer_kind,
            post_series=decided.target.post_series,
            decided_for=decided.decided_for,
            known_at=decided.known_at,
            decided_at=decided.decided_at,
            agreement_version=made.version_id,
            agreement_digest=made.digest,
            outcome=made.outcome.value,
            rule=made.rule,
            reason_code=made.reason_code,
            message=message_as_json(made.message),
            findings=findings_as_json(made.findings),
            facts=[fact.as_json() for fact in decided.facts],
            command_id=command_id,
        )
    )


async def find_decision(connection: AsyncConnection, decision_id: UUID) -> RecognitionDecision | None:
    """The decision with this id."""
    return (await list_by_ids(connection, [decision_id]))[0]


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[RecognitionDecision | None]:
    """The decisions with these ids, in their order; None where there is none that the caller's transaction may see."""
    rows = await connection.execute(select(recognition_decision).where(recognition_decision.c.id.in_(ids)))
    found = {row.id: _decision(row) for row in rows}
    return [found.get(decision_id) for decision_id in ids]


async def list_decisions(
    connection: AsyncConnection, request: PageRequest, asked: DecisionFilter
) -> Page[RecognitionDecision]:
    """The decisions that fit and that the caller's transaction may see, oldest first."""
    return await fetch_page(connection, _fitting(asked), [recognition_decision.c.id], request, _decision)


async def list_of_people(
    connection: AsyncConnection, asked: Sequence[OfPerson]
) -> dict[OfPerson, Page[RecognitionDecision]]:
    """The decisions about each person that the caller's transaction may see, oldest first."""
    return await fetch_pages_of_people(connection, recognition_decision, asked, _decision)


def _fitting(asked: DecisionFilter) -> Select[Any]:
    statement = select(recognition_decision)
    equal = {
        recognition_decision.c.credential_id: asked.credential_id,
        recognition_decision.c.researcher_id: asked.researcher_id,
        recognition_decision.c.target_province: asked.target_province,
        recognition_decision.c.outcome: asked.outcome,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    return statement


def _decision(row: Row[Any]) -> RecognitionDecision:
    decision = Decision(
        Outcome(row.outcome),
        row.rule,
        row.reason_code,
        findings_from_json(row.findings),
        row.agreement_version,
        row.agreement_digest,
        Message(**row.message),
    )
    return RecognitionDecision(
        id=row.id,
        credential_id=row.credential_id,
        researcher_id=row.researcher_id,
        target=Target(
            division=row.target_division,
            employer_kind=row.employer_kind,
            post_series=row.post_series,
            zone=row.target_zone,
        ),
        decided_for=row.decided_for,
        known_at=row.known_at,
        decided_at=row.decided_at,
        decision=decision,
        facts=facts_from_json(row.facts),
    )
