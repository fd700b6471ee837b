"""What only the database can get wrong about credentials: who sees rows, locks, one truth a day, pages."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from talent_registry.domain.credentials import NewSpan, RecordStatus, Standing, TimelineChange
from talent_registry.domain.pages import PageRequest
from talent_registry.services.permissions import ANONYMOUS, Actor, ActorKind
from talent_registry.services.registry import caller_of
from talent_registry.storage import credentials
from talent_registry.storage.credentials import CredentialFilter
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from talent_registry.storage.tables import credential, credential_status, credential_version
from tests.conftest import DatabaseUrls
from tests.registries import World, open_world
from tests.titles import ISSUED, Titles, open_titles

TODAY = date(2026, 11, 24)


@pytest.fixture
async def titles(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Titles]:
    world: World = open_world(database_urls.app_url, tmp_path / "keys")
    yield await open_titles(world)
    await world.registry.database.close()


async def visible(titles: Titles, actor: Actor) -> int:
    async with titles.world.registry.reading(actor) as connection:
        counts = [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (credential, credential_version, credential_status)
        ]
    assert len(set(counts)) == 1
    return int(counts[0])


async def test_the_database_itself_shows_a_credential_to_those_it_concerns_alone(titles: Titles) -> None:
    await titles.record()
    stranger = titles.chongqing
    for actor, seen in (
        (titles.holder, 1),
        (titles.hr, 1),
        (titles.issuer, 1),
        (titles.officer, 1),
        (titles.other_officer, 0),
        (ANONYMOUS, 0),
        (Actor(ActorKind.RESEARCHER, None, None, stranger), 0),
        (Actor(ActorKind.HR, None, stranger), 0),
        (Actor(ActorKind.AGENCY, None, stranger), 0),
        (Actor(ActorKind.ISSUER, None, stranger), 0),
        (Actor(ActorKind.OPERATOR), 0),
    ):
        assert await visible(titles, actor) == seen, actor.kind


async def test_a_verification_sees_every_certificate_and_only_within_its_duty(titles: Titles) -> None:
    await titles.record()
    async with titles.world.registry.reading(ANONYMOUS) as connection:
        async with duty(connection, "verify"):
            assert len(await credentials.list_by_number(connection, "512020000001")) == 1
        assert await credentials.list_by_number(connection, "512020000001") == []


async def test_two_commands_on_one_credential_wait_for_each_other(titles: Titles) -> None:
    credential_id = await titles.record()
    database, caller = titles.world.registry.database, caller_of(titles.officer)
    order: list[str] = []

    async def first() -> None:
        async with database.writing(caller, TODAY, "test") as connection:
            await credentials.lock_credential(connection, credential_id)
            order.append("first has it")
            await asyncio.sleep(0.3)
            order.append("first leaves")

    async def second() -> None:
        await asyncio.sleep(0.1)
        async with database.writing(caller, TODAY, "test") as connection:
            assert await credentials.lock_credential(connection, credential_id) is not None
            order.append("second has it")

    await asyncio.gather(first(), second())
    assert order == ["first has it", "first leaves", "second has it"]


async def test_two_statuses_on_one_day_are_refused_by_the_database(titles: Titles) -> None:
    credential_id = await titles.record()
    overlapping = TimelineChange((), (NewSpan(RecordStatus.SUSPENDED, None, TODAY, None),))
    async with titles.world.registry.reading(titles.officer) as connection:
        command_id = (await connection.execute(select(credential.c.command_id))).scalar_one()
    with pytest.raises(DBAPIError, match="one_truth_a_day"):
        async with titles.world.registry.noting(titles.officer) as connection:
            await credentials.change_spans(connection, credential_id, overlapping, command_id, titles.world.clock.now)


async def test_the_database_filters_by_the_same_standing_that_the_record_derives(titles: Titles) -> None:
    await titles.record("1", valid_until=ISSUED + timedelta(9))
    await titles.record("2")
    async with titles.world.registry.reading(titles.officer) as connection:
        for day in (ISSUED + timedelta(n) for n in (-1, 0, 9, 10)):
            found: dict[str, Standing] = {}
            for standing in Standing:
                asked = CredentialFilter(standing=standing, on=day)
                page = await credentials.list_credentials(connection, PageRequest(), asked)
                found |= dict.fromkeys([record.credential.number for record in page.items], standing)
                assert all(record.standing(day) is standing for record in page.items)
            assert set(found) == {"1", "2"}


async def test_what_is_absent_is_none(titles: Titles) -> None:
    async with titles.world.registry.noting(titles.officer) as connection:
        assert await credentials.find_credential(connection, new_id()) is None
        assert await credentials.lock_credential(connection, new_id()) is None
        assert await credentials.list_by_researchers(connection, [titles.person]) == [[]]
