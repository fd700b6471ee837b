"""Equal facts decided differently by people: found in the database by the digest of what equal cases have alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, Uuid, func, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import proceeding, proceeding_event

# What people decided; silence that counts as granted is nobody's decision.
_BY_PEOPLE = ("DECIDED", "APPEAL_DECIDED", "OVERRIDE_APPROVED", "OVERRIDE_DECLINED")


@dataclass(frozen=True, slots=True)
class DecidedAlike:
    """How many cases of a group an office gave this outcome last, and the newest of them, oldest first."""

    facts_digest: str
    facts: dict[str, Any]
    organisation_id: UUID | None
    province: str | None
    outcome: ProceedingOutcome
    count: int
    newest: tuple[UUID, ...]


async def list_digests(connection: AsyncConnection, request: PageRequest) -> Page[str]:
    """Digests of facts under which people came to more than one outcome."""
    decided = _decided()
    statement = (
        select(decided.c.facts_digest)
        .group_by(decided.c.facts_digest)
        .having(func.count(decided.c.outcome.distinct()) > 1)
    )
    return await fetch_page(connection, statement, [decided.c.facts_digest], request, lambda row: str(row.facts_digest))


async def list_decided(connection: AsyncConnection, digests: Sequence[str], most: int) -> list[DecidedAlike]:
    """What each office made of each of these digests, with its `most` newest cases of each outcome.

    As many rows as there are offices and outcomes, however many cases there are.
    """
    decided = _decided()
    alike = (decided.c.facts_digest, decided.c.organisation_id, decided.c.province, decided.c.outcome)
    newest = func.array_agg(
        aggregate_order_by(decided.c.proceeding_id, decided.c.proceeding_id.desc()), type_=ARRAY(Uuid)
    )
    # Equal digests, equal facts: any case's will do.
    facts = select(proceeding.c.facts).where(proceeding.c.facts_digest == decided.c.facts_digest).limit(1)
    statement = (
        select(
            *alike,
            facts.correlate(decided).scalar_subquery().label("facts"),
            func.count().label("cases"),
            newest[1:most].label("newest"),
        )
        .where(decided.c.facts_digest.in_(digests))
        .group_by(*alike)
        .order_by(*alike)
    )
    return [
        DecidedAlike(
            row.facts_digest,
            row.facts,
            row.organisation_id,
            row.province,
            ProceedingOutcome(row.outcome),
            row.cases,
            tuple(reversed(row.newest)),
        )
        for row in await connection.execute(statement)
    ]


def _decided() -> Subquery:
    """Each case that people decided, with its last outcome of theirs."""
    happened = proceeding_event.c
    return (
        select(
            proceeding.c.facts_digest,
            happened.proceeding_id,
            happened.organisation_id,
            happened.province,
            happened.outcome,
        )
        .join(proceeding, proceeding.c.id == happened.proceeding_id)
        .where(happened.event.in_(_BY_PEOPLE))
        .ext(distinct_on(happened.proceeding_id))
        .order_by(happened.proceeding_id, happened.at.desc(), happened.id.desc())
        .subquery("decided")
    )
