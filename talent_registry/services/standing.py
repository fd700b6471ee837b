"""Correcting, suspending, reinstating and revoking credentials, and what follows for placements that rest on them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.correction_cases import OF_CREDENTIAL, facts_changed
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.effects import Consequence, Effects, world_changed
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.integrity import is_lost_by_integrity
from talent_registry.domain.placement_checks import check_ground
from talent_registry.domain.placement_ends import day_of_loss
from talent_registry.domain.placement_states import PlacementEventKind, PlacementState
from talent_registry.domain.placements import Placement
from talent_registry.domain.recalls import RecallCounts
from talent_registry.services import credentials
from talent_registry.services.correction_cases import settle_in
from talent_registry.services.effects import standpoint, weigh
from talent_registry.services.moments import lock_holder
from talent_registry.services.permissions import Actor
from talent_registry.services.placement_ends import end_in
from talent_registry.services.placement_life import find_suspension, rest_in, resume_in
from talent_registry.services.placement_questions import recognise_for
from talent_registry.services.placements import happened, sides_of
from talent_registry.services.recalls import recall_in
from talent_registry.services.registry import Done, Registry, Work, perform, trying
from talent_registry.storage import placements
from talent_registry.storage.recalls import list_recalled_by_exam
from talent_registry.storage.session import duty

_NOT_BEGUN = (PlacementState.PROPOSED, PlacementState.AGREED)
_BEGUN = (PlacementState.ACTIVE, PlacementState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Another status of a credential's record from a day on (None: today; not later than today), and its ground.

    With the digest of a preview it is refused where something else would follow now.
    """

    credential_id: UUID
    ground: str
    from_day: date | None = None
    effects_digest: str | None = None


async def correct(registry: Registry, actor: Actor, asked: credentials.Correction, key: str) -> Done:
    """Record the facts of a credential anew, and decide anew for today what rests on it.

    An active placement whose recognition falls is suspended, one that an earlier correction suspended goes on. Answer:
    `credential_id`, `consequences`, `recalled` (how many decisions, placements, verifications; how many notices were
    queued). Errors as `services.credentials.correct_in`.
    """

    async def act(work: Work) -> dict[str, Any]:
        await lock_holder(work, asked.credential_id)
        changed = facts_changed(await credentials.correct_in(work, asked))
        await settle_in(work, asked.case_id, OF_CREDENTIAL, asked.credential_id, changed)
        recalled = await recall_in(work)
        followed = (*await follow_corrections(work, [asked.credential_id]), *await follow_exams(work, recalled))
        return {
            "credential_id": str(asked.credential_id),
            "consequences": [one.as_json() for one in followed],
            "recalled": recalled.as_json(),
        }

    return await perform(registry, actor, "correctCredential", key, asked, act)


async def suspend(registry: Registry, actor: Actor, asked: StatusChange, key: str) -> Done:
    """Suspend a credential; active placements resting on it are suspended. Answer: see `revoke`."""
    return await _change(registry, actor, asked, key, "suspendCredential", RecordStatus.SUSPENDED)


async def reinstate(registry: Registry, actor: Actor, asked: StatusChange, key: str) -> Done:
    """Reinstate a credential; placements suspended with it go on, unless the person's days have filled up meanwhile.

    Answer: see `revoke`.
    """
    return await _change(registry, actor, asked, key, "reinstateCredential", RecordStatus.VALID)


async def revoke(registry: Registry, actor: Actor, asked: StatusChange, key: str) -> Done:
    """Revoke a credential; every placement resting on it ends (RECOGNITION_LOST), proposals are withdrawn.

    The issuer, or the authority of the issuer's province. Answer: `credential_id`, `status`, `from_day`,
    `consequences` (placement_id, state, reason).
    """
    return await _change(registry, actor, asked, key, "revokeCredential", RecordStatus.REVOKED)


