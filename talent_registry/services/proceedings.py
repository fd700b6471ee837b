"""Cases as those who have a part in them see them: the applicant, the body, the provinces, whom the person told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import ResponsibleBody
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceedings import Proceeding, ProceedingKind, ProceedingState
from talent_registry.domain.researchers import PersonField
from talent_registry.services.looks import basis_of, note_looks
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.proceeding_openings import Confirming, SeenCase, confirmed_among, see_cases
from talent_registry.services.registry import Registry
from talent_registry.services.relation_kinds import Relation
from talent_registry.services.relations import subjects_of_people
from talent_registry.storage import proceedings
from talent_registry.storage.proceedings import ProceedingFilter
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class SoughtCases:
    """Which cases to list, None = any.

    `mine`: those that the actor's office must see to or approve; `pending`: whether anybody still has to act;
    `due_before`: the awaited act's deadline lies before this day.
    """

    credential_id: UUID | None = None
    researcher_id: UUID | None = None
    kind: ProceedingKind | None = None
    state: ProceedingState | None = None
    mine: bool = False
    pending: bool | None = None
    due_before: date | None = None

    def fits(self, seen: SeenCase) -> bool:
        """Whether a case as it stands today fits what only its events tell."""
        due = seen.position.due_on
        return (
            self.state in (None, seen.position.state)
            and self.pending in (None, seen.position.is_pending)
            and (self.due_before is None or (due is not None and due < self.due_before))
        )


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whether a case confirmed an answer, and the case as far as the actor may see it."""

    confirmed: bool
    seen: SeenCase | None


def subject_of_case(case: Proceeding, permission: Permission) -> Subject:
    """The case as permission asks about it: whose it is, and which office and province carry which act."""
    provinces = {
        Permission.READ_CASE: {case.body_province, case.target_province, case.approving_province},
        Permission.APPROVE_OVERRIDE: {case.approving_province},
    }.get(permission, {case.body_province})
    return Subject(
        researcher_id=case.researcher_id,
        issuer_ids=frozenset({case.issuer_id} if case.body is ResponsibleBody.ISSUER else ()),
        provinces=frozenset(one for one in provinces if one is not None),
    )


async def get_case(registry: Registry, actor: Actor, case_id: UUID, purpose: str = "with: recognitionCase") -> SeenCase:
    """The case with this id as it stands today; the look is noted. NotFound where it is not the actor's to see."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_CASE)
    async with registry.reading(actor) as connection:
        (found,) = await proceedings.list_by_ids(connection, [case_id])
        seen, bases = await _see(registry, connection, actor, [] if found is None else [found])
    if not seen:
        raise nothing_here()
    await note_looks(registry, actor, {seen[0].case.researcher_id: bases[case_id]}, PersonField.DECISIONS, purpose)
    return seen[0]


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[SeenCase | None]:
    """Many cases in their order, None for each that is not the actor's to see.

    For whoever acted on them or was shown the decisions they rest on: that look is noted there.
    """
    async with registry.reading(actor) as connection:
        found = [one for one in await proceedings.list_by_ids(connection, ids) if one is not None]
        seen, _ = await _see(registry, connection, actor, found)
    by_id = {one.case.id: one for one in seen}
    return [by_id.get(one) for one in ids]


async def list_of_decisions(registry: Registry, actor: Actor, decision_ids: Sequence[UUID]) -> list[SeenCase | None]:
    """The case that each decision opened, None where none, or not the actor's to see. Looks as `list_by_ids`."""
    async with registry.reading(actor) as connection:
        found = await proceedings.list_of_decisions(connection, decision_ids)
        seen, _ = await _see(registry, connection, actor, list(found.values()))
    by_decision = {one.case.decision_id: one for one in seen}
    return [by_decision.get(one) for one in decision_ids]


async def list_confirmed(registry: Registry, actor: Actor, asked: Sequence[Confirming]) -> list[Confirmed]:
    """For each answer whether a case confirmed it, and which; for whoever was shown the answer. Looks as above."""
    answers: dict[Confirming, SeenCase | None] = {}
    async with registry.reading(actor) as connection:
        async with duty(connection, "recognise"):
            cases = await proceedings.list_of_credentials(connection, [one.credential_id for one in asked])
            for instant in dict.fromkeys((one.on, one.known_at) for one in asked):
                stood = await see_cases(connection, cases, *instant)
                mine = [one for one in asked if (one.on, one.known_at) == instant]
                answers |= {one: confirmed_among(stood, one) for one in mine}
        found = [one for one in answers.values() if one is not None]
        bases = await _bases(registry, connection, actor, [one.case for one in found])
    return [_confirmed(answers[one], bases) for one in asked]


async def list_cases(
    registry: Registry,
    actor: Actor,
    request: PageRequest,
    sought: SoughtCases,
    purpose: str = "with: recognitionCases",
) -> Page[SeenCase]:
    """The cases that fit as they stand today, oldest first; a page may be shorter than asked. The looks are noted."""
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_CASE)
    asked = ProceedingFilter(
        credential_id=sought.credential_id,
        researcher_id=sought.researcher_id,
        kind=sought.kind,
        at_province=actor.province if sought.mine and actor.kind is ActorKind.AUTHORITY else None,
        at_issuer=actor.organisation_id if sought.mine and actor.kind is not ActorKind.AUTHORITY else None,
        # A case that silence ended stands there as pending until the clock records it.
        pending=True if sought.pending or sought.due_before is not None else None,
        opened_before=sought.due_before,
    )
    async with registry.reading(actor) as connection:
        page = await proceedings.list_proceedings(connection, request, asked)
        seen, bases = await _see(registry, connection, actor, page.items)
    fitting = {one.case.id: one for one in seen if sought.fits(one)}
    people = {one.case.researcher_id: bases[one.case.id] for one in fitting.values()}
    await note_looks(registry, actor, people, PersonField.DECISIONS, purpose)
    return page.only(lambda case: case.id in fitting).of(lambda case: fitting[case.id])


async def _see(
    registry: Registry, connection: AsyncConnection, actor: Actor, cases: Sequence[Proceeding]
) -> tuple[list[SeenCase], dict[UUID, str]]:
    """Those of the cases that the actor may see, as they stand today, and on which relation."""
    bases = await _bases(registry, connection, actor, cases)
    seen = await see_cases(connection, [one for one in cases if one.id in bases], registry.today())
    return [_shown(one, bases[one.case.id]) for one in seen], bases


async def _bases(
    registry: Registry, connection: AsyncConnection, actor: Actor, cases: Sequence[Proceeding]
) -> dict[UUID, str]:
    people = await subjects_of_people(
        connection, list(dict.fromkeys(one.researcher_id for one in cases)), registry.today(), actor
    )
    bases = {}
    for one in cases:
        opened = PersonField.DECISIONS in people[one.researcher_id].consented_fields
        subject = replace(subject_of_case(one, Permission.READ_CASE), consented=opened)
        basis = basis_of(actor, Permission.READ_CASE, subject)
        if basis is not None:
            bases[one.id] = basis
    return bases


def _shown(seen: SeenCase, basis: str) -> SeenCase:
    """A consent opens what was decided, not what people wrote."""
    return replace(seen, shows_texts=basis != Relation.CONSENTED.value)


def _confirmed(found: SeenCase | None, bases: dict[UUID, str]) -> Confirmed:
    if found is None:
        return Confirmed(confirmed=False, seen=None)
    basis = bases.get(found.case.id)
    return Confirmed(confirmed=True, seen=None if basis is None else _shown(found, basis))
