"""The database hands a correction to the source of the disputed fact, whatever the program asks of it."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.services import correction_cases
from talent_registry.services.permissions import Actor
from talent_registry.storage.ids import new_id
from tests.disputed import Counter, open_counter
from tests.registries import World

_COPY = (
    "INSERT INTO correction_case (id, fact, researcher_id, credential_id, source_id, body_province, stated, procedure, "
    "terms, opened_on, command_id) SELECT :new, fact, researcher_id, credential_id, source_id, :province, stated, "
    "procedure, terms, opened_on, command_id FROM correction_case WHERE id = :case"
)


@pytest.fixture
async def counter(world: World) -> Counter:
    return await open_counter(world)


async def state_of(counter: Counter, actor: Actor, **values: Any) -> str | None:
    """The database's refusal of a copy of a case, handed to a province by SQL; None where it stands."""
    try:
        async with counter.world.registry.noting(actor) as connection:
            await connection.execute(text(_COPY), {"new": new_id(), **values})
    except DBAPIError as failure:
        return getattr(failure.orig, "sqlstate", None)
    return None


@pytest.mark.parametrize("fact", [DisputedFact.NAME, DisputedFact.DOCUMENT, DisputedFact.HOUSEHOLD, DisputedFact.LEVEL])
async def test_a_case_goes_to_the_province_of_the_source_and_to_no_other(counter: Counter, fact: DisputedFact) -> None:
    case_id = await counter.dispute(fact)
    await correction_cases.withdraw(counter.world.registry, counter.me, case_id, counter.world.key())
    for province in ("500000", "520000", ""):
        assert await state_of(counter, counter.me, case=case_id, province=province) == "TR001"
    assert await state_of(counter, counter.officer, case=case_id, province="510000") == "42501"
    assert await state_of(counter, counter.me, case=case_id, province="510000") is None
