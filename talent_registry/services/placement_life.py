"""What becomes of a placement: declined or withdrawn, activated, suspended and resumed, ended or to be ended."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_checks import check_ground
from talent_registry.domain.placement_ends import NOTICED_BY, check_end, end_come
from talent_registry.domain.placement_rules import PlacementRequest
from talent_registry.domain.placement_states import EndReason, PlacementAct, PlacementEventKind, PlacementState
from talent_registry.domain.placements import Placement, PlacementEvent, TermsRound, missing_signatures
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.placement_ends import end_in, give_notice
from talent_registry.services.placement_questions import (
    Sides,
    Standing,
    check_credential_days,
    check_home_unit,
    decide_going_on,
    evaluate_now,
    kind_in_force,
    load_with,
    recognise_for,
    refuse,
)
from talent_registry.services.placement_signing import waiting_of
from talent_registry.services.placements import happened, lock_for, party_of, sides_of
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import placement_rounds, placements

# Who may end a placement for which reason; the other reasons follow from something else.
_ENDS = {
    EndReason.EARLY_RETURN: Permission.RETURN_EARLY,
    EndReason.HOME_RECALL: Permission.RECALL,
    EndReason.HOST_RELEASE: Permission.RELEASE,
    EndReason.BREACH: Permission.END_FOR_BREACH,
    EndReason.TERM: Permission.ACTIVATE_PLACEMENT,
}


@dataclass(frozen=True, slots=True)
class Grounded:
    """An authority's act on a placement, with its ground."""

    placement_id: UUID
    ground: str


@dataclass(frozen=True, slots=True)
class Ending:
    """An end: why, the last day of work (inclusive; None: today, or the last day of the term), and the ground."""

    placement_id: UUID
    reason: EndReason
    on: date | None = None
    ground: str | None = None


async def activate(registry: Registry, actor: Actor, placement_id: UUID, key: str) -> Done:
    """Let an agreed placement begin today. Answer: `placement_id`, `state`, `decision_id`, `result`.

    Any party, on a day of the term. The rules are asked for the day: three signatures, a recognition decided anew for
    the post, the workload of every day over all units. NotInForce or Conflict, with the sum, where they refuse;
    NotInForce (CREDENTIAL_EXPIRED) where the credential's last day is over.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, sides = await lock_for(work, placement_id, Permission.ACTIVATE_PLACEMENT, PlacementAct.ACTIVATE)
        _check_begins(record, work.today)
        await check_home_unit(work, record)
        await check_credential_days(work, record)
        evaluation, decision_id = await _may_begin(work, record, sides)
        active = replace(record, state=PlacementState.ACTIVE, activated_on=work.today, decision_id=decision_id)
        await placements.save_placement(work.connection, active)
        await happened(work, active, PlacementEventKind.ACTIVATED)
        work.says(workload_percent=active.workload_percent, result=evaluation)
        return _answer(active) | {"decision_id": str(decision_id), "result": evaluation}

    return await perform(registry, actor, "activatePlacement", key, {"placement": placement_id}, act)


async def decline(registry: Registry, actor: Actor, placement_id: UUID, key: str) -> Done:
    """Decline what another party proposed, or its extension. Answer: `placement_id`, `state`.

    Whoever proposed the terms that wait withdraws instead. A placement whose extension is declined stays as it is.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, _ = await lock_for(work, placement_id, Permission.ACTIVATE_PLACEMENT, PlacementAct.DECLINE)
        if party_of(actor, record) is (await waiting_of(work, record))[0].proposed_by:
            raise Conflict(
                Message(
                    zh="这是您提出的柔性流动，请改为撤回。", en="You proposed this placement; withdraw it instead."
                ),
                reason="PROPOSED_BY_YOU",
            )
        if record.state is PlacementState.ACTIVE:
            return await _closed(work, record, record.state, PlacementEventKind.EXTENSION_DECLINED)
        return await _closed(work, record, PlacementState.DECLINED, PlacementEventKind.DECLINED)

    return await perform(registry, actor, "declinePlacement", key, {"placement": placement_id}, act)


