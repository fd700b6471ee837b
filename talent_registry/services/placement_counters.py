"""Counter-proposals: another version of the terms that wait, for all three to sign anew."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_checks import check_draft, check_share, check_terms
from talent_registry.domain.placement_periods import check_periods
from talent_registry.domain.placement_rules import PlacementRequest
from talent_registry.domain.placement_states import PlacementAct, PlacementEventKind, PlacementState
from talent_registry.domain.placement_terms import version_of
from talent_registry.domain.placements import Placement, Terms, TermsRound, terms_as_json
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.placement_questions import (
    Sides,
    check_credential_days,
    evaluate_now,
    kind_in_force,
    refuse,
)
from talent_registry.services.placement_signing import (
    check_digest,
    check_later,
    check_replied,
    check_within_term,
    waiting_of,
)
from talent_registry.services.placements import happened, lock_for, party_of
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import placement_rounds, placements


@dataclass(frozen=True, slots=True)
class CounterProposal:
    """Other terms than those that wait; None: as in those. Days inclusive, the share in whole percents.

    `digest`, where stated, must be that of the terms it answers.
    """

    placement_id: UUID
    term_from: date | None = None
    term_until: date | None = None
    workload_percent: int | None = None
    terms: Terms | None = None
    digest: str | None = None


async def counter(registry: Registry, actor: Actor, asked: CounterProposal, key: str) -> Done:
    """Answer the terms of a proposal or of an extension with others, which all three sign anew.

    Answer: `placement_id`, `round`, `answers`, `terms_digest`. Any party but the one that proposed the terms that wait
    (Conflict PROPOSED_BY_YOU). Conflict TERMS_CHANGED where others wait by now, NOTHING_CHANGED where they are the
    same; errors as `propose` and `extend` for terms that could not be proposed.
    """

    async def act(work: Work) -> dict[str, Any]:
        record, sides = await lock_for(work, asked.placement_id, Permission.COUNTER_PLACEMENT, PlacementAct.COUNTER)
        waiting, _ = await waiting_of(work, record)
        await check_replied(work, record, waiting)
        check_digest(waiting, asked.digest)
        new = _answer(work, record, waiting, asked)
        if new.digest == waiting.digest:
            raise _nothing_changed()
        if record.state is PlacementState.PROPOSED:
            record = await _proposable(work, record, sides, new)
        else:
            await _check_extension(work, record, new)
        await placement_rounds.add_round(work.connection, new, work.command_id)
        record = replace(record, open_round=new.number)
        await placements.save_placement(work.connection, record)
        await happened(work, record, PlacementEventKind.COUNTER_PROPOSED)
        work.says(round=new.number, answers=waiting.number, terms=new.digest)
        return {
            "placement_id": str(record.id),
            "round": new.number,
            "answers": waiting.number,
            "terms_digest": new.digest,
        }

    terms = None if asked.terms is None else terms_as_json(asked.terms)
    inputs = {name: getattr(asked, name) for name in CounterProposal.__slots__} | {"terms": terms}
    return await perform(registry, actor, "counterPlacement", key, inputs, act)


def _answer(work: Work, record: Placement, waiting: TermsRound, asked: CounterProposal) -> TermsRound:
    by = party_of(work.actor, record)
    if by is waiting.proposed_by:
        raise _proposed_by_you()
    term = Period(asked.term_from or waiting.term.start, asked.term_until or waiting.term.until)
    percent = waiting.workload_percent if asked.workload_percent is None else asked.workload_percent
    terms = waiting.terms if asked.terms is None else asked.terms
    # What waits is always the last version.
    return version_of(record, waiting.number + 1, term, percent, terms, by=by, at=work.now, answers=waiting.number)


async def _proposable(work: Work, record: Placement, sides: Sides, new: TermsRound) -> Placement:
    """The placement under the new terms, once they could be proposed as they stand."""
    changed = replace(record, term=new.term, workload_percent=new.workload_percent, round=new.number)
    check_draft(changed, new.terms, work.today)
    version, kind = await kind_in_force(work, record.kind)
    check_periods(version, new.terms)
    refuse(evaluate_now(version, kind, PlacementRequest.START, new.term, new.terms, sides, on=work.today))
    return changed


async def _check_extension(work: Work, record: Placement, new: TermsRound) -> None:
    check_within_term(record, work.today)
    if new.term.start != record.term.start or new.term.until is None:
        raise InvalidInput(
            Message(
                zh=f"延期不改变起始日 {record.term.start}。",
                en=f"An extension leaves the first day, {record.term.start}, as it is.",
            ),
            path=("input", "from"),
        )
    check_later(record, new.term.until)
    check_share(new.workload_percent)
    check_terms(new.terms)
    version, _ = await kind_in_force(work, record.kind)
    check_periods(version, new.terms)
    await check_credential_days(work, record)


def _proposed_by_you() -> Conflict:
    return Conflict(
        Message(
            zh="待签署的条款由本方提出。请等待他方答复，或先撤回。",
            en="Your side proposed the terms that wait. Wait for the others, or withdraw them first.",
        ),
        reason="PROPOSED_BY_YOU",
    )


def _nothing_changed() -> Conflict:
    return Conflict(
        Message(
            zh="所提条款与待签署的条款完全相同。如同意，请签署。",
            en="These terms are the ones that wait. If you agree with them, sign.",
        ),
        reason="NOTHING_CHANGED",
    )
