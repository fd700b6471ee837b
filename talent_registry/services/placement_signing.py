"""The three signatures: under the first terms, and under the terms of an extension, which then take effect."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput, NotInForce, NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period, shanghai_today
from talent_registry.domain.placement_checks import check_bounds, check_share, check_terms
from talent_registry.domain.placement_lapses import check_reply
from talent_registry.domain.placement_periods import check_periods
from talent_registry.domain.placement_rules import PlacementRequest
from talent_registry.domain.placement_states import PlacementAct, PlacementEventKind, PlacementState
from talent_registry.domain.placement_terms import version_of
from talent_registry.domain.placements import (
    Placement,
    Signature,
    Terms,
    TermsRound,
    check_possible,
    missing_signatures,
    terms_as_json,
)
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.placement_questions import (
    Sides,
    Standing,
    check_credential_days,
    evaluate_now,
    kind_in_force,
    load_with,
    recognise_for,
    refuse,
    version_on,
)
from talent_registry.services.placements import happened, lock_any, lock_for, party_of
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import placement_rounds, placements

_SIGNS = frozenset({Permission.SIGN_AS_RESEARCHER, Permission.SIGN_AS_HOME_UNIT, Permission.SIGN_AS_HOST_UNIT})


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature to give; `digest`, where stated, must be that of the terms that now wait.

    It must be stated where these are a counter-proposal: nobody signs other terms than those they saw.
    """

    placement_id: UUID
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A later last day, inclusive, and another share in whole percents or other terms (None: as before)."""

    placement_id: UUID
    until: date
    workload_percent: int | None = None
    terms: Terms | None = None


async def sign(registry: Registry, actor: Actor, asked: Signing, key: str) -> Done:
    """Sign for one's own side. Answer: `placement_id`, `party`, `state`, `missing` (parties yet to sign).

    The third signature under the same terms makes a proposal AGREED, and an extension take effect: recognition,
    rules and workload are asked for the day, and where they refuse nothing is changed and nothing is signed.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, sides = await lock_any(work, asked.placement_id, _SIGNS)
        check_possible(record, PlacementAct.SIGN)
        waiting, signatures = await waiting_of(work, record)
        await check_replied(work, record, waiting)
        check_digest(waiting, asked.digest)
        _check_seen(waiting, asked.digest)
        mine = _signature(actor, record, waiting, work)
        if any(one.round == waiting.number and one.party is mine.party for one in signatures):
            raise _signed_before()
        await placement_rounds.add_signature(work.connection, mine, work.command_id)
        await happened(work, record, PlacementEventKind.SIGNED)
        missing = missing_signatures([*signatures, mine], waiting)
        if not missing:
            record = await _agreed(work, record, waiting, sides, [*signatures, mine])
        work.says(party=mine.party.value, round=waiting.number, terms=waiting.digest)
        return {
            "placement_id": str(record.id),
            "party": mine.party.value,
            "state": record.state.value,
            "missing": [party.value for party in missing],
        }

    return await perform(registry, actor, "signPlacement", key, asked, act)


