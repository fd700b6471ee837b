"""Whom a need may match, sought among those alone who opted in, and how full their days are; for many in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.matching_consents import MatchingConsent
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.workload import Share
from talent_registry.storage.matching_consents import consent_of
from talent_registry.storage.paging import fetch_window
from talent_registry.storage.placement_shares import SUSPENDED_SINCE, may_work, shares_of
from talent_registry.storage.researcher_facts import holds
from talent_registry.storage.tables import (
    credential,
    credential_version,
    matching_consent,
    organisation,
    personnel_relation,
    placement,
)

_TELL = text("SELECT tell_of_opportunity(:need, CAST(:people AS uuid[]), :command)")


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom to seek: a title of this series (None: any) at one of these levels, a home unit in another province."""

    series: str | None
    levels: tuple[str, ...]
    host_province: str


async def list_candidates(
    connection: AsyncConnection, request: PageRequest, sought: Sought, today: date
) -> Page[MatchingConsent]:
    """Of the next people who opted in those that fit, by their consents, oldest first.

    Each page looks through a bounded number of consents, so it may be short, or empty, and more still follow. Under
    the duty "matching" nobody else's rows are seen.
    """
    table = matching_consent
    active = and_(table.c.withdrawn_at.is_(None), table.c.valid_from <= today, table.c.valid_until >= today)
    fitting = select(table).where(active, _holds_title(sought), _employed_elsewhere(sought, today))
    return await fetch_window(connection, select(table.c.id).where(active), table.c.id, fitting, request, consent_of)


async def tell(connection: AsyncConnection, opportunity_id: UUID, people: Sequence[UUID], command_id: UUID) -> None:
    """Have these people told of a unit's own opportunity by this command: those with an account, each of it once.

    Under the duty "matching"; whom it told, nobody but they themselves can read.
    """
    asked = {"need": opportunity_id, "people": list(people), "command": command_id}
    await connection.execute(_TELL, asked)


def _holds_title(sought: Sought) -> ColumnElement[bool]:
    version = credential_version.c
    wanted: list[ColumnElement[bool]] = [version.superseded_at.is_(None), version.level.in_(sought.levels)]
    if sought.series is not None:
        wanted.append(version.series == sought.series)
    return exists().where(
        credential.c.researcher_id == matching_consent.c.researcher_id,
        version.credential_id == credential.c.id,
        *wanted,
    )


def _employed_elsewhere(sought: Sought, today: date) -> ColumnElement[bool]:
    return exists().where(
        personnel_relation.c.researcher_id == matching_consent.c.researcher_id,
        holds(personnel_relation, today),
        organisation.c.id == personnel_relation.c.home_unit_id,
        organisation.c.province != sought.host_province,
    )


async def find_home_province(connection: AsyncConnection, researcher_id: UUID, today: date) -> str | None:
    """The province of the unit with which the person's personnel relation is on the day."""
    statement = (
        select(organisation.c.province)
        .join(personnel_relation, personnel_relation.c.home_unit_id == organisation.c.id)
        .where(personnel_relation.c.researcher_id == researcher_id, holds(personnel_relation, today))
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def list_shares_of(connection: AsyncConnection, people: Sequence[UUID], today: date) -> dict[UUID, list[Share]]:
    """What each person's placements take from `today` on: those worked on that day or later, and those agreed on.

    As `storage.placement_shares.list_shares` with every agreed one, for many people in one statement.
    """
    counted = or_(may_work(today), placement.c.state == PlacementState.AGREED)
    statement = (
        select(placement, SUSPENDED_SINCE)
        .where(placement.c.researcher_id.in_(people), counted)
        .order_by(placement.c.researcher_id, placement.c.id)
    )
    rows = (await connection.execute(statement)).all()
    found: dict[UUID, list[Share]] = {person: [] for person in people}
    for person, own in groupby(rows, key=lambda row: row.researcher_id):
        found[person] = shares_of(own, today)
    return found