async def withdraw(registry: Registry, actor: Actor, placement_id: UUID, key: str) -> Done:
    """Withdraw a proposal or extension (who proposed the terms that wait), or an agreement not yet begun (any party).

    Answer: `placement_id`, `state`. A placement whose extension is withdrawn stays as it is.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, _ = await lock_for(work, placement_id, Permission.ACTIVATE_PLACEMENT, PlacementAct.WITHDRAW)
        waits = record.open_round is not None
        if waits and party_of(actor, record) is not (await waiting_of(work, record))[0].proposed_by:
            raise Conflict(
                Message(
                    zh="这是他方提出的柔性流动，请改为谢绝。",
                    en="Another party proposed this placement; decline it instead.",
                ),
                reason="NOT_PROPOSED_BY_YOU",
            )
        if record.state is PlacementState.ACTIVE:
            return await _closed(work, record, record.state, PlacementEventKind.EXTENSION_WITHDRAWN)
        return await _closed(work, record, PlacementState.WITHDRAWN, PlacementEventKind.WITHDRAWN)

    return await perform(registry, actor, "withdrawPlacement", key, {"placement": placement_id}, act)


async def suspend(registry: Registry, actor: Actor, asked: Grounded, key: str) -> Done:
    """Suspend an active placement, with a ground (authority of either province). Answer: `placement_id`, `state`."""

    async def act(work: Work) -> dict[str, Any]:
        record, _ = await lock_for(work, asked.placement_id, Permission.SUSPEND_PLACEMENT, PlacementAct.SUSPEND)
        suspended = replace(record, state=PlacementState.SUSPENDED)
        await placements.save_placement(work.connection, suspended)
        await happened(work, suspended, PlacementEventKind.SUSPENDED, reason=check_ground(asked.ground))
        return _answer(suspended)

    return await perform(registry, actor, "suspendPlacement", key, asked, act)


async def resume(registry: Registry, actor: Actor, asked: Grounded, key: str) -> Done:
    """Resume a suspended placement, with a ground. Answer: `placement_id`, `state`.

    The authority of the province that suspended it; of either where the credential did. The recognition is decided
    anew, and the home unit and the days are asked again: errors as `decide_going_on`. NotPermitted
    (SUSPENDED_BY_THE_OTHER_PROVINCE) otherwise.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, _ = await lock_for(work, asked.placement_id, Permission.SUSPEND_PLACEMENT, PlacementAct.RESUME)
        ground = check_ground(asked.ground)
        await _check_suspended_here(work, record)
        return _answer(await resume_in(work, record, ground))

    return await perform(registry, actor, "resumePlacement", key, asked, act)


async def end(registry: Registry, actor: Actor, asked: Ending, key: str) -> Done:
    """End a placement, or give notice of its end. Answer: `placement_id`, `state`, `ends_on`, `end_reason`.

    The person returns early (always open), the home unit recalls, the host unit releases: the placement goes on until
    the notice has run, and is ended then. The authority of either province ends for breach with a ground, any party
    when the last day is over, for whatever reason that was its last.
    """

    async def act(work: Work) -> dict[str, Any]:
        permission = _ENDS.get(asked.reason)
        if permission is None:
            raise InvalidInput(
                Message(
                    zh="此原因随其他事项产生，不能直接选用。请选择提前返回、召回、解除、违约或期满。",
                    en="This reason follows from something else and is not chosen. Choose EARLY_RETURN, HOME_RECALL, "
                    "HOST_RELEASE, BREACH or TERM.",
                ),
                path=("input", "reason"),
            )
        record, _ = await lock_for(work, asked.placement_id, permission, PlacementAct.END)
        needs_ground = asked.reason is EndReason.BREACH or asked.ground is not None
        ground = check_ground(asked.ground or "") if needs_ground else None
        come = end_come(record, work.today)
        if come is not None and asked.reason is not EndReason.BREACH:
            ended = await end_in(work, record, come[1], come[0], ground)
        elif asked.reason in NOTICED_BY:
            ended = await give_notice(work, record, asked.reason, asked.on, ground)
        else:
            day = check_end(record, asked.reason, asked.on, work.today)
            ended = await end_in(work, record, asked.reason, day, ground)
        reason = ended.end_reason or asked.reason
        ends_on = ended.ended_on or ended.ends_on
        return _answer(ended) | {"ends_on": str(ends_on), "end_reason": reason.value}

    return await perform(registry, actor, "endPlacement", key, asked, act)


