"""Flows between the provinces in the database: counted in one statement a measure, and what was published of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.flows import ON_TITLES, FlowEdition, FlowMeasure, FlowTable, Movement, Quarter
from talent_registry.domain.proceedings import GRANTING
from talent_registry.reference.catalogue import catalogue
from talent_registry.storage.tables import flow_edition, ledger_entry

# Recognised as of right when somebody asked, or granted in a case. Decisions that begin a placement are left out: the
# people of the placements would be some of these, and each figure would tell of the other.
_RECOGNISED: Final = """
    SELECT decision.id, decision.researcher_id, decision.decided_at AS at, decision.facts,
        NULL::text AS origin, decision.target_division AS destination
    FROM recognition_decision decision JOIN command ON command.id = decision.command_id
    WHERE decision.outcome = 'AUTO' AND command.name IN ('decideRecognition', 'generateSample')
      AND decision.decided_at >= :since AND decision.decided_at < :before
    UNION ALL
    SELECT decision.id, decision.researcher_id, happened.at, decision.facts, NULL, decision.target_division
    FROM proceeding_event happened
    JOIN proceeding ON proceeding.id = happened.proceeding_id
    JOIN recognition_decision decision ON decision.id = proceeding.decision_id
    WHERE happened.event IN ('DECIDED', 'APPEAL_DECIDED', 'OVERRIDE_APPROVED', 'LAPSED')
      AND (happened.event = 'LAPSED' OR happened.outcome = ANY(:granting))
      AND happened.at >= :since AND happened.at < :before
"""
_BEGUN: Final = """
    SELECT placement.id, placement.researcher_id, happened.at, decision.facts,
        home.division AS origin, host.division AS destination
    FROM placement_event happened
    JOIN placement ON placement.id = happened.placement_id
    JOIN organisation home ON home.id = placement.home_unit_id
    JOIN organisation host ON host.id = placement.host_unit_id
    JOIN recognition_decision decision ON decision.id = placement.decision_id
    WHERE happened.event = 'ACTIVATED' AND happened.at >= :since AND happened.at < :before
"""
# Each person once a direction, by the first act of the quarter that fits.
_COUNT: Final = """
    WITH act AS ({acts}), told AS (
        SELECT act.id, act.researcher_id, act.at, act.destination,
            coalesce(act.origin, fact.stated->>'credential.issuer_division') AS origin,
            fact.stated->>'credential.kind' AS kind,
            coalesce(fact.stated->>'credential.title_code', '') AS title
        FROM act CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(one->>'name', one->'value') AS stated FROM jsonb_array_elements(act.facts) one
            WHERE one->>'name' IN ('credential.issuer_division', 'credential.kind', 'credential.title_code')
        ) fact
    ), first AS (
        SELECT DISTINCT ON (researcher_id, left(origin, 2), left(destination, 2)) origin, destination, kind, title
        FROM told
        WHERE left(origin, 2) <> left(destination, 2)
          AND left(origin, 2) || '0000' = ANY(:provinces) AND left(destination, 2) || '0000' = ANY(:provinces)
          AND (kind = 'TITLE' AND title = ANY(:titles)) = :on_titles
        ORDER BY researcher_id, left(origin, 2), left(destination, 2), at, id
    )
    SELECT origin, destination, kind, title, count(*) AS people FROM first GROUP BY origin, destination, kind, title
"""
_ACTS: Final = {
    FlowMeasure.TITLES: _RECOGNISED,
    FlowMeasure.OTHER_CREDENTIALS: _RECOGNISED,
    FlowMeasure.PLACEMENTS_ON_TITLES: _BEGUN,
    FlowMeasure.OTHER_PLACEMENTS: _BEGUN,
}


async def count_movements(
    connection: AsyncConnection, measure: FlowMeasure, quarter: Quarter, provinces: Sequence[str]
) -> list[Movement]:
    """The people of a measure in a quarter between these provinces, those who are alike together (duty `publish`)."""
    asked: dict[str, Any] = {
        "since": quarter.begins_at,
        "before": quarter.after().begins_at,
        "provinces": list(provinces),
        "titles": list(catalogue().titles),
        "on_titles": measure in ON_TITLES,
    }
    if _ACTS[measure] is _RECOGNISED:
        asked["granting"] = sorted(one.value for one in GRANTING)
    rows = await connection.execute(text(_COUNT.format(acts=_ACTS[measure])), asked)
    return [Movement(row.origin, row.destination, row.kind, row.title, row.people) for row in rows]


async def find_first_day(connection: AsyncConnection) -> datetime | None:
    """When the first command was carried out; None before it."""
    first = select(ledger_entry.c.recorded_at).order_by(ledger_entry.c.sequence).limit(1)
    return (await connection.execute(first)).scalar_one_or_none()


async def find_last_quarter(connection: AsyncConnection) -> Quarter | None:
    """The last quarter that was published."""
    last = select(flow_edition.c.quarter).order_by(flow_edition.c.quarter.desc()).limit(1)
    found: date | None = (await connection.execute(last)).scalar_one_or_none()
    return None if found is None else Quarter.of(found)


async def add_edition(connection: AsyncConnection, edition: FlowEdition, command_id: UUID) -> None:
    """Publish the tables of a quarter."""
    await connection.execute(
        insert(flow_edition).values(
            quarter=edition.quarter.first_day,
            edition=edition.edition,
            published_at=edition.published_at,
            tables=[table.as_json() for table in edition.tables],
            command_id=command_id,
        )
    )


async def list_editions(connection: AsyncConnection, most: int) -> list[FlowEdition]:
    """The last quarters that were published, at most so many, the latest first."""
    latest = select(flow_edition).order_by(flow_edition.c.quarter.desc(), flow_edition.c.edition.desc()).limit(most)
    return [_edition(row) for row in await connection.execute(latest)]


async def find_edition(connection: AsyncConnection, quarter: Quarter | None) -> FlowEdition | None:
    """What was published of a quarter, of the latest where none is named."""
    wanted = select(flow_edition).order_by(flow_edition.c.quarter.desc(), flow_edition.c.edition.desc()).limit(1)
    if quarter is not None:
        wanted = wanted.where(flow_edition.c.quarter == quarter.first_day)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else _edition(row)


def _edition(row: Row[Any]) -> FlowEdition:
    tables = tuple(FlowTable.from_json(one) for one in row.tables)
    return FlowEdition(Quarter.of(row.quarter), row.edition, row.published_at, tables)
