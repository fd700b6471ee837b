# Long because the guards of one table are tried together.
"""What the database refuses of placements by itself, when the program's own checks are gone round."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Work, caller_of, perform
from talent_registry.storage import credentials
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from tests.conftest import DatabaseUrls
from tests.postings import Postings, open_postings
from tests.registries import open_world

ACTIVATE = "UPDATE placement SET state = 'ACTIVE', activated_on = legal_today(){more} WHERE id = :id"


@pytest.fixture
async def posts(database_urls: DatabaseUrls, tmp_path: Path) -> AsyncIterator[Postings]:
    world = open_world(database_urls.app_url, tmp_path / "keys")
    yield await open_postings(world)
    await world.registry.database.close()


async def refused(
    posts: Postings, statement: str, actor: Actor, command: str = "activatePlacement", **values: Any
) -> Any:
    """What the database says to one statement of an actor's transaction."""
    with pytest.raises(DBAPIError) as failure:
        async with posts.registry.database.writing(caller_of(actor), posts.today, command) as connection:
            await connection.execute(text(statement), values)
    return failure.value.orig


async def decision_of(posts: Postings, placement_id: UUID) -> UUID | None:
    return (await posts.get(placement_id)).decision_id


async def test_a_day_over_a_full_post_is_refused(posts: Postings) -> None:
    decision = await decision_of(posts, await posts.begin(workload_percent=60))
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=41)
    statement = ACTIVATE.format(more=", decision_id = :decision")
    said = await refused(posts, statement, posts.person.me, id=second, decision=decision)
    assert said.diag.constraint_name == "workload_within_a_full_post"


async def test_two_placements_that_begin_on_one_day_are_counted_once_each(posts: Postings) -> None:
    decision = await decision_of(posts, await posts.begin(workload_percent=40))
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=60)
    caller = caller_of(posts.person.me)
    async with posts.registry.database.writing(caller, posts.today, "activatePlacement") as connection:
        statement = text(ACTIVATE.format(more=", decision_id = :decision"))
        assert (await connection.execute(statement, {"id": second, "decision": decision})).rowcount == 1


async def test_two_signatures_are_not_enough(posts: Postings) -> None:
    proposed = await posts.propose(workload_percent=10)
    await posts.sign(proposed, posts.home_hr, posts.host_hr)
    statement = "UPDATE placement SET state = 'AGREED', open_round = NULL WHERE id = :id"
    said = await refused(posts, statement, posts.person.me, "signPlacement", id=proposed)
    assert said.diag.constraint_name == "three_signatures"


async def test_other_terms_than_those_signed_are_refused(posts: Postings) -> None:
    active = await posts.begin(workload_percent=10)
    said = await refused(posts, "UPDATE placement SET workload_percent = 20 WHERE id = :id", posts.person.me, id=active)
    assert said.diag.constraint_name == "three_signatures"


async def test_no_placement_is_active_without_a_decision(posts: Postings) -> None:
    agreed = await posts.agree()
    said = await refused(posts, ACTIVATE.format(more=""), posts.home_hr, id=agreed)
    assert said.diag.constraint_name == "recognition_in_force"


async def test_nobody_signs_for_another_side(posts: Postings) -> None:
    placement_id = await posts.propose()
    statement = (
        "INSERT INTO placement_signature"
        " (id, placement_id, round, party, terms_digest, account_id, signed_at, command_id)"
        " SELECT gen_random_uuid(), :id, 1, 'HOME_UNIT', 'x', :account, now(), command_id FROM placement WHERE id = :id"
    )
    said = await refused(
        posts, statement, posts.host_hr, "signPlacement", id=placement_id, account=posts.host_hr.account_id
    )
    assert said.sqlstate == "42501"


async def test_a_revocation_that_leaves_a_placement_active_is_not_committed(posts: Postings) -> None:
    await posts.begin()

    async def act(work: Work) -> dict[str, Any]:
        await work.connection.execute(
            text("UPDATE credential_status SET superseded_at = :now WHERE credential_id = :id"),
            {"now": work.now, "id": posts.person.credential},
        )
        return {}

    with pytest.raises(DBAPIError) as failure:
        await perform(posts.registry, posts.titles.officer, "revokeCredential", posts.world.key(), {}, act)
    assert getattr(failure.value.orig, "sqlstate", "") == "TR004"


