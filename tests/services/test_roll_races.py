"""Imports while somebody else acts, or while the database goes away."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from talent_registry.domain.roll_results import RollOutcome
from talent_registry.services import researchers
from talent_registry.services.permissions import OPERATOR, Actor, ActorKind
from talent_registry.services.registry import Act, Done, Work, perform
from talent_registry.services.rolls import import_roll
from talent_registry.storage import credentials
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls, as_superuser
from tests.registries import World, authority
from tests.rolls import SICHUAN, Row, deliver, name, recorded, resident, row

SC = authority("510000")


def ask(urls: DatabaseUrls, query: str) -> list[tuple[Any, ...]]:
    with as_superuser(urls) as connection:
        return connection.execute(query.encode()).fetchall()


async def test_two_officers_who_deliver_the_same_roll_at_once_make_one_import(
    world: World, database_urls: DatabaseUrls
) -> None:
    officers = [Actor(ActorKind.AUTHORITY, new_id(), None, None, "510000") for _ in range(3)]
    outcomes = await asyncio.gather(*(import_roll(world.registry, each, SICHUAN) for each in officers))
    assert sorted(outcome.replayed for outcome in outcomes) == [False, True, True]
    assert len({outcome.command_id for outcome in outcomes}) == 1
    assert ask(database_urls, "SELECT count(*) FROM command") == [(1,)]


async def test_a_server_killed_between_copy_and_commit_leaves_nothing(
    world: World, database_urls: DatabaseUrls
) -> None:
    def kill(done: int, total: int) -> None:
        if done > total * 2 // 3:
            with as_superuser(database_urls) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    with pytest.raises(Exception, match=r"(?i)terminat|closed|lost"):
        await import_roll(world.registry, SC, SICHUAN, progress=kill)
    for table in ("command", "ledger_entry", "researcher", "credential", "organisation"):
        assert ask(database_urls, f"SELECT count(*) FROM {table}") == [(0,)]
    after = await import_roll(world.registry, SC, SICHUAN)
    assert after.complete
    assert not after.replayed


async def test_a_person_registered_while_a_roll_is_matched_is_found_at_the_next_attempt(world: World) -> None:
    async def act(work: Work) -> dict[str, Any]:
        asked = researchers.NewPerson(name(1), "RESIDENT_ID", resident(1))
        person = await researchers._add(work, asked, await researchers._read(work, asked))
        return {"id": str(person.id), **await linger()}

    first, outcome = await meanwhile(world, OPERATOR, "registerResearcher", act, row(1))
    assert outcome.counts.people_matched == 1
    assert str((await recorded(world, row(1)["证书编号"])).credential.researcher_id) == first.result["id"]


async def test_a_credential_corrected_while_a_roll_is_matched_is_compared_again(world: World) -> None:
    await deliver(world, row(1))
    record = await recorded(world, row(1)["证书编号"])

    async def act(work: Work) -> dict[str, Any]:
        version = replace(record.version, id=new_id(), specialty="软件工程", recorded_at=work.now)
        await credentials.add_version(work.connection, version, work.command_id)
        return await linger()

    world.clock.go_on(minutes=1)
    _, outcome = await meanwhile(world, SC, "correctCredential", act, row(1, 专业="网络工程"))
    assert outcome.counts.credentials_corrected == 1
    async with world.registry.reading(SC) as connection:
        versions = (await credentials.list_versions(connection, [record.credential.id]))[record.credential.id]
    assert [version.specialty for version in versions] == ["信息安全", "软件工程", "网络工程"]


async def linger() -> dict[str, Any]:
    """Time for an import to come as far as it gets."""
    await asyncio.sleep(0.6)
    return {}


async def meanwhile(world: World, actor: Actor, command: str, act: Act, *rows: Row) -> tuple[Done, RollOutcome]:
    """A command that is not yet over when the import begins."""
    other = asyncio.create_task(perform(world.registry, actor, command, world.key(), {}, act))
    await asyncio.sleep(0.3)
    outcome = await deliver(world, *rows)
    return await other, outcome
