"""What a roll changes in the status timeline of recorded credentials, judged by the rules that hold for any change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from talent_registry.domain.credentials import (
    CredentialRecord,
    RecordStatus,
    StatusSpan,
    TimelineChange,
    change_status,
    move_issue_day,
)
from talent_registry.domain.effects import Consequence
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.services.recalls import recall_in
from talent_registry.services.registry import Work
from talent_registry.services.standing import follow_corrections, follow_exams, follow_status, set_status
from talent_registry.storage import credentials, rolls
from talent_registry.storage.ids import new_id
from talent_registry.storage.rolls import Delicate
from talent_registry.storage.session import duty

# The days decide whether a credential has expired; a roll that says so says nothing of its record status.
EXPIRED: Final = "EXPIRED"


@dataclass(frozen=True, slots=True)
class StatusPlan:
    """What one row changes: spans moved with the day of issue, and the new status from today on, if any."""

    row: Delicate
    moved: TimelineChange
    status: RecordStatus | None


async def plan(work: Work, rows: Sequence[Delicate]) -> tuple[list[StatusPlan], dict[int, Message]]:
    """What these rows change, and by place in the roll why some cannot."""
    records = await credentials.list_by_ids(work.connection, [row.credential_id for row in rows])
    plans: list[StatusPlan] = []
    refused: dict[int, Message] = {}
    for row, record in zip(rows, records, strict=True):
        if record is None:
            continue  # unreachable for the rows were matched in this transaction; said for the type checker
        try:
            plans.append(_plan(row, record, work.today, work.now))
        except RegistryError as refusal:
            refused[row.place] = refusal.message
    return plans, refused


async def list_placed(work: Work, citing: Sequence[UUID]) -> list[UUID]:
    """The credentials that the roll corrects and that a placement rests on or waits for, and these of its filings.

    Asked once their holders are locked and before anything is corrected: an activation is over, or waits and then sees
    the correction.
    """
    async with duty(work.connection, "consequences"):
        corrected = await rolls.list_corrected_and_placed(work.connection)
    return list(dict.fromkeys((*corrected, *citing)))


async def carry_out(work: Work, plans: Sequence[StatusPlan], corrected: Sequence[UUID]) -> tuple[int, int]:
    """Move the spans, change the status, recall what relied on what changed, decide anew what rests on it.

    `corrected` are the credentials whose facts changed. How many credentials changed their status, and how many
    placements followed.
    """
    for each in plans:
        await credentials.change_spans(work.connection, each.row.credential_id, each.moved, work.command_id, work.now)
    changed = [(each.row.credential_id, each.status) for each in plans if each.status is not None]
    followed: list[Consequence] = []
    for credential_id, status in changed:
        await set_status(work, credential_id, status, work.today, None)
    recalled = await recall_in(work)
    for credential_id, status in changed:
        followed += await follow_status(work, credential_id, status, work.today)
    followed += await follow_corrections(work, corrected)
    followed += await follow_exams(work, recalled)
    # Each change spoke for itself alone; the entry names them all.
    work.body.clear()
    if changed:
        work.says(statuses={str(credential_id): status.value for credential_id, status in changed})
    if recalled:
        work.says(recalled=recalled.as_json())
    if followed:
        work.says(consequences=[each.as_json() for each in followed])
    return len(changed), len(followed)


def _plan(row: Delicate, record: CredentialRecord, today: date, now: datetime) -> StatusPlan:
    moved = move_issue_day(record.spans, row.issued_on)
    wanted = None if row.status in (EXPIRED, row.stood) else RecordStatus(row.status)
    if wanted is not None:
        change_status(_as_moved(record, moved, row.issued_on, now), wanted, today, today)
    return StatusPlan(row, moved, wanted)


def _as_moved(record: CredentialRecord, moved: TimelineChange, issued_on: date, now: datetime) -> CredentialRecord:
    """The record as it will stand once the corrected day of issue is written."""
    spans = [span for span in record.spans if span not in moved.superseded]
    spans += [StatusSpan(new_id(), new.status, new.ground, new.valid_from, new.valid_until, now) for new in moved.added]
    return CredentialRecord(record.credential, replace(record.version, valid_from=issued_on), tuple(spans))
