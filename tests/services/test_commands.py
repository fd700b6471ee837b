"""How a command begins and ends: one transaction, one entry, one answer."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.services.permissions import OPERATOR
from talent_registry.services.registry import Done, Work, perform
from talent_registry.storage.ids import new_id
from talent_registry.storage.tables import command, ledger_entry, organisation
from tests.registries import World


async def count(world: World, table: Any) -> int:
    async with world.registry.reading(OPERATOR) as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def add_unit(work: Work) -> dict[str, Any]:
    unit = new_id()
    await work.connection.execute(
        organisation.insert().values(
            id=unit,
            name_zh=f"单位{unit}",
            kind="ENTERPRISE",
            division="510100",
            registered_at=work.now,
            command_id=work.command_id,
        )
    )
    work.about("organisation", unit)
    return {"organisation_id": str(unit)}


async def run(world: World, key: str, asked: object = "one") -> Done:
    return await perform(world.registry, OPERATOR, "registerOrganisation", key, {"asked": asked}, add_unit)


async def test_each_command_has_exactly_one_entry(world: World) -> None:
    for _ in range(3):
        await run(world, world.key())
    assert (await count(world, command), await count(world, ledger_entry)) == (3, 3)


async def test_a_refused_command_leaves_nothing_behind(world: World) -> None:
    async def act(work: Work) -> dict[str, Any]:
        await add_unit(work)
        raise Conflict(Message(zh="不行", en="No"))

    with pytest.raises(Conflict):
        await perform(world.registry, OPERATOR, "registerOrganisation", world.key(), {}, act)
    assert [await count(world, table) for table in (command, ledger_entry, organisation)] == [0, 0, 0]


async def test_a_refused_command_may_be_tried_again_under_its_key(world: World) -> None:
    key = world.key()

    async def act(work: Work) -> dict[str, Any]:
        raise Conflict(Message(zh="不行", en="No"))

    with pytest.raises(Conflict):
        await perform(world.registry, OPERATOR, "registerOrganisation", key, {}, act)
    assert not (await run(world, key)).replayed


async def test_the_same_key_sent_eight_times_at_once_is_done_once(world: World) -> None:
    key = world.key()
    answers = await asyncio.gather(*(run(world, key) for _ in range(8)))
    assert len({answer.result["organisation_id"] for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert await count(world, organisation) == 1


async def test_two_callers_never_share_a_key(world: World) -> None:
    key = world.key()
    first = await run(world, key)
    other = await perform(
        world.registry,
        type(OPERATOR)(OPERATOR.kind, account_id=new_id()),
        "registerOrganisation",
        key,
        {"asked": "one"},
        add_unit,
    )
    assert other.result != first.result


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_a_key_of_the_wrong_length_is_refused(world: World, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await run(world, key)
    assert refused.value.path == ("idempotencyKey",)


async def test_entries_follow_each_other_under_contention(world: World) -> None:
    await asyncio.gather(*(run(world, world.key()) for _ in range(12)))
    async with world.registry.reading(OPERATOR) as connection:
        rows = (await connection.execute(select(ledger_entry).order_by(ledger_entry.c.sequence))).all()
    assert [row.sequence for row in rows] == list(range(1, 13))
    assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(rows))
