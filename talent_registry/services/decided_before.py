"""Decisions that were taken before, asked again by a draft of the agreement: which of them would come out otherwise."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from talent_registry.domain.agreement_releases import read_release
from talent_registry.domain.agreements import AgreementVersion, agreement_version_in_force
from talent_registry.domain.decisions import DecisionFilter, RecognitionDecision, question_decided
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.recognition import decide
from talent_registry.domain.simulations import DecidedOtherwise
from talent_registry.services.agreements import agreement_known
from talent_registry.services.permissions import Actor, nothing_here
from talent_registry.services.registry import Registry
from talent_registry.services.simulations import check_may, decision_day
from talent_registry.storage import recognition

# So many decisions are read and asked at a time: a second's work at most, and beside the server's own.
READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A page of the decisions that would change, the day for which both were asked, how many were looked through."""

    on: date
    page: Page[DecidedOtherwise]
    looked_at: int


async def list_decided_otherwise(
    registry: Registry, actor: Actor, files: Mapping[str, str], after: tuple[str, ...] | None, on: date | None = None
) -> AskedAgain:
    """Of the decisions for posts in the actor's province, oldest first, those that a draft in the files would change.

    A page looks through `READ_AT_ONCE` decisions and holds whichever of them change, maybe none; `end` leads on. Errors
    as `services.simulations.simulate`; NotFound for whoever acts for no province.
    """
    return await _page(registry, actor, await _rulebooks(registry, actor, files, on), after)


async def each_decided_otherwise(
    registry: Registry, actor: Actor, files: Mapping[str, str], on: date | None = None
) -> AsyncIterator[Sequence[DecidedOtherwise]]:
    """All of them, as `list_decided_otherwise` gives them, page by page."""
    both = await _rulebooks(registry, actor, files, on)
    after: tuple[str, ...] | None = None
    while True:
        page = (await _page(registry, actor, both, after)).page
        yield page.items
        if not page.has_next:
            return
        after = page.end


@dataclass(frozen=True, slots=True)
class _Rulebooks:
    """The rules in force and the draft, on one day."""

    on: date
    old: AgreementVersion
    new: AgreementVersion


async def _rulebooks(registry: Registry, actor: Actor, files: Mapping[str, str], on: date | None) -> _Rulebooks:
    check_may(registry, actor)
    if actor.province is None:
        raise nothing_here()
    async with registry.reading(actor) as connection:
        agreement = await agreement_known(connection, registry)
    release = await asyncio.to_thread(read_release, agreement, files, trial=True)
    day = decision_day(release, on, registry.today())
    return _Rulebooks(day, agreement_version_in_force(agreement, day), release.version)


async def _page(registry: Registry, actor: Actor, both: _Rulebooks, after: tuple[str, ...] | None) -> AskedAgain:
    asked = DecisionFilter(target_province=actor.province)
    async with registry.reading(actor) as connection:
        page = await recognition.list_decisions(connection, PageRequest(READ_AT_ONCE, after), asked)
    return await asyncio.to_thread(_ask_again, both, page)


def _ask_again(both: _Rulebooks, page: Page[RecognitionDecision]) -> AskedAgain:
    found = {one.id: _compared(one, both) for one in page.items}
    changed = {one: what for one, what in found.items() if what is not None}
    kept = page.only(lambda one: one.id in changed).of(lambda one: changed[one.id])
    return AskedAgain(both.on, kept, len(page.items))


def _compared(kept: RecognitionDecision, both: _Rulebooks) -> DecidedOtherwise | None:
    question = replace(question_decided(kept), on=both.on)
    before, after = decide(both.old, question), decide(both.new, question)
    if (before.outcome, before.rule, before.reason_code) == (after.outcome, after.rule, after.reason_code):
        return None
    facts = question.credential
    return DecidedOtherwise(
        id=kept.id,
        decided_for=kept.decided_for,
        division=kept.target.division,
        kind=facts.kind,
        series=facts.series,
        level=facts.level,
        issuer_division=facts.issuer_division,
        version=kept.decision.version_id,
        before=before,
        after=after,
    )
