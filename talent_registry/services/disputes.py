"""Correction cases as the person and the source see them, and what is disputed as every reader of a fact sees it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access
from talent_registry.domain.correction_cases import CorrectionCase, Dispute, SeenCorrection, field_of
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceeding_positions import position_on
from talent_registry.domain.researchers import PersonField
from talent_registry.services.correction_cases import subject_of_correction
from talent_registry.services.looks import basis_of, note_looks, note_shown, own_record
from talent_registry.services.permissions import Actor, ActorKind, Permission, nothing_here, sign_in_first
from talent_registry.services.registry import Registry
from talent_registry.storage import accesses, researchers
from talent_registry.storage import correction_cases as cases


async def get_case(
    registry: Registry, actor: Actor, case_id: UUID, purpose: str = "with: correctionCase"
) -> SeenCorrection:
    """The case with this id as it stands today; the look is noted. NotFound where it is not the actor's to see."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    async with registry.reading(actor) as connection:
        found = [one for one in await cases.list_by_ids(connection, [case_id]) if one is not None]
        seen = await _see(registry, connection, actor, found)
    if not seen:
        raise nothing_here()
    await _note(registry, actor, seen, purpose)
    return seen[0]


async def list_by_ids(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[SeenCorrection | None]:
    """Many cases in their order, None for each that is not the actor's to see; for whoever acted on them."""
    async with registry.reading(actor) as connection:
        found = [one for one in await cases.list_by_ids(connection, ids) if one is not None]
        seen = {one.case.id: one for one in await _see(registry, connection, actor, found)}
    return [seen.get(one) for one in ids]


async def list_cases(
    registry: Registry,
    actor: Actor,
    request: PageRequest,
    *,
    pending: bool | None = None,
    purpose: str = "with: correctionCases",
) -> Page[SeenCorrection]:
    """The person's own cases, or those that the actor's office sees to, oldest first; the looks are noted."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    async with registry.reading(actor) as connection:
        page = await cases.list_cases(connection, request, pending=pending)
        seen = {one.case.id: one for one in await _see(registry, connection, actor, page.items)}
    await _note(registry, actor, list(seen.values()), purpose)
    return page.only(lambda case: case.id in seen).of(lambda case: seen[case.id])


async def list_of_people(registry: Registry, actor: Actor, people: Sequence[UUID]) -> list[tuple[Dispute, ...]]:
    """What is disputed now in the record of each of these people, for whoever was shown the facts themselves.

    Nothing for whoever is not signed in.
    """
    async with registry.reading(actor) as connection:
        found = await cases.list_disputes(connection, people)
    return [tuple(one for one in found if one.researcher_id == person) for person in people]


async def list_reports(registry: Registry, actor: Actor, looks: Collection[UUID]) -> dict[UUID, UUID]:
    """By which case the caller reported each of these looks at the own record; those not reported are left out."""
    own_record(actor)
    async with registry.reading(actor) as connection:
        return await cases.list_reports(connection, looks)


async def _see(
    registry: Registry, connection: AsyncConnection, actor: Actor, found: Sequence[CorrectionCase]
) -> list[SeenCorrection]:
    mine = [one for one in found if actor.may(Permission.READ_CORRECTION, subject_of_correction(one))]
    events, today = await cases.list_events(connection, [one.id for one in mine]), registry.today()
    looks, numbers = await _reported(connection, mine)
    return [
        SeenCorrection(
            one,
            until,
            position_on(one, until, today),
            looks.get(one.look_id) if one.look_id else None,
            numbers.get(one.researcher_id) if one.look_id else None,
        )
        for one in mine
        if (until := [event for event in events[one.id] if event.on_day <= today])
    ]


async def _reported(
    connection: AsyncConnection, cases_seen: Sequence[CorrectionCase]
) -> tuple[dict[UUID, Access], dict[UUID, str]]:
    """The looks that these cases are about, by id, and the public numbers of the people looked at."""
    asked = {one.look_id: one.researcher_id for one in cases_seen if one.look_id is not None}
    if not asked:
        return {}, {}
    looks = {look.id: look for look in await accesses.list_by_ids(connection, list(asked)) if look is not None}
    people = await researchers.list_researchers(connection, list(dict.fromkeys(asked.values())))
    return looks, {one.id: one.public_number for one in people.values()}


async def _note_report(registry: Registry, actor: Actor, person: UUID, basis: str, purpose: str) -> None:
    if person != actor.researcher_id:
        await note_shown(registry, actor, {person: ()}, basis, purpose)


async def _note(registry: Registry, actor: Actor, seen: Sequence[SeenCorrection], purpose: str) -> None:
    """One look for each field of each person but the actor; what is said of a look shows no field."""
    by_field: dict[PersonField, dict[UUID, str]] = {}
    for one in seen:
        basis = basis_of(actor, Permission.READ_CORRECTION, subject_of_correction(one.case)) or ""
        if one.case.look_id is not None:
            await _note_report(registry, actor, one.case.researcher_id, basis, purpose)
            continue
        by_field.setdefault(field_of(one.case.fact), {})[one.case.researcher_id] = basis
    for field, people in by_field.items():
        await note_looks(registry, actor, people, field, purpose)
