"""A case about a document ends as corrected only where the document that was disputed reads otherwise."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.errors import Conflict
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.domain.researchers import Amendment, PersonField
from talent_registry.services import accesses, corrections
from talent_registry.services.corrections import DocumentCorrection
from talent_registry.services.registry import Work, perform
from talent_registry.services.researchers import seal_document
from talent_registry.storage import researchers
from talent_registry.storage.session import duty
from tests.disputed import Counter, open_counter, write_end
from tests.registries import World
from tests.titles import document

CHANGE, CORRECTION = Amendment.CHANGE, Amendment.CORRECTION


@pytest.fixture
async def counter(world: World) -> Counter:
    return await open_counter(world)


async def present(counter: Counter) -> UUID:
    fields = frozenset({PersonField.DOCUMENTS})
    seen = await accesses.look_at_self(counter.world.registry, counter.me, fields, history=False)
    return seen.current_documents[0].id


async def correct(counter: Counter, serial: int, how: Amendment, case_id: UUID | None, **more: Any) -> None:
    asked = DocumentCorrection(counter.titles.person, how, "RESIDENT_ID", document(serial), case_id=case_id, **more)
    await corrections.correct_document(counter.world.registry, counter.officer, asked, counter.world.key())


async def outcome(counter: Counter, case_id: UUID) -> ProceedingOutcome | None:
    return (await counter.see(case_id)).position.outcome


async def test_a_document_recorded_beside_the_disputed_one_corrects_nothing(counter: Counter) -> None:
    case_id = await counter.dispute(DisputedFact.DOCUMENT)
    with pytest.raises(Conflict) as beside:
        await correct(counter, 41, CORRECTION, case_id)
    assert beside.value.reason == "NOTHING_TO_CORRECT"
    assert await outcome(counter, case_id) is None
    await correct(counter, 41, CORRECTION, None)
    assert await outcome(counter, case_id) is None


async def test_a_document_in_the_place_of_the_disputed_one_ends_the_case(counter: Counter) -> None:
    case_id = await counter.dispute(DisputedFact.DOCUMENT)
    await correct(counter, 42, CORRECTION, case_id, replaces=await present(counter))
    assert await outcome(counter, case_id) is ProceedingOutcome.CORRECTED


async def test_a_document_renewed_later_leaves_the_disputed_one_as_it_was_on_its_day(counter: Counter) -> None:
    case_id, opened_on = await counter.dispute(DisputedFact.DOCUMENT), counter.world.registry.today()
    counter.world.clock.go_on(days=3)
    old = await present(counter)
    with pytest.raises(Conflict):
        await correct(counter, 43, CHANGE, case_id, replaces=old, since=opened_on + timedelta(days=1))
    # Renewed for itself, and another one corrected for the case: that one was not disputed.
    await correct(counter, 43, CHANGE, None, replaces=old, since=opened_on + timedelta(days=1))
    with pytest.raises(Conflict):
        await correct(counter, 44, CORRECTION, case_id, replaces=await present(counter))
    assert await outcome(counter, case_id) is None


async def test_the_database_takes_no_document_beside_the_disputed_one_for_the_correction(counter: Counter) -> None:
    case_id, registry = await counter.dispute(DisputedFact.DOCUMENT), counter.world.registry
    officer, person = counter.officer, counter.titles.person

    async def forge(work: Work) -> dict[str, Any]:
        written = researchers.Written(person, work.today, None, officer.organisation_id, work.now, work.command_id)
        async with duty(work.connection, "match"):
            await researchers.add_document(
                work.connection, seal_document(registry, "RESIDENT_ID", document(45)), written
            )
        await write_end(work, officer, case_id, ProceedingOutcome.CORRECTED)
        return {}

    with pytest.raises(DBAPIError) as forged:
        await perform(registry, officer, "correctDocument", counter.world.key(), {}, forge)
    assert getattr(forged.value.orig, "sqlstate", None) == "TR001"