async def extend(registry: Registry, actor: Actor, asked: Extension, key: str) -> Done:
    """Open a new round with a later last day, for all three to sign anew.

    Any party. Answer: `placement_id`, `round`, `terms_digest`. A round that waits already is replaced. Until the third
    signature the placement stays as it is. The new last day may lie beyond the credential's: after that day the
    placement rests. NotInForce where the credential's last day is over.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, _ = await lock_for(work, asked.placement_id, Permission.EXTEND_PLACEMENT, PlacementAct.EXTEND)
        check_within_term(record, work.today)
        check_later(record, asked.until)
        await check_credential_days(work, record)
        percent = record.workload_percent if asked.workload_percent is None else asked.workload_percent
        check_share(percent)
        rounds = (await placement_rounds.list_rounds(work.connection, [record.id]))[record.id]
        term, terms = Period(record.term.start, asked.until), rounds[record.round - 1].terms
        if asked.terms is not None:
            terms = asked.terms
            check_terms(terms)
            check_periods(await version_on(work, work.today), terms)
        by = party_of(actor, record)
        new = version_of(record, len(rounds) + 1, term, percent, terms, by=by, at=work.now)
        await placement_rounds.add_round(work.connection, new, work.command_id)
        record = replace(record, open_round=new.number)
        await placements.save_placement(work.connection, record)
        await happened(work, record, PlacementEventKind.EXTENSION_PROPOSED)
        work.says(round=new.number, terms=new.digest)
        return {"placement_id": str(record.id), "round": new.number, "terms_digest": new.digest}

    # What was asked without terms reads as it did before there were any, so that its repeats are still known.
    inputs = {one.name: getattr(asked, one.name) for one in fields(asked) if one.name != "terms"}
    if asked.terms is not None:
        inputs["terms"] = terms_as_json(asked.terms)
    return await perform(registry, actor, "extendPlacement", key, inputs, act)


async def check_replied(work: Work, record: Placement, waiting: TermsRound) -> None:
    """NotInForce (NO_REPLY) where the term to reply to terms that wait is over and the agreement lets them lapse."""
    check_reply(record, waiting, await version_on(work, shanghai_today(waiting.proposed_at)), work.today)


async def waiting_of(work: Work, record: Placement) -> tuple[TermsRound, list[Signature]]:
    """The terms of a locked placement that wait for signatures, and every signature under any of its terms."""
    rounds = (await placement_rounds.list_rounds(work.connection, [record.id]))[record.id]
    signatures = (await placement_rounds.list_signatures(work.connection, [record.id]))[record.id]
    return next(one for one in rounds if one.number == record.open_round), signatures


def _signature(actor: Actor, record: Placement, waiting: TermsRound, work: Work) -> Signature:
    if actor.account_id is None:
        raise NotPermitted(
            Message(
                zh="签署须由登记的账户办理。请用自己的账户登录。",
                en="A signature needs an account of one's own. Sign in with yours.",
            ),
            reason="NO_ACCOUNT",
        )
    return Signature(record.id, waiting.number, party_of(actor, record), waiting.digest, actor.account_id, work.now)


async def _agreed(
    work: Work, record: Placement, waiting: TermsRound, sides: Sides, signatures: list[Signature]
) -> Placement:
    await placement_rounds.agree_round(work.connection, waiting, work.now)
    if record.state is PlacementState.PROPOSED:
        agreed = replace(record, state=PlacementState.AGREED, round=waiting.number, open_round=None)
        await placements.save_placement(work.connection, agreed)
        await happened(work, agreed, PlacementEventKind.AGREED)
        return agreed
    return await _extended(work, record, waiting, sides, signatures)


async def _extended(
    work: Work, record: Placement, waiting: TermsRound, sides: Sides, signatures: list[Signature]
) -> Placement:
    check_within_term(record, work.today)
    await check_credential_days(work, record)
    rounds = (await placement_rounds.list_rounds(work.connection, [record.id]))[record.id]
    version, kind = await kind_in_force(work, record.kind)
    decided = await recognise_for(work, record, sides.host)
    standing = Standing(
        [one for one in signatures if one.round == waiting.number],
        await load_with(work, record, waiting.term, waiting.workload_percent, work.now),
        decided,
        # The first agreed round began the placement, and this one is not counted.
        sum(one.agreed_at is not None for one in rounds) - 2,
    )
    added = Period(_day_after(record), waiting.term.until)
    evaluation = evaluate_now(
        version, kind, PlacementRequest.EXTEND, added, waiting.terms, sides, on=work.today, standing=standing
    )
    refuse(evaluation, decided)
    extended = replace(
        record,
        term=waiting.term,
        workload_percent=waiting.workload_percent,
        round=waiting.number,
        open_round=None,
        decision_id=decided.id,
    )
    await placements.save_placement(work.connection, extended)
    await happened(work, extended, PlacementEventKind.EXTENDED)
    return extended


def _day_after(record: Placement) -> date:
    last = record.term.until
    return record.term.start if last is None else date.fromordinal(last.toordinal() + 1)


def check_digest(waiting: TermsRound, seen: str | None) -> None:
    """Conflict (TERMS_CHANGED) where other terms wait than those whose digest was stated."""
    if seen is not None and seen != waiting.digest:
        raise Conflict(
            Message(
                zh="待签署的条款与您看到的不同。请重新阅读现行条款后再签署。",
                en="The terms that wait for signatures are not the ones you saw. Read the present terms, then sign.",
            ),
            reason="TERMS_CHANGED",
            path=("input", "termsDigest"),
        )


def _check_seen(waiting: TermsRound, seen: str | None) -> None:
    if waiting.answers is not None and seen is None:
        raise InvalidInput(
            Message(
                zh="条款已被修改。请先阅读现行条款，并在签署时注明其摘要（termsDigest）。",
                en="The terms were answered with others. Read them, then sign with their digest (termsDigest).",
            ),
            path=("input", "termsDigest"),
            reason="DIGEST_NEEDED",
        )


def _signed_before() -> Conflict:
    return Conflict(
        Message(
            zh="本方已签署这些条款，无需再签。请等待其他各方。",
            en="Your side has signed these terms already. Wait for the others.",
        ),
        reason="SIGNED_BEFORE",
    )


def check_within_term(record: Placement, today: date) -> None:
    """NotInForce (OUTSIDE_TERM) where today is no day on which the placement is active."""
    if record.is_active_on(today):
        return
    raise NotInForce(
        Message(
            zh=f"该柔性流动的期限为 {record.term.start} 至 {record.term.until}，今天不在期限内，不能延期。请另行提出。",
            en=f"The placement runs from {record.term.start} to {record.term.until}, and today is outside it, so it is "
            "not extended. Propose another placement.",
        ),
        reason="OUTSIDE_TERM",
    )


def check_later(record: Placement, until: date) -> None:
    """InvalidInput where an extension's last day is not later than that of the term, or out of bounds."""
    if record.term.until is None or until > record.term.until:
        check_bounds(Period(record.term.start, until), "until")
        return
    raise InvalidInput(
        Message(
            zh=f"新的截止日须晚于 {record.term.until}。",
            en=f"The new last day must be later than {record.term.until}.",
        ),
        path=("input", "until"),
    )
