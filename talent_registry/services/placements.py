"""Proposing placements and reading them; what every command on a placement shares.

No function here takes or gives a household registration, personnel relation, file or insurance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_checks import check_draft
from talent_registry.domain.placement_periods import check_periods
from talent_registry.domain.placement_rules import PlacementRequest
from talent_registry.domain.placement_states import Party, PlacementAct, PlacementEventKind, PlacementState
from talent_registry.domain.placement_terms import version_of
from talent_registry.domain.placements import Moves, Placement, PlacementEvent, Terms, check_possible, terms_as_json
from talent_registry.domain.researchers import PersonField
from talent_registry.services.looks import basis_of, note_looks
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.placement_questions import (
    Sides,
    check_only_proposal,
    current_home_unit,
    evaluate_now,
    kind_in_force,
    refuse,
)
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.relations import subject_of_person, subjects_of_people
from talent_registry.services.researchers import get_person
from talent_registry.storage import organisations, placement_rounds, placements
from talent_registry.storage.credentials import find_credential
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

# What a consent must open before its recipient may propose: the title to rest on, and the unit that must agree.
OPENS_PROPOSING = frozenset({PersonField.CREDENTIALS.value, PersonField.PERSONNEL_RELATION.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlacement:
    """A placement to propose; days inclusive, the share in whole percents of a full post.

    `researcher` is an internal id or a public number as typed. The home unit is not asked: it is the unit of the
    person's personnel relation on the day.
    """

    researcher: UUID | str
    host_unit_id: UUID
    credential_id: UUID
    kind: str
    post: str
    term_from: date
    term_until: date
    workload_percent: int
    post_series: str | None = None
    terms: Terms = field(default_factory=Terms)
    moves: Moves = field(default_factory=Moves)


async def propose(registry: Registry, actor: Actor, asked: NewPlacement, key: str) -> Done:
    """Propose a placement. Answer: `placement_id`, `terms_digest`, `result` and `findings` of the rules.

    The person, the home unit, or a host unit with a consent to credentials and personnel relation, or with a placement
    that all agreed on and that is not over. Conflict NOT_FLEXIBLE where the agreement would move something,
    SAME_PROVINCE within one province, PROPOSED_BEFORE while another proposal for this host waits.
    """

    async def act(work: Work) -> dict[str, Any]:
        return await propose_in(work, asked)

    inputs = {one.name: getattr(asked, one.name) for one in fields(asked)} | {"terms": terms_as_json(asked.terms)}
    return await perform(registry, actor, "proposePlacement", key, inputs, act)


async def propose_in(work: Work, asked: NewPlacement) -> dict[str, Any]:
    """Propose a placement within a command. Answer and errors: see `propose`."""
    actor = work.actor
    person_id, home_id = await person_and_home(work, asked.researcher, asked.host_unit_id)
    await check_only_proposal(work, person_id, asked.host_unit_id)
    new = check_draft(_drafted(work, asked, person_id, home_id), asked.terms, work.today)
    await _must_hold(work.connection, new)
    sides = await sides_of(work.connection, new)
    version, kind = await kind_in_force(work, asked.kind)
    check_periods(version, asked.terms)
    evaluation = evaluate_now(
        version, kind, PlacementRequest.START, new.term, asked.terms, sides, on=work.today, moves=asked.moves
    )
    refuse(evaluation)
    by = party_of(actor, new)
    first = version_of(new, 1, new.term, new.workload_percent, asked.terms, by=by, at=new.proposed_at)
    await placements.add_placement(work.connection, new, work.command_id)
    await placement_rounds.add_round(work.connection, first, work.command_id)
    await happened(work, new, PlacementEventKind.PROPOSED)
    work.says(kind=new.kind, workload_percent=new.workload_percent, result=evaluation.result.value)
    return {
        "placement_id": str(new.id),
        "terms_digest": first.digest,
        "result": evaluation.result.value,
        "findings": [[one.rule, one.finding.value] for one in evaluation.findings],
    }


async def person_and_home(work: Work, researcher: UUID | str, host_unit_id: UUID) -> tuple[UUID, UUID]:
    """The person and their home unit, for whoever may propose a placement at the host; errors as `propose`."""
    if work.actor.kind is ActorKind.ANONYMOUS:
        # Before the person is looked up: whether there is one is not told to a caller nobody knows.
        work.actor.must(Permission.PROPOSE_PLACEMENT)
    person_id = (await get_person(work.connection, researcher)).id
    return person_id, await _home_unit_if_permitted(work, work.actor, person_id, host_unit_id)


async def get_placement(
    registry: Registry, actor: Actor, placement_id: UUID, purpose: str = "with: placement"
) -> Placement:
    """The placement with this id; the look is noted. NotFound where it is absent or not the actor's to see."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_PLACEMENT)
    async with registry.reading(actor) as connection:
        found = await placements.find_placement(connection, placement_id)
        seen = await seen_of(connection, actor, [] if found is None else [found], registry.today())
    if found is None or found.id not in seen:
        raise nothing_here()
    await note_looks(registry, actor, {found.researcher_id: seen[found.id]}, PersonField.PLACEMENTS, purpose)
    return found


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[Placement | None]:
    """The placements with these ids, in their order; None for each that is absent or not the actor's to see."""
    async with registry.reading(actor) as connection:
        found = await placements.list_by_ids(connection, ids)
        seen = await seen_of(connection, actor, [one for one in found if one is not None], registry.today())
    return [one if one is not None and one.id in seen else None for one in found]