def expire(posts: Postings, until: date) -> Callable[[Work], Awaitable[dict[str, Any]]]:
    """A command that gives the title another last day and sees to nothing that rests on it."""

    async def act(work: Work) -> dict[str, Any]:
        record = await credentials.find_credential(work.connection, posts.person.credential)
        assert record is not None
        corrected = replace(record.version, id=new_id(), valid_until=until, recorded_at=work.now)
        await credentials.add_version(work.connection, corrected, work.command_id)
        return {}

    return act


async def test_a_correction_that_leaves_a_placement_active_on_an_expired_credential_is_not_committed(
    posts: Postings,
) -> None:
    await posts.begin()
    over = expire(posts, posts.today - timedelta(days=1))
    with pytest.raises(DBAPIError) as failure:
        await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, over)
    assert getattr(failure.value.orig, "sqlstate", "") == "TR004"
    last = expire(posts, posts.today)
    await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, last)


async def test_no_placement_becomes_active_on_an_expired_credential_whatever_was_decided_before(
    posts: Postings,
) -> None:
    decision = await decision_of(posts, await posts.begin(workload_percent=10))
    second = await posts.agree(host_unit_id=posts.other_host, workload_percent=10)
    active = await posts.begin(workload_percent=10)
    last = expire(posts, posts.today)
    await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, last)
    posts.world.clock.go_on(days=1)
    statement = ACTIVATE.format(more=", decision_id = :decision")
    said = await refused(posts, statement, posts.person.me, id=second, decision=decision)
    assert said.diag.constraint_name == "recognition_in_force"
    # Nor is one that is active written again without saying that it rests.
    said = await refused(posts, "UPDATE placement SET round = round WHERE id = :id", posts.person.me, id=active)
    assert said.diag.constraint_name == "recognition_in_force"


async def test_a_status_written_over_an_expired_credential_is_not_committed_while_a_placement_is_active(
    posts: Postings,
) -> None:
    await posts.begin()
    last = expire(posts, posts.today)
    await perform(posts.registry, posts.titles.officer, "correctCredential", posts.world.key(), {}, last)
    posts.world.clock.go_on(days=1)

    async def act(work: Work) -> dict[str, Any]:
        values = {"id": posts.person.credential, "now": work.now, "command": work.command_id}
        again = (
            "WITH closed AS (UPDATE credential_status SET superseded_at = :now WHERE credential_id = :id RETURNING *) "
            "INSERT INTO credential_status (id, credential_id, status, valid_from, recorded_at, command_id) "
            "SELECT gen_random_uuid(), credential_id, status, valid_from, :now, :command FROM closed"
        )
        await work.connection.execute(text(again), values)
        return {}

    with pytest.raises(DBAPIError) as failure:
        await perform(posts.registry, posts.titles.officer, "reinstateCredential", posts.world.key(), {}, act)
    assert getattr(failure.value.orig, "sqlstate", "") == "TR004"


HOUSEHOLD = (
    "INSERT INTO household_registration (id, researcher_id, division, valid_from, recorded_at, command_id)"
    " VALUES (:id, :person, '500106', :day, :now, :command)"
)


@pytest.mark.parametrize("order", ["household first", "placement first"])
async def test_a_placement_and_a_household_are_never_written_in_one_transaction(posts: Postings, order: str) -> None:
    placement_id = await posts.propose()

    async def act(work: Work) -> dict[str, Any]:
        stranger = new_id()
        await work.connection.execute(
            text("INSERT INTO researcher (id, public_number, registered_at, command_id) VALUES (:id, :n, :now, :c)"),
            {"id": stranger, "n": str(stranger), "now": work.now, "c": work.command_id},
        )
        household: tuple[str, dict[str, Any]] = (
            HOUSEHOLD,
            {"id": new_id(), "person": stranger, "day": date(2026, 1, 1), "now": work.now, "command": work.command_id},
        )
        placement: tuple[str, dict[str, Any]] = (
            "UPDATE placement SET workload_percent = 10 WHERE id = :id",
            {"id": placement_id},
        )
        both = [household, placement] if order == "household first" else [placement, household]
        async with duty(work.connection, "account"):
            for statement, values in both:
                await work.connection.execute(text(statement), values)
        return {}

    officer = posts.titles.other_officer
    with pytest.raises(Exception, match="placement") as failure:
        await perform(posts.registry, officer, "correctHousehold", posts.world.key(), {}, act)
    assert getattr(failure.value, "reason", "") == "HOUSEHOLD_IS_NOT_MOVED"
