"""Whatever somebody with all rights does to the ledger behind the registry's back is found, and where."""

import random
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import psycopg
import pytest

from talent_registry.domain.ledger import Entry, entry_hash
from talent_registry.services import ledger
from talent_registry.services.permissions import OPERATOR
from tests.conftest import DatabaseUrls, as_superuser
from tests.people import a_town
from tests.registries import World

TAMPERS = 120
SEED = 1
ENTRIES = 40
Connection = psycopg.Connection[tuple[Any, ...]]
# Each changes the entry whose sequence is %(at)s, and nothing that would give it away by itself.
ALTERATIONS = (
    "UPDATE ledger_entry SET name = name || ' ' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET actor_kind = 'CLOCK' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET account_id = gen_random_uuid() WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET organisation_id = gen_random_uuid() WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET recorded_at = recorded_at + interval '1 microsecond' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET recorded_at = recorded_at - interval '8 hours' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET recorded_at = 'infinity' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET recorded_at = '0044-03-15 BC' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET subjects = subjects || '\"organisation:x\"' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET subjects = '[]' WHERE sequence = %(at)s",
    # The same words in another shape, and shapes that are no list at all.
    "UPDATE ledger_entry SET subjects = jsonb_build_object(subjects->>0, 1) WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET subjects = '7' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET subjects = 'null' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET body = body || '{\"more\": true}' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET body = body - 'asked' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET body = jsonb_set(body, '{asked}', '\"00\"') WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET body = '[]' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET body = 'null' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET body = body || '{\"more\": 1.5e300}' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET hash = sha256(hash) WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET hash = '' WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET previous_hash = sha256(previous_hash) WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET hash = previous_hash, previous_hash = hash WHERE sequence = %(at)s",
    "UPDATE ledger_entry SET command_id = gen_random_uuid() WHERE sequence = %(at)s",
)


@pytest.fixture
async def grown(world: World, database_urls: DatabaseUrls) -> World:
    """A ledger of some forty entries, with a copy of it beside."""
    await a_town(world)
    for number in range(ENTRIES):
        world.clock.go_on(seconds=number)
        await world.organisation(f"样例{chr(0x4E00 + number)}医院", "HOSPITAL", "510107")
    with as_superuser(database_urls) as connection:
        connection.execute("CREATE TABLE kept AS TABLE ledger_entry")
        connection.execute("CREATE TABLE kept_commands AS TABLE command")
    return world


def tampered(urls: DatabaseUrls, tamper: Callable[[Connection], None]) -> None:
    """The ledger as it was written, then tampered with, all guards switched off."""
    with as_superuser(urls) as connection:
        connection.execute("SET session_replication_role = replica")
        with connection.transaction():
            for table, copy in (("ledger_entry", "kept"), ("command", "kept_commands")):
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} TABLE {copy}")
            tamper(connection)


async def test_every_alteration_of_an_entry_is_found_at_its_place(grown: World, database_urls: DatabaseUrls) -> None:
    last = await _sound(grown)
    chance = random.Random(SEED)  # noqa: S311  # places to tamper with, no secret
    for number in range(TAMPERS):
        statement, at = ALTERATIONS[number % len(ALTERATIONS)], chance.randint(1, last)
        tampered(database_urls, lambda c, s=statement, a=at: c.execute(s, {"at": a}))  # type: ignore[misc]
        report = await ledger.verify(grown.registry, OPERATOR)
        assert (report.sound, report.chain.fault_at) == (False, at), statement
        assert report.chain.entries == at - 1
        assert report.chain.fault


async def test_entries_taken_out_swapped_or_repeated_are_found(grown: World, database_urls: DatabaseUrls) -> None:
    last = await _sound(grown)
    chance = random.Random(SEED + 1)  # noqa: S311  # places to tamper with, no secret
    for _ in range(12):
        first, second = sorted(chance.sample(range(1, last), 2))
        for tamper, at in (
            (f"DELETE FROM ledger_entry WHERE sequence = {first}", first),
            (f"DELETE FROM ledger_entry WHERE sequence BETWEEN {first} AND {second}", first),
            (_closing_up(f"DELETE FROM ledger_entry WHERE sequence = {first}", first), first),
            (_swap(first, second), first),
            (_repeat(first, last + 1), last + 1),
            (_repeat(first, 0), 1),
            (_repeat(first, -3), 1),
        ):
            tampered(database_urls, lambda c, t=tamper: c.execute(t))  # type: ignore[misc]
            report = await ledger.verify(grown.registry, OPERATOR)
            assert (report.sound, report.chain.fault_at) == (False, at), tamper


