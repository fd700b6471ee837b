"""What hangs on a placement in the database: rounds of terms, the signatures under them, and events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import Party, PlacementEventKind, PlacementState
from talent_registry.domain.placements import PlacementEvent, Signature, TermsRound, terms_as_json, terms_from_json
from talent_registry.storage.ids import new_id
from talent_registry.storage.tables import placement_event, placement_round, placement_signature


async def add_round(connection: AsyncConnection, new: TermsRound, command_id: UUID) -> None:
    """Record one version of the terms."""
    await connection.execute(
        insert(placement_round).values(
            placement_id=new.placement_id,
            round=new.number,
            term_from=new.term.start,
            term_until=new.term.until,
            workload_percent=new.workload_percent,
            terms=terms_as_json(new.terms),
            terms_digest=new.digest,
            proposed_by=new.proposed_by.value,
            proposed_at=new.proposed_at,
            answers=new.answers,
            command_id=command_id,
        )
    )


async def agree_round(connection: AsyncConnection, agreed: TermsRound, at: datetime) -> None:
    """Note that the three parties signed these terms."""
    await connection.execute(
        update(placement_round)
        .where(placement_round.c.placement_id == agreed.placement_id, placement_round.c.round == agreed.number)
        .values(agreed_at=at)
    )


async def list_rounds(connection: AsyncConnection, placement_ids: Sequence[UUID]) -> dict[UUID, list[TermsRound]]:
    """The rounds of each placement, the first first."""
    statement = (
        select(placement_round)
        .where(placement_round.c.placement_id.in_(placement_ids))
        .order_by(placement_round.c.placement_id, placement_round.c.round)
    )
    return _grouped(placement_ids, [_round(row) for row in await connection.execute(statement)])


async def add_signature(connection: AsyncConnection, new: Signature, command_id: UUID) -> None:
    """Record one party's signature."""
    await connection.execute(
        insert(placement_signature).values(
            id=new_id(),
            placement_id=new.placement_id,
            round=new.round,
            party=new.party.value,
            terms_digest=new.digest,
            account_id=new.account_id,
            signed_at=new.signed_at,
            command_id=command_id,
        )
    )


async def list_signatures(connection: AsyncConnection, placement_ids: Sequence[UUID]) -> dict[UUID, list[Signature]]:
    """The signatures under each placement's rounds, the first first."""
    statement = (
        select(placement_signature)
        .where(placement_signature.c.placement_id.in_(placement_ids))
        .order_by(placement_signature.c.id)
    )
    return _grouped(placement_ids, [_signature(row) for row in await connection.execute(statement)])


async def add_event(connection: AsyncConnection, new: PlacementEvent, command_id: UUID) -> None:
    """Record what happened."""
    await connection.execute(
        insert(placement_event).values(
            id=new.id,
            placement_id=new.placement_id,
            at=new.at,
            on_day=new.on_day,
            event=new.event.value,
            state=new.state.value,
            party=new.by,
            province=new.province,
            reason=new.reason,
            command_id=command_id,
        )
    )


async def list_events(connection: AsyncConnection, placement_ids: Sequence[UUID]) -> dict[UUID, list[PlacementEvent]]:
    """What happened to each placement, the first first."""
    statement = (
        select(placement_event).where(placement_event.c.placement_id.in_(placement_ids)).order_by(placement_event.c.id)
    )
    return _grouped(placement_ids, [_event(row) for row in await connection.execute(statement)])


def _grouped(placement_ids: Sequence[UUID], records: Sequence[Any]) -> dict[UUID, list[Any]]:
    of: dict[UUID, list[Any]] = {placement_id: [] for placement_id in placement_ids}
    for record in records:
        of[record.placement_id].append(record)
    return of


def _round(row: Row[Any]) -> TermsRound:
    return TermsRound(
        placement_id=row.placement_id,
        number=row.round,
        term=Period(row.term_from, row.term_until),
        workload_percent=row.workload_percent,
        terms=terms_from_json(row.terms),
        digest=row.terms_digest,
        proposed_by=Party(row.proposed_by),
        proposed_at=row.proposed_at,
        agreed_at=row.agreed_at,
        answers=row.answers,
    )


def _signature(row: Row[Any]) -> Signature:
    return Signature(row.placement_id, row.round, Party(row.party), row.terms_digest, row.account_id, row.signed_at)


def _event(row: Row[Any]) -> PlacementEvent:
    return PlacementEvent(
        row.id,
        row.placement_id,
        row.at,
        row.on_day,
        PlacementEventKind(row.event),
        PlacementState(row.state),
        row.party,
        row.reason,
        row.province,
    )