async def preview(
    registry: Registry, actor: Actor, credential_id: UUID, status: RecordStatus, from_day: date | None = None
) -> Effects:
    """What suspending, reinstating or revoking a credential would do, found by doing it and undoing it.

    For whoever may give the command; errors as the command's.
    """

    async def act(work: Work) -> Effects:
        changed = await change_in(work, credential_id, status, from_day or work.today, "", weighed=True)
        if changed.effects is None:
            raise AssertionError("unreachable: what is changed has stood before")
        return changed.effects

    return await trying(registry, actor, "previewEffects", act)


async def set_status(work: Work, credential_id: UUID, status: RecordStatus, from_day: date, ground: str | None) -> None:
    """Give a credential another record status, within a command that then calls `recall_in` and `follow_status`.

    Errors as `services.credentials.set_status`.
    """
    await lock_holder(work, credential_id)
    await credentials.set_status(work, work.actor, credential_id, status, from_day, ground)


async def follow_status(
    work: Work, credential_id: UUID, status: RecordStatus, from_day: date
) -> tuple[Consequence, ...]:
    """Carry out for placements what follows from a status that was set, within the same command."""
    said = dict(work.body)
    async with duty(work.connection, "consequences"):
        followed = await _follow(work, credential_id, status, from_day)
    return _told(work, said, followed)


