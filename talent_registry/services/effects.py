"""Weighing a change of a credential's status within the command that carries it out, or tries to."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.effects import Consequence, Effects, PlacementEffect, Standpoint, effects_digest
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.recalls import RecallCounts
from talent_registry.services.registry import Work
from talent_registry.storage import placements
from talent_registry.storage.credentials import find_credential
from talent_registry.storage.recalls import list_of_command
from talent_registry.storage.session import duty

_NOT_OVER = (PlacementState.PROPOSED, PlacementState.AGREED, PlacementState.ACTIVE, PlacementState.SUSPENDED)


async def standpoint(work: Work, credential_id: UUID) -> Standpoint | None:
    """The credential and what rests on it before the change; None where there is no such credential.

    The holder must be locked, and nothing of it is told before the command has asked for permission.
    """
    async with duty(work.connection, "consequences"):
        record = await find_credential(work.connection, credential_id)
        if record is None:
            return None
        resting = await placements.list_resting_on(work.connection, credential_id, _NOT_OVER)
        others = await placements.list_under_way(work.connection, record.credential.researcher_id)
    return Standpoint(record, tuple(resting), tuple(others))


async def weigh(
    work: Work,
    before: Standpoint,
    status: RecordStatus,
    from_day: date,
    followed: Sequence[Consequence],
    counts: RecallCounts,
) -> Effects:
    """What the change came to, once it is carried out."""
    async with duty(work.connection, "consequences"):
        after = await placements.list_by_ids(work.connection, [one.placement_id for one in followed])
        recalls = await list_of_command(work.connection, work.command_id)
    stood = {one.id: one.state for one in (*before.others, *before.placements)}
    ended = {one.id: one.ended_on for one in after if one is not None}
    effects = tuple(
        PlacementEffect(
            one.placement_id, stood[one.placement_id], one.state, one.reason, ended.get(one.placement_id) or work.today
        )
        for one in followed
    )
    digest = effects_digest(before, status, from_day, effects, recalls)
    return Effects(before.record.credential.id, status, from_day, digest, effects, counts, tuple(recalls))
