"""Ends of placements: at once, or on the day on which a notice has run; and taking a notice back before that day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict, NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.placement_ends import DeclaredEnd, check_notice, earliest_end, end_come
from talent_registry.domain.placement_periods import first_end
from talent_registry.domain.placement_states import EndReason, PlacementAct, PlacementEventKind, PlacementState
from talent_registry.domain.placements import Placement
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.placement_questions import check_load, version_on
from talent_registry.services.placements import happened, lock_for, party_of
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import placement_ends, placement_rounds, placements
from talent_registry.storage.ids import new_id


async def end_in(work: Work, record: Placement, reason: EndReason, on: date, ground: str | None = None) -> Placement:
    """End a locked placement within a command; an extension that waits for signatures falls with it."""
    ended = replace(record, state=PlacementState.ENDED, ended_on=on, end_reason=reason, open_round=None)
    await placements.save_placement(work.connection, ended)
    await happened(work, ended, PlacementEventKind.ENDED, on=on, reason=ground or reason.value)
    work.says(end_reason=reason.value, ended_on=on.isoformat())
    return ended


async def give_notice(
    work: Work, record: Placement, reason: EndReason, on: date | None, ground: str | None = None
) -> Placement:
    """Give notice of the end of a locked placement, within a command; None asks for the first possible day.

    It is ended at once where that day is today; else it goes on until then, and an extension that waits falls. Conflict
    (END_DECLARED_BEFORE) where this notice stands already; InvalidInput as `check_notice`.
    """
    rounds = (await placement_rounds.list_rounds(work.connection, [record.id]))[record.id]
    in_force = rounds[record.round - 1]
    version = await version_on(work, shanghai_today(in_force.proposed_at))
    day = check_notice(record, on, first_end(version, in_force.terms, reason, work.today))
    declared = (await placement_ends.list_ends(work.connection, [record.id]))[record.id]
    if any(one.reason is reason and one.withdrawn_at is None for one in declared):
        raise _declared_before()
    new = DeclaredEnd(new_id(), record.id, reason, day, work.now)
    await placement_ends.add_end(work.connection, new, work.command_id)
    record = replace(_ending(record, [*declared, new]), open_round=None)
    if day <= work.today:
        return await end_in(work, record, reason, day, ground)
    await placements.save_placement(work.connection, record)
    await happened(work, record, PlacementEventKind.END_DECLARED, on=day, reason=ground or reason.value)
    work.says(end_reason=reason.value, ends_on=day.isoformat())
    return record


async def withdraw_end(registry: Registry, actor: Actor, placement_id: UUID, key: str) -> Done:
    """Take back one's own notice of an end before its day. Answer: `placement_id`, `state`, `ends_on` (or None).

    Conflict where one gave none, or where the person's days after it have filled up meanwhile; NotInForce once the day
    has come.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, _ = await lock_for(work, placement_id, Permission.WITHDRAW_END, PlacementAct.WITHDRAW_END)
        declared = (await placement_ends.list_ends(work.connection, [record.id]))[record.id]
        standing = [one for one in declared if one.withdrawn_at is None]
        mine = next((one for one in standing if one.party is party_of(actor, record)), None)
        if mine is None:
            raise _not_yours()
        if end_come(record, work.today) is not None or mine.on <= work.today:
            raise _has_come(mine.on)
        await placement_ends.withdraw_end(work.connection, mine.id, work.now)
        changed = _ending(record, [one for one in standing if one is not mine])
        await _check_days(work, changed)
        await placements.save_placement(work.connection, changed)
        await happened(work, changed, PlacementEventKind.END_WITHDRAWN, reason=mine.reason.value)
        work.says(end_reason=mine.reason.value, ends_on=None if changed.ends_on is None else str(changed.ends_on))
        return {
            "placement_id": str(changed.id),
            "state": changed.state.value,
            "ends_on": None if changed.ends_on is None else str(changed.ends_on),
        }

    return await perform(registry, actor, "withdrawPlacementEnd", key, {"placement": placement_id}, act)


async def _check_days(work: Work, record: Placement) -> None:
    """What was agreed on for the days after the end keeps them."""
    if record.state is PlacementState.ACTIVE:
        await check_load(work, record, work.now)


def _ending(record: Placement, declared: Sequence[DeclaredEnd]) -> Placement:
    first = earliest_end(declared)
    if first is None:
        return replace(record, ends_on=None, ends_reason=None)
    return replace(record, ends_on=first.on, ends_reason=first.reason)


def _declared_before() -> Conflict:
    return Conflict(
        Message(
            zh="本方已发出结束通知。如需改期，请先撤销该通知。",
            en="Your side gave this notice already. To change the day, take it back first.",
        ),
        reason="END_DECLARED_BEFORE",
    )


def _not_yours() -> Conflict:
    return Conflict(
        Message(
            zh="结束通知由他方发出，只能由其撤销。",
            en="Another party gave the notice of this end and alone may take it back.",
        ),
        reason="NOT_DECLARED_BY_YOU",
    )


def _has_come(day: date) -> NotInForce:
    return NotInForce(
        Message(
            zh=f"最后工作日 {day} 已到，通知不能再撤销。",
            en=f"The last day of work, {day}, has come, so the notice is not taken back any more.",
        ),
        reason="END_HAS_COME",
    )