async def test_an_entry_forged_with_a_hash_of_its_own_is_found_at_the_next(
    grown: World, database_urls: DatabaseUrls
) -> None:
    last = await _sound(grown)
    chance = random.Random(SEED + 2)  # noqa: S311  # places to tamper with, no secret
    for at in chance.sample(range(1, last), 12):
        tampered(database_urls, lambda c, a=at: _forge(c, a))  # type: ignore[misc]
        report = await ledger.verify(grown.registry, OPERATOR)
        assert (report.sound, report.chain.fault_at, report.chain.entries) == (False, at + 1, at)


async def test_newest_entries_cut_off_leave_commands_without_entry(grown: World, database_urls: DatabaseUrls) -> None:
    last = await _sound(grown)
    for cut in (1, 2, 7, last):
        tampered(database_urls, lambda c, n=last - cut: c.execute(f"DELETE FROM ledger_entry WHERE sequence > {n}"))  # type: ignore[misc]
        report = await ledger.verify(grown.registry, OPERATOR)
        assert (report.sound, report.chain.intact, report.commands_without_entry) == (False, True, cut)


async def test_a_command_taken_out_from_under_its_entry_is_found(grown: World, database_urls: DatabaseUrls) -> None:
    last = await _sound(grown)
    for at in (1, last // 2, last):
        statement = f"DELETE FROM command WHERE id = (SELECT command_id FROM ledger_entry WHERE sequence = {at})"
        tampered(database_urls, lambda c, s=statement: c.execute(s))  # type: ignore[misc]
        assert not (await ledger.verify(grown.registry, OPERATOR)).sound


async def test_a_command_made_to_say_another_thing_than_its_entry_is_found(
    grown: World, database_urls: DatabaseUrls
) -> None:
    last = await _sound(grown)
    for at in (1, last // 2, last):
        for change in ("name = name || '2'", "input_digest = sha256(input_digest)"):
            statement = (
                f"UPDATE command SET {change} WHERE id = (SELECT command_id FROM ledger_entry WHERE sequence = {at})"
            )
            tampered(database_urls, lambda c, s=statement: c.execute(s))  # type: ignore[misc]
            report = await ledger.verify(grown.registry, OPERATOR)
            assert (report.sound, report.commands_without_entry) == (False, 1)


async def _sound(world: World) -> int:
    """The number of entries of the ledger as it was written."""
    report = await ledger.verify(world.registry, OPERATOR)
    assert report.sound
    return report.chain.entries


def _closing_up(statement: str, at: int) -> str:
    """As if the entry had never been: those after it move up."""
    return (
        f"{statement}; UPDATE ledger_entry SET sequence = -sequence WHERE sequence > {at};"
        "UPDATE ledger_entry SET sequence = -sequence - 1 WHERE sequence < 0"
    )


def _swap(first: int, second: int) -> str:
    return (
        f"UPDATE ledger_entry SET sequence = -1 WHERE sequence = {first};"
        f"UPDATE ledger_entry SET sequence = {first} WHERE sequence = {second};"
        f"UPDATE ledger_entry SET sequence = {second} WHERE sequence = -1"
    )


def _repeat(at: int, to: int) -> str:
    """The entry once more, at another place, for a command that never was."""
    return (
        "INSERT INTO ledger_entry (sequence, command_id, recorded_at, actor_kind, account_id, organisation_id, name,"
        f" subjects, body, previous_hash, hash) SELECT {to}, gen_random_uuid(), recorded_at, actor_kind, account_id,"
        f" organisation_id, name, subjects, body, previous_hash, hash FROM ledger_entry WHERE sequence = {at}"
    )


def _forge(connection: Connection, at: int) -> None:
    """A changed entry with the hash that goes with it."""
    connection.execute(
        "UPDATE ledger_entry SET name = 'recall', hash = %s WHERE sequence = %s", (_forged_hash(connection, at), at)
    )


def _forged_hash(connection: Connection, at: int) -> bytes:
    names = [field.name for field in fields(Entry)]
    row = connection.execute(
        f"SELECT {', '.join(names)}, previous_hash FROM ledger_entry WHERE sequence = %s", (at,)
    ).fetchone()
    assert row is not None
    values = dict(zip(names, row, strict=False)) | {"name": "recall", "subjects": tuple(row[names.index("subjects")])}
    return entry_hash(Entry(**values), row[-1])
