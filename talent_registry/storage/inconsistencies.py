"""Equal facts decided differently by people: found in the database by the digest of what equal cases have alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import proceeding, proceeding_event

# What people decided; silence that counts as granted is nobody's decision.
_BY_PEOPLE = ("DECIDED", "APPEAL_DECIDED", "OVERRIDE_APPROVED", "OVERRIDE_DECLINED")


@dataclass(frozen=True, slots=True)
class DecidedAlike:
    """One case of a group with the outcome that its office gave it last."""

    facts_digest: str
    facts: dict[str, Any]
    proceeding_id: UUID
    organisation_id: UUID | None
    province: str | None
    outcome: ProceedingOutcome


async def list_digests(connection: AsyncConnection, request: PageRequest) -> Page[str]:
    """Digests of facts under which people came to more than one outcome."""
    decided = _decided()
    statement = (
        select(decided.c.facts_digest)
        .group_by(decided.c.facts_digest)
        .having(func.count(decided.c.outcome.distinct()) > 1)
    )
    return await fetch_page(connection, statement, [decided.c.facts_digest], request, lambda row: str(row.facts_digest))


async def list_decided(connection: AsyncConnection, digests: Sequence[str]) -> list[DecidedAlike]:
    """The cases that people decided under each of these digests, oldest first."""
    decided = _decided()
    statement = select(decided).where(decided.c.facts_digest.in_(digests)).order_by(decided.c.proceeding_id)
    return [
        DecidedAlike(
            row.facts_digest,
            row.facts,
            row.proceeding_id,
            row.organisation_id,
            row.province,
            ProceedingOutcome(row.outcome),
        )
        for row in await connection.execute(statement)
    ]


def _decided() -> Subquery:
    """Each case that people decided, with its last outcome of theirs."""
    happened = proceeding_event.c
    return (
        select(
            proceeding.c.facts_digest,
            proceeding.c.facts,
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