async def resume_in(work: Work, record: Placement, ground: str | None = None) -> Placement:
    """Let a locked, suspended placement go on today, within a command; errors as `decide_going_on`."""
    sides = await sides_of(work.connection, record)
    decided = await decide_going_on(work, record, sides.host)
    resumed = replace(record, state=PlacementState.ACTIVE, decision_id=decided.id)
    await placements.save_placement(work.connection, resumed)
    await happened(work, resumed, PlacementEventKind.RESUMED, reason=ground)
    return resumed


async def find_suspension(work: Work, record: Placement) -> PlacementEvent | None:
    """What suspended the placement last."""
    kinds = (PlacementEventKind.SUSPENDED, PlacementEventKind.SUSPENDED_WITH_CREDENTIAL)
    events = (await placement_rounds.list_events(work.connection, [record.id]))[record.id]
    return next((one for one in reversed(events) if one.event in kinds), None)


async def rest_in(work: Work, record: Placement, reason: str) -> Placement:
    """Suspend a locked placement with the credential it rests on, within a command."""
    suspended = replace(record, state=PlacementState.SUSPENDED)
    await placements.save_placement(work.connection, suspended)
    await happened(work, suspended, PlacementEventKind.SUSPENDED_WITH_CREDENTIAL, reason=reason)
    return suspended


async def _check_suspended_here(work: Work, record: Placement) -> None:
    suspension = await find_suspension(work, record)
    by_authority = suspension is not None and suspension.event is PlacementEventKind.SUSPENDED
    if suspension is None or not by_authority or suspension.province == work.actor.province:
        return
    raise NotPermitted(
        Message(
            zh="该柔性流动由另一省市的主管部门中止，须由其恢复。",
            en="The authority of the other province suspended this placement. Ask that authority to resume it.",
        ),
        reason="SUSPENDED_BY_THE_OTHER_PROVINCE",
    )


async def _may_begin(work: Work, record: Placement, sides: Sides) -> tuple[str, UUID]:
    terms = await _open_terms(work, record)
    signatures = (await placement_rounds.list_signatures(work.connection, [record.id]))[record.id]
    if missing_signatures(signatures, terms) or terms.agreed_at is None:
        raise NotInForce(
            Message(zh="三方尚未就同一条款签署完毕。", en="The three parties have not all signed the same terms yet."),
            reason="SIGNATURES_MISSING",
        )
    version, kind = await kind_in_force(work, record.kind)
    decided = await recognise_for(work, record, sides.host)
    load = await load_with(work, record, record.term, record.workload_percent, terms.agreed_at)
    standing = Standing([one for one in signatures if one.round == record.round], load, decided)
    evaluation = evaluate_now(
        version, kind, PlacementRequest.START, record.term, terms.terms, sides, on=work.today, standing=standing
    )
    refuse(evaluation, decided)
    return evaluation.result.value, decided.id


async def _open_terms(work: Work, record: Placement) -> TermsRound:
    rounds = (await placement_rounds.list_rounds(work.connection, [record.id]))[record.id]
    return rounds[record.round - 1]


async def _closed(work: Work, record: Placement, state: PlacementState, event: PlacementEventKind) -> dict[str, Any]:
    closed = replace(record, state=state, open_round=None)
    await placements.save_placement(work.connection, closed)
    await happened(work, closed, event)
    return _answer(closed)


def _check_begins(record: Placement, today: date) -> None:
    if not record.term.contains(today):
        raise NotInForce(
            Message(
                zh=f"该柔性流动的期限为 {record.term.start} 至 {record.term.until}，只能在期限内生效。",
                en=f"The placement runs from {record.term.start} to {record.term.until}; it begins within them.",
            ),
            reason="OUTSIDE_TERM",
        )


def _answer(record: Placement) -> dict[str, Any]:
    return {"placement_id": str(record.id), "state": record.state.value}
