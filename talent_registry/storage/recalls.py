"""Recalls in the database: what relied on a fact that a command recorded anew, and the notices of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.credential_facts import (
    EXAM_CERTIFICATES,
    SHOWN_FACTS,
)
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.recalls import Recall, RecallCounts, RecalledKind, RecallFilter
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.recalled_facts import DECISIONS, EXAMS, WORLD
from talent_registry.storage.recalled_records import ENTITLEMENTS, INTEGRITY, PLACEMENTS, RECALLED, VERIFICATIONS
from talent_registry.storage.tables import credential, organisation
from talent_registry.storage.tables import recall as recall_table

# Commands that mend facts decide anew on nobody's asking; whoever gave them did not rely on the answer.
_MENDING: Final = (
    "correctCredential",
    "suspendCredential",
    "reinstateCredential",
    "revokeCredential",
    "fileCommittee",
    "importRoll",
    "recordIntegrityFinding",
    "liftIntegrityRecord",
    "correctIntegrityRecord",
)
# What somebody who was shown no record may have typed, or the verdict rests on.
_COMPARED: Final = ("level", "approval_date", "issued_on", "valid_to")
_RECALL: Final = text(
    f"WITH {WORLD}, {DECISIONS}, {EXAMS}, {INTEGRITY}, {PLACEMENTS}, {VERIFICATIONS}, {ENTITLEMENTS}, {RECALLED}"
)
# A corrected filing may touch every certificate that a committee reviewed.
_TAKE_TIME: Final = text("SELECT set_config('statement_timeout', '10min', true)")


async def take_time(connection: AsyncConnection) -> None:
    """Let this transaction's statements take their time: a filing may be cited by very many credentials."""
    await connection.execute(_TAKE_TIME)


async def recall(connection: AsyncConnection, command_id: UUID, now: datetime, today: date) -> RecallCounts:
    """Record what relied on a fact that this command recorded anew, and queue the notices; how many of each.

    Before anything is decided anew, so that placements still name the decision they relied on (`consequences`).
    """
    values = {
        "command": command_id,
        "now": now,
        "today": today,
        "shown": list(SHOWN_FACTS),
        "compared": [f"credential.{name}" for name in _COMPARED],
        "mending": list(_MENDING),
    }
    row = (await connection.execute(_RECALL, values)).one()
    return RecallCounts(row.decisions, row.placements, row.verifications, row.notices, row.entitlements)


async def list_of_command(connection: AsyncConnection, command_id: UUID) -> list[Recall]:
    """Everything that one command recalled, in the order of the records' ids."""
    statement = select(recall_table).where(recall_table.c.command_id == command_id)
    found = [read_recall(row, row.id) for row in await connection.execute(statement)]
    return sorted(found, key=lambda one: (one.kind, one.record_id))


async def list_recalled_by_exam(connection: AsyncConnection, command_id: UUID) -> list[Recall]:
    """The placements that one command recalled by an examination's certificate, in the order of their ids."""
    statement = select(recall_table).where(
        recall_table.c.command_id == command_id,
        recall_table.c.placement_id.is_not(None),
        recall_table.c.facts.contains([EXAM_CERTIFICATES]),
    )
    rows = await connection.execute(statement.order_by(recall_table.c.placement_id))
    return [read_recall(row, row.id) for row in rows]


@dataclass(frozen=True, slots=True)
class IssuedRecall:
    """A recall with the issuer of its credential and the issuer's province."""

    recall: Recall
    issuer_id: UUID
    issuer_province: str


async def list_recalls(connection: AsyncConnection, request: PageRequest, asked: RecallFilter) -> Page[IssuedRecall]:
    """The recalls that fit, of credentials of the caller's own issuing, oldest first.

    A receiver of a notice may see the recall it tells of, too, but that is not asked here.
    """
    statement = (
        select(recall_table, credential.c.issuer_id, organisation.c.province)
        .join(credential, credential.c.id == recall_table.c.credential_id)
        .join(organisation, organisation.c.id == credential.c.issuer_id)
        .where(func.is_own_issuer(credential.c.issuer_id))
    )
    if asked.credential_id is not None:
        statement = statement.where(recall_table.c.credential_id == asked.credential_id)
    if asked.command_id is not None:
        statement = statement.where(recall_table.c.command_id == asked.command_id)
    return await fetch_page(
        connection,
        statement,
        [recall_table.c.id],
        request,
        lambda row: IssuedRecall(read_recall(row, row.id), row.issuer_id, row.province),
    )


def read_recall(row: Row[Any], recall_id: UUID) -> Recall:
    """A recall from a row that has its columns, but for the id."""
    records = {
        RecalledKind.DECISION: row.decision_id,
        RecalledKind.PLACEMENT: row.placement_id,
        RecalledKind.VERIFICATION: row.verification_id,
        RecalledKind.ENTITLEMENT: row.entitlement_id,
    }
    kind = next(kind for kind, record in records.items() if record is not None)
    return Recall(
        id=recall_id,
        credential_id=row.credential_id,
        kind=kind,
        record_id=records[kind],
        facts=tuple(row.facts),
        status=None if row.status is None else RecordStatus(row.status),
        from_day=row.from_day,
        recalled_at=row.recalled_at,
        command_id=row.command_id,
    )
