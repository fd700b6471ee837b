"""Reading placements beyond the record: lists, what was signed and happened, and how full a person's days are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import OfPerson, Page, PageRequest
from talent_registry.domain.periods import Period, shanghai_today
from talent_registry.domain.placement_ends import DeclaredEnd
from talent_registry.domain.placement_states import Party, PlacementEventKind
from talent_registry.domain.placement_turns import Turn, turn_of
from talent_registry.domain.placements import (
    Placement,
    PlacementEvent,
    PlacementFilter,
    Signature,
    TermsRound,
    missing_signatures,
)
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.workload import Load, loads
from talent_registry.services.agreements import agreement_known
from talent_registry.services.looks import basis_of, check_stated_purpose, note_looks
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.placements import seen_of
from talent_registry.services.registry import Registry
from talent_registry.services.relations import subject_of_person
from talent_registry.storage import placement_ends, placement_rounds, placement_shares, placements
from talent_registry.storage.session import duty

_EVER = datetime.max.replace(tzinfo=UTC)
_LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class History:
    """What hangs on a placement, in order: rounds of terms, signatures, events, declared ends; and whose turn it is."""

    record: Placement
    rounds: tuple[TermsRound, ...]
    signatures: tuple[Signature, ...]
    events: tuple[PlacementEvent, ...]
    ends: tuple[DeclaredEnd, ...] = ()
    turn: Turn | None = None

    @property
    def extensions(self) -> int:
        """How many extensions took effect."""
        return sum(one.event is PlacementEventKind.EXTENDED for one in self.events)

    @property
    def waiting(self) -> TermsRound | None:
        """The terms that wait for signatures."""
        return next((one for one in self.rounds if one.number == self.record.open_round), None)

    @property
    def missing(self) -> tuple[Party, ...]:
        """The parties that have yet to sign the terms that wait."""
        return () if self.waiting is None else missing_signatures(self.signatures, self.waiting)


async def list_placements(
    registry: Registry,
    actor: Actor,
    request: PageRequest,
    asked: PlacementFilter,
    purpose: str = "with: placements",
) -> Page[Placement]:
    """The placements that fit and that the actor may see, oldest first; a page may be shorter than asked.

    The looks are noted.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_PLACEMENT)
    async with registry.reading(actor) as connection:
        page = await placements.list_placements(connection, request, asked)
        seen = await seen_of(connection, actor, page.items, registry.today())
    shown = [(item, place) for item, place in zip(page.items, page.places, strict=True) if item.id in seen]
    people = {item.researcher_id: seen[item.id] for item, _ in shown}
    await note_looks(registry, actor, people, PersonField.PLACEMENTS, purpose)
    return Page(tuple(item for item, _ in shown), tuple(place for _, place in shown), page.has_next)


async def list_of_people(registry: Registry, actor: Actor, asked: Sequence[OfPerson]) -> list[Page[Placement]]:
    """The placements of each person that the actor may see, oldest first; a page may be shorter than asked.

    For whoever was shown the person with the placements: that look is noted there and is not noted again.
    """
    async with registry.reading(actor) as connection:
        pages = await placements.list_of_people(connection, asked)
        found = [one for page in pages.values() for one in page.items]
        seen = await seen_of(connection, actor, found, registry.today())
    return [pages[one].only(lambda placed: placed.id in seen) for one in asked]


async def list_histories(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[History | None]:
    """The history of each placement, in their order; None for each that is absent or not the actor's to see."""
    async with registry.reading(actor) as connection:
        found = await placements.list_by_ids(connection, ids)
        present = [one for one in found if one is not None]
        seen = await seen_of(connection, actor, present, registry.today())
        rounds = await placement_rounds.list_rounds(connection, list(seen))
        signatures = await placement_rounds.list_signatures(connection, list(seen))
        events = await placement_rounds.list_events(connection, list(seen))
        ends = await placement_ends.list_ends(connection, list(seen))
        agreement = await agreement_known(connection, registry)
    of = {
        one.id: _with_turn(
            History(one, tuple(rounds[one.id]), tuple(signatures[one.id]), tuple(events[one.id]), tuple(ends[one.id])),
            agreement,
            registry.today(),
        )
        for one in present
        if one.id in seen
    }
    return [of.get(placement_id) for placement_id in ids]


async def list_last_days(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[date | None]:
    """The last valid day of the credential that each placement rests on, in their order; of the actor's own alone.

    For whether a placement is active on a day; the credential is not shown. None: without end, or not the actor's.
    """
    async with registry.reading(actor) as connection:
        found = [one for one in await placements.list_by_ids(connection, ids) if one is not None]
        seen = await seen_of(connection, actor, found, registry.today())
        credentials = {one.id: one.credential_id for one in found if one.id in seen}
        async with duty(connection, "recognise"):
            last_days = await placements.list_last_days(connection, list(credentials.values()))
    return [last_days.get(credentials[one]) if one in credentials else None for one in ids]


async def workload(
    registry: Registry, actor: Actor, researcher_id: UUID, since: date, until: date, purpose: str = ""
) -> tuple[Load, ...]:
    """The person's loads between two days, both inclusive: active and agreed shares over all units, as sums.

    The person, who need state no purpose; the home unit, and the host unit of a live placement, whose look is noted.
    InvalidInput for more than ten years.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_PLACEMENT)
    async with registry.reading(actor) as connection:
        subject = await subject_of_person(connection, researcher_id, registry.today(), actor)
        # Only who shares the person's time asks how much of it is left.
        sharing = replace(subject, provinces=frozenset(), consented=False)
        actor.must(Permission.READ_PLACEMENT, sharing)
        asked = _asked_days(since, until)
        if actor.kind is not ActorKind.RESEARCHER:
            check_stated_purpose(actor, purpose, "purpose")
        async with duty(connection, "workload"):
            shares = await placement_shares.list_shares(connection, researcher_id, since, agreed_by=_EVER)
    if actor.kind is not ActorKind.RESEARCHER:
        basis = basis_of(actor, Permission.READ_PLACEMENT, sharing) or ""
        await note_looks(registry, actor, {researcher_id: basis}, PersonField.PLACEMENTS, purpose)
    return loads(shares, asked)


def _with_turn(history: History, agreement: Agreement, today: date) -> History:
    proposed_on = shanghai_today((history.waiting or history.record).proposed_at)
    version = agreement_version_in_force(agreement, proposed_on)
    return replace(history, turn=turn_of(history.record, history.waiting, history.missing, version, today))


def _asked_days(since: date, until: date) -> Period:
    asked = Period(since, until)
    if (until - since).days > _LONGEST_DAYS:
        raise InvalidInput(Message(zh="查询期间至多十年。请缩短。", en="Ask for ten years at most."), path=("until",))
    return asked
