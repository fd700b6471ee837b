"""Trying a draft on the whole registry: the rules in force and the draft over every credential, nothing written."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreement_releases import Release, read_release
from talent_registry.domain.agreements import AgreementVersion, agreement_version_in_force
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import Decision, decide
from talent_registry.domain.simulations import Change, ChangedCount, Ruled, Sample, Simulation, targets_of
from talent_registry.services.agreements import agreement_known
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.permissions import Actor, Permission, Subject
from talent_registry.services.registry import Registry
from talent_registry.storage import simulations
from talent_registry.storage.session import duty

# Of each kind of change, and of the placements of each pair of rules.
SAMPLE = 20
# What the steps take of the whole, in percent.
READ, COMPARED, PLACED, DONE = 5, 80, 90, 100

Progress = Callable[[int], None]


def _unseen(_percent: int) -> None:
    """Progress that nobody watches."""


async def simulate(
    registry: Registry,
    actor: Actor,
    files: Mapping[str, str],
    on: date | None = None,
    progress: Progress = _unseen,
) -> Simulation:
    """What the draft in the files (name to text) would change if it decided on a day, by what is known now.

    `on` None: the later of today and the draft's first day. A provincial authority, or the operator. Errors: those of
    `domain.agreement_releases.read_release`; InvalidInput (DRAFT_NOT_IN_FORCE) for a day before the draft's first.
    Every credential is asked towards the other province; one of neither party towards both.
    """
    check_may(registry, actor)
    async with registry.reading(actor) as connection, duty(connection, "simulate"):
        agreement = await agreement_known(connection, registry)
        release = await asyncio.to_thread(read_release, agreement, files, trial=True)
        day = decision_day(release, on, registry.today())
        versions = (agreement_version_in_force(agreement, day), release.version)
        groups = targets_of(versions, day)
        progress(READ)
        await simulations.take_time(connection)
        known_at = await registry.instant(connection)
        compared = await simulations.compare(connection, versions, groups, day)
        progress(COMPARED)
        lost = await simulations.find_lost_support(connection, versions, day, SAMPLE)
        progress(PLACED)
        samples = [await _sample(connection, versions, one, day) for one in _examples(compared.changes)]
    progress(DONE)
    return Simulation(
        on=day,
        known_at=known_at,
        in_force=versions[0],
        draft=versions[1],
        groups=groups,
        credentials=compared.credentials,
        totals=compared.totals,
        changes=compared.changes,
        lost_support=lost,
        samples=tuple(samples),
    )


def check_may(registry: Registry, actor: Actor) -> None:
    """Refuse whoever is no authority of a party and not the operator."""
    actor.must(Permission.SIMULATE, Subject(provinces=frozenset(registry.agreement.parties)), hidden=False)


def decision_day(release: Release, on: date | None, today: date) -> date:
    """The day on which both rulebooks decide."""
    day = on or max(today, release.since)
    if not release.version.holds_on(day):
        raise InvalidInput(
            Message(
                zh=f"草案自 {release.since} 起施行，{day} 尚未生效，无从比较。请选该日或以后的日期，或不填。",
                en=f"The draft decides from {release.since} on, so there is nothing to compare on {day}. Give that day "
                "or a later one, or leave the day out.",
            ),
            reason="DRAFT_NOT_IN_FORCE",
            path=("input", "on"),
        )
    return day


def _examples(changes: Iterable[ChangedCount]) -> list[ChangedCount]:
    """Of each kind of change so many as a sample holds: first one of each pair of rules, the most frequent first."""
    chosen: list[ChangedCount] = []
    for change in Change:
        of_kind = [one for one in changes if one.change is change]
        first: dict[tuple[str, str], ChangedCount] = {}
        for one in of_kind:
            first.setdefault((one.before.basis, one.after.basis), one)
        firsts = list(first.values())
        rest = [one for one in of_kind if one not in firsts]
        chosen += [*firsts, *rest][:SAMPLE]
    return chosen


async def _sample(
    connection: AsyncConnection,
    versions: tuple[AgreementVersion, AgreementVersion],
    one: ChangedCount,
    on: date,
) -> Sample:
    """The example decided in full by both rulebooks; it must come out as the database counted it."""
    facts = await facts_for_decision(connection, one.example, on)
    division = one.divisions[0]
    question = Question(
        credential=facts.credential,
        target=Target(division=division),
        source_province=facts.source_province,
        on=on,
        holder=facts.holder,
    )
    before, after = (decide(version, question) for version in versions)
    for counted, decided in ((one.before, before), (one.after, after)):
        _check_same(counted, decided)
    return Sample(one.change, one.example, division, before, after)


def _check_same(counted: Ruled, decided: Decision) -> None:
    if (counted.rule, counted.outcome) != (decided.rule, decided.outcome):
        # A defect: no figure of such a simulation may be believed.
        raise RuntimeError(f"SQL ruled by {counted.basis}, Python by {decided.rule}")