async def seen_of(
    connection: AsyncConnection, actor: Actor, found: Sequence[Placement], today: date
) -> dict[UUID, str]:
    """Which of these placements the actor may see, and on which relation: a party, an authority, a consent."""
    people = list(dict.fromkeys(one.researcher_id for one in found))
    subjects = await subjects_of_people(connection, people, today, actor)
    ids = list(dict.fromkeys(unit for one in found for unit in (one.home_unit_id, one.host_unit_id)))
    units = {unit.id: unit for unit in await organisations.list_by_ids(connection, ids) if unit is not None}
    seen = {}
    for one in found:
        subject = _subject(one, units[one.home_unit_id], units[one.host_unit_id])
        opened = PersonField.PLACEMENTS in subjects[one.researcher_id].consented_fields
        basis = basis_of(actor, Permission.READ_PLACEMENT, replace(subject, consented=opened))
        if basis is not None:
            seen[one.id] = basis
    return seen


async def lock_for(
    work: Work, placement_id: UUID, permission: Permission, act: PlacementAct
) -> tuple[Placement, Sides]:
    """The placement, locked with its person, once the actor may do this to it and its state allows it."""
    record, sides = await lock_any(work, placement_id, frozenset({permission}))
    check_possible(record, act)
    return record, sides


async def lock_any(work: Work, placement_id: UUID, permissions: frozenset[Permission]) -> tuple[Placement, Sides]:
    """The placement, locked with its person, once the actor has one of the permissions on it."""
    record = await placements.lock_placement(work.connection, placement_id)
    one = next(iter(permissions))
    if record is None:
        work.actor.must(one)
        raise nothing_here()
    sides = await sides_of(work.connection, record)
    subject = _subject(record, sides.home, sides.host)
    if not any(work.actor.may(permission, subject) for permission in permissions):
        work.actor.must(one, subject)
    return record, sides


async def sides_of(connection: AsyncConnection, record: Placement) -> Sides:
    """The two units of a placement; NotFound (path hostUnit) where the host is not registered."""
    home, host = await organisations.list_by_ids(connection, [record.home_unit_id, record.host_unit_id])
    if home is None or host is None:
        raise nothing_here(("input", "hostUnit"))
    return Sides(home, host)


def party_of(actor: Actor, record: Placement) -> Party:
    """As which party an actor who may act on the placement does so."""
    if actor.kind is ActorKind.RESEARCHER:
        return Party.RESEARCHER
    return Party.HOME_UNIT if actor.organisation_id == record.home_unit_id else Party.HOST_UNIT


async def happened(
    work: Work,
    record: Placement,
    event: PlacementEventKind,
    *,
    on: date | None = None,
    reason: str | None = None,
) -> None:
    """Note what happened to a placement, in its history and in the command's ledger entry; `on` None: today."""
    actor = work.actor
    is_party = actor.kind is ActorKind.RESEARCHER or actor.organisation_id in (record.home_unit_id, record.host_unit_id)
    by = party_of(actor, record).value if is_party else actor.kind.value
    province = actor.province if actor.kind is ActorKind.AUTHORITY else None
    await placement_rounds.add_event(
        work.connection,
        PlacementEvent(new_id(), record.id, work.now, on or work.today, event, record.state, by, reason, province),
        work.command_id,
    )
    work.about("placement", record.id)
    work.about("researcher", record.researcher_id)
    work.says(state=record.state.value)


async def _home_unit_if_permitted(work: Work, actor: Actor, person_id: UUID, host_id: UUID) -> UUID:
    home_id = await current_home_unit(work, person_id)
    person = await subject_of_person(work.connection, person_id, work.today, actor)
    # A host speaks for itself alone, and only to someone who opened the door for that.
    open_door = person.consented_fields >= OPENS_PROPOSING
    if actor.organisation_id == host_id and not open_door:
        open_door = await placements.is_agreed_on(work.connection, person_id, host_id)
    hosts = frozenset({host_id}) if open_door else frozenset[UUID]()
    subject = Subject(researcher_id=person_id, home_unit_id=home_id, host_unit_ids=hosts)
    actor.must(Permission.PROPOSE_PLACEMENT, subject)
    if home_id is None:
        raise Conflict(
            Message(
                zh="该人员目前没有人事关系所在单位，无法提出柔性流动。请先登记人事关系。",
                en="The person has no personnel relation today, so there is no home unit to place from. "
                "Have the personnel relation registered first.",
            ),
            reason="NO_HOME_UNIT",
        )
    return home_id


async def _must_hold(connection: AsyncConnection, new: Placement) -> None:
    async with duty(connection, "propose"):
        record = await find_credential(connection, new.credential_id)
    if record is None or record.credential.researcher_id != new.researcher_id:
        raise nothing_here(("input", "credential"))


def _drafted(work: Work, asked: NewPlacement, person_id: UUID, home_id: UUID) -> Placement:
    return Placement(
        id=new_id(),
        researcher_id=person_id,
        home_unit_id=home_id,
        host_unit_id=asked.host_unit_id,
        kind=asked.kind,
        post=asked.post,
        post_series=asked.post_series,
        term=Period(asked.term_from, asked.term_until),
        workload_percent=asked.workload_percent,
        state=PlacementState.PROPOSED,
        round=1,
        open_round=1,
        decision_id=None,
        credential_id=asked.credential_id,
        activated_on=None,
        ended_on=None,
        end_reason=None,
        proposed_at=work.now,
    )


def _subject(record: Placement, home: Organisation, host: Organisation) -> Subject:
    """The parties are those of the placement: whoever employs the person later has no part in it."""
    return Subject(
        researcher_id=record.researcher_id,
        home_unit_id=record.home_unit_id,
        host_unit_ids=frozenset({record.host_unit_id}),
        provinces=frozenset({home.province, host.province}),
    )