async def follow_corrections(work: Work, credential_ids: Iterable[UUID]) -> tuple[Consequence, ...]:
    """Decide anew for today what rests on corrected credentials, within a command that locked their holders before.

    What still stands on its own is not among the consequences.
    """
    said = dict(work.body)
    followed: list[Consequence] = []
    async with duty(work.connection, "consequences"):
        for credential_id in credential_ids:
            followed += await _decide_anew(work, credential_id)
    return _told(work, said, tuple(followed))


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change of status came to within its command: for placements, for whatever relied on the credential."""

    followed: tuple[Consequence, ...]
    recalled: RecallCounts
    effects: Effects | None


async def change_in(
    work: Work, credential_id: UUID, status: RecordStatus, from_day: date, ground: str, *, weighed: bool
) -> Changed:
    """Change a credential's status with everything that follows, within a command.

    `weighed`: with the effects, for a preview or to compare with one. Errors as `services.credentials.set_status`.
    """
    await lock_holder(work, credential_id)
    before = await standpoint(work, credential_id) if weighed else None
    await set_status(work, credential_id, status, from_day, ground)
    recalled = await recall_in(work)
    followed = (*await follow_status(work, credential_id, status, from_day), *await follow_exams(work, recalled))
    effects = None if before is None else await weigh(work, before, status, from_day, followed, recalled)
    return Changed(followed, recalled, effects)


async def follow_exams(work: Work, recalled: RecallCounts) -> tuple[Consequence, ...]:
    """Decide anew for today the placements that this command recalled by an examination's certificate, within it.

    They rest on other credentials of the same holders, who are locked.
    """
    if not recalled.placements:
        return ()
    said = dict(work.body)
    followed: list[Consequence] = []
    async with duty(work.connection, "consequences"):
        found = [one.record_id for one in await list_recalled_by_exam(work.connection, work.command_id)]
        for record in await placements.list_by_ids(work.connection, found):
            if record is not None and record.state in _BEGUN:
                followed += await _stand_go_on_or_rest(work, record)
    return _told(work, said, tuple(followed))


async def follow_integrity(work: Work, researcher_id: UUID, from_day: date) -> tuple[Consequence, ...]:
    """End, as a revocation does, what an integrity record that stands today takes the ground from.

    Each placement of the person is decided anew for its own post, within a command that locked the person: it falls
    where the record decides. What is not recognised for another reason is left as it stands.
    """
    said = dict(work.body)
    followed: list[Consequence] = []
    async with duty(work.connection, "consequences"):
        for record in await placements.list_resting_of(work.connection, researcher_id, [*_NOT_BEGUN, *_BEGUN]):
            decided = await recognise_for(work, record, (await sides_of(work.connection, record)).host)
            if is_lost_by_integrity(decided.decision):
                followed.append(await _fall(work, record, from_day))
    return _told(work, said, tuple(followed))


async def _change(
    registry: Registry, actor: Actor, asked: StatusChange, key: str, name: str, status: RecordStatus
) -> Done:
    async def act(work: Work) -> dict[str, Any]:
        from_day, ground, digest = asked.from_day or work.today, check_ground(asked.ground), asked.effects_digest
        changed = await change_in(work, asked.credential_id, status, from_day, ground, weighed=digest is not None)
        if changed.effects is not None and changed.effects.digest != digest:
            raise world_changed(changed.effects.digest)
        return {
            "credential_id": str(asked.credential_id),
            "status": status.value,
            "from_day": from_day.isoformat(),
            "consequences": [one.as_json() for one in changed.followed],
            "recalled": changed.recalled.as_json(),
        }

    # What was asked without a digest reads as it did before there were any, so that its repeats are still known.
    inputs = {part: value for part, value in asdict(asked).items() if part != "effects_digest" or value is not None}
    return await perform(registry, actor, name, key, inputs, act)


def _told(work: Work, said: dict[str, Any], followed: tuple[Consequence, ...]) -> tuple[Consequence, ...]:
    """The entry says what was said before and what followed; each decision on the way spoke for itself alone."""
    work.body = said
    if followed:
        work.says(consequences=[one.as_json() for one in followed])
    return followed


async def _follow(work: Work, credential_id: UUID, status: RecordStatus, from_day: date) -> tuple[Consequence, ...]:
    if status is RecordStatus.VALID:
        return await _decide_anew(work, credential_id)
    if status is RecordStatus.REVOKED:
        resting = await placements.list_resting_on(work.connection, credential_id, [*_NOT_BEGUN, *_BEGUN])
        return tuple([await _fall(work, one, from_day) for one in resting])
    resting = await placements.list_resting_on(work.connection, credential_id, [PlacementState.ACTIVE])
    return tuple([await _rest(work, one, "CREDENTIAL_SUSPENDED") for one in resting])


async def _decide_anew(work: Work, credential_id: UUID) -> tuple[Consequence, ...]:
    followed: list[Consequence] = []
    for record in await placements.list_resting_on(work.connection, credential_id, _BEGUN):
        followed += await _stand_go_on_or_rest(work, record)
    return tuple(followed)


async def _stand_go_on_or_rest(work: Work, record: Placement) -> list[Consequence]:
    if record.state is PlacementState.ACTIVE:
        return await _stand_or_rest(work, record)
    suspension = await find_suspension(work, record)
    # What an authority suspended, it resumes itself.
    if suspension is None or suspension.event is not PlacementEventKind.SUSPENDED_WITH_CREDENTIAL:
        return []
    return [await _go_on(work, record)]


async def _stand_or_rest(work: Work, record: Placement) -> list[Consequence]:
    decided = await recognise_for(work, record, (await sides_of(work.connection, record)).host)
    if not decided.is_recognised:
        return [await _rest(work, record, decided.decision.reason_code)]
    await placements.save_placement(work.connection, replace(record, decision_id=decided.id))
    work.about("placement", record.id)
    return []


async def _go_on(work: Work, record: Placement) -> Consequence:
    try:
        resumed = await resume_in(work, record)
    except RegistryError as obstacle:
        work.about("placement", record.id)
        return Consequence(record.id, record.state, obstacle.reason)
    return Consequence(record.id, resumed.state)


async def _fall(work: Work, record: Placement, from_day: date) -> Consequence:
    if record.state in _BEGUN:
        on, reason = day_of_loss(record, from_day)
        ended = await end_in(work, record, reason, on)
        return Consequence(record.id, ended.state, reason.value)
    withdrawn = replace(record, state=PlacementState.WITHDRAWN, open_round=None)
    await placements.save_placement(work.connection, withdrawn)
    await happened(work, withdrawn, PlacementEventKind.WITHDRAWN, reason="RECOGNITION_LOST")
    return Consequence(record.id, withdrawn.state, "RECOGNITION_LOST")


async def _rest(work: Work, record: Placement, reason: str) -> Consequence:
    return Consequence(record.id, (await rest_in(work, record, reason)).state, reason)
